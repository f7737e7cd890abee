"""Opening a file with PyAV: what it is, and whether it can be used at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av import CodecContext
from av.audio.codeccontext import AudioCodecContext
from av.container import InputContainer

from autoqa.audio.declared import (
    Declared,
    WavHeader,
    declared_by_asf,
    declared_by_mp3,
    declared_by_wav,
    read_wav_header,
)
from autoqa.audio.raw import (
    DEMUXERS,
    FIXED_RATE_HZ,
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    RawFormat,
    is_headerless,
)
from autoqa.audio.source import Source, open_source, shown_name
from autoqa.errors import RecordingTooLarge, UnreadableRecording
from autoqa.i18n import N_
from autoqa.settings import Settings

# Demuxers that open a file by what is in it. Playlists, network streams and image sequences, which
# could make FFmpeg read other files, are not among them; nor are headerless formats, which are read
# only where the user says what they are.
_DEMUXERS = "wav,w64,aiff,au,caf,voc,mp3,aac,mov,amr,ogg,flac,asf,gsm,matroska,avi,wv"
_EXACT_FORMATS = frozenset({"mov", "flac", "aiff", "au", "caf", "w64", "matroska"})
"""Those whose header says exactly how long they are."""
_OPTIONLESS = frozenset({"gsm", "g722", "g726", "g726le", "g729"})
"""Headerless demuxers that know one channel only."""
_GSM_FRAME_BYTES, _GSM_MAGIC = 33, 0xD
_PCM_BY_BITS = {8: "pcm_u8", 16: "pcm_s16le", 24: "pcm_s24le", 32: "pcm_s32le"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file's header says. ``declared_duration_ms``: None where it does not say exactly."""

    codec: str
    rate_hz: int
    channels: int
    declared_duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An open container and the decoder of its first audio stream."""

    container: InputContainer
    codec: AudioCodecContext
    declared: Declared

    @property
    def has_clock(self) -> bool:
        """Whether the time stamps count what the decoder will decode."""
        return self.codec is self.container.streams.audio[0].codec_context

    @property
    def probe(self) -> Probe:
        return Probe(
            self.codec.codec.canonical_name,
            self.codec.sample_rate,
            self.codec.layout.nb_channels,
            self.declared.duration_ms,
        )


@contextmanager
def open_recording(path: Path, settings: Settings, raw: RawFormat | None) -> Iterator[Opened]:
    """The file, opened and found usable.

    ``raw`` is how a file without a header is read; one that has a header speaks for itself. Raises
    ``UnreadableRecording`` or ``RecordingTooLarge``.
    """
    name = shown_name(path)
    with open_source(path, settings) as source:
        try:
            raw = raw if raw is not None and is_headerless(source, path) else None
            wav = read_wav_header(source)
            with _open_container(source, name, raw) as container:
                codec = _open_codec(container, name, settings, raw, wav)
                declared = _declared(source, container, raw, wav)
                yield Opened(container, codec, declared)
        except av.error.FFmpegError as error:
            raise UnreadableRecording(
                N_("{file} cannot be read ({reason}); copy it again or convert it to WAV"),
                file=name,
                reason=error.strerror or type(error).__name__,
            ) from None


def _open_container(source: Source, name: str, raw: RawFormat | None) -> InputContainer:
    options = {"protocol_whitelist": ""}
    demuxer = None
    if raw is None:
        options |= {"format_whitelist": _DEMUXERS}
    else:
        demuxer = DEMUXERS[raw.codec]
        if raw.codec not in FIXED_RATE_HZ:
            options |= {"sample_rate": str(raw.rate_hz)}
        if demuxer not in _OPTIONLESS:
            options |= {"ch_layout": f"{raw.channels}C"}
    start = source.head(8 * _GSM_FRAME_BYTES)
    try:
        container = av.open(
            source, mode="r", format=demuxer, options=options, metadata_errors="replace"
        )
    except (av.error.FFmpegError, ValueError):
        if start[4:8] == b"ftyp":
            raise UnreadableRecording(
                N_(
                    "{file} is cut off: the index at its end is missing, without which none of it "
                    "can be played; export it again"
                ),
                file=name,
            ) from None
        container = None
    # A file is taken for GSM by its suffix alone; each frame of it begins with the same four bits.
    is_false_gsm = (
        container is not None
        and container.format.name == "gsm"
        and any(byte >> 4 != _GSM_MAGIC for byte in start[::_GSM_FRAME_BYTES])
    )
    if container is None or is_false_gsm:
        raise UnreadableRecording(
            N_(
                "{file} is not a recording that can be read (unknown format or damaged header); "
                "convert it to WAV, or tell the format if it has no header: --raw alaw:8000:1"
            ),
            file=name,
        )
    return container


def _open_codec(
    container: InputContainer,
    name: str,
    settings: Settings,
    raw: RawFormat | None,
    wav: WavHeader | None,
) -> AudioCodecContext:
    """The decoder of the first audio stream; raises where there is none that can be used."""
    if not container.streams.audio:
        raise UnreadableRecording(N_("{file} holds no sound; check how it was exported"), file=name)
    codec: AudioCodecContext | None = container.streams.audio[0].codec_context
    # PyAV gives None for a codec that FFmpeg does not know.
    if codec is None or (wav is not None and wav.is_nms_adpcm):
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
    right = _right_codec(codec.name, raw, wav)
    return codec if right == codec.name else _another_codec(codec, right)


def _right_codec(name: str, raw: RawFormat | None, wav: WavHeader | None) -> str:
    """The codec that the samples are in, where FFmpeg gets it wrong; else ``name``."""
    if raw is not None:
        return "adpcm_ima_oki" if raw.codec == "vox" else name
    if wav is None:
        return name
    if wav.is_extensible_pcm:
        # FFmpeg goes by how many bits of a sample are valid, not by how many there are.
        name = _PCM_BY_BITS.get(wav.bits, name)
    if wav.is_big_endian and name.endswith("le"):
        # FFmpeg reads the header of RIFX in its byte order, but not the samples.
        name = name.removesuffix("le") + "be"
    return name


def _another_codec(codec: AudioCodecContext, name: str) -> AudioCodecContext:
    other = CodecContext.create(name, "r")
    assert isinstance(other, AudioCodecContext)
    other.sample_rate = codec.sample_rate
    other.layout = codec.layout
    return other


def _declared(
    source: Source, container: InputContainer, raw: RawFormat | None, wav: WavHeader | None
) -> Declared:
    at = source.tell()
    try:
        format_name = container.format.name.split(",")[0]
        if raw is not None:
            return Declared()
        if wav is not None:
            return declared_by_wav(wav)
        if format_name == "mp3":
            return declared_by_mp3(source)
        if format_name == "asf":
            return declared_by_asf(source)
        if format_name in _EXACT_FORMATS:
            return Declared(_container_duration_ms(container))
        return Declared()
    finally:
        source.seek(at)  # FFmpeg goes on reading from here


def _container_duration_ms(container: InputContainer) -> int | None:
    stream = container.streams.audio[0]
    if stream.duration and stream.time_base and stream.duration > 0:
        return round(stream.duration * stream.time_base * 1000)
    if container.duration and container.duration > 0:
        return container.duration // 1000
    return None


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
