"""Ringing as the caller hears it.

Definition
    One event for each run of ringing, from the first onset to the last end; gaps of up to 5 s
    belong to it.
Thresholds
    China: 450 Hz, 1 s on, 4 s off (ITU-T E.180, supplement 2). Elsewhere 425 Hz, or 440 with
    480 Hz, up to 2 s on. A burst of 0.7 to 2.3 s counts; one cut short by the file's
    start or by the answer counts within 5 s of a whole one. A lone burst must hold 80 % of the
    energy, keep its level and stand in silence (0.4 s before and after lie 10 dB lower), so that no
    sung or played note counts. One of an exchange's very pitch, which lies between two notes, and
    of its even level has to stand 5 dB out of the noise only. Two notes with a tune or somebody's
    words (0.8 s) between them do not count either: most of a pause lies 5 dB under the bursts.
Measures
    ``rings``: how many bursts.
Example
    ``Event(RINGBACK, 2_000, 13_000, channel=0, measures={"rings": 3})``.
"""

from __future__ import annotations

import numpy as np

from autoqa.acoustics.frames import STEP_MS
from autoqa.acoustics.line import Line
from autoqa.acoustics.tones import Burst, bursts
from autoqa.types import Event, EventKind

_LOW_HZ, _HIGH_HZ = 410.0, 495.0
_SHORTEST_MS, _WHOLE_MS = 150, (700, 2_300)
_PAUSE_MS = 1_200, 5_000
"""Off for longer than busy tones are, and for no longer than a run of ringing allows."""
_LONE_SHARE, _LONE_FADE_DB = 0.8, 4.0
_SILENCE_DB, _SILENCE, _SMEAR = 10.0, 400 // STEP_MS, 60 // STEP_MS
"""A codec smears the ends of a burst."""
_PITCHES_HZ, _PITCH_HZ, _EVEN_DB, _NOISE_DB = (450.0, 425.0), 2.0, 1.2, 5.0
_PAUSE_DB, _WORDS = 5.0, 800 // STEP_MS
_START_MS = 300
"""A burst that began before the recording did begins no later in it."""


def detect(line: Line, found: tuple[Event, ...]) -> tuple[Event, ...]:
    """Runs of ringing on a line; ``found`` says what is a busy tone and therefore none."""
    trains: list[list[Burst]] = []
    for burst in bursts(line.frames, _LOW_HZ, _HIGH_HZ, _SHORTEST_MS):
        if any(event.start_ms < burst.end_ms and burst.start_ms < event.end_ms for event in found):
            continue
        if trains and _follows(line, trains[-1][-1], burst):
            trains[-1].append(burst)
        else:
            trains.append([burst])
    return tuple(_event(line, train) for train in trains if _is_ringing(line, train))


def _follows(line: Line, before: Burst, burst: Burst) -> bool:
    pause_ms = burst.start_ms - before.end_ms
    if not _PAUSE_MS[0] <= pause_ms <= _PAUSE_MS[1] or abs(burst.hz - before.hz) >= 15:
        return False
    level = line.frames.level_dbfs
    rings = (slice(one.start_ms // STEP_MS, one.end_ms // STEP_MS) for one in (before, burst))
    pause = slice(before.end_ms // STEP_MS + _SMEAR, burst.start_ms // STEP_MS - _SMEAR)
    least = min(float(np.median(level[ring])) for ring in rings) - _PAUSE_DB
    is_silent = float(np.median(level[pause])) < least
    return is_silent and int(line.audible[pause].sum()) < _WORDS


def _is_ringing(line: Line, train: list[Burst]) -> bool:
    whole = [burst for burst in train if _WHOLE_MS[0] <= burst.duration_ms <= _WHOLE_MS[1]]
    begins_whole = train[0] in whole or train[0].start_ms <= _START_MS
    if len(train) == 1:
        burst = train[0]
        steady = burst.share >= _LONE_SHARE and burst.fade_db <= _LONE_FADE_DB
        exact = min(abs(burst.hz - pitch) for pitch in _PITCHES_HZ) <= _PITCH_HZ
        above_db = _NOISE_DB if exact and burst.fade_db <= _EVEN_DB else _SILENCE_DB
        return bool(whole) and steady and _stands_alone(line, burst, above_db)
    longest_ms = max(burst.duration_ms for burst in train)
    return bool(whole) and begins_whole and longest_ms <= _WHOLE_MS[1]


def _stands_alone(line: Line, burst: Burst, above_db: float) -> bool:
    level = line.frames.level_dbfs
    first, last = burst.start_ms // STEP_MS, burst.end_ms // STEP_MS
    least = float(np.median(level[first:last])) - above_db
    before = level[max(0, first - _SMEAR - _SILENCE) : max(0, first - _SMEAR)]
    after = level[last + _SMEAR : last + _SMEAR + _SILENCE]
    return all(not len(side) or float(np.percentile(side, 75)) < least for side in (before, after))


def _event(line: Line, train: list[Burst]) -> Event:
    end_ms = min(train[-1].end_ms, line.duration_ms)
    measures = {"rings": len(train)}
    return Event(
        EventKind.RINGBACK, train[0].start_ms, end_ms, channel=line.index, measures=measures
    )
