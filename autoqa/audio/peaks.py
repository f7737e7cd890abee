"""How loud each line is over time, coarse enough to draw."""

from __future__ import annotations

import numpy as np

from autoqa.audio.samples import Audio

STEP_MS = 20
MOST = 30_000
"""Steps of a line: ten minutes at 20 ms, an hour at 120; 30 kB a line, finer than any screen."""


def peaks(audio: Audio) -> tuple[bytes, ...]:
    """The largest level of each step of each channel, 0 to 255 of full scale; a byte a step.

    The steps are of equal length, 20 ms or as many as make ``MOST`` of them; an empty recording
    has one step of silence.
    """
    frames = audio.samples.shape[1]
    step = max(audio.rate_hz * STEP_MS // 1000, -(-frames // MOST), 1)
    count = max(1, -(-frames // step))
    found = []
    for line in audio.samples:
        padded = np.zeros(count * step, np.int16)
        padded[:frames] = line
        rows = padded.reshape(count, step)
        loudest = np.maximum(rows.max(axis=1), -(rows.min(axis=1).astype(np.int32)))
        found.append(np.minimum(loudest >> 7, 255).astype(np.uint8).tobytes())
    return tuple(found)
