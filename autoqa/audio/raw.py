"""Files without a header: what they hold must be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from autoqa.audio.source import Source
from autoqa.errors import UsageError
from autoqa.i18n import N_

MIN_RATE_HZ = 4000
"""Below it speech is not intelligible: a telephone carries up to 3,400 Hz (ITU-T G.712)."""
MAX_RATE_HZ = 384_000
"""The highest rate that recording equipment has; more is a damaged header."""

DEMUXERS = {
    "pcm_s16le": "s16le", "pcm_s16be": "s16be", "pcm_s8": "s8", "pcm_u8": "u8",
    "pcm_s24le": "s24le", "pcm_s32le": "s32le", "pcm_f32le": "f32le",
    "alaw": "alaw", "mulaw": "mulaw", "gsm": "gsm", "g722": "g722", "g729": "g729",
    "g726": "g726", "g726le": "g726le", "vox": "u8",
}  # fmt: skip
"""FFmpeg's demuxer for each codec that a dump may be in."""
FIXED_RATE_HZ = {"gsm": 8000, "g722": 16000, "g729": 8000}
_MONO_ONLY = {*FIXED_RATE_HZ, "g726", "g726le", "vox"}
_ALIASES = {
    "pcm_alaw": "alaw", "pcma": "alaw", "al": "alaw", "pcm_mulaw": "mulaw", "ulaw": "mulaw",
    "pcmu": "mulaw", "ul": "mulaw", "s16le": "pcm_s16le", "s16be": "pcm_s16be", "s8": "pcm_s8",
    "u8": "pcm_u8", "s24le": "pcm_s24le", "s32le": "pcm_s32le", "f32le": "pcm_f32le",
    "adpcm_ima_oki": "vox",
}  # fmt: skip

# How files that say what they are begin (offset, bytes), and the suffixes of those whose beginning
# looks like anything.
_MAGIC = (
    (0, b"RIFF"), (0, b"RIFX"), (0, b"RF64"), (0, b"riff"), (0, b"FORM"), (0, b".snd"),
    (0, b"caff"), (0, b"Creative Voice"), (0, b"ID3"), (4, b"ftyp"), (0, b"#!AMR"), (0, b"OggS"),
    (0, b"fLaC"), (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), (0, b"\x1a\x45\xdf\xa3"),
    (0, b"wvpk"),
)  # fmt: skip
_HEADERLESS_SUFFIXES = (".mp3", ".aac", ".gsm")


@dataclass(frozen=True, slots=True)
class RawFormat:
    """How to read files without a header. ``codec`` is a name such as alaw, mulaw, pcm_s16le."""

    codec: str
    rate_hz: int
    channels: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``CODEC[:RATE_HZ[:CHANNELS]]``, such as ``alaw:8000:1``.

        Left out, the rate is 8,000 Hz (16,000 for G.722) and the channels one. Raises
        ``UsageError`` for anything else.
        """
        name, *numbers = text.strip().lower().split(":")
        codec = _ALIASES.get(name, name)
        if codec in DEMUXERS and len(numbers) <= 2 and all(_is_number(each) for each in numbers):
            usual_hz = FIXED_RATE_HZ.get(codec, 8000)
            rate_hz, channels = (*map(int, numbers), *(usual_hz, 1)[len(numbers) :])
            fits_rate = rate_hz == usual_hz if codec in FIXED_RATE_HZ else True
            fits_channels = channels == 1 if codec in _MONO_ONLY else 1 <= channels <= 64
            if MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ and fits_rate and fits_channels:
                return cls(codec, rate_hz, channels)
        raise UsageError(
            N_(
                "{value} is not a raw format; write CODEC:RATE:CHANNELS, such as alaw:8000:1, "
                "with one of the codecs {known}"
            ),
            value=text,
            known=", ".join(DEMUXERS),
        )

    def __str__(self) -> str:
        return f"{self.codec}:{self.rate_hz}:{self.channels}"


def is_headerless(source: Source, path: Path) -> bool:
    """Whether nothing in the file says what it is; leaves the file at its start."""
    start = source.head(64)
    if path.suffix.lower() in _HEADERLESS_SUFFIXES:
        return False
    return not any(start[at : at + len(magic)] == magic for at, magic in _MAGIC)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6
