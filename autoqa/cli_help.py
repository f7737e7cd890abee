"""``--help`` in the reader's language.

What commands and options say of themselves stands beside them in English; the catalogue ``cli``
has it in Chinese, whole texts as they stand there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import typer
from rich import columns
from rich.table import Table
from typer import rich_utils
from typer.main import get_command

from autoqa.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, _, language

TITLES = {
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "ERRORS_PANEL_TITLE": N_("Error"),
    "DEFAULT_STRING": N_("[default: {}]"),
    "REQUIRED_LONG_STRING": N_("[required]"),
    "ENVVAR_STRING": N_("[env var: {}]"),
}
"""What Typer says around them, by its own names for it."""


class Folding(Table):
    """Goes on in the next line where there is no blank to do so, as Chinese has none."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        super().add_row(*cells, **options)
        for column in self.columns:
            column.overflow = "fold"


def run(app: typer.Typer, words: list[str]) -> None:
    """Runs the command line, in whose help everything is in the language that ``words`` ask for."""
    command = get_command(app)
    if "--help" in words or len(words) < 2:  # a group alone shows its help, too
        with language(_wanted(words)):
            for name, text in TITLES.items():
                setattr(rich_utils, name, _(text))
            for module in (rich_utils, columns):
                module.Table = Folding  # type: ignore[attr-defined]
            for thing in things(command):
                thing.help = _(thing.help)
    command(words)


def things(command: Any) -> Iterator[Any]:
    """The command, its options, and all of those below it: whatever has a help text."""
    own = [command, *command.get_params(typer.Context(command))]
    yield from (thing for thing in own if getattr(thing, "help", None))
    for below in getattr(command, "commands", {}).values():
        yield from things(below)


def _wanted(words: list[str]) -> str:
    asked = [after for word, after in pairwise(words) if word == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    asked += [os.environ.get("AUTOQA_LANGUAGE", "")]
    return next((name for name in asked if name in LANGUAGES), DEFAULT_LANGUAGE)
