"""Steady noise on a line, turned down before the recogniser hears it.

Definition
    A Wiener filter (Lim and Oppenheim 1979): each part of the spectrum is turned down by the share
    that noise has of its power there. The noise is the median spectrum of what is neither speech
    nor another sound, so that what does not hold still (talk behind the speaker, a radio) stays as
    it is. Nothing is turned down by more than 12 dB: a filter that cuts deeper leaves holes, and
    chirps that a recogniser reads as words.
When
    Only for channels whose speech is less than 20 dB over their noise (``clarity``).
Source of the thresholds
    Character errors of the base model on calls with pink noise at 10 dB: a fifth fewer with 12 dB,
    a sixth with 20 dB; with talk as the noise, as many as without the filter.
Example
    ``noises(audio, channels, events)[0].turned_down(samples)``: float32 of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.signal import istft, stft

from autoqa.acoustics.frames import Floats
from autoqa.audio import Audio
from autoqa.clarity import is_quiet
from autoqa.types import Channel, Event, Segment

RATE_HZ = 16_000
_WINDOW, _HOP = 512, 128
"""32 ms, a quarter apart."""
_APART_MS = 50
_LEAST_MS, _MOST_MS = 500, 60_000
"""Less noise than this alone on a line says nothing about it; more says nothing new."""
_MEAN_OF_MEDIAN = 1 / np.log(2)
"""Mean over median of noise's power, which is distributed exponentially."""
_DEEPEST = 10 ** (-12 / 20)
_SMOOTH = (3, 5)
"""Bins and windows over which the power is averaged, lest the filter flutter."""
_LEAST_POWER = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """``power`` of a line's noise in each part of the spectrum, shape (257,), of samples at
    ``RATE_HZ``."""

    power: Floats

    @classmethod
    def of(cls, audio: Audio, channel: Channel, events: Sequence[Event]) -> Noise | None:
        """The noise of a channel; None where it is quiet, or never alone on the line."""
        if is_quiet(channel):
            return None
        own = (event.segment for event in events if event.channel == channel.index)
        spectra = []
        left_ms = _MOST_MS
        for pause in _pauses([*channel.speech, *own], audio.duration_ms):
            end_ms = min(pause.end_ms, pause.start_ms + left_ms)
            samples = audio.clip(channel.index, pause.start_ms, end_ms, RATE_HZ)
            if len(samples) >= _WINDOW:
                spectra.append(np.abs(_spectrum(samples)) ** 2)
                left_ms -= end_ms - pause.start_ms
            if left_ms <= 0:
                break
        if _MOST_MS - left_ms < _LEAST_MS:
            return None
        median = np.median(np.concatenate(spectra, axis=1), axis=1)
        return cls(np.asarray(median * _MEAN_OF_MEDIAN, np.float32))

    def turned_down(self, samples: Floats) -> Floats:
        """``samples`` at ``RATE_HZ``, shape (n,), with the noise turned down; same shape."""
        if len(samples) < _WINDOW:
            return samples
        spectrum = _spectrum(samples)
        power = np.maximum(uniform_filter(np.abs(spectrum) ** 2, _SMOOTH), _LEAST_POWER)
        gain = np.sqrt(np.maximum(1 - self.power[:, None] / power, 0))
        filtered = istft(
            spectrum * np.maximum(gain, _DEEPEST), nperseg=_WINDOW, noverlap=_WINDOW - _HOP
        )[1]
        return np.asarray(filtered[: len(samples)], np.float32)


def noises(audio: Audio, channels: Sequence[Channel], events: Sequence[Event]) -> dict[int, Noise]:
    """The noise of each noisy channel, by its index."""
    found = ((channel.index, Noise.of(audio, channel, events)) for channel in channels)
    return {index: noise for index, noise in found if noise is not None}


def _spectrum(samples: Floats) -> Floats:
    return np.asarray(stft(samples, nperseg=_WINDOW, noverlap=_WINDOW - _HOP)[2])


def _pauses(sounds: Iterable[Segment], duration_ms: int) -> list[Segment]:
    """What lies apart from all sounds, the longest first."""
    pauses = []
    at_ms = 0
    for sound in sorted([*sounds, Segment(duration_ms + _APART_MS, duration_ms + _APART_MS)]):
        end_ms = sound.start_ms - _APART_MS
        if end_ms > at_ms:
            pauses.append(Segment(at_ms, end_ms))
        at_ms = max(at_ms, sound.end_ms + _APART_MS)
    return sorted(pauses, key=lambda one: (-one.duration_ms, one.start_ms))
