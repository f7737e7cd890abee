"""Bursts of one steady tone: what ringing, busy and fax tones are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autoqa.acoustics.frames import STEP_MS, Floats, Frames
from autoqa.acoustics.tracks import bridge, runs

_SHARE = 0.6
"""Of the energy that is in the tone: 0.76 remain in noise 5 dB under it."""
_DROPOUT = 40 // STEP_MS
"""A lost packet or two does not end a burst."""
_STEADY_HZ, _STEADY_DB = 16.0, 8.0
"""An exchange's tone does not move within a burst, but 440 and 480 Hz together beat
about their mean by this much. The pitch of a voice moves more. Its level stays, but AMR lets a
tone sink by 7 dB and come back; a struck note fades by more."""
_FADE_DB = 12.0
"""The edges of a burst are where its level is this far below its median."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A steady tone of ``hz`` in [start_ms, end_ms); by how much its level moves."""

    start_ms: int
    end_ms: int
    hz: float
    share: float
    fade_db: float

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


def bursts(frames: Frames, low_hz: float, high_hz: float, shortest_ms: int) -> list[Burst]:
    """Bursts of at least ``shortest_ms`` of a tone between two frequencies, in order of time."""
    inside = (frames.peak_hz >= low_hz) & (frames.peak_hz <= high_hz)
    mask = bridge(inside & (frames.peak_share >= _SHARE), _DROPOUT)
    found = []
    for first, last in runs(mask).tolist():
        level = frames.level_dbfs[first:last]
        loud = np.flatnonzero(level > np.median(level) - _FADE_DB)
        burst = slice(first + int(loud[0]), first + int(loud[-1]) + 1)
        start_ms, end_ms = burst.start * STEP_MS, burst.stop * STEP_MS
        if end_ms - start_ms < shortest_ms:
            continue
        hertz, decibels = frames.peak_hz[burst], frames.level_dbfs[burst]
        fade_db = _spread(decibels)
        if _spread(hertz) <= _STEADY_HZ and fade_db <= _STEADY_DB:
            share = float(np.median(frames.peak_share[burst]))
            found.append(Burst(start_ms, end_ms, float(np.median(hertz)), share, fade_db))
    return found


def _spread(track: Floats) -> float:
    """Between the 20th and the 80th percentile: the edges and a few lost packets do not count."""
    low, high = np.percentile(track, (20, 80))
    return float(high - low)
