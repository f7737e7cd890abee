"""Fax: the calling tone (CNG) or the answering tone (CED).

Definition
    CNG: two or more bursts of 1,100 Hz +- 38 Hz, 0.5 s +- 15 %, 3 s +- 15 % apart; a lone one may
    be a recorder's beep. CED: 2,100 Hz +- 15 Hz for 2.6 to 4 s (ITU-T T.30, clause 4.1); modems
    answer alike (V.25), with the phase turned every 450 ms. One event for each run.
Measures
    ``tone``: ``cng`` or ``ced``.
Example
    ``Event(FAX_TONE, 1_000, 12_000, channel=1, measures={"tone": "cng"})``.
"""

from __future__ import annotations

from autoqa.acoustics.line import Line
from autoqa.acoustics.tones import Burst, bursts
from autoqa.types import Event, EventKind

_CNG_HZ, _CNG_ON_MS, _CNG_OFF_MS = (1_062.0, 1_138.0), (400, 600), (2_500, 3_500)
_CED_HZ, _CED_SHORTEST_MS = (2_080.0, 2_120.0), 1_500
"""The tolerance of CED allows for 15 Hz and a codec's; it may be cut short by the file's edge."""


def detect(line: Line, found: tuple[Event, ...]) -> tuple[Event, ...]:
    """Fax tones on a line, in order of time."""
    trains: list[list[Burst]] = []
    for burst in bursts(line.frames, *_CNG_HZ, _CNG_ON_MS[0]):
        if burst.duration_ms > _CNG_ON_MS[1]:
            continue
        pause = burst.start_ms - trains[-1][-1].end_ms if trains else 0
        if trains and _CNG_OFF_MS[0] <= pause <= _CNG_OFF_MS[1]:
            trains[-1].append(burst)
        else:
            trains.append([burst])
    calling = [_event(line, train, "cng") for train in trains if len(train) > 1]
    answering = [
        _event(line, [burst], "ced") for burst in bursts(line.frames, *_CED_HZ, _CED_SHORTEST_MS)
    ]
    return tuple(sorted(calling + answering, key=lambda event: event.start_ms))


def _event(line: Line, train: list[Burst], tone: str) -> Event:
    return Event(
        EventKind.FAX_TONE,
        train[0].start_ms,
        min(train[-1].end_ms, line.duration_ms),
        channel=line.index,
        measures={"tone": tone},
    )
