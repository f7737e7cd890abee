"""Steady noise is turned down, and only where it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autoqa.acoustics.noise import RATE_HZ, noises
from autoqa.audio import Audio
from autoqa.types import Channel, Recording, Role, Segment

RANDOM = np.random.default_rng(7)
VOICE = Segment(2000, 4000)
QUIET, NOISY = -60.0, -30.0


def line(noise: float, voice: float = 0.2, seconds: int = 6) -> NDArray[np.float32]:
    """A tone with overtones from 2 to 4 s in noise of this standard deviation, at 8 kHz."""
    times = np.arange(seconds * 8000) / 8000
    tone = sum(np.sin(2 * np.pi * 200 * n * times) / n for n in range(1, 8))
    inside = (times >= 2) & (times < 4)
    return np.asarray(voice * tone * inside + noise * RANDOM.standard_normal(len(times)))


def audio(samples: NDArray[np.float32]) -> Audio:
    whole = np.clip(samples * 32_768, -32_768, 32_767).astype(np.int16)[None]
    duration_ms = whole.shape[1] // 8
    return Audio(Recording("0" * 64, 8000, 1, duration_ms, "pcm_s16le"), whole, 8000)


def channel(noise_dbfs: float, *speech: Segment) -> Channel:
    return Channel(0, Role.UNKNOWN, speech or (VOICE,), speech_dbfs=-20.0, noise_dbfs=noise_dbfs)


def rms(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt((samples**2).mean()))


def test_noise_goes_down_and_the_voice_stays() -> None:
    noisy = audio(line(0.03))
    clip = noisy.clip(0, 1500, 4500, RATE_HZ)
    [filtered] = [one.turned_down(clip) for one in noises(noisy, [channel(NOISY)], ()).values()]
    assert filtered.shape == clip.shape
    before = slice(0, 400 * 16)
    assert rms(filtered[before]) < 0.5 * rms(clip[before])
    voice = audio(line(0.0)).clip(0, 1500, 4500, RATE_HZ)
    assert rms(filtered - voice) < 0.8 * rms(clip - voice)


def test_a_quiet_line_is_left_alone() -> None:
    assert noises(audio(line(0.0005)), [channel(QUIET)], ()) == {}


def test_noise_that_is_never_alone_is_not_known() -> None:
    assert noises(audio(line(0.03)), [channel(NOISY, Segment(100, 5900))], ()) == {}


def test_a_clip_shorter_than_a_window_comes_back_as_it_is() -> None:
    noisy = audio(line(0.03))
    clip = noisy.clip(0, 2000, 2010, RATE_HZ)
    assert noises(noisy, [channel(NOISY)], ())[0].turned_down(clip) is clip


def test_silence_stays_silence() -> None:
    noisy = audio(line(0.03))
    silent = np.zeros(16_000, np.float32)
    assert not noises(noisy, [channel(NOISY)], ())[0].turned_down(silent).any()
