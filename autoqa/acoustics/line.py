"""One channel as the detectors see it."""

from __future__ import annotations

from dataclasses import dataclass

from autoqa.acoustics.frames import Floats, Frames, Mask


@dataclass(frozen=True, slots=True)
class Line:
    """A channel's tracks.

    ``speech_probability`` (n,): Silero's, 0 to 1. ``voiced`` (n,): frames of speech; ``audible``
    (n,): the same with what leaked over from another channel.
    """

    index: int
    duration_ms: int
    frames: Frames
    speech_probability: Floats
    voiced: Mask
    audible: Mask
