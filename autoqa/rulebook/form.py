"""Rule files by a form: fields for the common conditions, written back where they stand.

A field says at which path of the file its value lies; what a reader changes comes back as a list
of changes of such paths. The file is edited in place (``Manuscript``): comments, order and whatever
the form does not show stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.rulebook.workbook.manuscript import Addition, CannotEdit, Edits, Manuscript
from autoqa.scoring.source import Path

_MOST_CHANGES = 200
_CANNOT = N_("the form cannot write this into this file for sure; edit the text itself")


@dataclass(frozen=True, slots=True)
class Change:
    """``set``: the value at a path, None: take it away; ``add``: one more at the end of a list;
    ``lines``: a list of texts, one a line; what is no text in it stays."""

    kind: str
    path: Path
    value: Any = None


def changed(text: str, changes: Sequence[Change]) -> str:
    """The text of a file after changes of the form, one after the other.

    Raises ``UsageError`` where that cannot be done for sure.
    """
    if len(changes) > _MOST_CHANGES:
        raise UsageError(_CANNOT)
    for change in changes:
        manuscript = Manuscript(text)
        try:
            edits = _edits(manuscript, change)
            text = manuscript.edited(edits) if edits else text
        except (CannotEdit, LookupError, TypeError, ValueError):
            raise UsageError(_CANNOT) from None
    return text


def at(data: Any, path: Path) -> Any:
    """What lies at a path; None where nothing does."""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and 0 <= part < len(data) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _edits(manuscript: Manuscript, change: Change) -> Edits:
    if not change.path:
        raise CannotEdit
    known = at(manuscript.data, change.path)
    if change.kind == "lines":
        return _lines(change.path, known, str(change.value))
    if change.kind == "add":
        if isinstance(known, list) and known:
            return Edits(added=[Addition(change.path, None, change.value)])
        return _set(manuscript, change.path, [change.value])
    if change.kind != "set":
        raise CannotEdit
    if change.value is None:
        return Edits(deleted={change.path}) if manuscript.has(change.path) else Edits()
    return Edits() if known == change.value else _set(manuscript, change.path, change.value)


def _set(manuscript: Manuscript, path: Path, value: Any) -> Edits:
    if manuscript.has(path):
        return Edits(replaced={path: value})
    parent, key = path[:-1], path[-1]
    if not isinstance(key, str):
        raise CannotEdit
    if parent and not manuscript.has(parent):
        return _set(manuscript, parent, {key: value})
    return Edits(added=[Addition(parent, key, value)])


def _lines(path: Path, known: Any, text: str) -> Edits:
    if not isinstance(known, list):
        raise CannotEdit
    places = [number for number, item in enumerate(known) if not isinstance(item, dict | list)]
    old = [str(known[number]) for number in places]
    new = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not new and len(places) == len(known):
        raise CannotEdit
    edits = Edits()
    for tag, from_, to, begin, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            continue
        both = min(to - from_, end - begin)
        for step in range(both):
            edits.replaced[(*path, places[from_ + step])] = new[begin + step]
        edits.deleted |= {(*path, places[number]) for number in range(from_ + both, to)}
        edits.added += [Addition(path, None, line) for line in new[begin + both : end]]
    return edits


def read_changes(given: Any, within: Sequence[Path]) -> list[Change]:
    """What a browser sent. Raises ``UsageError`` where it is no list of changes of these paths."""
    found = list(_read(given)) if isinstance(given, list) else []
    if not found or not all(_is_within(one.path, within) for one in found):
        raise UsageError(_CANNOT)
    return found


def _is_within(path: Path, within: Sequence[Path]) -> bool:
    return any(path[: len(one)] == one for one in within)


def _read(given: Sequence[Any]) -> Iterator[Change]:
    for one in given:
        path = one.get("path") if isinstance(one, Mapping) else None
        if not isinstance(path, list) or not _is_plain(one.get("value")):
            raise UsageError(_CANNOT)
        if not all(isinstance(part, str | int) for part in path) or len(path) > 20:
            raise UsageError(_CANNOT)
        yield Change(str(one.get("kind", "set")), tuple(path), one.get("value"))


def _is_plain(value: Any, depth: int = 0) -> bool:
    if isinstance(value, dict):
        inner = [*value.values()]
        good = all(isinstance(key, str) for key in value)
        return good and depth < 12 and all(_is_plain(one, depth + 1) for one in inner)
    if isinstance(value, list):
        return depth < 12 and all(_is_plain(one, depth + 1) for one in value)
    return value is None or isinstance(value, str | int | float | bool)
