"""What the commands share: their language, their settings, and how faults are told."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import _, language, render
from autoqa.settings import Settings, read_settings

if TYPE_CHECKING:
    from autoqa.scoring.faults import Fault

stderr = Console(stderr=True, highlight=False, soft_wrap=True)


class Lang(StrEnum):
    """Of what people read."""

    ZH = "zh_CN"
    EN = "en"


RulesOption = Annotated[
    Path, typer.Option("--rules", help="Folder of rule files.", show_default=False)
]
LangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Of reports and messages. (default: zh_CN)")
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        help="SQLAlchemy URL or a file. (default: autoqa.db in --data)", show_default=False
    ),
]
ClusterOption = Annotated[
    str,
    typer.Option(
        "--cluster",
        help="Ray cluster whose machines hear, HOST:PORT; --workers is then the most of them.",
        show_default=False,
    ),
]
_DAYS = ["%Y-%m-%d"]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", formats=_DAYS, help="First day.", metavar="DAY")
]
UntilOption = Annotated[
    datetime | None, typer.Option("--until", formats=_DAYS, help="Last day.", metavar="DAY")
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the store and of posted recordings. (default: qa)", show_default=False
    ),
]


@contextmanager
def speaking(lang: Lang | None, **options: Any) -> Iterator[Settings]:
    """Settings from the environment and the options given, errors in the user's language."""
    spoken = lang or Lang.ZH
    try:
        settings = read_settings()
        given = options | {"language": lang and lang.value}
        changes = {name: value for name, value in given.items() if value is not None}
        settings = replace(settings, **changes)
        spoken = Lang(settings.language)
        with language(spoken):
            yield settings
    except AutoqaError as error:
        with language(spoken):
            for fault in getattr(error, "faults", ()):
                stderr.print(str(fault), markup=False)
            for message in error.messages:
                stderr.print(render(message), markup=False)
        raise typer.Exit(2) from None


@contextmanager
def stored(lang: Lang | None, **options: Any) -> Iterator[Settings]:
    """As ``speaking``, with a store: of the service, in its data folder unless told otherwise."""
    with speaking(lang, **options) as settings:
        from autoqa.store import STORE

        if not settings.store:
            with suppress(OSError):  # what cannot be made cannot be opened, which is told then
                settings.data_dir.mkdir(parents=True, exist_ok=True)
        yield replace(settings, store=settings.store or str(settings.data_dir / STORE))


def days_named(since: datetime | None, until: datetime | None) -> str:
    """The days of a page's title; empty for all."""
    return " – ".join(f"{day:%Y-%m-%d}" for day in (since, until) if day)


def write_file(path: Path, content: str | bytes) -> None:
    """Writes what a command was asked to, and says so; ``UsageError`` where it cannot."""
    from autoqa.files import write_whole

    try:
        write_whole(path, content)
    except OSError as error:
        raise UsageError(
            "{path} cannot be written: {reason}", path=str(path), reason=error.strerror or ""
        ) from None
    stderr.print(_("written: {path}").format(path=path), markup=False)


def account() -> str:
    """Who runs a command, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "cli"


def print_faults(faults: Iterable[Fault]) -> None:
    """Faults to stdout, one a line, what there is to know about them indented below."""
    for fault in faults:
        print(fault)
        for note in fault.notes:
            print("    " + _("; ").join(render(message) for message in note))
