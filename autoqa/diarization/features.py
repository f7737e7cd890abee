"""Filter banks as Kaldi makes them: what the voice prints' model was trained on.

80 mel bands of 20 to 8,000 Hz, 25 ms windows (Povey's) every 10 ms, pre-emphasis 0.97, natural
logarithm. Of real numbers in ±1: the model subtracts each stretch's mean, so the scale is nothing
to it. In blocks, since an hour's frames are too much to hold at once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from autoqa.diarization.interface import RATE_HZ, Floats

BANDS = 80
STEP_MS = 10

_WINDOW, _STEP, _FFT = RATE_HZ * 25 // 1000, RATE_HZ * STEP_MS // 1000, 512
_LOW_HZ, _HIGH_HZ = 20.0, RATE_HZ / 2
_EMPHASIS = 0.97
_FLOOR = float(np.finfo(np.float32).eps)
_BLOCK = 3000


def filter_banks(samples: Floats) -> Floats:
    """(frames, ``BANDS``) of mono samples at 16 kHz; frames that do not fit are left off."""
    count = 1 + (len(samples) - _WINDOW) // _STEP
    if count < 1:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_STEP]
    blocks = [_of(frames[at : at + _BLOCK]) for at in range(0, count, _BLOCK)]
    return np.concatenate(blocks)


def _of(frames: Floats) -> Floats:
    centred = frames - frames.mean(axis=1, keepdims=True, dtype=np.float64)
    sharp = centred.copy()
    sharp[:, 1:] -= _EMPHASIS * centred[:, :-1]
    sharp[:, 0] *= 1 - _EMPHASIS
    power = np.abs(np.fft.rfft(sharp * _povey(), _FFT)[:, : _FFT // 2]) ** 2
    return np.log(np.maximum(power @ _mel_bands().T, _FLOOR)).astype(np.float32)


@cache
def _povey() -> npt.NDArray[np.float64]:
    return np.hanning(_WINDOW) ** 0.85


@cache
def _mel_bands() -> npt.NDArray[np.float64]:
    """(``BANDS``, half the spectrum): triangles of equal width in mel."""
    edges = np.linspace(_mel(np.array(_LOW_HZ)), _mel(np.array(_HIGH_HZ)), BANDS + 2)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bins = _mel(np.arange(_FFT // 2) * RATE_HZ / _FFT)
    return np.maximum(0, np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre)))


def _mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hz / 700.0))
