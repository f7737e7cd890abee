"""Files that are encrypted piece by piece, so that none is ever whole in memory or plain on disk,
and that can be read from anywhere, as decoders and players do.

The construction is that of STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015) over AES-256-GCM::

    MARK  salt (32 bytes)  piece 0  piece 1 …

A file has a key of its own, which follows from the bank's and the salt; the nonce of a piece is its
number and whether it is the last, so that no piece can be moved, left out or cut off unseen.
"""

from __future__ import annotations

import errno
import hmac
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from autoqa.sealing.keys import keys, needed_keys, other_key

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"\x01autoqa sealed\x01\n"
"""Begins an encrypted file; no recording begins so."""
PIECE_BYTES = 1 << 16
_SALT_BYTES, _TAG_BYTES = 32, 16
_HEAD_BYTES = len(MARK) + _SALT_BYTES
_WHOLE = PIECE_BYTES + _TAG_BYTES


def create(path: Path) -> BinaryIO:
    """A new file to write to, encrypted where there is a key; it has to be closed to be whole.

    Raises ``UsageError`` (no good key) or ``OSError``.
    """
    found = keys()
    if found is None:
        return path.open("xb")
    return cast("BinaryIO", io.BufferedWriter(_Writer(path.open("xb"), found.files), PIECE_BYTES))


def opened(path: Path) -> BinaryIO:
    """A file to read from anywhere, as it was before it was encrypted, if it is.

    Raises ``StoreError`` where the key is missing or another, ``OSError`` also while reading: where
    the file is damaged.
    """
    file = path.open("rb")
    try:
        is_sealed = file.read(len(MARK)) == MARK
        file.seek(0)
        if not is_sealed:
            return file
        return cast("BinaryIO", io.BufferedReader(_Reader(file, needed_keys().files), PIECE_BYTES))
    except BaseException:
        file.close()
        raise


def read_whole(path: Path) -> bytes:
    """All of a small file. Raises as ``opened``."""
    with opened(path) as file:
        return file.read()


class _Writer(io.RawIOBase):
    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        super().__init__()
        self._file = file
        salt = os.urandom(_SALT_BYTES)
        self._cipher = _cipher(secret, salt)
        self._waiting = bytearray()
        self._number = 0
        self._file.write(MARK + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:  # what is last is known at the end only
            self._put(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return memoryview(data).nbytes

    def close(self) -> None:
        if self.closed:
            return
        try:
            self._put(bytes(self._waiting), is_last=True)
        finally:
            self._file.close()
            super().close()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


class _Reader(io.RawIOBase):
    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        super().__init__()
        self._file = file
        body = os.fstat(file.fileno()).st_size - _HEAD_BYTES
        self._count = max(1, -(-body // _WHOLE))
        self._size = body - self._count * _TAG_BYTES
        self._cipher = _cipher(secret, file.read(_HEAD_BYTES)[len(MARK) :])
        self._at = 0
        self._known: tuple[int, bytes] = (-1, b"")
        try:
            self._piece(0)
        except OSError:
            raise other_key() from None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._at = start + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, PIECE_BYTES)
        into = memoryview(buffer).cast("B")
        part = self._piece(number)[start : start + len(into)]
        into[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        """``OSError`` where it is not what was written."""
        from cryptography.exceptions import InvalidTag

        if self._known[0] != number:
            self._file.seek(_HEAD_BYTES + number * _WHOLE)
            nonce = _nonce(number, is_last=number == self._count - 1)
            try:
                piece = self._cipher.decrypt(nonce, self._file.read(_WHOLE), None)
            except InvalidTag:
                raise OSError(errno.EIO, os.strerror(errno.EIO)) from None
            self._known = number, piece
        return self._known[1]


def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(secret, salt, "sha256"))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
