"""Busy and congestion tone: the other side has hung up or cannot be reached.

Definition
    Three or more bursts of one tone, on as long as off; two, where the recording ends with them.
Thresholds
    China: 450 Hz, 0.35 s on and off (busy) or 0.7 s (congestion) (ITU-T E.180, supplement 2).
    Elsewhere 400 to 450 Hz, 0.25 to 0.5 s. Bursts may differ by 80 ms: a codec
    smears both ends; the last may be cut short within a second of the recording's end. Two bursts
    must be as pure as a lone ring.
Measures
    ``bursts``: how many; ``on_ms``: their mean length.
Example
    ``Event(BUSY_TONE, 88_000, 92_550, channel=0, measures={"bursts": 7, "on_ms": 350})``.
"""

from __future__ import annotations

from autoqa.acoustics.line import Line
from autoqa.acoustics.tones import Burst, bursts
from autoqa.types import Event, EventKind

_LOW_HZ, _HIGH_HZ = 385.0, 495.0
_ON_MS = 180, 850
_DIFFERENCE_MS = 80
_LEAST, _LEAST_AT_END = 3, 2
_PURE = 0.8
_END_MS = 1_000


def detect(line: Line, found: tuple[Event, ...]) -> tuple[Event, ...]:
    """Runs of busy tone on a line."""
    trains: list[list[Burst]] = []
    for burst in bursts(line.frames, _LOW_HZ, _HIGH_HZ, _ON_MS[0]):
        if burst.duration_ms > _ON_MS[1]:
            continue
        if trains and _follows(line, trains[-1][-1], burst):
            trains[-1].append(burst)
        else:
            trains.append([burst])
    return tuple(_event(line, train) for train in trains if _is_busy(line, train))


def _follows(line: Line, before: Burst, burst: Burst) -> bool:
    pause = burst.start_ms - before.end_ms
    same = abs(burst.duration_ms - before.duration_ms) <= _DIFFERENCE_MS
    is_cut = burst.duration_ms < before.duration_ms and _is_at_end(line, burst)
    return (same or is_cut) and abs(pause - before.duration_ms) <= _DIFFERENCE_MS


def _is_at_end(line: Line, burst: Burst) -> bool:
    return line.duration_ms - burst.end_ms <= _END_MS


def _is_busy(line: Line, train: list[Burst]) -> bool:
    if len(train) >= _LEAST:
        return True
    last = train[-1]
    at_end = line.duration_ms - last.end_ms <= 2 * last.duration_ms + _DIFFERENCE_MS
    pure = all(burst.share >= _PURE for burst in train)
    return len(train) >= _LEAST_AT_END and at_end and pure


def _event(line: Line, train: list[Burst]) -> Event:
    on_ms = round(sum(burst.duration_ms for burst in train) / len(train))
    return Event(
        EventKind.BUSY_TONE,
        train[0].start_ms,
        min(train[-1].end_ms, line.duration_ms),
        channel=line.index,
        measures={"bursts": len(train), "on_ms": on_ms},
    )
