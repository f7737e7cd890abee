"""Every format in, the same sound out."""

import hashlib
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from autoqa.audio import RawFormat, content_id, load, probe
from autoqa.errors import UsageError
from tests.audio.sounds import (
    SETTINGS,
    TONES_HZ,
    fuzz,
    heard_hz,
    packets,
    tones,
    write,
    write_raw,
    write_wav,
)

# ---------------------------------------------------------------- every format


FORMATS = [
    ("pcm.wav", "pcm_s16le", 8000, 2, 0),
    ("eight_bit.wav", "pcm_u8", 8000, 2, 0),
    ("24_bit.wav", "pcm_s24le", 16000, 2, 0),
    ("32_bit.wav", "pcm_s32le", 48000, 2, 0),
    ("float.wav", "pcm_f32le", 44100, 2, 0),
    ("double.wav", "pcm_f64le", 11025, 1, 0),
    ("alaw.wav", "pcm_alaw", 8000, 2, 0),
    ("mulaw.wav", "pcm_mulaw", 8000, 2, 0),
    ("ima.wav", "adpcm_ima_wav", 8000, 2, 0),
    ("ms.wav", "adpcm_ms", 8000, 2, 0),
    ("g722.wav", "g722", 16000, 1, 0),
    ("g723.wav", "g723_1", 8000, 1, 6300),
    ("g726.wav", "g726", 8000, 1, 32000),
    ("mp3.wav", "libmp3lame", 8000, 2, 0),
    ("call.mp3", "libmp3lame", 8000, 2, 0),
    ("wide.mp3", "libmp3lame", 44100, 2, 0),
    ("call.m4a", "aac", 8000, 2, 0),
    ("wide.m4a", "aac", 48000, 2, 0),
    ("call.aac", "aac", 16000, 2, 0),
    ("call.amr", "libopencore_amrnb", 8000, 1, 12200),
    ("call.3gp", "libopencore_amrnb", 8000, 1, 12200),
    ("call.opus", "libopus", 16000, 2, 0),
    ("call.ogg", "libopus", 48000, 2, 0),
    ("call.webm", "libopus", 48000, 2, 0),
    ("call.flac", "flac", 8000, 2, 0),
    ("call.wma", "wmav2", 16000, 2, 32000),
    ("call.au", "pcm_mulaw", 8000, 2, 0),
    ("call.aiff", "pcm_s16be", 8000, 2, 0),
]


@pytest.mark.parametrize("name, codec, rate_hz, channels, bit_rate", FORMATS)
def test_every_format_keeps_length_pitch_and_channels(
    tmp_path: Path, name: str, codec: str, rate_hz: int, channels: int, bit_rate: int
) -> None:
    path = write(tmp_path / name, codec, tones(rate_hz, 5, channels), rate_hz, bit_rate)
    audio = load([path], SETTINGS)
    assert audio.recording.missing_ms == 0
    assert audio.damaged == ()
    assert audio.rate_hz == (8000 if audio.recording.sample_rate_hz <= 8000 else 16000)
    assert 5000 - 100 <= audio.duration_ms <= 5000 + 200  # an encoder pads to whole frames
    assert audio.duration_ms == audio.recording.duration_ms
    assert heard_hz(audio) == pytest.approx(TONES_HZ[:channels], abs=2)
    assert probe(path).channels == audio.channel_count == audio.recording.channel_count == channels


@pytest.mark.parametrize("subtype, container", [("GSM610", "WAV"), ("PCM_16", "RF64")])
def test_formats_that_only_libsndfile_writes(tmp_path: Path, subtype: str, container: str) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tones(8000, 5, 1).T, 8000, subtype=subtype, format=container)
    audio = load([path], SETTINGS)
    assert (audio.duration_ms, audio.recording.missing_ms) == (5000, 0)
    assert heard_hz(audio) == [440]


def test_big_endian_wav_is_not_noise(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tones(8000, 3, 2).T, 8000, endian="BIG")
    assert np.array_equal(load([path], SETTINGS).samples, tones(8000, 3, 2))


@pytest.mark.parametrize("valid_bits", [16, 20, 24, 32])
def test_a_wider_container_than_its_samples_keeps_their_level(
    tmp_path: Path, valid_bits: int
) -> None:
    path = tmp_path / "call.wav"
    data = (tones(8000, 3, 1)[0].astype("<i4") << 16).tobytes()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    extension = struct.pack("<HHI", 22, valid_bits, 4) + guid
    form = struct.pack("<HHIIHH", 0xFFFE, 1, 8000, 32000, 4, 32) + extension
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)
    assert np.array_equal(load([path], SETTINGS).samples, tones(8000, 3, 1))


def test_pcm_is_decoded_bit_for_bit(tmp_path: Path) -> None:
    samples = tones(16000, 3, 2)
    audio = load([write_wav(tmp_path / "call.wav", samples, 16000)], SETTINGS)
    assert np.array_equal(audio.samples, samples)


@pytest.mark.parametrize("rate_hz", [6000, 11025, 22050, 44100, 48000])
def test_resampling_moves_nothing(tmp_path: Path, rate_hz: int) -> None:
    samples = np.zeros((1, rate_hz * 4), np.int16)
    samples[0, int(rate_hz * 2.5)] = 30000
    audio = load([write_wav(tmp_path / "call.wav", samples, rate_hz)], SETTINGS)
    peak_s = np.argmax(np.abs(audio.samples[0].astype(int))) / audio.rate_hz
    assert audio.duration_ms == 4000
    assert peak_s == pytest.approx(2.5, abs=0.0005)


def test_only_the_sound_of_a_video_is_read(tmp_path: Path) -> None:
    path = tmp_path / "call.mp4"
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=5)
        video.width = video.height = 64
        sound: Any = container.add_stream("aac", rate=16000)
        sound.layout = "mono"
        for at in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
            frame.pts = at
            for packet in video.encode(frame):
                container.mux(packet)
        for packet in [*video.encode(None), *packets(sound, tones(16000, 3, 1), 16000)]:
            container.mux(packet)
    assert heard_hz(load([path], SETTINGS)) == [440]


# ---------------------------------------------------------------- raw dumps


@pytest.mark.parametrize(
    "spec, codec, rate_hz, channels",
    [
        ("alaw:8000:2", "pcm_alaw", 8000, 2),
        ("mulaw", "pcm_mulaw", 8000, 1),
        ("pcm_s16le:16000:2", "pcm_s16le", 16000, 2),
        ("S16BE:8000", "pcm_s16be", 8000, 1),
        ("f32le:48000:1", "pcm_f32le", 48000, 1),
        ("g722", "g722", 16000, 1),
        ("g726:8000:1", "g726", 8000, 1),
    ],
)
def test_raw_dumps_are_read_as_told(
    tmp_path: Path, spec: str, codec: str, rate_hz: int, channels: int
) -> None:
    path = write_raw(tmp_path / "call.dump", codec, tones(rate_hz, 3, channels), rate_hz)
    audio = load([path], SETTINGS, RawFormat.parse(spec))
    assert audio.duration_ms == 3000
    assert heard_hz(audio) == list(TONES_HZ[:channels])


def test_dialogic_vox_is_a_raw_format(tmp_path: Path) -> None:
    path = tmp_path / "call.vox"
    soundfile.write(path, tones(8000, 3, 1).T, 8000, subtype="VOX_ADPCM", format="RAW")
    assert heard_hz(load([path], SETTINGS, RawFormat.parse("vox"))) == [440]


def test_a_raw_format_leaves_files_with_a_header_alone(tmp_path: Path) -> None:
    wav, mp3 = tmp_path / "call.wav", tmp_path / "call.mp3"
    write_wav(wav, tones(8000, 3, 2))
    write(mp3, "libmp3lame", tones(16000, 3, 2), 16000)
    raw = RawFormat.parse("alaw:8000:1")
    assert (
        heard_hz(load([wav], SETTINGS, raw)) == heard_hz(load([mp3], SETTINGS, raw)) == [440, 1000]
    )
    assert content_id([wav], SETTINGS, raw) == content_id([wav])


def test_the_same_dump_read_otherwise_is_another_recording(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "call.dump", "pcm_alaw", tones(8000, 1, 1), 8000)
    ids = {load([path], SETTINGS, RawFormat.parse(each)).recording.id for each in ("alaw", "ulaw")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    "text", ["", "mp3", "alaw:", "alaw:8k", "alaw:0:1", "alaw:8000:0", "alaw:8000:1:1", "g722:8000"]
)
def test_what_is_no_raw_format(text: str) -> None:
    with pytest.raises(UsageError, match="raw format"):
        RawFormat.parse(text)


@fuzz
@given(st.text(max_size=30))
def test_any_text_is_a_raw_format_or_a_usage_error(text: str) -> None:
    try:
        raw = RawFormat.parse(text)
    except UsageError:
        return
    assert RawFormat.parse(str(raw)) == raw


# ---------------------------------------------------------------- pairs and identity


def test_a_pair_is_agent_then_customer(tmp_path: Path) -> None:
    agent = write_wav(tmp_path / "agent.wav", tones(8000, 3, 1))
    both = tones(16000, 2, 2)
    both[0] = 0
    customer = write_wav(tmp_path / "customer.wav", both, 16000)
    audio = load([agent, customer], SETTINGS)
    assert (audio.samples.shape, audio.rate_hz) == ((2, 48000), 16000)
    assert heard_hz(audio) == [440, 1000]
    assert np.abs(audio.samples[1]).max() == pytest.approx(0.15 * 32767, rel=0.02)  # the average
    assert not audio.clip(1, 2000, 3000).any()
    data = agent.read_bytes() + customer.read_bytes()
    assert audio.recording.id == hashlib.sha256(data).hexdigest() == content_id([agent, customer])
    assert load([customer, agent], SETTINGS).recording.id != audio.recording.id


def test_the_identity_is_the_content(tmp_path: Path) -> None:
    one = write_wav(tmp_path / "one.wav", tones(8000, 1, 1))
    two = write_wav(tmp_path / "two.wav", tones(8000, 1, 1))
    assert load([one], SETTINGS).recording == load([two], SETTINGS).recording
