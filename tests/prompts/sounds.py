"""A bank's recordings and calls, made on the spot from nothing but numbers."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoqa.audio import Audio
from autoqa.types import Recording

RATE_HZ = 8_000
Signal = NDArray[np.float64]


def voice(seconds: float, seed: int, level: float = 0.1) -> Signal:
    """Syllables of a voice: gliding harmonics under wandering formants, with pauses at commas."""
    draw = np.random.default_rng(seed)
    parts: list[Signal] = []
    while sum(map(len, parts)) < seconds * RATE_HZ:
        count = int(draw.uniform(0.12, 0.3) * RATE_HZ)
        at = np.linspace(0, 1, count)
        pitch_hz = draw.uniform(110, 240) * (1 + draw.uniform(-0.1, 0.1) * at)
        formants_hz = [draw.uniform(*band) * (1 + draw.uniform(-0.1, 0.1) * at) for band in _BANDS]
        phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
        sound = np.zeros(count)
        for number in range(1, 25):
            hertz = number * pitch_hz
            near = sum(np.exp(-(((hertz - one) / 150) ** 2)) for one in formants_hz)
            sound += np.where(hertz < 3_600, near, 0) * np.sin(number * phase)
        parts += [sound * np.hanning(count) ** 0.3, np.zeros(int(draw.choice([80, 400, 1500])))]
    whole = np.concatenate(parts)[: round(seconds * RATE_HZ)]
    return np.asarray(level * whole / np.abs(whole).max())


def again(sound: Signal, pace: float) -> Signal:
    """The same words by the same voice a little faster or slower, and not evenly so."""
    wander = pace * (1 + 0.01 * np.sin(np.linspace(0, 5, len(sound))))
    at = np.cumsum(wander)
    at = at[at < len(sound) - 1]
    return np.asarray(np.interp(at, np.arange(len(sound)), sound))


def silence(seconds: float) -> Signal:
    return np.zeros(round(seconds * RATE_HZ))


def audio(*channels: Signal, name: str = "test") -> Audio:
    """A recording with these channels, shorter ones padded with silence."""
    length = max(map(len, channels))
    rows = [np.pad(one, (0, length - len(one))) for one in channels]
    samples = np.clip(np.round(np.stack(rows) * 32767), -32768, 32767).astype(np.int16)
    recording = Recording(name, RATE_HZ, len(channels), length * 1000 // RATE_HZ, "pcm_s16le")
    return Audio(recording, samples, RATE_HZ)


def write_wav(path: Path, *channels: Signal) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.ascontiguousarray(audio(*channels).samples.T).tobytes())


_BANDS = ((300, 900), (900, 2_200), (2_300, 3_000))
"""Of the first three formants, in Hz."""
