"""What a form is made of: fields with their paths, and choices with the changes that they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from autoqa.scoring.source import Path


@dataclass(frozen=True, slots=True)
class Option:
    """``changes``: what choosing it changes, as ``form.read_changes`` reads it."""

    label: str
    changes: tuple[dict[str, Any], ...]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: text, area, number, lines, sets, choice, dialogue, button, note, source."""

    kind: str
    label: str
    path: Path = ()
    value: Any = ""
    options: tuple[Option, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading; ``path``: of the condition that it shows."""

    title: str
    fields: tuple[Field, ...] = ()
    groups: tuple[Group, ...] = ()
    buttons: tuple[Option, ...] = field(default=())


def set_at(path: Path, value: Any) -> dict[str, Any]:
    """The change that puts a value at a path; None takes it away."""
    return {"kind": "set", "path": list(path), "value": value}
