"""How surely notes last, so that a codec cannot feign it.

Definition
    The tonality, which is the likeness of the spectrum's fine structure after 120 ms, but no more
    than 3.5 times by how much the likeness after 240 ms exceeds that after 1.44 s.
Why
    A codec that transforms blocks makes whatever it codes, noise and voices too, last as long as
    its blocks: at 8 kHz AAC's are 128 ms long, MP3's 72 ms. Its filter, and the holes it leaves in
    the spectrum, never change, as a hum does not. Notes last longer than the first, and change.
Thresholds
    At 8 kbit/s a channel noise and voices reach 0.15 to 0.35 after 120 ms, but the excess is 0 to
    0.02; hold music has 0.14 to 0.57 and 0.07 to 0.13, with and without such codecs.
"""

from __future__ import annotations

import numpy as np

from autoqa.acoustics.frames import TONALITY_STEP_MS, Floats, Frames
from autoqa.acoustics.tracks import moving_sum

_FACTOR = 3.5
_AROUND = 2_000 // TONALITY_STEP_MS


def melody(frames: Frames) -> Floats:
    """Notes around each frame, the excess averaged over two seconds; shape (m,), -1 to 1."""
    excess = np.asarray(frames.sustain - frames.drone, np.float32)
    return surely(frames.tonality, moving_sum(excess, _AROUND) / np.float32(_AROUND))


def surely(tonality: Floats, excess: Floats) -> Floats:
    """``tonality``, as far as ``excess`` (sustain less drone) confirms it; any shape."""
    return np.asarray(np.minimum(tonality, _FACTOR * excess), np.float32)
