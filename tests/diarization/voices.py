"""Voices that tests can make and tell: each hums at a pitch of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autoqa.diarization.interface import RATE_HZ, Floats, Reader
from autoqa.diarization.tracking import Print
from autoqa.types import Segment

PITCHES_HZ = (200, 400, 800, 1600)
HOP_MS, WINDOW_MS = 750, 1500


def talk(turns: Sequence[tuple[int, int]], pause_ms: int = 500) -> tuple[list[Segment], Floats]:
    """Speech and samples of (voice, duration_ms) one after the other, a pause after each."""
    parts, speech, at_ms = [], list[Segment](), 0
    for voice, duration_ms in turns:
        times = np.arange(duration_ms * RATE_HZ // 1000) / RATE_HZ
        hum = 0.3 * np.sin(2 * np.pi * PITCHES_HZ[voice] * times)
        parts += [hum, np.zeros(pause_ms * RATE_HZ // 1000)]
        start_ms = speech.pop().start_ms if speech and not pause_ms else at_ms
        speech.append(Segment(start_ms, at_ms + duration_ms))
        at_ms += duration_ms + pause_ms
    return speech, np.concatenate([np.zeros(0), *parts]).astype(np.float32)


def reader(samples: Floats) -> Reader:
    ms = RATE_HZ // 1000
    return lambda part: samples[part.start_ms * ms : part.end_ms * ms]


class HumPrints:
    """Prints whose direction is the share of each pitch, and a little of what differs each time."""

    def of(self, stretch: Segment, samples: Floats) -> list[Print]:
        length_ms = stretch.duration_ms
        if length_ms < 300:
            return []
        last = max(0, length_ms - WINDOW_MS)
        return [
            self._print(stretch, samples, first, min(length_ms, first + WINDOW_MS))
            for first in sorted({*range(0, last, HOP_MS), last})
        ]

    def _print(self, stretch: Segment, samples: Floats, first: int, last: int) -> Print:
        ms = RATE_HZ // 1000
        power = np.abs(np.fft.rfft(samples[first * ms : last * ms], RATE_HZ)) ** 2
        shares = [float(power[hz - 20 : hz + 20].sum()) for hz in PITCHES_HZ]
        at = stretch.start_ms + first
        values = np.array([*shares, 0.0, 0.0], np.float64)
        values /= np.linalg.norm(values)
        values[4:] = 0.1 * np.cos(at), 0.1 * np.sin(at)
        values += 0.3
        place = Segment(at, stretch.start_ms + last)
        return Print(place, (values / np.linalg.norm(values)).astype(np.float32))
