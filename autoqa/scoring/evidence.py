"""Where to listen and why: the evidence that findings carry."""

from __future__ import annotations

from collections.abc import Sequence

from autoqa.i18n import N_
from autoqa.scoring.finder import LEARNED, SIMILAR, UNLIKE
from autoqa.scoring.spoken import Spoken, merged
from autoqa.types import Answer, Event, EventKind, Evidence, Measures, Message, Role, Value

SAID = N_("said")
BY_SOUND = N_("said, by its sound")
MUCH_LIKE = N_("said much like “{sentence}”")
IN_OTHER_WORDS = N_("said in other words, as sentences that were collected tell")
HARDLY_MEANT = N_("said, but in a sentence like those that do not mean it")
_TOLD_BY_SENTENCES = {LEARNED: IN_OTHER_WORDS, UNLIKE: HARDLY_MEANT}
HEARD_TWICE = N_("heard on the second listen")
NOT_MEANT = N_("{words}: negated, quoted or asked")
UNSURE = N_("perhaps {words}")
SEARCHED = N_("searched here, not found")
SEARCHED_TWICE = N_("listened to twice here, not found")

_EVENTS = {
    EventKind.HOLD: N_("hold of {seconds} s"),
    EventKind.QUEUE: N_("queueing of {seconds} s"),
    EventKind.DEAD_AIR: N_("silence of {seconds} s"),
    EventKind.TALK_OVER: N_("talk-over of {seconds} s"),
    EventKind.RAISED_VOICE: N_("raised voice of {seconds} s"),
    EventKind.RECORDED_PROMPT: N_("recording of {seconds} s"),
    EventKind.RINGBACK: N_("ringing of {seconds} s"),
    EventKind.DTMF: N_("key {key}"),
    EventKind.MUSIC: N_("music of {seconds} s"),
    EventKind.BUSY_TONE: N_("busy tone of {seconds} s"),
    EventKind.FAX_TONE: N_("fax tone of {seconds} s"),
    EventKind.TRANSFER: N_("transfer"),
}
_PROMPTS = {
    "ad": N_("advertisement of {seconds} s"),
    "menu": N_("menu of {seconds} s"),
    "notice": N_("notice of {seconds} s"),
    "queue": N_("queue announcement of {seconds} s"),
}
_NAMED = {
    "ad": N_("advertisement “{name}” of {seconds} s"),
    "menu": N_("menu “{name}” of {seconds} s"),
    "notice": N_("notice “{name}” of {seconds} s"),
    "queue": N_("queue announcement “{name}” of {seconds} s"),
}
_AD_BEFORE_KEY = N_("advertisement of {seconds} s before key {key} was pressed")
_NAMED_AD_BEFORE_KEY = N_("advertisement “{name}” of {seconds} s before key {key} was pressed")


def seconds(duration_ms: int) -> float:
    """Seconds to a tenth, as people read them."""
    return round(duration_ms / 1000, 1)


def of_hits(hits: Sequence[Spoken], *, counts: bool = True) -> tuple[Evidence, ...]:
    """One for each class and turn.

    Only what was meant and is sure enough carries a quote: whoever counts phrases may rely on it.
    ``counts``: false where that is still for a person to decide.
    """
    return tuple(_of_hit(hit, counts) for hit in merged(hits))


def _of_hit(hit: Spoken, counts: bool) -> Evidence:
    quote, message = hit.quote, _said(hit)
    if not (hit.counts and counts):
        quote, message = "", Message(UNSURE, {"words": hit.quote})
    elif hit.negated or hit.quoted:
        quote, message = "", Message(NOT_MEANT, {"words": hit.quote})
    return Evidence(
        hit.start_ms, hit.end_ms, hit.role, quote, message, hit.certainty, hit.how, hit.phrase
    )


def _said(hit: Spoken) -> Message:
    if hit.how == SIMILAR:
        return Message(MUCH_LIKE, {"sentence": hit.phrase})
    if hit.how in _TOLD_BY_SENTENCES:
        return Message(_TOLD_BY_SENTENCES[hit.how])
    return Message(SAID if hit.is_exact else BY_SOUND)


def of_answer(answer: Answer) -> Evidence:
    """What the second listen heard."""
    return Evidence(
        answer.start_ms,
        answer.end_ms,
        answer.question.role,
        answer.quote or answer.phrase,
        Message(HEARD_TWICE),
        how="heard_twice",
        phrase=answer.phrase,
    )


def of_event(event: Event) -> Evidence:
    """What happened, and for how long."""
    params: dict[str, Value] = {
        "seconds": seconds(event.duration_ms),
        "key": str(event.measures.get("key", "")),
    }
    template = _EVENTS[event.kind]
    if event.kind == EventKind.RECORDED_PROMPT:
        template = _of_prompt(event.measures, params)
    return Evidence(
        event.start_ms, event.end_ms, event.role, "", Message(template, params), how="event"
    )


def _of_prompt(measures: Measures, params: dict[str, Value]) -> str:
    """Which recording: by its name where the library has it, else by its number there; of an
    advertisement also which key could be pressed only after it began."""
    label = str(measures.get("label"))
    name = measures.get("name") or measures.get("prompt")
    key = measures.get("before_key") if label == "ad" else None
    if name:
        params["name"] = name
    if key:
        params["key"] = key
        return _NAMED_AD_BEFORE_KEY if name else _AD_BEFORE_KEY
    templates = _NAMED if name else _PROMPTS
    return templates.get(label, _EVENTS[EventKind.RECORDED_PROMPT])


def of_search(start_ms: int, end_ms: int, role: Role, twice: bool = False) -> Evidence:
    """The stretch in which a phrase was looked for in vain."""
    message = Message(SEARCHED_TWICE if twice else SEARCHED)
    return Evidence(start_ms, end_ms, role, "", message, how="searched")


def of_stretch(start_ms: int, end_ms: int, role: Role, message: Message) -> Evidence:
    """What was measured there."""
    return Evidence(start_ms, end_ms, role, "", message, how="event")
