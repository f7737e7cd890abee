"""One way for a domain value to become bytes and come back: whatever is stored passes here.

JSON by msgspec, compressed as fast as may be (zstd; earlier versions did it by zlib, in four times
the time): rescoring reads and writes little else. Encrypted where the bank has given a key
(``autoqa.sealing``).
"""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

import msgspec
import zstandard

from autoqa.errors import StoreError
from autoqa.sealing import sealed, unsealed

T = TypeVar("T")

Later: TypeAlias = msgspec.Raw
"""As a field of what is decoded: a part that ``decode_part`` reads when it is wanted."""

_LEVEL = 1
"""Of compression: as small as zlib at 1, in a quarter of the time."""
_FRAME = zstandard.MAGIC_NUMBER.to_bytes(4, "little")
"""Begins what was compressed by zstd; zlib begins otherwise."""
_PLAIN = (str, float)
"""Libraries have kinds of these of their own, such as ``np.float64``."""


def encode(value: object) -> bytes:
    """A frozen domain value as compressed JSON."""
    return packed(plain(value))


def plain(value: object) -> bytes:
    """A frozen domain value as JSON, which is the same in versions of a library that compress it to
    other bytes."""
    return _encoder.encode(value)


def packed(data: bytes) -> bytes:
    """What ``plain`` made, compressed and perhaps encrypted, as the store has it."""
    return sealed(_here.compressor.compress(data))


def decode(kind: type[T], data: bytes) -> T:
    """The value that ``encode`` made; ``StoreError`` where the bytes are not one of this kind."""
    try:
        return decode_part(kind, _unpacked(unsealed(data)))
    except (zlib.error, zstandard.ZstdError):
        raise _unreadable(kind) from None


def decode_part(kind: type[T], data: bytes | Later) -> T:
    """The same of a part that was left for later."""
    decoder: msgspec.json.Decoder[T] = _decoder(cast(Any, kind))
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError:
        raise _unreadable(kind) from None


def _unpacked(data: bytes) -> bytes:
    if data.startswith(_FRAME):
        return _here.decompressor.decompress(data)
    return zlib.decompress(data)


def digest(value: object) -> str:
    """A plain value's name: SHA-256 of it as JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _unreadable(kind: type[object]) -> StoreError:
    return StoreError(
        "the store holds a {kind} that this version cannot read; score into a new store",
        kind=kind.__name__,
    )


def _own_kind(value: object) -> object:
    for kind in _PLAIN:
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"{type(value).__name__} is nothing that is stored")


_encoder = msgspec.json.Encoder(enc_hook=_own_kind)


class _Here(threading.local):
    """Of each thread its own: none of them can be used by two at once."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_here = _Here()


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
