"""Truncated, damaged and foreign files: what is left of them, or one clear sentence."""

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import example, given
from hypothesis import strategies as st

from autoqa.audio import load, loading, probe
from autoqa.audio.source import Source
from autoqa.errors import RecordingError, RecordingTooLarge, UnreadableRecording
from autoqa.sealing.files import MARK
from autoqa.settings import Settings
from tests.audio.sounds import SETTINGS, fuzz, heard_hz, packets, tones, write, write_wav

# ---------------------------------------------------------------- what is missing


@pytest.mark.parametrize(
    "name, codec, rate_hz, bit_rate",
    [
        ("call.wav", "pcm_s16le", 8000, 0),
        ("alaw.wav", "pcm_alaw", 8000, 0),
        ("ima.wav", "adpcm_ima_wav", 8000, 0),
        ("call.flac", "flac", 8000, 0),
        ("call.mp3", "libmp3lame", 8000, 0),
        ("call.wma", "wmav2", 16000, 32000),
        ("call.webm", "libopus", 48000, 0),
    ],
)
def test_a_truncated_file_says_how_much_is_missing(
    tmp_path: Path, name: str, codec: str, rate_hz: int, bit_rate: int
) -> None:
    path = write(tmp_path / name, codec, tones(rate_hz, 10, 2), rate_hz, bit_rate)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    recording = load([path], SETTINGS).recording
    assert 4000 < recording.duration_ms < 6000
    assert recording.duration_ms + recording.missing_ms == pytest.approx(10_000, abs=250)


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_the_sizes_that_streaming_recorders_write_declare_nothing(
    tmp_path: Path, size: int
) -> None:
    path = write_wav(tmp_path / "call.wav", tones(8000, 3, 1))
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", size)
    path.write_bytes(data)
    recording = load([path], SETTINGS).recording
    assert (recording.duration_ms, recording.missing_ms) == (3000, 0)
    assert probe(path).declared_duration_ms is None


def test_formats_without_a_length_never_look_truncated(tmp_path: Path) -> None:
    path = write(tmp_path / "call.amr", "libopencore_amrnb", tones(8000, 5, 1), 8000, 12200)
    path.write_bytes(path.read_bytes()[:-1000])
    assert load([path], SETTINGS).recording.missing_ms == 0


def test_lost_packets_do_not_shift_what_follows(tmp_path: Path) -> None:
    path = write(tmp_path / "call.ogg", "libopus", tones(48000, 20, 1), 48000, 24000)
    data = bytearray(path.read_bytes())
    at = len(data) // 2
    data[at : at + 200] = bytes(200)  # a page whose checksum is wrong is dropped
    path.write_bytes(data)
    audio = load([path], SETTINGS)
    (lost,) = audio.damaged
    assert audio.duration_ms == 20_000
    assert 0 < lost.duration_ms < 3000
    assert not audio.clip(0, lost.start_ms + 100, lost.end_ms - 100).any()
    assert heard_hz(audio, lost.end_ms + 100, lost.end_ms + 1100) == [440]


@pytest.mark.parametrize("live", [False, True])
def test_silence_that_a_recorder_did_not_store_is_no_loss(tmp_path: Path, live: bool) -> None:
    path = tmp_path / "call.webm"
    options = {"live": "1"} if live else {}
    with av.open(str(path), "w", container_options=options) as container:
        stream: Any = container.add_stream("libopus", rate=48000)
        stream.layout = "mono"
        for packet in packets(stream, tones(48000, 10, 1), 48000):
            if not 3 <= packet.pts * packet.time_base < 7:
                container.mux(packet)
    audio = load([path], SETTINGS)
    assert audio.duration_ms == pytest.approx(10_000, abs=50)
    assert not audio.clip(0, 3200, 6800).any()
    assert heard_hz(audio, 8000, 9000) == [440]
    assert audio.damaged == ()


# ---------------------------------------------------------------- what cannot be read


def refused(path: Path, kind: type[RecordingError] = UnreadableRecording, **limits: int) -> str:
    with pytest.raises(kind) as caught:
        load([path], Settings(**limits))  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    "name, content, word",
    [
        ("empty.wav", b"", "empty"),
        ("text.wav", b"agent: hello\n" * 500, "not a recording"),
        ("text.mp3", b"agent: hello\n" * 500, "not a recording"),
        ("text.gsm", b"agent: hello\n" * 500, "not a recording"),
        ("text.flac", b"agent: hello\n" * 500, ""),
        ("list.m3u8", b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nother.wav\n", "not a recording"),
        ("list.wav", b"ffconcat version 1.0\nfile other.wav\n", "not a recording"),
        ("header.wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0", "not a recording"),
    ],
)
def test_what_is_no_recording(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    write_wav(tmp_path / "other.wav", tones(8000, 1, 1))
    (tmp_path / name).write_bytes(content)
    assert word in refused(tmp_path / name)


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert "does not exist" in refused(tmp_path / "nowhere.wav")
    assert "regular file" in refused(tmp_path / "pipe.wav")
    assert "regular file" in refused(tmp_path)


@pytest.mark.parametrize("frames", [0, 1])
def test_a_recording_of_nothing(tmp_path: Path, frames: int) -> None:
    path = write_wav(tmp_path / "call.wav", np.ones((2, frames), np.int16))
    assert "no sound" in refused(path)


def test_an_index_at_the_end_that_is_cut_off(tmp_path: Path) -> None:
    path = write(tmp_path / "call.m4a", "aac", tones(16000, 5, 1), 16000)
    path.write_bytes(path.read_bytes()[:5000])
    assert "cut off" in refused(path)


def test_codecs_that_nobody_knows_are_not_decoded_to_noise(tmp_path: Path) -> None:
    unknown, nms = tmp_path / "unknown.wav", tmp_path / "nms.wav"
    data = bytearray(write_wav(unknown, tones(8000, 1, 1)).read_bytes())
    data[20:22] = struct.pack("<H", 0x7F7F)
    unknown.write_bytes(data)
    soundfile.write(nms, tones(8000, 1, 1).T, 8000, subtype="NMS_ADPCM_32")
    assert "codec" in refused(unknown)
    assert "codec" in refused(nms)


def test_limits(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", tones(8000, 65, 8))
    assert load([path], SETTINGS).channel_count == 8
    assert "channels" in refused(path, RecordingTooLarge, max_channels=7)
    assert "60 s" in refused(path, RecordingTooLarge, max_duration_s=60)
    assert "7 MB" in refused(path, RecordingTooLarge, max_file_mb=6)


def test_a_file_that_is_still_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_wav(tmp_path / "call.wav", tones(8000, 1, 1))
    real: Callable[..., str] = loading.content_id

    def then_grow(*args: Any) -> str:
        identity = real(*args)
        with path.open("ab") as file:
            file.write(bytes(1000))
        return identity

    monkeypatch.setattr(loading, "content_id", then_grow)
    assert "changed while it was read" in refused(path)


def test_a_failing_disk_ends_the_file_and_is_remembered() -> None:
    class Failing:
        def read(self, size: int) -> bytes:
            raise OSError(5, "Input/output error")

    source = Source(Failing(), ".wav")  # type: ignore[arg-type]
    assert source.read(10) == b""
    assert source.failure is not None


def test_a_name_that_no_terminal_can_show(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[2Jcall.wav"))
    write_wav(path, tones(8000, 1, 1))
    assert load([path], SETTINGS).duration_ms == 1000
    path.write_bytes(b"no sound")
    with pytest.raises(UnreadableRecording, match=r"^��\[2Jcall\.wav is "):
        load([path], SETTINGS)


@fuzz
@given(
    st.lists(st.tuples(st.integers(0, 63), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 1200),
)
def test_a_damaged_wav_header_is_a_recording_or_one_clear_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], changes: list[tuple[int, int]], size: int
) -> None:
    path = write_wav(tmp_path / "call.wav", tones(8000, 0.1, 1))
    data = bytearray(path.read_bytes())
    for at, value in changes:
        data[at] = value
    path.write_bytes(data[: size + 400])
    try:
        audio = load([path], Settings(max_duration_s=60))
    except RecordingError:
        pass
    else:
        assert audio.duration_ms > 0
        assert audio.recording.missing_ms >= 0
    assert capfd.readouterr() == ("", "")


@fuzz
@given(st.binary(max_size=2000), st.sampled_from([".wav", ".mp3", ".amr", ".wma", ".ogg", ".m4a"]))
@example(MARK + b"whatever", ".wav")
def test_any_bytes_are_a_recording_or_one_clear_error(
    tmp_path: Path, data: bytes, suffix: str
) -> None:
    path = tmp_path / f"call{suffix}"
    path.write_bytes(data)
    try:
        load([path], SETTINGS)
    except RecordingError as error:
        assert path.name in str(error)
