"""How long a file says it is, so that a truncated one is noticed.

Only headers that say it exactly count. FFmpeg fills in the rest with estimates from the bit rate
(AMR, MP3 without an Info tag, raw streams), which would raise false alarms.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from av.container import InputContainer

_EXACT_FORMATS = frozenset({"mov", "flac", "asf", "aiff", "au", "caf", "w64", "matroska"})
_PLACEHOLDER_SIZE = 0x7FFFF000
"""Recorders that stream write sizes from here up (SoX 0x7FFFF000, others 0xFFFFFFFF), or 0."""
_CODEC_DELAY_MS = 400
"""What encoders may add and decoders take off again: AAC's 2,112 + 1,024 samples at 8 kHz."""
_MP3_SEARCH_BYTES = 4096


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


def read_declared(file: BinaryIO, container: InputContainer, *, is_raw: bool) -> Declared:
    """What the header of an open file says; leaves the file where it was."""
    format_name = container.format.name.split(",")[0]
    if is_raw or not container.streams.audio:
        return Declared()
    at = file.tell()
    try:
        if format_name == "wav":
            return _wav(file)
        if format_name == "mp3":
            return Declared(_mp3_duration_ms(file))
    finally:
        file.seek(at)
    if format_name in _EXACT_FORMATS:
        return Declared(_container_duration_ms(container))
    return Declared()


def _container_duration_ms(container: InputContainer) -> int | None:
    stream = container.streams.audio[0]
    if stream.duration and stream.time_base and stream.duration > 0:
        return round(stream.duration * stream.time_base * 1000)
    if container.duration and container.duration > 0:
        return container.duration // 1000
    return None


def _wav(file: BinaryIO) -> Declared:
    """From the size of the data chunk, which RF64 keeps in a chunk of its own."""
    size_of_file = file.seek(0, os.SEEK_END)
    file.seek(0)
    order = ">" if file.read(4) == b"RIFX" else "<"
    file.seek(12)
    bytes_per_second = size_64 = 0
    while len(header := file.read(8)) == 8:
        kind, size = struct.unpack(f"{order}4sI", header)
        start = file.tell()
        if kind == b"ds64" and len(body := file.read(16)) == 16:
            size_64 = struct.unpack("<QQ", body)[1]
        elif kind == b"fmt " and len(body := file.read(12)) == 12:
            bytes_per_second = struct.unpack(f"{order}I", body[8:12])[0]
        elif kind == b"data":
            if size == 0xFFFFFFFF and size_64:
                size = size_64
            there = size_of_file - start
            if size == 0 or there <= 0 or (size >= _PLACEHOLDER_SIZE and size > there):
                return Declared()
            duration_ms = size * 1000 // bytes_per_second if bytes_per_second else None
            return Declared(duration_ms, min(1.0, there / size))
        file.seek(start + size + size % 2)
    return Declared()


def _mp3_duration_ms(file: BinaryIO) -> int | None:
    """From the Xing or Info tag in the first frame; None where there is none."""
    file.seek(0)
    start = file.read(10)
    if len(start) == 10 and start[:3] == b"ID3":
        size = start[6] << 21 | start[7] << 14 | start[8] << 7 | start[9]
        file.seek(10 + size)
    else:
        file.seek(0)
    data = file.read(_MP3_SEARCH_BYTES)
    at = next((at for tag in (b"Xing", b"Info") if (at := data.find(tag)) >= 0), -1)
    sync = data.find(b"\xff")
    if not 0 <= sync < at or len(data) < at + 12 or data[sync + 1] & 0xE0 != 0xE0:
        return None
    flags, frames = struct.unpack(">II", data[at + 4 : at + 12])
    version = data[sync + 1] >> 3 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
    base_hz = (44100, 48000, 32000, 0)[data[sync + 2] >> 2 & 3]
    if not flags & 1 or not frames or not base_hz or version == 1:
        return None
    divisor, samples = {3: (1, 1152), 2: (2, 576), 0: (4, 576)}[version]
    return int(frames * samples * 1000 * divisor // base_hz)
