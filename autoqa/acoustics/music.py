"""Music: hold music and tunes, told from speech, noise and hum.

Definition
    Two seconds or more (one, of a clear tune) in which partials last: the fine structure of the
    spectrum (resolved to 8 Hz, its envelope taken away) is compared with itself 120 ms later. A
    note outlasts that; the pitch of a voice glides, noise forgets at once. A hum of the line never
    changes, so what is as alike after 1.44 s is none. Pauses of up to 4 s, and speech over the
    music, belong to it. What a codec makes last is told from notes by ``melody``.
Unit
    Milliseconds; ``tonality`` is the mean correlation, 0 to 1.
Thresholds
    Means over 4 s: hold music through GSM 0.14 to 0.41 (median 0.27), telephone speech -0.02 to
    0.1, talk of several voices 0.06, noise 0.01. Frames that Silero's model takes for speech are
    left out of the mean, so that what is judged is what lies under and between words.
Example
    ``Event(MUSIC, 51_000, 70_600, channel=0, measures={"tonality": 0.27})``.
"""

from __future__ import annotations

import numpy as np

from autoqa.acoustics.frames import (
    DRONE_REACH,
    FLOOR_DBFS,
    STEP_MS,
    TONALITY_STEP_MS,
    Floats,
    Mask,
)
from autoqa.acoustics.line import Line
from autoqa.acoustics.melody import surely
from autoqa.acoustics.tracks import bridge, moving_sum, runs, to_mask, widen
from autoqa.types import Event, EventKind

_WINDOW_MS, _LOCAL_MS = 4_000, 900
_CERTAIN, _LIKELY = 0.14, 0.10
_DRONE = 0.85
_LEAST_HEARD_MS = 900
"""So much of a window must be free of speech: a single vowel that Silero missed is no music."""
_LEAST_COMPARED_MS = 480
"""So much of it must be free of speech 0.72 s before and after as well."""
_UNDER_LOUD_DB = 25.0
"""Music lies no further under the loud parts of its channel; the noise under a voice does."""
_PAUSE_MS, _SPOKEN_OVER_MS = 4_000, 20_000
_SHORTEST_MS, _SHORTEST_CLEAR_MS, _CLEAR = 2_000, 1_000, 0.5
_AUDIBLE_DBFS = -65.0
_UNDER_MUSIC_DB, _NOISE_SPREAD_DB = 20.0, 3.0
_SUSTAINED = 0.97
"""Under an announcement music goes on: so much of its time is as loud as music. A voice alone
pauses more."""
_EACH = TONALITY_STEP_MS // STEP_MS
_SPREAD = 120 // STEP_MS
"""A frame of tonality looks so far beyond its own 60 ms."""


def detect(line: Line, found: tuple[Event, ...]) -> tuple[Event, ...]:
    """Music on a line; ``found`` are the tones, which last as well and are no music."""
    frames = line.frames
    if not len(frames):
        return ()
    tones = to_mask([event.segment for event in found], len(frames))
    spoken = widen(line.audible, _SPREAD, _SPREAD)
    free = ~spoken & ~widen(tones, _SPREAD, _SPREAD) & (frames.level_dbfs > _AUDIBLE_DBFS)
    heard = _coarse(free, len(frames.tonality))
    comparable = heard & _shift(heard, DRONE_REACH) & _shift(heard, -DRONE_REACH)
    certain = surely(
        _mean(frames.tonality, heard, _WINDOW_MS),
        _mean(frames.sustain - frames.drone, comparable, _WINDOW_MS, _LEAST_COMPARED_MS),
    )
    likely = heard & (_mean(frames.tonality, heard, _LOCAL_MS) >= _LIKELY)
    likely = bridge(likely, _LOCAL_MS // TONALITY_STEP_MS)
    kept = np.zeros_like(likely)
    least_dbfs = float(np.percentile(frames.level_dbfs, 95)) - _UNDER_LOUD_DB
    for first, last in runs(likely):
        inside = slice(first, last)
        if np.median(frames.level_dbfs[first * _EACH : last * _EACH]) < least_dbfs:
            continue
        hum = frames.drone[inside].mean() > _DRONE * frames.tonality[inside].mean()
        if not hum and (certain[inside] >= _CERTAIN).any():
            kept[inside] = True
    return _events(line, np.repeat(kept, _EACH)[: len(frames)])


def _events(line: Line, mask: Mask) -> tuple[Event, ...]:
    level, tonality = line.frames.level_dbfs, line.frames.tonality
    joined: list[list[int]] = []
    for first, last in runs(mask).tolist():
        if joined and _goes_on(line, joined[-1], [first, last]):
            joined[-1][1] = last
        else:
            joined.append([first, last])
    events = []
    for first, last in joined:
        loud = np.flatnonzero(level[first:last] > _AUDIBLE_DBFS)
        start_ms = (first + int(loud[0])) * STEP_MS
        end_ms = min((first + int(loud[-1]) + 1) * STEP_MS, line.duration_ms)
        mean = round(float(tonality[first // _EACH : -(-last // _EACH)].mean()), 2)
        if end_ms - start_ms >= (_SHORTEST_MS if mean < _CLEAR else _SHORTEST_CLEAR_MS):
            measures = {"tonality": mean}
            events.append(
                Event(EventKind.MUSIC, start_ms, end_ms, channel=line.index, measures=measures)
            )
    return tuple(events)


def _goes_on(line: Line, before: list[int], after: list[int]) -> bool:
    """Whether music goes on in the gap between two stretches: in a pause of its own, or under
    somebody's words."""
    level = line.frames.level_dbfs
    gap = slice(before[1], after[0])
    length_ms = (after[0] - before[1]) * STEP_MS
    if not line.audible[gap].any():
        return length_ms <= _PAUSE_MS
    usual = float(np.median(np.concatenate([level[slice(*before)], level[slice(*after)]])))
    noise = _noise_dbfs(line, before, after)
    sustained = float(np.mean(level[gap] > max(usual - _UNDER_MUSIC_DB, noise)))
    return length_ms <= _SPOKEN_OVER_MS and sustained >= _SUSTAINED


def _noise_dbfs(line: Line, before: list[int], after: list[int]) -> float:
    """A level that the line's own noise hardly ever reaches."""
    rest = ~line.audible
    rest[before[0] : after[1]] = False
    level = line.frames.level_dbfs[rest]
    return float(np.median(level)) + _NOISE_SPREAD_DB if len(level) else FLOOR_DBFS


def _coarse(mask: Mask, count: int) -> Mask:
    padded = np.pad(mask, (0, count * _EACH - len(mask)))
    return np.asarray(padded.reshape(count, _EACH).all(axis=1))


def _shift(mask: Mask, frames: int) -> Mask:
    """``mask`` so many frames later, false where nothing is known."""
    moved = np.roll(mask, frames)
    moved[slice(None, frames) if frames > 0 else slice(frames, None)] = False
    return moved


def _mean(track: Floats, heard: Mask, width_ms: int, least_ms: int = _LEAST_HEARD_MS) -> Floats:
    """Mean of the frames that were heard around each frame, 0 where there were too few."""
    width = width_ms // TONALITY_STEP_MS
    least = min(least_ms // TONALITY_STEP_MS, (width + 1) // 2)
    count = moving_sum(heard.astype(np.float32), width)
    total = moving_sum(np.where(heard, track, 0).astype(np.float32), width)
    return np.where(count >= least, total / np.maximum(count, 1), 0).astype(np.float32)
