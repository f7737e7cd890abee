"""One way for a domain value to become bytes and come back: whatever is stored passes here.

JSON by pydantic, compressed. Encryption at rest, when a bank asks for it, has its place here and
nowhere else.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from autoqa.errors import StoreError

T = TypeVar("T")


def encode(value: object) -> bytes:
    """A frozen domain value as compressed JSON."""
    kind: Any = type(value)
    return zlib.compress(_adapter(kind).dump_json(value), 6)


def decode(kind: type[T], data: bytes) -> T:
    """The value that ``encode`` made; ``StoreError`` where the bytes are not one of this kind."""
    adapter: TypeAdapter[T] = _adapter(cast(Any, kind))
    try:
        return adapter.validate_json(zlib.decompress(data))
    except (zlib.error, ValidationError):
        raise StoreError(
            "the store holds a {kind} that this version cannot read; score into a new store",
            kind=kind.__name__,
        ) from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
