"""Sounds made on the spot, and what is heard in them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoqa.acoustics import Acoustics, listen
from autoqa.audio import Audio, load
from autoqa.settings import Settings
from autoqa.types import EventKind, Recording

RATE_HZ = 8_000
EXAMPLES = Path(__file__).parents[2] / "examples"
Signal = NDArray[np.float64]


def tone(seconds: float, *hertz: float, level: float = 0.1, rate_hz: int = RATE_HZ) -> Signal:
    """Sines of the amplitude ``level`` each."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    sines: Signal = np.sum([level * np.sin(2 * np.pi * each * time_s) for each in hertz], axis=0)
    return sines


def silence(seconds: float) -> Signal:
    return np.zeros(round(seconds * RATE_HZ))


def noise(seconds: float, level: float = 0.001, seed: int = 1) -> Signal:
    """White noise with a standard deviation of ``level``."""
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE_HZ))


def tune(seconds: float, level: float = 0.1, seed: int = 1) -> Signal:
    """Chords of three struck notes with four partials each, two a second."""
    random = np.random.default_rng(seed)
    chords = []
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    for _ in range(round(2 * seconds)):
        chord = np.zeros(len(time_s))
        for key in random.choice(24, 3, replace=False):
            for partial in range(1, 5):
                hertz = 220 * 2 ** (key / 12) * partial
                chord += np.sin(2 * np.pi * hertz * time_s) * np.exp(-3 * time_s) / partial
        chords.append(level / 2 * chord)
    return np.concatenate(chords)


def audio(*channels: Signal, rate_hz: int = RATE_HZ) -> Audio:
    """A recording with these channels, shorter ones padded with silence."""
    length = max((len(channel) for channel in channels), default=0)
    samples = np.stack([np.pad(channel, (0, length - len(channel))) for channel in channels])
    whole = np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16)
    recording = Recording("test", rate_hz, len(channels), length * 1000 // rate_hz, "pcm_s16le")
    return Audio(recording, whole, rate_hz)


def hear(*channels: Signal) -> Acoustics:
    return listen(audio(*channels))


def spans(heard: Acoustics, kind: EventKind) -> list[tuple[int, int]]:
    """(start, end) in milliseconds of the events of a kind."""
    return [(event.start_ms, event.end_ms) for event in heard.events if event.kind is kind]


def keys(heard: Acoustics) -> str:
    """The keys that were pressed."""
    return "".join(
        str(event.measures["key"]) for event in heard.events if event.kind is EventKind.DTMF
    )


def sentence(channel: int = 0, start_ms: int = 0, end_ms: int | None = None) -> Signal:
    """Somebody talking: a stretch of an example."""
    call = load((EXAMPLES / "balance-good.wav",), Settings())
    end_ms = call.duration_ms if end_ms is None else end_ms
    return call.clip(channel, start_ms, end_ms, RATE_HZ).astype(np.float64)
