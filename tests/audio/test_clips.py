"""Stretches of a recording, for the recogniser and for a browser."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.audio import Audio, encode_clip, load
from autoqa.types import Recording, Segment
from tests.audio.sounds import SETTINGS, fuzz, tones


def made(rate_hz: int = 8000, seconds: float = 3, channels: int = 2) -> Audio:
    samples = tones(rate_hz, seconds, channels)
    recording = Recording("id", rate_hz, channels, round(seconds * 1000), "pcm_s16le")
    return Audio(recording, samples, rate_hz, (Segment(0, 10),))


@fuzz
@given(
    st.integers(-500, 4000), st.integers(-500, 4000), st.sampled_from([None, 8000, 16000, 11025])
)
def test_a_clip_is_as_long_as_what_it_covers(start_ms: int, end_ms: int, rate: int | None) -> None:
    clip = made().clip(1, start_ms, end_ms, rate)
    covered_ms = max(0, min(end_ms, 3000) - min(max(start_ms, 0), 3000))
    assert clip.shape == (round(covered_ms * (rate or 8000) / 1000),)
    assert clip.dtype == np.float32
    assert np.abs(clip).max(initial=0) <= 1


def test_clips_hold_the_channel_that_was_asked_for() -> None:
    audio = made()
    assert np.array_equal(audio.clip(0, 1000, 2000), audio.samples[0, 8000:16000] / 32768)
    assert np.abs(np.fft.rfft(audio.clip(1, 1000, 2000, 16000))).argmax() == 1000
    with pytest.raises(IndexError):
        audio.clip(2, 0, 1000)


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_a_playback_copy_is_small_and_sounds_the_same(tmp_path: Path, rate_hz: int) -> None:
    audio = made(rate_hz, 10)
    data, mime = encode_clip(audio, 1000, 9000)
    (tmp_path / "clip.ogg").write_bytes(data)
    clip = load([tmp_path / "clip.ogg"], SETTINGS)
    assert mime == "audio/ogg"
    assert len(data) < 8 * 3000
    assert clip.duration_ms == 8000
    spectrum = np.abs(np.fft.rfft(clip.clip(0, 1000, 2000)))
    assert {440, 1000} <= set(np.argsort(spectrum)[-4:].tolist())  # both voices
    assert encode_clip(audio, 1000, 9000) == (data, mime)


@pytest.mark.parametrize("start_ms, end_ms", [(1000, 1000), (2990, 9000), (5000, 6000)])
def test_a_playback_copy_of_hardly_anything_still_plays(
    tmp_path: Path, start_ms: int, end_ms: int
) -> None:
    data, _mime = encode_clip(made(), start_ms, end_ms)
    (tmp_path / "clip.ogg").write_bytes(data)
    assert 0 < load([tmp_path / "clip.ogg"], SETTINGS).duration_ms <= 100
