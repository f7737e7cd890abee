"""A tone in place of what must not be heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from autoqa.audio.samples import FULL_SCALE, Audio
from autoqa.types import Segment

AROUND_MS = 300
"""On both sides of what was said: the times of digits are the least certain."""
_TONE_HZ = 1000
_LEVEL = 0.05
"""Of full scale: about as loud as speech on a line, -26 dBFS."""


def bleeped(audio: Audio, stretches: Iterable[Segment]) -> Audio:
    """The same recording with a tone in these stretches, and nothing below it.

    On all of its lines: one is heard faintly on the other.
    """
    samples = audio.samples.copy()
    frames = samples.shape[1]
    for stretch in stretches:
        first = min(stretch.start_ms * audio.rate_hz // 1000, frames)
        last = min(-(-stretch.end_ms * audio.rate_hz // 1000), frames)
        times = np.arange(first, last) / audio.rate_hz
        tone = _LEVEL * FULL_SCALE * np.sin(2 * np.pi * _TONE_HZ * times)
        samples[:, first:last] = np.rint(tone).astype(np.int16)
    return replace(audio, samples=samples)
