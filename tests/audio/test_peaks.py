"""The peaks of a recording are coarse, bounded in size, and never hide a sound."""

from __future__ import annotations

import numpy as np

from autoqa.audio import Audio
from autoqa.audio.peaks import MOST, peaks
from autoqa.types import Recording


def audio(samples: list[list[int]], rate_hz: int = 8000) -> Audio:
    lines = np.array(samples, np.int16)
    recording = Recording("0" * 64, rate_hz, lines.shape[0], 0, "pcm_s16le")
    return Audio(recording, lines, rate_hz)


def test_each_channel_has_its_own_and_a_step_is_as_loud_as_its_loudest_sample() -> None:
    step = 160
    quiet, loud = [0] * step, [0] * (step - 1) + [-32768]
    assert peaks(audio([quiet + loud, loud + quiet])) == (bytes([0, 255]), bytes([255, 0]))


def test_an_empty_recording_is_a_step_of_silence() -> None:
    assert peaks(audio([[]])) == (b"\0",)


def test_a_part_of_a_step_counts() -> None:
    assert peaks(audio([[0] * 160 + [16384]])) == (bytes([0, 128]),)


def test_a_long_recording_has_no_more_steps_than_a_screen_can_use() -> None:
    samples = np.zeros((1, 8000 * 3600), np.int16)
    samples[0, -1] = 32767
    recording = Recording("0" * 64, 8000, 1, 3_600_000, "pcm_s16le")
    (line,) = peaks(Audio(recording, samples, 8000))
    assert len(line) <= MOST
    assert line[-1] == 255
