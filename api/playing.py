"""A file to be played from anywhere: by one range, as players ask (RFC 9110, section 14).

What is encrypted on disk is decrypted on the way out, piece by piece.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fastapi import Response
from fastapi.responses import StreamingResponse

from autoqa.sealing import PIECE_BYTES, opened

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def played(path: Path, media_type: str, wanted: str | None) -> Response:
    """``wanted``: the request's ``Range``; what is no single range of bytes is answered with the
    whole, as the standard allows. Raises ``StoreError`` (no key for it) or ``OSError``."""
    file = opened(path)
    size = file.seek(0, os.SEEK_END)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    match = _RANGE.fullmatch(wanted.strip()) if wanted else None
    start, end, status = 0, size, 200
    if match and (match[1] or match[2]):
        start, end = _span(match[1], match[2], size)
        if start >= end:
            file.close()
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    return StreamingResponse(_pieces(file, start, end), status, headers, media_type)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """Begin and end of what is asked for; without a first byte the last so many are."""
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (piece := file.read(min(PIECE_BYTES, end - start))):
            start += len(piece)
            yield piece
