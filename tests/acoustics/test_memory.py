"""Hours of a recording are heard block by block: what grows with them is tracks, not samples."""

from __future__ import annotations

import tracemalloc

import numpy as np

from autoqa.acoustics import listen
from tests.acoustics.signals import audio, sentence


def peak_bytes(minutes: int) -> int:
    """The most that is held while so much talk on one line is heard, its samples aside."""
    recording = audio(np.resize(sentence(0), minutes * 60 * 8_000))
    tracemalloc.start()
    listen(recording)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_grows_by_less_than_the_samples_take() -> None:
    listen(audio(sentence(0)))  # so that neither pays for the models
    samples_bytes = 10 * 60 * 8_000 * 2
    assert peak_bytes(13) - peak_bytes(3) < samples_bytes
