"""Nobody speaks.

Definition (the ground truth's format): between the agent's first and last live words, 3 s
(``DEAD_AIR_MS``) or more in which no party speaks, outside hold, prompts and tones. An
unannounced wait without music is dead air.

Measures: ``owed_by``: who owed the next word: ``customer`` after an agent's question or
instruction that he has not answered (好的 answers a question, and only acknowledges an
instruction), else ``agent``; ``unknown`` where it is not known who spoke, or where what was said
last was heard badly or not at all and may have been a question or a request to wait, where the
agent's last words are 正在 and what nobody understood, where it is the customer who goes on after
the silence, without asking anything nor whether anybody is there (what he was told last may have
been a request), after keys, which a machine has to take first, on a dead line, and in what is heard
as a hold that the metadata does not have. ``cause``:
``line_dead`` where all lines are (``Channel.dead``) and what else there is of the silence would be
none; ``customer_searching`` where the customer says so or was told to look, find or read out
something; ``typing`` where the agent said that he enters something or the customer has just read
out the number he was asked for; else ``unexplained``.
Example: 请提供一下您的卡号 to 5,000 ms,
好的 to 6,000, 6225… from 11,000 → dead air 6,000 to 11,000 owed by the customer, searching.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from autoqa import cues
from autoqa.cue_matching import Heard, hear
from autoqa.events import doubt, spans
from autoqa.events.hold import PASSAGE_MS, is_last_word, unknown_to_metadata
from autoqa.events.scene import Said, Scene
from autoqa.events.spans import Spans
from autoqa.types import Event, EventKind, Role, Segment

DEAD_AIR_MS = 3000
WORDS_WITHIN_MS = 8000
"""Older words do not say who owes the next."""
READ_OUT_DIGITS = 3
"""So many digits are a number that the agent has to key in: the last four of a card, one of which
may be misheard, and not an amount or a date in a sentence, of which they are not the half."""
AT_IT_SYLLABLES = 4
"""正在 so near the agent's last word says that he is at something, which may have been misheard:
正在登记 as 正在等级."""
SURELY_HEARD, BACK_SYLLABLES = 0.8, 6
"""Who comes back with 查到了 has looked something up: that he had not said so beforehand counts
only where his words then were heard as well as requests to wait are, at 10 dB of noise."""
_DIGIT_SOUNDS = frozenset("yi yao er lian san si wu liu qi ba jiu lin".split())
"""As ``cue_matching`` folds them: 三三零八 is heard as 单三零把."""


def detect(scene: Scene, found: Sequence[Event]) -> tuple[Event, ...]:
    """The silences of a call outside the holds among ``found``."""
    voice = scene.agent_or_live
    if not voice:
        return ()
    talk = Segment(voice[0].start_ms, voice[-1].end_ms)
    filled = [*(one.segment for one in scene.stretches), *scene.tones, *scene.music]
    filled += [
        one.segment for one in found if one.kind in (EventKind.HOLD, EventKind.RECORDED_PROMPT)
    ]
    disputed, dead = unknown_to_metadata(scene), _dead(scene)
    silences = (one for one in spans.subtract([talk], filled) if one.duration_ms >= DEAD_AIR_MS)
    events: list[Event] = []
    for one in silences:
        measures = _LINE_DEAD if _is_of(dead, one) else _blame(scene, one, disputed)
        before = events[-1] if events else None
        if before and measures == _HIS_FAULT and before.measures == _NOBODY_KNOWS:
            # He has said nothing since: what he may have asked for then may still hold.
            between = Segment(before.end_ms, one.start_ms)
            if not spans.covered_ms(between, scene.agent):
                measures = _NOBODY_KNOWS
        role = _ROLES.get(str(measures["owed_by"]), Role.UNKNOWN)
        events.append(
            Event(
                kind=EventKind.DEAD_AIR,
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                role=role,
                measures=measures,
            )
        )
    return tuple(events)


def _last_words(scene: Scene, before_ms: int) -> list[Said]:
    """What the parties said in the last seconds before a moment, by time."""
    recent = scene.said_by(Role.AGENT, Role.CUSTOMER, before_ms=before_ms)
    return [one for one in recent if before_ms - one.segment.end_ms < WORDS_WITHIN_MS]


_HIS_FAULT = {"cause": "unexplained", "owed_by": "agent"}
_NOBODY_KNOWS = {"cause": "unexplained", "owed_by": "unknown"}
_LINE_DEAD = {"cause": "line_dead", "owed_by": "unknown"}
_ROLES = {"agent": Role.AGENT, "customer": Role.CUSTOMER}


def _dead(scene: Scene) -> Spans:
    """Where nothing is on any line."""
    first, *others = (spans.union(one.dead) for one in scene.call.channels)
    return reduce(spans.intersect, others, first)


def _is_of(dead: Spans, silence: Segment) -> bool:
    """Whether what of a silence is not the dead lines' would be none."""
    return silence.duration_ms - spans.covered_ms(silence, dead) < DEAD_AIR_MS


def _blame(scene: Scene, silence: Segment, disputed: Spans) -> dict[str, str]:
    """``cause`` and ``owed_by``; ``disputed``: what may be a hold."""
    if not scene.knows_parties or spans.covered_ms(silence, disputed):
        return _NOBODY_KNOWS
    start_ms = silence.start_ms
    words = _last_words(scene, start_ms)
    agent = [one for one in words if one.voice is Role.AGENT]
    spoken_ms = agent[-1].segment.end_ms if agent else 0
    reply = [one for one in words if one.voice is Role.CUSTOMER and one.segment.end_ms > spoken_ms]
    replied = hear("".join(one.utterance.text for one in reply))
    told = hear("".join(one.utterance.text for one in agent))
    busy = cues.SEARCHING.any(replied) or cues.ASKS_TIME.any(replied)
    if busy or (not reply and _machine_asks(scene, spoken_ms, start_ms)):
        return {"cause": "customer_searching", "owed_by": "customer"}
    nodded = not reply or all(cues.is_back_channel(one.utterance.text) for one in reply)
    if nodded and _is_recent(cues.last_told(cues.INSTRUCTION, told), told):
        return {"cause": "customer_searching", "owed_by": "customer"}
    if not reply and _is_recent(cues.QUESTION.last_end(told), told):
        return {"cause": "unexplained", "owed_by": "customer"}
    if (nodded and _works(told)) or _types_in(told, replied):
        return {"cause": "typing", "owed_by": "agent"}
    last = [*_last_passage(agent), *reply]
    doubtful = any(doubt.is_doubtful(scene, one) for one in last)
    since_ms = last[0].segment.start_ms if last else start_ms - WORDS_WITHIN_MS
    span = Segment(since_ms, start_ms)
    keyed = any(one.segment.overlap_ms(span) for one in scene.events(EventKind.DTMF))
    doubtful = doubtful or keyed or doubt.is_unheard(scene, span)
    at_it = nodded and _is_recent(cues.AT_IT.last_end(told), told, AT_IT_SYLLABLES)
    came_back = _comes_back_with(scene, silence) and any(
        one.utterance.probability < SURELY_HEARD for one in _last_passage(agent)
    )
    his_turn = not cues.QUESTION.any(replied) and _customer_goes_on(scene, silence)
    return _NOBODY_KNOWS if doubtful or at_it or came_back or his_turn else _HIS_FAULT


def _customer_goes_on(scene: Scene, silence: Segment) -> bool:
    """Whether the customer ends the silence, and not to ask whether anybody is there."""
    words = scene.said_by(Role.AGENT, Role.CUSTOMER)
    after = [one for one in words if one.segment.start_ms >= silence.end_ms - 1]
    return (
        bool(after)
        and after[0].voice is Role.CUSTOMER
        and not cues.STILL_THERE.any(after[0].heard)
        and not cues.QUESTION.any(after[0].heard)
    )


def _comes_back_with(scene: Scene, silence: Segment) -> bool:
    """Whether the agent's next words are 查到了 or 让您久等了: he may well have said what for."""
    words = scene.said_by(Role.AGENT)
    after = next((one for one in words if one.segment.start_ms >= silence.end_ms - 1), None)
    if after is None:
        return False
    places = cues.LOOKED_UP.first_places(after.heard)
    return any(start < BACK_SYLLABLES for start, _ in places)


def _last_passage(agent: Sequence[Said]) -> Sequence[Said]:
    """The utterances of the agent's that could have held a question or request: a sentence's."""
    return [one for one in agent if agent[-1].segment.start_ms - one.segment.end_ms < PASSAGE_MS]


def _machine_asks(scene: Scene, after_ms: int, before_ms: int) -> bool:
    """Whether a machine has just asked for keys, and none was pressed yet."""
    prompts = scene.said_by(Role.RECORDED, before_ms=before_ms)
    last = next((one for one in reversed(prompts) if cues.MENU.any(one.heard)), None)
    if last is None or last.segment.end_ms <= after_ms:
        return False
    keys = scene.events(EventKind.DTMF)
    return not any(last.segment.end_ms <= one.start_ms < before_ms for one in keys)


def _types_in(told: Heard, replied: Heard) -> bool:
    """Whether the customer has just read out the number he was asked for."""
    asked = cues.QUESTION.any(told) or cues.INSTRUCTION.any(told)
    sounds = replied.sounds.split()
    digits = sum(sound.isdigit() or sound in _DIGIT_SOUNDS for sound in sounds)
    return asked and digits >= max(READ_OUT_DIGITS, len(sounds) / 2)


def _works(told: Heard) -> bool:
    return is_last_word(told, cues.last_own(cues.WORK, told), cues.QUESTION)


_LAST_SYLLABLES = 20


def _is_recent(end: int, heard: Heard, within: int = _LAST_SYLLABLES) -> bool:
    """Whether what ends at a syllable is in the last sentence or so."""
    return end >= 0 and heard.syllables - end <= within
