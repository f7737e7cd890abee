"""The samples of a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from autoqa.types import Recording, Segment

FULL_SCALE = 32768.0
"""The sample value of 0 dBFS at 16 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A recording and its samples.

    ``samples``: int16, shape (channels, frames), full scale 32,768.
    ``rate_hz``: 8,000 for recordings sampled at 8 kHz or less, else 16,000, so that voice activity
    detection can take the samples as they are; the recorder's own rate is
    ``recording.sample_rate_hz``.
    ``damaged``: stretches that could not be decoded and are silent here, in order of time.
    """

    recording: Recording
    samples: NDArray[np.int16]
    rate_hz: int
    damaged: tuple[Segment, ...] = ()

    @property
    def channel_count(self) -> int:
        return int(self.samples.shape[0])

    @property
    def duration_ms(self) -> int:
        """Length in milliseconds, rounded down: no time of a call lies behind it."""
        return int(self.samples.shape[1]) * 1000 // self.rate_hz

    def clip(
        self, channel: int, start_ms: int, end_ms: int, rate_hz: int | None = None
    ) -> NDArray[np.float32]:
        """The stretch [start_ms, end_ms) of one channel.

        Returns float32 in [-1, 1], shape (n,), at ``rate_hz`` (default: the audio's own), with n =
        duration × rate rounded. What lies outside the recording is left out; an empty stretch gives
        shape (0,). Raises ``IndexError`` where there is no such channel.
        """
        frames = self.samples.shape[1]
        first = min(max(0, start_ms) * self.rate_hz // 1000, frames)
        last = min(max(0, end_ms) * self.rate_hz // 1000, frames)
        stretch = self.samples[channel, first : max(first, last)].astype(np.float32) / FULL_SCALE
        return resample(stretch, self.rate_hz, rate_hz or self.rate_hz)


def resample(samples: NDArray[np.float32], from_hz: int, to_hz: int) -> NDArray[np.float32]:
    """One channel at another rate: float32, shape (round(n × to_hz / from_hz),), in [-1, 1]."""
    if from_hz == to_hz or samples.size == 0:
        return samples
    length = round(samples.size * to_hz / from_hz)
    resampled: NDArray[np.float32] = soxr.resample(samples, from_hz, to_hz, quality=soxr.HQ)[
        :length
    ]
    padded = np.zeros(length, np.float32)
    padded[: resampled.size] = np.clip(resampled, -1.0, 1.0)
    return padded
