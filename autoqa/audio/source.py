"""The bytes of a recording, within the limits, read so that FFmpeg never trips over Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from autoqa.errors import RecordingTooLarge, StoreError, UnreadableRecording
from autoqa.i18n import N_
from autoqa.sealing import KEY, opened
from autoqa.settings import Settings


class Source:
    """A file for FFmpeg to read.

    PyAV prints an exception that is raised inside its callbacks, so none is: a seek to nowhere
    gives -1, as FFmpeg expects, and a failing disk ends the file and is kept in ``failure``.
    """

    def __init__(self, file: BinaryIO, suffix: str) -> None:
        self.name = "recording" + (suffix if suffix.isascii() else "")
        self.failure: OSError | None = None
        self._file = file

    def read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            self.failure = error
            return b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1

    def tell(self) -> int:
        return self._file.tell()

    def head(self, size: int) -> bytes:
        """The first bytes; leaves the file at its start."""
        self.seek(0)
        start = self.read(size)
        self.seek(0)
        return start


def shown_name(path: Path) -> str:
    """The file's base name without what a terminal or a page would choke on."""
    return "".join(
        mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in path.name
    )


@contextmanager
def open_source(path: Path, settings: Settings) -> Iterator[Source]:
    """The file, opened for reading and within the limit of size.

    Raises ``UnreadableRecording``, also at the end where the disk failed, or ``RecordingTooLarge``.
    """
    name = shown_name(path)
    with _open(path, name) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size == 0:
            raise UnreadableRecording(
                N_("{file} is empty (0 bytes); export the recording again"), file=name
            )
        if size > settings.max_file_mb * 1024 * 1024:
            raise RecordingTooLarge(
                N_(
                    "{file} has {size} MB, and at most {limit} MB are read; split it or raise "
                    "AUTOQA_MAX_FILE_MB"
                ),
                file=name,
                size=size // (1024 * 1024),
                limit=settings.max_file_mb,
            )
        source = Source(file, path.suffix)
        yield source
        if source.failure is not None:
            raise UnreadableRecording(
                N_("{file} cannot be read to its end ({reason}); copy it again"),
                file=name,
                reason=source.failure.strerror or type(source.failure).__name__,
            )


def _open(path: Path, name: str) -> BinaryIO:
    try:
        # Before opening: opening a pipe would wait for its other end.
        if path.exists() and not path.is_file():
            raise UnreadableRecording(
                N_("{file} is not a regular file; give a recording"), file=name
            )
        return opened(path)
    except StoreError:
        raise UnreadableRecording(
            N_("{file} was encrypted with a key that is not here, or was damaged; check {name}"),
            file=name,
            name=KEY,
        ) from None
    except FileNotFoundError:
        raise UnreadableRecording(N_("{file} does not exist; check the path"), file=name) from None
    except (OSError, ValueError) as error:
        raise UnreadableRecording(
            N_("{file} cannot be opened ({reason}); check its permissions"),
            file=name,
            reason=getattr(error, "strerror", None) or type(error).__name__,
        ) from None
