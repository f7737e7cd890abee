"""What a call comes to as a whole, for reports and other programs; rules have operators.

Measures (``CallMeasures``)
    ``per_minute``: events of each kind per minute of the recording; None for a kind that nobody
    listened for.
    ``agent``, ``customer``: time spoken, Han characters a minute of it, the median level of speech
    on the line; None where nobody knows who speaks, and for the level on a mixed line.
    ``answer_delay_ms``: mean time from the end of a customer's turn to the agent's next word, over
    ``answers`` turns; 0 for an agent who begins before the end. A back-channel is no turn to be
    answered, nor is one before a hold, a recording or a transfer, or one in which the agent speaks
    on.
Example
    Two holds in a call of 240,000 ms → 0.5 a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from autoqa.cues import is_back_channel
from autoqa.events import spans
from autoqa.pace import characters_per_minute, speech_ms
from autoqa.types import Call, CallMeasures, EventKind, Role, Segment, Turn, VoiceMeasures

_MINUTE_MS = 60_000
_WAITS = (EventKind.HOLD, EventKind.RECORDED_PROMPT, EventKind.TRANSFER)


def measure(call: Call) -> CallMeasures:
    """The measures of an interpreted call."""
    delays_ms = list(_answer_delays_ms(call))
    return CallMeasures(
        per_minute={kind: _per_minute(call, kind) for kind in EventKind},
        agent=_voice(call, Role.AGENT),
        customer=_voice(call, Role.CUSTOMER),
        answers=len(delays_ms),
        answer_delay_ms=round(sum(delays_ms) / len(delays_ms)) if delays_ms else None,
    )


def _per_minute(call: Call, kind: EventKind) -> float | None:
    if kind not in call.heard or not call.duration_ms:
        return None
    count = sum(event.kind is kind for event in call.events)
    return round(count * _MINUTE_MS / call.duration_ms, 2)


def _voice(call: Call, role: Role) -> VoiceMeasures | None:
    lines = [line for line in call.channels if line.role is role]
    said = [one for one in call.utterances if one.role is role]
    if not lines and not said:
        return None
    rate = characters_per_minute(call, said)
    return VoiceMeasures(
        speech_ms=sum(speech_ms(call, one) for one in said),
        characters_per_minute=None if rate is None else round(rate, 1),
        loudness_dbfs=lines[0].speech_dbfs if len(lines) == 1 else None,
    )


def _answer_delays_ms(call: Call) -> Iterator[int]:
    waits = spans.union(event.segment for event in call.events if event.kind in _WAITS)
    turns = [turn for turn in call.turns if turn.role is not Role.RECORDED and not _is_nod(turn)]
    spoken_ms = accumulate((one.end_ms if one.role is Role.AGENT else 0 for one in turns), max)
    for (turn, reply), agent_ms in zip(pairwise(turns), spoken_ms, strict=False):
        gap = Segment(turn.end_ms, max(turn.end_ms, reply.start_ms))
        is_answer = turn.role is Role.CUSTOMER and reply.role is Role.AGENT
        if is_answer and agent_ms <= turn.end_ms and not spans.meeting(waits, gap):
            yield gap.duration_ms


def _is_nod(turn: Turn) -> bool:
    return turn.role is Role.CUSTOMER and is_back_channel(turn.text)
