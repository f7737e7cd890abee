"""``traits_of``: what a call tells of its line and of its customer, beside the six problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autoqa import cues
from autoqa.cue_matching import hear
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.survey.answers import Answer
from autoqa.survey.menus import options
from autoqa.types import Call, Contact, Event, EventKind, Role

SATISFACTION = ("satisfaction", "满意度", "满意度评价", "满意度结果", "客户评价", "评价结果")
"""Columns of the metadata that say what the customer keyed at the end of the call."""
SATISFIED = ("非常满意", "很满意", "满意", "比较满意", "基本满意", "very satisfied", "satisfied")
"""Words that say so; a bare digit says it only where the bank has told which do
(``Settings.satisfied``): with some 1 is the best, with others 5."""
_LONGEST = 128
_LONGEST_WORD = 16
_NO_RULES = RuleSet((), (), (), "")


@dataclass(frozen=True, slots=True)
class Traits:
    """``snr_db``: of the agent's speech above the noise of his line; ``certainty``: the
    recogniser's mean for his words, by characters, 0 to 1; None where nothing was measured.
    ``lines``: 1 where both parties share one.

    ``caller``: the customer's keyed hash, or empty. ``topic``: the entry of the knowledge that was
    asked first, else the product that the metadata name, else empty. ``began_s``: seconds since
    1970, None without a time. ``satisfaction``: as it was keyed, in words where they are known,
    else the key, or empty. ``handled_ms``: from the agent's first word to the end.
    """

    snr_db: float | None
    certainty: float | None
    lines: int
    codec: str
    rate_hz: int
    caller: str
    topic: str
    began_s: int | None
    satisfaction: str
    handled_ms: int | None


def traits_of(call: Call, contact: Contact, answers: Sequence[Answer] = ()) -> Traits:
    """``call``: as it was interpreted; ``answers``: in it."""
    view = CallView(call, contact, _NO_RULES)
    start_ms = view.agent_start_ms
    entries = (one.entry for one in answers if one.entry)
    end_ms = call.legs[contact.leg - 1].end_ms if 0 < contact.leg <= len(call.legs) else 0
    return Traits(
        snr_db=_snr_db(call),
        certainty=_certainty(call),
        lines=len(call.channels),
        codec=call.recording.codec[:32],
        rate_hz=call.recording.sample_rate_hz,
        caller=(contact.caller or "")[:_LONGEST],
        topic=next(entries, contact.product or "")[:_LONGEST],
        began_s=round(contact.started_at.timestamp()) if contact.started_at else None,
        satisfaction=(_told(contact) or _keyed(call, view))[:_LONGEST_WORD],
        handled_ms=None if start_ms is None else (end_ms or call.duration_ms) - start_ms,
    )


def _snr_db(call: Call) -> float | None:
    """Of the worst of the agent's lines."""
    own = [one for one in call.channels if one.role is Role.AGENT or call.is_mixed]
    known = [
        one.speech_dbfs - one.noise_dbfs
        for one in own
        if one.speech_dbfs is not None and one.noise_dbfs is not None
    ]
    return round(min(known), 1) if known else None


def _certainty(call: Call) -> float | None:
    words = [word for one in call.utterances if one.role is Role.AGENT for word in one.words]
    length = sum(len(word.text) for word in words)
    sure = sum(word.probability * len(word.text) for word in words)
    return round(sure / length, 4) if length else None


def _told(contact: Contact) -> str:
    columns = {name.strip().lower(): value for name, value in contact.extra.items()}
    return next((columns[name].strip() for name in SATISFACTION if columns.get(name)), "")


def _keyed(call: Call, view: CallView) -> str:
    """The first key after the survey began to play, behind the agent's last word."""
    after_ms = view.agent_end_ms or 0
    asked = _survey(call, after_ms)
    if not asked:
        return ""
    start_ms = min(asked)
    keys = (one for one in call.events if one.kind is EventKind.DTMF and one.start_ms >= start_ms)
    key = next((_key(one) for one in keys), "")
    return dict(options("，".join(asked.values()))).get(key, key)


def _survey(call: Call, after_ms: int) -> Mapping[int, str]:
    """What a recording asked there, by the time."""
    prompts = [
        (one.start_ms, str(one.measures.get("text") or one.measures.get("name", "")))
        for one in call.events
        if one.kind is EventKind.RECORDED_PROMPT
    ]
    spoken = [(one.start_ms, one.text) for one in call.utterances if one.role is Role.RECORDED]
    heard = {at: text for at, text in (*prompts, *spoken) if at >= after_ms and text}
    is_asked = any(cues.SURVEY.any(hear(text)) for text in heard.values())
    return dict(sorted(heard.items())) if is_asked else {}


def _key(event: Event) -> str:
    return str(event.measures.get("key", ""))[:1]
