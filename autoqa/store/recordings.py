"""Where the files of a recording are: to hear them again, and to play them.

Posted recordings are the store's own: they lie in its folder, named by their content, and go when
the call is deleted. Of a folder that was scored only the paths are known, and nothing there is
ever touched::

    recordings/
      incoming/…          being received
      3f/3fa9….0.wav      ID.POSITION.ENDING; a pair has two
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from autoqa.errors import StoreError
from autoqa.i18n import N_
from autoqa.store.database import Database, metadata

RECORDINGS = "recordings"
"""The folder in ``Settings.data_dir``."""

PLAYBACK = "playback"
"""The folder beside it of what browsers play and draw: made of recordings, gone with them."""

ABANDONED_S = 24 * 3600.0
"""What has been coming in for so long is not coming any more."""

recordings = sa.Table(
    "recordings",
    metadata,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("path", sa.LargeBinary, nullable=False),  # a name on disk need not be text
    sa.Column("is_own", sa.Boolean, nullable=False),
)

_INCOMING = "incoming"
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
"""What a disk that is full or broken says."""
_NOT_KEPT = N_("a recording cannot be kept in {folder} ({reason}); check the disk and its rights")


class Recordings:
    """``folder``: of the store's own files; it is made when it is first needed."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder.absolute()

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder on the same disk for files that are being received; it is gone afterwards.

        ``StoreError`` where the disk takes no more of them.
        """
        place = self._folder / _INCOMING
        try:
            place.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=place))
        except OSError as error:
            raise self._failure(error) from None
        try:
            yield folder
        except OSError as error:
            if error.errno in _DISK:
                raise self._failure(error) from None
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, recording_id: str, files: Sequence[Path]) -> None:
        """Takes the received files of a recording for the store's own, unless it has them.

        ``recording_id``: ``autoqa.audio.content_id`` of ``files``. Raises ``StoreError``.
        """
        places = [
            Path(recording_id[:2], f"{recording_id}.{number}{_ending(file)}")
            for number, file in enumerate(files)
        ]
        with self._database.begin():
            self.hold(recording_id)
            if self.is_own(recording_id) and self.paths(recording_id):
                return
            self._set(recording_id, places, is_own=True)
            try:
                for file, place in zip(files, self._paths(recording_id), strict=True):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    _sync(file)
                    file.replace(place)
            except OSError as error:
                raise self._failure(error) from None

    def hold(self, *recording_ids: str) -> None:
        """Until the end of the transaction nobody else keeps or deletes these recordings."""
        self._database.hold(*(f"recording {id_}" for id_ in recording_ids))

    def note(self, recording_id: str, paths: Sequence[Path]) -> None:
        """Where a recording was found; the store's own files go on being what it has."""
        places = [path.absolute() for path in paths]
        if self.is_own(recording_id) or self._paths(recording_id) == tuple(places):
            return
        self._set(recording_id, places, is_own=False)

    def paths(self, recording_id: str) -> tuple[Path, ...]:
        """Its file, or the two of a pair; none where it is not known or its files are gone."""
        paths = self._paths(recording_id)
        return paths if all(path.is_file() for path in paths) else ()

    def own(self) -> list[Path]:
        """The files of all recordings that are the store's own, relative to its folder."""
        query = sa.select(recordings.c.path).where(recordings.c.is_own)
        with self._database.reading() as connection:
            rows = connection.scalars(query.order_by(recordings.c.recording_id))
            return [Path(os.fsdecode(path)) for path in rows]

    def is_own(self, recording_id: str) -> bool:
        """Whether its files are the store's, to be deleted with it."""
        return any(row.is_own for row in self._rows(recording_id))

    def delete(self, recording_id: str) -> None:
        """Forgets the recording; the store's own files and what was made of it are removed."""
        with self._database.begin() as connection:
            self.hold(recording_id)
            own = self._paths(recording_id) if self.is_own(recording_id) else ()
            connection.execute(recordings.delete().where(_is(recording_id)))
            copies = self._folder.with_name(PLAYBACK) / recording_id[:2]
            for path in (*own, *copies.glob(f"{recording_id}.*")):
                path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what was received and never became a recording, since its receiver died."""
        for folder in (self._folder / _INCOMING).glob("*"):
            if _age_s(folder) > ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)
        for file in self._folder.glob("??/*"):
            if _age_s(file) > ABANDONED_S and not self.is_own(file.name.partition(".")[0]):
                file.unlink(missing_ok=True)

    def _paths(self, recording_id: str) -> tuple[Path, ...]:
        """There or not. Own ones are kept relative to the folder, which may be moved."""
        rows = self._rows(recording_id)
        return tuple(self._folder / Path(os.fsdecode(row.path)) for row in rows)

    def _rows(self, recording_id: str) -> list[Any]:
        query = sa.select(recordings).where(_is(recording_id)).order_by(recordings.c.position)
        with self._database.reading() as connection:
            return list(connection.execute(query))

    def _set(self, recording_id: str, paths: Sequence[Path], *, is_own: bool) -> None:
        for number, path in enumerate(paths):
            row = {
                "recording_id": recording_id,
                "position": number,
                "path": os.fsencode(path),
                "is_own": is_own,
            }
            self._database.replace(recordings, row, ("recording_id", "position"))
        more = _is(recording_id) & (recordings.c.position >= len(paths))
        with self._database.begin() as connection:
            connection.execute(recordings.delete().where(more))

    def _failure(self, error: OSError) -> StoreError:
        reason = error.strerror or type(error).__name__
        return StoreError(_NOT_KEPT, folder=str(self._folder), reason=reason)


def _is(recording_id: str) -> sa.ColumnElement[bool]:
    return recordings.c.recording_id == recording_id


def _ending(file: Path) -> str:
    """It tells the decoder what to expect; what is no plain ending tells nothing."""
    ending = file.suffix.lower()
    return ending if ending.isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""


def _sync(file: Path) -> None:
    """What was promised to be kept is on the disk."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
