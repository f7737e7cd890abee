"""Fingerprints: what of a line's sound survives codecs, level and noise, and tells one recording
from every other.

Definition
    The spectrum (64 ms windows, every 16 ms, 8 kHz) is searched for peaks: cells louder than all
    others within 130 ms and 80 Hz. Each peak is paired with the next few near it, and a pair is
    written as one number, its hash: the first frequency, the step to the second, and the time
    between them. A recording played again gives many of the same hashes, all shifted by the same
    time; the same words spoken again give them at other times. The method is that of A. Wang, An
    industrial-strength audio search algorithm (ISMIR 2003).
Unit
    Milliseconds from the start of the line for times; a hash is a number without a unit.
Thresholds
    300 to 3,400 Hz: the telephone's band (ITU-T G.712). 64 ms resolves a voice's harmonics from
    80 Hz on. Pairs reach 64 ms to 1 s and 480 Hz: near enough that both peaks survive where one
    does, far enough that a pair says more than a peak; two peaks of one frequency are a tone or a
    hum and no pair. Peaks lie within 45 dB of the loudest of the 2 s around (a voice's own range)
    and above what 16 bits resolve.
Example
    A second of a voice gives about 170 hashes that begin at 17 moments; through GSM, AMR, MP3 at
    16 kbit/s or with noise at 10 dB a tenth of them or more is the same, and six in ten moments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from autoqa.audio import Audio

VERSION = 1
"""Raised by hand whenever the same samples give other hashes."""

RATE_HZ = 8_000
STEP_MS = 16
"""Of all times here."""

_STEP = RATE_HZ * STEP_MS // 1000
_WINDOW = 512
_LOWEST_BIN, _END_BIN = 19, 218
_NEAR_BINS, _NEAR_STEPS = 5, 8
_UNDER_LOUD_DB, _LOUD_STEPS = 45.0, 125
_RESOLVED_DB = -60.0
_REACH_BINS = 31
_FIRST_STEP, _LAST_STEP = 4, 60
_TIME_GRAIN = 2
"""A hash holds the time between its peaks in steps of 32 ms: another phase of the windows against
the sound moves a peak by a step."""
_PARTNERS, _LOOK_AHEAD = 5, 60
_BLOCK_MS, _MARGIN_MS = 64_000, 2_048
"""Whole numbers of steps, so that blocks do not show."""

Hashes = npt.NDArray[np.uint32]
Times = npt.NDArray[np.int32]
_Peaks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The hashes of a line and when each begins, in order of time; both of shape (n,).

    ``times_ms``: of the first peak of the pair. ``duration_ms``: of the line.
    """

    hashes: Hashes
    times_ms: Times
    duration_ms: int

    def __len__(self) -> int:
        return len(self.hashes)


def fingerprint(audio: Audio, channel: int) -> Fingerprint:
    """The fingerprint of one channel; silence has none. Linear in time, block by block."""
    found = [np.zeros((0, 2), np.int64)]
    for start_ms in range(0, audio.duration_ms, _BLOCK_MS):
        first_ms, end_ms = max(0, start_ms - _MARGIN_MS), start_ms + _BLOCK_MS
        samples = audio.clip(channel, first_ms, end_ms + _MARGIN_MS, RATE_HZ)
        peaks = _peaks(samples) + np.array([first_ms // STEP_MS, 0])
        inside = (peaks[:, 0] * STEP_MS >= start_ms) & (peaks[:, 0] * STEP_MS < end_ms)
        found.append(peaks[inside])
    hashes, steps = _pairs(np.concatenate(found))
    return Fingerprint(hashes, (steps * STEP_MS).astype(np.int32), audio.duration_ms)


def _peaks(samples: npt.NDArray[np.float32]) -> _Peaks:
    """Rows of (step, bin), in order of time."""
    if len(samples) < _WINDOW:
        return np.zeros((0, 2), np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_STEP]
    taper = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    spectrum = fft.rfft(windows * taper, axis=1)[:, _LOWEST_BIN:_END_BIN]
    power = spectrum.real**2 + spectrum.imag**2
    loudest = _highest(power.max(axis=1, keepdims=True), _LOUD_STEPS)
    least = np.maximum(loudest * 10 ** (-_UNDER_LOUD_DB / 10), 10 ** (_RESOLVED_DB / 10))
    highest = _highest(_highest(power, _NEAR_STEPS).T, _NEAR_BINS).T
    return np.argwhere((power == highest) & (power > least))


def _highest(rows: npt.NDArray[np.float32], reach: int) -> npt.NDArray[np.float32]:
    """The maximum over each row and its neighbours up to ``reach`` rows away; 0 beyond the ends."""
    count, width = len(rows), 2 * reach + 1
    best, covered = np.pad(rows, ((reach, reach), (0, 0))), 1
    while 2 * covered <= width:
        best, covered = np.maximum(best[:-covered], best[covered:]), 2 * covered
    rest = width - covered
    return np.maximum(best[:count], best[rest : rest + count])


def _pairs(peaks: _Peaks) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hashes of each peak with its next partners, and the step of the first peak of each."""
    hashes, steps = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    made = np.zeros(len(peaks), np.int64)
    for ahead in range(1, min(_LOOK_AHEAD, len(peaks))):
        first, second = peaks[:-ahead], peaks[ahead:]
        later, higher = (second - first).T
        fits = (later >= _FIRST_STEP) & (later <= _LAST_STEP) & (made[:-ahead] < _PARTNERS)
        fits &= (np.abs(higher) <= _REACH_BINS) & (higher != 0)
        made[:-ahead] += fits
        value = first[fits, 1] << 6 | (higher[fits] + _REACH_BINS)
        hashes.append(value << 5 | later[fits] // _TIME_GRAIN)
        steps.append(first[fits, 0])
    joined, at = np.concatenate(hashes), np.concatenate(steps)
    order = np.lexsort((joined, at))
    return joined[order].astype(np.uint32), at[order]
