"""A store and its recordings in one file, and back.

The file is a zip archive, so that whoever has lost autoqa still has what was in it::

    backup.json                     what it is: version, revision of the store, rows by table
    tables/NAME.jsonl               ``store.dump``
    recordings/3f/3fa9….0.wav       the store's own ones, byte by byte

It holds personal data as the store does, and is readable for its owner alone.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from autoqa import __version__
from autoqa.errors import StoreError
from autoqa.i18n import N_
from autoqa.store import RECORDINGS, Recordings, Store
from autoqa.store.dump import Table, restore, tables
from autoqa.store.schema import HEAD

SCHEMA = "autoqa/backup"
VERSION = 1

_ABOUT = "backup.json"
_TABLE = re.compile(r"tables/([a-z_]+)\.jsonl")
_RECORDING = re.compile(r"recordings/([0-9a-f]{2}/[0-9a-f]{64}\.\d(?:\.[a-z0-9]{1,8})?)")
_DAMAGED = N_("the backup {path} is damaged; take an earlier one")
_UNREADABLE = N_("{path} is no backup of autoqa, or cannot be read ({reason})")


@dataclass(frozen=True, slots=True)
class About:
    """``rows``: by table. ``missing``: recordings whose files were gone when it was made."""

    schema: str
    version: int
    autoqa: str
    revision: str
    made_at: datetime
    rows: dict[str, int]
    recordings: int
    missing: int


def back_up(store: Store, folder: Path, path: Path, *, with_recordings: bool = True) -> About:
    """Writes ``path``, as the store is now, while others use it; whole or not at all.

    ``folder``: of the store's recordings, ``Settings.data_dir``. Raises ``StoreError``.
    """
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with (
            os.fdopen(opened, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            about = _write(archive, store, folder / RECORDINGS, with_recordings)
        part.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            "the backup {path} cannot be written: {reason}", path=str(path), reason=reason
        ) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return about


def put_back(path: Path, url: str, folder: Path) -> About:
    """Makes a store at ``url`` and recordings in ``folder`` of a backup; the store has to be empty.

    Raises ``StoreError``; then the store is empty as before.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            about = _read_about(archive, path)
            restore(url, about.revision, _contents(archive, folder / RECORDINGS), about.rows)
            return about
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        # What the library says of spoilt content is zlib's; the last, of a compression it lacks.
        raise StoreError(_DAMAGED, path=str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(_UNREADABLE, path=str(path), reason=reason) from None


def _write(archive: zipfile.ZipFile, store: Store, folder: Path, with_recordings: bool) -> About:
    rows = {name: _write_table(archive, name, lines) for name, lines in tables(store)}
    own = Recordings(store, folder).own() if with_recordings else []
    there = [place for place in own if (folder / place).is_file()]
    for place in there:
        # Recordings are packed already, or as good as.
        name = f"{RECORDINGS}/{place.as_posix()}"
        archive.write(folder / place, name, compress_type=zipfile.ZIP_STORED)
    about = About(
        SCHEMA,
        VERSION,
        __version__,
        HEAD,
        datetime.now(UTC),
        rows,
        len(there),
        len(own) - len(there),
    )
    archive.writestr(_ABOUT, msgspec.json.encode(about))
    return about


def _write_table(archive: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> int:
    count = -1  # the first line has the columns
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as file:
        for line in lines:
            file.write(line)
            count += 1
    return count


def _read_about(archive: zipfile.ZipFile, path: Path) -> About:
    try:
        about = msgspec.json.decode(archive.read(_ABOUT), type=About)
    except (KeyError, msgspec.MsgspecError):
        about = None
    if about is None or about.schema != SCHEMA:
        raise StoreError(_UNREADABLE, path=str(path), reason=_ABOUT)
    if about.version != VERSION:
        raise StoreError(
            "the backup was made by another version of autoqa ({found}, this one knows {known}); "
            "restore it with that version",
            found=about.autoqa,
            known=__version__,
        )
    return about


def _contents(archive: zipfile.ZipFile, folder: Path) -> Iterator[Table]:
    """The tables; before whoever takes them has done, the recordings are where they belong."""
    names = archive.namelist()
    for name in names:
        if found := _TABLE.fullmatch(name):
            with archive.open(name) as file:
                yield found[1], file
    for name in names:  # which says where it goes: nowhere but into the folder
        if found := _RECORDING.fullmatch(name):
            place = folder / found[1]
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as packed, place.open("wb") as file:
                shutil.copyfileobj(packed, file)
