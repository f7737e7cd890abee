"""A posted form to files on disk, piece by piece: no recording is ever whole in memory.

The parts that a form may have are known beforehand; anything else is refused, as is what is too
large, too slow or never ends.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.problems import Problem
from autoqa.i18n import N_
from autoqa.sealing import create
from autoqa.settings import Settings
from autoqa.types import Message, Value

FILES = ("recording", "second")
"""The file parts of a form."""
MOST_FIELDS = 64
MOST_FIELD_BYTES = 65_536
PIECE_BYTES = 1 << 20
"""So much is gathered before it is written."""

_NO_FORM = N_("this is no form of the kind multipart/form-data ({reason})")
_NO_PART = N_("nobody knows a file called “{name}”; send recording, and second where there is one")
_TWICE = N_("“{name}” is there twice; send it once")
_TOO_MANY = N_("more than {limit} fields; send fewer")
_FIELD_TOO_LARGE = N_("the field “{name}” is longer than {limit} bytes; shorten it")
_FILE_TOO_LARGE = N_("the recording has more than {limit} MB; split it or raise AUTOQA_MAX_FILE_MB")
_STALLED = N_("nothing came for {limit} s; send it again")
_TOO_SLOW = N_("it did not arrive within {limit} s; send it again, faster")
_BROKEN_OFF = N_("the upload was broken off before its end; send it again")

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it arrived. ``name``: its own, without folders; ``path``: where it is now."""

    name: str
    path: Path


@dataclass(slots=True)
class Form:
    files: dict[str, Received] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


async def read_form(
    pieces: AsyncIterator[bytes], content_type: str, folder: Path, settings: Settings
) -> Form:
    """The form whose body comes in ``pieces``; its files lie in ``folder``.

    Raises ``Problem`` 408 (too slow), 413 (too large) or 422 (no such form).
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise Problem(422, "form", Message(_NO_FORM, {"reason": "boundary"}))
    reader = _Reader(folder, settings.max_file_mb, boundary)
    try:
        async for piece in gathered(in_time(pieces, settings)):
            await asyncio.to_thread(reader.feed, piece)
        return reader.finished()
    except MultipartParseError as error:
        reason = type(error).__name__
        raise Problem(422, "form", Message(_NO_FORM, {"reason": reason})) from None
    finally:
        reader.close()


async def in_time(pieces: AsyncIterator[bytes], settings: Settings) -> AsyncIterator[bytes]:
    """The same, as long as they keep coming: ``Problem`` 408 where they do not."""
    stall_s, limit_s = settings.stall_timeout_s, settings.upload_timeout_s
    ends_s = asyncio.get_running_loop().time() + limit_s
    while True:
        left_s = ends_s - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(stall_s, left_s)):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            template, limit = (_STALLED, stall_s) if left_s > stall_s else (_TOO_SLOW, limit_s)
            raise Problem(408, "too_slow", Message(template, {"limit": limit})) from None
        yield piece


async def gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces that are worth a write."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        if len(waiting) >= PIECE_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def too_large(settings_mb: int) -> Problem:
    return Problem(413, "too_large", Message(_FILE_TOO_LARGE, {"limit": settings_mb}))


def bare_name(name: str) -> str:
    """The last part of a path of whatever system, without what no name should have."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in last if mark.isprintable()).strip()[:200]


def ending(name: str) -> str:
    """The ending of a name, which tells how some recordings are coded; empty where it is odd."""
    suffix = Path(name).suffix
    return suffix.lower() if _ENDING.fullmatch(suffix) else ""


class _Reader:
    """Takes a form apart. Its methods are called by ``MultipartParser``, part by part."""

    def __init__(self, folder: Path, most_mb: int, boundary: bytes) -> None:
        self._folder, self._most_mb = folder, most_mb
        self._form = Form()
        self._header: list[bytearray] = []
        self._headers: dict[str, bytes] = {}
        self._name = ""
        self._file: BinaryIO | None = None
        self._text = bytearray()
        self._size = 0
        self._is_whole = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_begin": self._begin_header,
                "on_header_field": lambda data, start, end: self._head(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._head(1, data[start:end]),
                "on_header_end": self._keep_header,
                "on_headers_finished": self._open,
                "on_part_data": self._add,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    def feed(self, data: bytes) -> None:
        self._parser.write(data)

    def finished(self) -> Form:
        self._parser.finalize()
        if not self._is_whole:
            raise Problem(422, "broken_off", Message(_BROKEN_OFF))
        return self._form

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._headers, self._name, self._size = {}, "", 0
        self._text = bytearray()

    def _begin_header(self) -> None:
        self._header = [bytearray(), bytearray()]

    def _head(self, which: int, data: bytes) -> None:
        self._header[which] += data

    def _keep_header(self) -> None:
        name, value = self._header
        self._headers[bytes(name).decode("latin-1").lower()] = bytes(value)

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name in self._form.files or self._name in self._form.fields:
            raise Problem(422, "form", Message(_TWICE, {"name": self._name[:80]}))
        if b"filename" in options:
            if self._name not in FILES:
                raise Problem(422, "form", Message(_NO_PART, {"name": self._name[:80]}))
            name = bare_name(options[b"filename"].decode("utf-8", "replace"))
            path = self._folder / (self._name + ending(name))
            self._form.files[self._name] = Received(name, path)
            self._file = create(path)
        elif len(self._form.fields) >= MOST_FIELDS:
            raise Problem(422, "form", Message(_TOO_MANY, {"limit": MOST_FIELDS}))

    def _add(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file is not None:
            if self._size > self._most_mb * 1024 * 1024:
                raise too_large(self._most_mb)
            self._file.write(data[start:end])
            return
        if self._size > MOST_FIELD_BYTES:
            params: dict[str, Value] = {"name": self._name[:80], "limit": MOST_FIELD_BYTES}
            raise Problem(413, "too_large", Message(_FIELD_TOO_LARGE, params))
        self._text += data[start:end]

    def _end(self) -> None:
        if self._file is not None:
            self.close()
        else:
            self._form.fields[self._name] = bytes(self._text).decode("utf-8", "replace")

    def _finish(self) -> None:
        self._is_whole = True
