"""Conditions that have names: what is wrong with how the files of a folder name one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autoqa.i18n import N_
from autoqa.scoring.faults import Fault
from autoqa.scoring.operators import Condition
from autoqa.scoring.source import Path, Tree
from autoqa.scoring.vocabulary import listed
from autoqa.types import Message

_HOLDERS = ("rules", "conditions", "form", "forms")
_ANCHORS = ("before", "after", "near", "during", "for_each")

_KEYS = ("applies_if", "passes_if", "excused_if", "undetermined_if", "used_if")

CIRCLE = N_("a condition hangs on itself: {names}")
UNUSED = N_("no rule uses the condition “{name}”")
TOO_MUCH = N_(
    "looking at this takes too long: conditions for each of many, inside of one another; make it "
    "simpler"
)
MOST_WORK = 10_000
"""Conditions that a single one may come to when a call is scored: a second of work at most."""
_MANY = 30
"""Cases that ``for_each`` may well find in a call."""
NOWHERE = N_(
    "the condition “{name}” does not say where in the call, so that nothing can be before or after "
    "it"
)


@dataclass(frozen=True, slots=True)
class _Use:
    """The name of a condition, written at ``path`` of a file; ``anchors``: as a place."""

    file: str
    tree: Tree
    path: Path
    name: str

    @property
    def owner(self) -> str | None:
        """The condition in which it is written; None: in a rule."""
        return str(self.path[1]) if self.path[0] == "conditions" else None

    @property
    def is_anchor(self) -> bool:
        return len(self.path) > 1 and self.path[-2] in _ANCHORS

    def fault(self, message: Message) -> Fault:
        return Fault(self.file, *self.tree.place(self.path), message)


def faults_of_names(
    files: Sequence[tuple[str, Tree]], conditions: Mapping[str, Condition]
) -> Iterator[Fault]:
    """Circles, work without end, places that are none, and names that nobody uses.

    ``conditions``: those that are well written.
    """
    uses = [use for file, tree in files for use in _uses(file, tree)]
    circles = list(_circles(uses))
    yield from circles or _too_much(files)
    for use in uses:
        condition = conditions.get(use.name)
        if use.is_anchor and condition is not None and not condition.has_place:
            yield use.fault(Message(NOWHERE, {"name": use.name}))
    used = {use.name for use in uses}
    for file, tree in files:
        for name in _named(tree):
            if name not in used:
                place = tree.place(("conditions", name), prefer_key=True)
                yield Fault(file, *place, Message(UNUSED, {"name": name}), "warning")


def _named(tree: Tree) -> Mapping[str, Any]:
    given = tree.data.get("conditions") if isinstance(tree.data, dict) else None
    return given if isinstance(given, dict) else {}


def _uses(file: str, tree: Tree) -> Iterator[_Use]:
    data = tree.data if isinstance(tree.data, dict) else {}
    for holder in _HOLDERS:
        for path, name in _references(data.get(holder), (holder,)):
            yield _Use(file, tree, path, name)


def _references(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "condition" and isinstance(value, str) and len(path) > 1:
                yield (*path, key), value
            elif key != "examples":
                yield from _references(value, (*path, key))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from _references(item, (*path, number))


def _circles(uses: Sequence[_Use]) -> Iterator[Fault]:
    """A fault at each name that leads back to the condition in which it is written."""
    leads: dict[str, set[str]] = {}
    for use in uses:
        if use.owner is not None:
            leads.setdefault(use.owner, set()).add(use.name)
    for use in uses:
        if use.owner is not None and (way := _way(leads, use.name, use.owner)):
            names = listed([use.owner, *way])
            yield use.fault(Message(CIRCLE, {"names": names}))


def _way(leads: Mapping[str, set[str]], start: str, goal: str) -> list[str]:
    """The names from ``start`` to ``goal``, both included; nothing where none leads there."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for name in sorted(leads.get(way[-1], set()) - seen):
            seen.add(name)
            ways.append([*way, name])
    return []


def _too_much(files: Sequence[tuple[str, Tree]]) -> Iterator[Fault]:
    """Conditions that would take too long, which names make easy: ten times two of two of two."""
    named = {name: given for _, tree in files for name, given in _named(tree).items()}
    work: dict[str, int] = {}
    for file, tree in files:
        data = tree.data if isinstance(tree.data, dict) else {}
        for holder in _HOLDERS:
            for path, condition in _conditions(data.get(holder), (holder,)):
                if _work(condition, named, work) > MOST_WORK:
                    yield Fault(file, *tree.place(path, prefer_key=True), Message(TOO_MUCH))


def _conditions(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The conditions of rules and forms, and those that have names."""
    if path == ("conditions",) and isinstance(data, dict):
        yield from (((*path, name), given) for name, given in data.items())
    for number, item in enumerate(data if isinstance(data, list) else [data]):
        if path != ("conditions",) and isinstance(item, dict):
            place = (*path, number) if isinstance(data, list) else path
            yield from (((*place, key), item[key]) for key in _KEYS if key in item)


def _work(data: Any, named: Mapping[str, Any], known: dict[str, int]) -> int:
    """How many conditions are asked of a call, at most. Names must not lead in circles."""
    if isinstance(data, list):
        return sum(_work(item, named, known) for item in data)
    if not isinstance(data, dict):
        return 0
    work = 1
    for key, value in data.items():
        if key == "condition" and isinstance(value, str):
            if value not in known:
                known[value] = _work(named.get(value), named, known)
            work += known[value]
        else:
            inner = _work(value, named, known)
            work += inner * _MANY if key == "require" else inner
    return work
