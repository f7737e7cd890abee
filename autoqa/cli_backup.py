"""``autoqa backup`` and ``autoqa restore``: a store and its recordings in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoqa.console import DataOption, LangOption, StoreOption, account, stderr, stored
from autoqa.i18n import _
from autoqa.types import Action


def backup(
    out: Annotated[Path, typer.Argument(help="File to write, FILE.zip.", metavar="FILE")],
    recordings: Annotated[
        bool, typer.Option(help="With the recordings that were posted to the service.")
    ] = True,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Write the store, and the recordings that are its own, into one file, while it is in use."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.backup import back_up
        from autoqa.store import Audit, Store, store_url

        with Store(store_url(settings.store)) as kept:
            about = back_up(kept, settings.data_dir, out, with_recordings=recordings)
            Audit(kept).add(account(), Action.BACKUP, out.name)
        stderr.print(_told(out, about.rows.get("overview", 0), about.recordings), markup=False)
        if about.missing:
            gone = _("{count} recordings are not in it, because their files are gone")
            stderr.print(gone.format(count=f"{about.missing:,}"), markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that autoqa backup wrote.", metavar="FILE")],
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Make a store, which has to be new, and its recordings of a backup; SQLite or PostgreSQL."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.backup import put_back
        from autoqa.store import Audit, Store, store_url

        url = store_url(settings.store)
        about = put_back(file, url, settings.data_dir)
        with Store(url) as made:
            Audit(made).add(account(), Action.RESTORE, file.name)
        stderr.print(_told(file, about.rows.get("overview", 0), about.recordings), markup=False)


def _told(path: Path, calls: int, recordings: int) -> str:
    told = _("{path}: {calls} scored calls, {recordings} recordings")
    return told.format(path=path, calls=f"{calls:,}", recordings=f"{recordings:,}")
