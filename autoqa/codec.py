"""One way for a domain value to become bytes and come back: whatever is stored passes here.

JSON by msgspec, compressed as fast as may be: rescoring reads and writes little else; encrypted
where the bank has given a key (``autoqa.sealing``).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

import msgspec

from autoqa.errors import StoreError
from autoqa.sealing import sealed, unsealed

T = TypeVar("T")

Later: TypeAlias = msgspec.Raw
"""As a field of what is decoded: a part that ``decode_part`` reads when it is wanted."""

_LEVEL = 1
"""Of compression: a fifth more bytes than at 6, in a fifth of the time."""
_PLAIN = (str, float)
"""Libraries have kinds of these of their own, such as ``np.float64``."""


def encode(value: object) -> bytes:
    """A frozen domain value as compressed JSON."""
    return sealed(zlib.compress(_encoder.encode(value), _LEVEL))


def decode(kind: type[T], data: bytes) -> T:
    """The value that ``encode`` made; ``StoreError`` where the bytes are not one of this kind."""
    try:
        return decode_part(kind, zlib.decompress(unsealed(data)))
    except zlib.error:
        raise _unreadable(kind) from None


def decode_part(kind: type[T], data: bytes | Later) -> T:
    """The same of a part that was left for later."""
    decoder: msgspec.json.Decoder[T] = _decoder(cast(Any, kind))
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError:
        raise _unreadable(kind) from None


def digest(value: object) -> str:
    """A plain value's name: SHA-256 of it as JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _unreadable(kind: type[object]) -> StoreError:
    return StoreError(
        "the store holds a {kind} that this version cannot read; score into a new store",
        kind=kind.__name__,
    )


def _plain(value: object) -> object:
    for kind in _PLAIN:
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"{type(value).__name__} is nothing that is stored")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
