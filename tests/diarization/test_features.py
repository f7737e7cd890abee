"""Filter banks: a tone lies in its band, and the scale changes nothing but the mean."""

from __future__ import annotations

import numpy as np
import pytest

from autoqa.diarization.features import BANDS, filter_banks
from autoqa.diarization.interface import RATE_HZ


def tone(hz: float, duration_ms: int) -> np.ndarray:
    times = np.arange(duration_ms * RATE_HZ // 1000) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * hz * times)).astype(np.float32)


@pytest.mark.parametrize(
    ("duration_ms", "frames"), [(0, 0), (24, 0), (25, 1), (35, 2), (1500, 148), (40_000, 3998)]
)
def test_a_frame_every_10_ms_that_fits(duration_ms: int, frames: int) -> None:
    assert filter_banks(tone(500, duration_ms)).shape == (frames, BANDS)


@pytest.mark.parametrize("hz", [150, 500, 1000, 3000])
def test_a_tone_is_loudest_in_the_band_around_it(hz: float) -> None:
    def mel(value: float) -> float:
        return float(1127 * np.log1p(value / 700))

    width = (mel(RATE_HZ / 2) - mel(20)) / (BANDS + 1)
    loudest = filter_banks(tone(hz, 500)).mean(axis=0).argmax()
    assert abs(mel(20) + (loudest + 1) * width - mel(hz)) <= width


def test_loudness_is_a_constant() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, RATE_HZ).astype(np.float32)
    difference = filter_banks(noise * 2) - filter_banks(noise)
    assert np.allclose(difference, 2 * np.log(2), atol=1e-3)


def test_silence_is_finite() -> None:
    assert np.isfinite(filter_banks(np.zeros(RATE_HZ, np.float32))).all()
