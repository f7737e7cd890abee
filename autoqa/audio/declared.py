"""How long a file says it is, so that a truncated one is noticed.

Only headers that say it exactly count. FFmpeg fills in the rest with estimates from the bit rate
(AMR, MP3 without an Info tag, truncated WMA, raw streams), which would raise false alarms.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from autoqa.audio.source import Source

_PLACEHOLDER_SIZE = 0x7FFFF000
"""Recorders that stream write sizes from here up (SoX 0x7FFFF000, others 0xFFFFFFFF), or 0."""
_CODEC_DELAY_MS = 400
"""What encoders may add and decoders take off again: AAC's 2,112 + 1,024 samples at 8 kHz."""
_HEAD_BYTES = 4096
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


@dataclass(frozen=True, slots=True)
class Declared:
    """``duration_ms``: what the header says exactly, else None.

    ``present``: for a WAV file, how much of its declared data is there, in (0, 1]; this is exact
    whatever the codec and its bit rate. None for other formats.
    """

    duration_ms: int | None = None
    present: float | None = None

    def missing_ms(self, decoded_ms: int) -> int:
        """How much less was decoded than was declared; 0 where nothing is declared."""
        if self.present is not None:
            return round(decoded_ms * (1 / self.present - 1))
        if self.duration_ms is None:
            return 0
        missing_ms = self.duration_ms - decoded_ms
        return missing_ms if missing_ms > _CODEC_DELAY_MS else 0


@dataclass(frozen=True, slots=True)
class WavHeader:
    """The fields of a WAV header that FFmpeg does not show. ``data_bytes``: None if undeclared."""

    is_big_endian: bool
    tag: int
    subformat: int
    bytes_per_second: int
    bits: int
    data_bytes: int | None
    bytes_there: int

    @property
    def is_extensible_pcm(self) -> bool:
        return self.tag == 0xFFFE and self.subformat == 1

    @property
    def is_nms_adpcm(self) -> bool:
        """NMS VBX ADPCM, whose tag FFmpeg takes for AMR and decodes to noise."""
        return self.tag == 0x38 and self.bits in {2, 3, 4}


def read_wav_header(source: Source) -> WavHeader | None:
    """The header of a WAV, RF64 or RIFX file; None where there is none or no data chunk."""
    size_of_file = source.seek(0, os.SEEK_END)
    source.seek(0)
    riff = source.read(12)
    if riff[:4] not in {b"RIFF", b"RIFX", b"RF64"} or riff[8:] != b"WAVE":
        return None
    order = ">" if riff[:4] == b"RIFX" else "<"
    tag = subformat = bytes_per_second = bits = size_64 = 0
    while len(header := source.read(8)) == 8:
        kind, size = struct.unpack(f"{order}4sI", header)
        start = source.tell()
        if kind == b"ds64" and len(body := source.read(16)) == 16:
            size_64 = struct.unpack("<QQ", body)[1]
        elif kind == b"fmt " and len(body := source.read(16)) == 16:
            tag, _, _, bytes_per_second, _, bits = struct.unpack(f"{order}HHIIHH", body)
            if size >= 40 and len(body := source.read(10)) == 10:
                subformat = struct.unpack(f"{order}H", body[8:])[0]
        elif kind == b"data":
            there = size_of_file - start
            declared = size_64 if size == 0xFFFFFFFF and size_64 else size
            is_placeholder = declared == 0 or (declared >= _PLACEHOLDER_SIZE and declared > there)
            return WavHeader(
                is_big_endian=order == ">",
                tag=tag,
                subformat=subformat,
                bytes_per_second=bytes_per_second,
                bits=bits,
                data_bytes=None if is_placeholder else declared,
                bytes_there=there,
            )
        source.seek(start + size + size % 2)
    return None


def declared_by_wav(header: WavHeader) -> Declared:
    """From the size of the data chunk."""
    if not header.data_bytes or not header.bytes_there:
        return Declared()
    rate = header.bytes_per_second
    return Declared(
        header.data_bytes * 1000 // rate if rate else None,
        min(1.0, header.bytes_there / header.data_bytes),
    )


def declared_by_mp3(source: Source) -> Declared:
    """From the Xing or Info tag in the first frame; MPEG 1, 2 and 2.5, layer 3."""
    source.seek(0)
    start = source.read(10)
    is_tagged = len(start) == 10 and start[:3] == b"ID3"
    size = start[6] << 21 | start[7] << 14 | start[8] << 7 | start[9] if is_tagged else 0
    source.seek(10 + size if is_tagged else 0)
    data = source.read(_HEAD_BYTES)
    at = next((at for tag in (b"Xing", b"Info") if (at := data.find(tag)) >= 0), -1)
    sync = data.find(b"\xff")
    if not 0 <= sync < at or len(data) < at + 12:
        return Declared()
    version, rate = data[sync + 1] >> 3 & 3, data[sync + 2] >> 2 & 3
    flags, frames = struct.unpack(">II", data[at + 4 : at + 12])
    if data[sync + 1] & 0xE6 != 0xE2 or version == 1 or rate == 3 or not flags & 1 or not frames:
        return Declared()
    samples, divisor = {3: (1152, 1), 2: (576, 2), 0: (576, 4)}[version]
    rate_hz = (44100, 48000, 32000)[rate] // divisor
    return Declared(frames * samples * 1000 // rate_hz)


def declared_by_asf(source: Source) -> Declared:
    """From the File Properties object of a WMA file; nothing where it was broadcast live."""
    source.seek(0)
    data = source.read(_HEAD_BYTES)
    at = data.find(_ASF_FILE_PROPERTIES)
    if at < 0 or len(data) < at + 92:
        return Declared()
    play_100ns, _, preroll_ms, flags = struct.unpack("<QQQI", data[at + 64 : at + 92])
    duration_ms = play_100ns // 10_000 - preroll_ms
    return Declared(duration_ms if duration_ms > 0 and not flags & 1 else None)
