"""What a call comes to as a whole, for reports and other programs; rules have operators.

Measures (``CallMeasures``)
    ``per_minute``: events of each kind per minute of the recording; None for a kind that nobody
    listened for.
    ``agent``, ``customer``: time spoken, Han characters a minute of it, the median level of speech
    on the line; None where nobody knows who speaks, and for the level on a mixed line.
    ``answer_delay_ms``: mean of the delays before ``answers`` answers of the agent (``replies``).
Example
    Two holds in a call of 240,000 ms → 0.5 a minute.
"""

from __future__ import annotations

from autoqa.pace import characters_per_minute, speech_ms
from autoqa.replies import answer_delays
from autoqa.types import Call, CallMeasures, EventKind, Role, VoiceMeasures

_MINUTE_MS = 60_000


def measure(call: Call) -> CallMeasures:
    """The measures of an interpreted call."""
    delays_ms = [delay.duration_ms for delay in answer_delays(call)]
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
