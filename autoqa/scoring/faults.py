"""What is wrong with rule files: where, what, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from autoqa.errors import AutoqaError
from autoqa.i18n import N_, _, render
from autoqa.types import Message


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault at its place; lines and columns count from 1.

    ``severity``: an ``error`` keeps the rules from being used, a ``warning`` does not. ``notes``:
    what there is to know besides, a line each.
    ``str()`` is ``FILE:LINE:COLUMN: sentence`` in the current language.
    """

    file: str
    line: int
    column: int
    message: Message = field(compare=False)
    severity: Literal["error", "warning"] = "error"
    notes: tuple[tuple[Message, ...], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        sentence = render(self.message)
        if self.severity == "warning":
            sentence = _("warning: {sentence}").format(sentence=sentence)
        return f"{self.file}:{self.line}:{self.column}: {sentence}"


class RuleError(AutoqaError):
    """Rule files have faults; ``faults`` are all of them, in order of place."""

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        first = render(self.faults[0].message) if self.faults else ""
        super().__init__(
            N_("{count} faults in the rules in {folder}; first: {first}"),
            count=len(self.faults),
            folder=folder,
            first=first,
        )
