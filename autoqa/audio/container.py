"""Opening a file with PyAV: what it is, and whether it can be used at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import av
from av.container import InputContainer

from autoqa.audio.declared import Declared, read_declared
from autoqa.errors import RecordingTooLarge, UnreadableRecording, UsageError
from autoqa.i18n import N_
from autoqa.settings import Settings

# Demuxers that open a file by what is in it. Playlists, network streams and image sequences, which
# could make FFmpeg read other files, are not among them; nor are headerless formats, which are read
# only where the user says what they are.
_DEMUXERS = (
    "wav,w64,aiff,au,caf,voc,mp3,aac,mov,amr,amrnb,amrwb,ogg,flac,asf,gsm,matroska,avi,g729,wv"
)
# How those files begin (offset, bytes), and the suffixes of those that begin like noise.
_MAGIC = (
    (0, b"RIFF"), (0, b"RIFX"), (0, b"RF64"), (0, b"riff"), (0, b"FORM"), (0, b".snd"),
    (0, b"caff"), (0, b"Creative Voice"), (0, b"ID3"), (4, b"ftyp"), (0, b"#!AMR"), (0, b"OggS"),
    (0, b"fLaC"), (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), (0, b"\x1a\x45\xdf\xa3"),
    (0, b"wvpk"),
)  # fmt: skip
_HEADERLESS_SUFFIXES = (".mp3", ".aac", ".gsm", ".g729")

_RAW_DEMUXERS = {
    "pcm_s16le": "s16le", "pcm_s16be": "s16be", "pcm_s8": "s8", "pcm_u8": "u8",
    "pcm_s24le": "s24le", "pcm_s32le": "s32le", "pcm_f32le": "f32le",
    "alaw": "alaw", "mulaw": "mulaw", "gsm": "gsm", "g722": "g722", "g729": "g729",
    "g726": "g726", "g726le": "g726le",
}  # fmt: skip
_FIXED_RATE = {"gsm": 8000, "g722": 16000, "g729": 8000}
_RAW_ALIASES = {
    "pcm_alaw": "alaw", "pcma": "alaw", "al": "alaw", "pcm_mulaw": "mulaw", "ulaw": "mulaw",
    "pcmu": "mulaw", "ul": "mulaw", "s16le": "pcm_s16le", "s16be": "pcm_s16be", "s8": "pcm_s8",
    "u8": "pcm_u8", "s24le": "pcm_s24le", "s32le": "pcm_s32le", "f32le": "pcm_f32le",
}  # fmt: skip

MIN_RATE_HZ = 4000
"""Below it speech is not intelligible: a telephone carries up to 3,400 Hz (ITU-T G.712)."""
MAX_RATE_HZ = 384_000
"""The highest rate that recording equipment has; more is a damaged header."""


@dataclass(frozen=True, slots=True)
class RawFormat:
    """How to read files without a header. ``codec`` is a name such as alaw, mulaw, pcm_s16le."""

    codec: str
    rate_hz: int
    channels: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``CODEC[:RATE_HZ[:CHANNELS]]``, such as ``alaw:8000:1``; the default is 8000:1.

        Raises ``UsageError`` for anything else.
        """
        name, *numbers = text.strip().lower().split(":")
        codec = _RAW_ALIASES.get(name, name)
        if codec in _RAW_DEMUXERS and len(numbers) <= 2 and all(map(str.isdecimal, numbers)):
            usual_hz = _FIXED_RATE.get(codec, 8000)
            rate_hz, channels = (*map(int, numbers), *(usual_hz, 1)[len(numbers) :])
            fits_codec = codec not in _FIXED_RATE or (rate_hz, channels) == (usual_hz, 1)
            if MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ and 1 <= channels <= 64 and fits_codec:
                return cls(codec, rate_hz, channels)
        raise UsageError(
            N_(
                "{value} is not a raw format; write CODEC:RATE:CHANNELS, such as alaw:8000:1, "
                "with one of the codecs {known}"
            ),
            value=text,
            known=", ".join(_RAW_DEMUXERS),
        )

    def __str__(self) -> str:
        return f"{self.codec}:{self.rate_hz}:{self.channels}"


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file's header says. ``declared_duration_ms``: None where it does not say exactly."""

    codec: str
    rate_hz: int
    channels: int
    declared_duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An open container whose first audio stream can be decoded."""

    container: InputContainer
    probe: Probe
    declared: Declared


def shown_name(path: Path) -> str:
    """The file's base name without what a terminal or a page would choke on."""
    return "".join(
        mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in path.name
    )


def open_bytes(path: Path, settings: Settings) -> BinaryIO:
    """The file, opened for reading and within the limits of size.

    Raises ``UnreadableRecording`` or ``RecordingTooLarge``.
    """
    name = shown_name(path)
    try:
        # Before opening: opening a pipe would wait for its other end.
        if not path.is_file():
            if path.exists():
                raise UnreadableRecording(
                    N_("{file} is not a regular file; give a recording"), file=name
                )
            raise UnreadableRecording(N_("{file} does not exist; check the path"), file=name)
        size = path.stat().st_size
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise UnreadableRecording(
            N_("{file} cannot be opened ({reason}); check its permissions"),
            file=name,
            reason=getattr(error, "strerror", None) or type(error).__name__,
        ) from None
    if size == 0 or size > settings.max_file_mb * 1024 * 1024:
        file.close()
        if size == 0:
            raise UnreadableRecording(
                N_("{file} is empty (0 bytes); export the recording again"), file=name
            )
        raise RecordingTooLarge(
            N_(
                "{file} has {size} MB, and at most {limit} MB are read; split it or raise "
                "AUTOQA_MAX_FILE_MB"
            ),
            file=name,
            size=size // (1024 * 1024),
            limit=settings.max_file_mb,
        )
    return file


@contextmanager
def open_recording(path: Path, settings: Settings, raw: RawFormat | None) -> Iterator[Opened]:
    """The file, opened and found usable.

    ``raw`` is how a file without a header is read; one that has a header speaks for itself. Raises
    ``UnreadableRecording`` or ``RecordingTooLarge``.
    """
    name = shown_name(path)
    with open_bytes(path, settings) as file:
        raw = raw if raw is not None and is_headerless(file, path) else None
        try:
            container = _open_container(file, raw)
        except (av.error.FFmpegError, ValueError, OSError, EOFError):
            raise UnreadableRecording(
                N_(
                    "{file} is not a recording that can be read (unknown format or damaged "
                    "header); convert it to WAV, or give the format of headerless files, such as "
                    "alaw:8000:1"
                ),
                file=name,
            ) from None
        with container:
            try:
                declared = read_declared(file, container, is_raw=raw is not None)
                yield Opened(container, _describe(container, declared, name, settings), declared)
            except av.error.FFmpegError as error:
                raise UnreadableRecording(
                    N_("{file} cannot be decoded ({reason}); convert it to WAV"),
                    file=name,
                    reason=error.strerror or type(error).__name__,
                ) from None


def _open_container(file: BinaryIO, raw: RawFormat | None) -> InputContainer:
    if raw is None:
        options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": ""}
        return av.open(file, mode="r", options=options, metadata_errors="replace")
    options = {"protocol_whitelist": ""}
    if raw.codec not in _FIXED_RATE:
        options |= {"sample_rate": str(raw.rate_hz)}
        if not raw.codec.startswith("g726"):
            options |= {"ch_layout": f"{raw.channels}C"}
    demuxer = _RAW_DEMUXERS[raw.codec]
    return av.open(file, mode="r", format=demuxer, options=options, metadata_errors="replace")


def is_headerless(file: BinaryIO, path: Path) -> bool:
    """Whether nothing in the file says what it is; leaves the file at its start."""
    file.seek(0)
    start = file.read(64)
    file.seek(0)
    if path.suffix.lower() in _HEADERLESS_SUFFIXES:
        return False
    return not any(start[at : at + len(magic)] == magic for at, magic in _MAGIC)


def _describe(
    container: InputContainer, declared: Declared, name: str, settings: Settings
) -> Probe:
    """What the first audio stream is; raises where it cannot be used."""
    if not container.streams.audio:
        raise UnreadableRecording(N_("{file} holds no sound; check how it was exported"), file=name)
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None:  # what PyAV gives for a codec that FFmpeg does not know
        raise UnreadableRecording(
            N_("{file} is in a codec that is not known here; convert it to WAV"), file=name
        )
    rate_hz, channels = codec.sample_rate or 0, codec.layout.nb_channels
    if channels < 1 or not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise UnreadableRecording(
            N_(
                "{file} says it has {channels} channels at {rate} Hz, which no telephone recording "
                "has; its header is damaged: export it again"
            ),
            file=name,
            channels=channels,
            rate=rate_hz,
        )
    check_channels(channels, name, settings)
    return Probe(codec.codec.canonical_name, rate_hz, channels, declared.duration_ms)


def check_channels(channels: int, name: str, settings: Settings) -> None:
    """Raises ``RecordingTooLarge`` above the limit of the settings."""
    if channels > settings.max_channels:
        raise RecordingTooLarge(
            N_(
                "{file} has {channels} channels, and at most {limit} are read; export fewer or "
                "raise AUTOQA_MAX_CHANNELS"
            ),
            file=name,
            channels=channels,
            limit=settings.max_channels,
        )
