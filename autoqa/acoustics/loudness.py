"""Levels, in dBFS: root mean square re full scale, so that a full square wave is 0 and a full sine
-3.01.

Definitions
    The level of speech is the median of its frames; of noise the median of the frames further than
    300 ms from speech, music and tones. ``None`` where there are no such frames.
    The noise floor around a frame is the level that a tenth of the frames near it do not reach:
    who talks on the telephone pauses more than that (61 % of the time, ITU-T P.59).
Example
    A voice at -26 dBFS over a line at -62: ``Levels(speech_dbfs=-26.0, noise_dbfs=-62.0)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autoqa.acoustics.frames import FLOOR_DBFS, STEP_MS, Floats, Mask
from autoqa.acoustics.tracks import widen

_BIN = 1000 // STEP_MS
_AROUND_BINS = 7
"""Seconds to either side that the noise floor looks at."""
_QUIETEST_DBFS = -75.0
"""Under the noise of the best telephone line (A-law's smallest step is -66 dBFS)."""
_NOISE_DB, _LINE_SPREAD_DB = 10.0, 2.0
_APART = 300 // STEP_MS


@dataclass(frozen=True, slots=True)
class Levels:
    """Median levels in dBFS, None where there is nothing to measure."""

    speech_dbfs: float | None
    noise_dbfs: float | None


def levels(level_dbfs: Floats, speech: Mask, occupied: Mask) -> Levels:
    """Levels in ``speech``, and where neither it nor anything that is ``occupied`` is near."""
    rest = ~widen(speech | occupied, _APART, _APART)
    return Levels(_median(level_dbfs[speech]), _median(level_dbfs[rest]))


def noise_floor(level_dbfs: Floats) -> Floats:
    """The level of the noise around each frame, dBFS, at least -75; same shape."""
    if not len(level_dbfs):
        return level_dbfs
    bins = -(-len(level_dbfs) // _BIN)
    padded = np.pad(level_dbfs, (0, bins * _BIN - len(level_dbfs)), mode="edge")
    quiet = np.percentile(padded.reshape(bins, _BIN), 10, axis=1)
    around = np.pad(quiet, _AROUND_BINS, mode="reflect" if bins > _AROUND_BINS else "edge")
    near = np.lib.stride_tricks.sliding_window_view(around, 2 * _AROUND_BINS + 1)
    floor = np.percentile(near, 20, axis=1)
    return np.maximum(np.repeat(floor, _BIN)[: len(level_dbfs)], _QUIETEST_DBFS).astype(np.float32)


def noise_spread(level_dbfs: Floats, floor_dbfs: Floats) -> float:
    """How far noise usually lies over its floor, dB: about 2 for a line's, 5 for other people's
    talk, at least 2. Frames less than 10 dB over the floor are taken for noise."""
    over = level_dbfs - floor_dbfs
    noise = over[over < _NOISE_DB]
    return max(float(np.median(noise)), _LINE_SPREAD_DB) if len(noise) else _LINE_SPREAD_DB


def _median(values: Floats) -> float | None:
    audible = values[values > FLOOR_DBFS]
    return round(float(np.median(audible)), 1) if len(audible) else None
