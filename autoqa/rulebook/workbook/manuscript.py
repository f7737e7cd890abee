"""A YAML file that is edited in place: what is not edited stays as it is, to the byte.

Edits are made where things stand in the text. Afterwards the text is read again: where it does not
hold exactly what the edits were to make of it (aliases, tabs, unusual layout), ``CannotEdit`` is
raised rather than anything else changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode

from autoqa.rulebook.workbook import yaml_text
from autoqa.rulebook.workbook.yaml_text import Source
from autoqa.scoring.source import Path, parse

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+[ \t]*\n?")


class CannotEdit(Exception):
    """The edits cannot be written into this text for sure."""


@dataclass(frozen=True, slots=True)
class Addition:
    """``key``: in a mapping; None: at the end of a list."""

    parent: Path
    key: str | None
    value: Any


@dataclass(slots=True)
class Edits:
    """What is to be done to a file. What lies in something that is replaced or deleted is left."""

    replaced: dict[Path, Any] = field(default_factory=dict)
    added: list[Addition] = field(default_factory=list)
    deleted: set[Path] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.replaced or self.added or self.deleted)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value is written: ``text[start:end]``, after its key or dash, which begins at
    ``head`` in ``column``; ``mark``: the colon or the dash. ``flow``: inside brackets or braces;
    ``own_flow``: what is in it is."""

    head: int
    mark: int
    start: int
    end: int
    column: int
    flow: bool
    own_flow: bool
    children: tuple[Path, ...]


class Manuscript:
    """The text of a file, and where everything in it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = parse("", text.encode()).data
        self._spots: dict[Path, _Spot] = {}
        root = yaml_text.composed(text)
        if root is not None:
            self._visit(root, (), 0, 0, False)

    def has(self, path: Path) -> bool:
        return path in self._spots

    def source(self, path: Path) -> str:
        """What is written at ``path``, from its own column on; without a name for other places."""
        spot = self._spots[path]
        line_start = self.text.rfind("\n", 0, spot.start) + 1
        before = self.text[line_start : spot.start]
        written = self.text[spot.start : spot.end]
        if anchor := _ANCHOR.match(written):
            written = written[anchor.end() :]
            if "\n" in anchor[0]:
                return dedent(written)
            before = ""
        return dedent(" " * len(before) + written) if "\n" in written else written

    def edited(self, edits: Edits) -> str:
        """The text after the edits; ``CannotEdit`` where that is not sure."""
        edits = self._without_inner(edits)
        changes = [
            *(self._replacement(path, value) for path, value in edits.replaced.items()),
            *(self._additions(edits)),
            *(self._deletion(path) for path in self._whole_deletions(edits)),
        ]
        text = self.text
        for start, end, new in sorted(changes, key=lambda one: (-one[0], -one[1])):
            text = text[:start] + new + text[end:]
        if "\r\n" in self.text:
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        if _plain(parse("", text.encode()).data) != _plain(_applied(self.data, edits)):
            raise CannotEdit
        return text

    # ------------------------------------------------------------ where things stand

    def _visit(self, node: Any, path: Path, head: int, mark: int, flow: bool) -> int:
        """Notes a node and all in it; where it ends, without blanks and comments after it."""
        start = end = int(node.start_mark.index)
        is_scalar = isinstance(node, ScalarNode)
        own_flow = not is_scalar and (flow or bool(node.flow_style))
        children: list[Path] = []
        for number, child in enumerate(() if is_scalar else node.value):
            key, value = child if isinstance(node, MappingNode) else (None, child)
            inner = (*path, number if key is None else str(key.value))
            children.append(inner)
            begins = value.start_mark.index
            if key is not None:
                places = key.start_mark.index, self.text.find(":", key.end_mark.index)
            else:
                places = (begins if own_flow else self.text.rfind("-", 0, begins),) * 2
            end = max(end, places[1] + 1, self._visit(value, inner, *places, own_flow))
        if is_scalar or own_flow:
            end = start + len(self.text[start : node.end_mark.index].rstrip())
        spot = _Spot(head, mark, start, end, self._column(head), flow, own_flow, tuple(children))
        self._spots[path] = spot
        return end

    def _column(self, index: int) -> int:
        return index - (self.text.rfind("\n", 0, index) + 1)

    # ------------------------------------------------------------ what is to be changed

    def _without_inner(self, edits: Edits) -> Edits:
        over = edits.deleted | edits.replaced.keys()

        def stays(path: Path, least: int) -> bool:
            return not any(path[:length] in over for length in range(1, len(path) + least))

        return Edits(
            {path: value for path, value in edits.replaced.items() if stays(path, 0)},
            [one for one in edits.added if stays(one.parent, 1)],
            {path for path in edits.deleted if stays(path, 0)},
        )

    def _spot(self, path: Path) -> _Spot:
        if path not in self._spots:
            raise CannotEdit
        return self._spots[path]

    def _replacement(self, path: Path, value: Any) -> tuple[int, int, str]:
        spot = self._spot(path)
        if spot.flow:
            return spot.start, spot.end, _on_one_line(value)
        is_entry = isinstance(path[-1], str)
        new = yaml_text.entry("x", value)[1:] if is_entry else yaml_text.item(value)
        return spot.mark, spot.end, indent(new, " " * spot.column).lstrip(" ")

    def _additions(self, edits: Edits) -> list[tuple[int, int, str]]:
        by_parent: dict[Path, list[Addition]] = {}
        for one in edits.added:
            by_parent.setdefault(one.parent, []).append(one)
        outermost_first = sorted(by_parent, key=len)  # of one place, the last is put in front
        return [self._addition(parent, by_parent[parent]) for parent in outermost_first]

    def _addition(self, parent: Path, several: Sequence[Addition]) -> tuple[int, int, str]:
        spot = self._spot(parent)
        if spot.own_flow:
            at = self._spots[spot.children[-1]].end if spot.children else spot.start + 1
            new = [_flow_entry(one) for one in several]
            return at, at, ("" if not spot.children else ", ") + ", ".join(new)
        if not spot.children:
            raise CannotEdit
        column = self._spots[spot.children[0]].column
        line_end = self.text.find("\n", spot.end)
        at = len(self.text) if line_end < 0 else line_end
        between = "\n" + "\n" * self._blank_lines(spot)
        new = [
            yaml_text.item(one.value) if one.key is None else yaml_text.entry(one.key, one.value)
            for one in several
        ]
        return at, at, "".join(between + indent(text, " " * column) for text in new)

    def _blank_lines(self, spot: _Spot) -> int:
        """How many stand between the last two of what is there, so that the next looks alike."""
        if len(spot.children) < 2:
            return 0
        one, other = (self._spots[path] for path in spot.children[-2:])
        return max(0, min(1, self.text[one.end : other.head].count("\n\n")))

    def _whole_deletions(self, edits: Edits) -> set[Path]:
        """Where nothing would be left, what holds it is deleted."""
        deleted = set(edits.deleted)
        added = {one.parent for one in edits.added}
        while True:
            emptied = {
                path
                for path, spot in self._spots.items()
                if path
                and spot.children
                and path not in deleted
                and path not in added
                and deleted.issuperset(spot.children)
            }
            if not emptied:
                break
            deleted |= emptied
        edits.deleted = {
            path for path in deleted if not any(path[:n] in deleted for n in range(1, len(path)))
        }
        return edits.deleted

    def _deletion(self, path: Path) -> tuple[int, int, str]:
        spot, siblings = self._spot(path), self._spot(path[:-1]).children
        number = siblings.index(path)
        following = self._spots[siblings[number + 1]] if number + 1 < len(siblings) else None
        if spot.flow:
            if following is not None:
                return spot.head, following.head, ""
            before = self._spots[siblings[number - 1]].end if number else spot.head
            return before, spot.end, ""
        line_start = self.text.rfind("\n", 0, spot.head) + 1
        if self.text[line_start : spot.head].strip():  # beside the dash of what holds it
            if following is None:
                raise CannotEdit
            return spot.head, following.head, ""
        line_end = self.text.find("\n", spot.end)
        return line_start, len(self.text) if line_end < 0 else line_end + 1, ""


def _on_one_line(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Source):
        return yaml_text.scalar(value, flow=True)
    return yaml_text.inline(value)


def _flow_entry(one: Addition) -> str:
    value = _on_one_line(one.value)
    return value if one.key is None else f"{yaml_text.scalar(one.key, flow=True)}: {value}"


# ---------------------------------------------------------------- what the file should hold


def _applied(data: Any, edits: Edits) -> Any:
    data = deepcopy(data)
    for path, value in edits.replaced.items():
        _at(data, path[:-1])[path[-1]] = _meant(value)
    for one in edits.added:
        parent = _at(data, one.parent)
        if one.key is None:
            parent.append(_meant(one.value))
        else:
            parent[one.key] = _meant(one.value)
    for path in sorted(edits.deleted, key=_by_number, reverse=True):
        del _at(data, path[:-1])[path[-1]]
    return data


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _by_number(path: Path) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in path
    )


def _meant(value: Any) -> Any:
    if isinstance(value, Source):
        return parse("", str(value).encode()).data
    if isinstance(value, dict):
        return {key: _meant(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_meant(item) for item in value]
    return value


def _plain(data: Any) -> Any:
    """Without line breaks at the end of texts, which a block of text has and a line has not."""
    if isinstance(data, dict):
        return {key: _plain(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_plain(item) for item in data]
    if isinstance(data, bool):
        return data
    return data.strip("\n") if isinstance(data, str) else str(data)
