"""What stands in rule files, for a tree to show it: also where they are full of faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from autoqa.scoring.names import STATUSES
from autoqa.scoring.rule import Status
from autoqa.scoring.sentence_documents import lines_of
from autoqa.scoring.source import Path, Tree, parse

KINDS = ("rules", "phrases", "sentences", "conditions", "knowledge", "alerts", "forms")

ORDINARY = "ordinary"
"""Sentences of no phrase set."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a file. ``kind``: of ``KINDS``. ``key``: its id, or its name where it has none.

    ``line``, ``last_line``: where it stands, from 1. ``status``: of a rule; None: written wrongly.
    ``count``: of phrases or sentences, or of a form's rules.
    """

    kind: str
    key: str
    name: str
    path: Path
    line: int
    last_line: int
    owner: str = ""
    status: Status | None = Status.ACTIVE
    count: int = 0


def outline(texts: Mapping[str, str]) -> dict[str, tuple[Entry, ...]]:
    """What stands in each file, in its order."""
    return {name: entries(name, text) for name, text in sorted(texts.items())}


def points(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What each rule is worth on the forms, as it is written: by its id, each worth once."""
    found: dict[str, dict[str, None]] = {}
    for name, text in texts.items():
        for rule_id, worth in _worths(name, text):
            found.setdefault(rule_id, {})[worth] = None
    return {rule_id: tuple(worths) for rule_id, worths in found.items()}


@lru_cache(maxsize=256)
def entries(name: str, text: str) -> tuple[Entry, ...]:
    """What stands in one file, in its order; nothing where it is no YAML."""
    tree = _tree(name, text)
    found = sorted(_entries(tree), key=lambda one: one.line)
    ends = [*(one.line - 1 for one in found), len(tree.lines)][1:]
    return tuple(
        replace(one, last_line=max(one.line, end)) for one, end in zip(found, ends, strict=True)
    )


@lru_cache(maxsize=256)
def _tree(name: str, text: str) -> Tree:
    return parse(name, text.encode())


@lru_cache(maxsize=256)
def _worths(name: str, text: str) -> tuple[tuple[str, str], ...]:
    data = _tree(name, text).data
    return tuple(
        (str(rule_id), _worth(item))
        for _, form in _forms(data)
        for section in _list(_get(form, "sections"))
        for rule_id, item in _dict(_get(section, "rules")).items()
    )


def _worth(item: Any) -> str:
    given = _dict(item)
    return str(given.get("points", given.get("deduct", ""))) if given else str(item)


def _entries(tree: Tree) -> Iterator[Entry]:
    data = tree.data

    def at(kind: str, key: str, name: str, path: Path, **more: Any) -> Entry:
        line = tree.place(path, prefer_key=isinstance(path[-1], str))[0]
        return Entry(kind, key, name, path, line, line, **more)

    for number, rule in enumerate(_list(_get(data, "rules"))):
        key = str(_get(rule, "id") or "")
        status = STATUSES.get(str(_get(rule, "status") or Status.ACTIVE.value))
        owner = str(_get(rule, "owner") or "")
        name = str(_get(rule, "name") or key)
        yield at("rules", key, name, ("rules", number), owner=owner, status=status)
    for name, given in _dict(_get(data, "phrases")).items():
        lines = given if isinstance(given, list) else _list(_get(given, "phrases"))
        yield at("phrases", name, name, ("phrases", name), count=len(lines))
    for name, given in _dict(_get(data, "sentences")).items():
        count = sum(len(lines_of(str(_get(given, key) or ""))) for key in ("is", "is_not"))
        yield at("sentences", name, name, ("sentences", name), count=count)
    if isinstance(ordinary := _get(data, ORDINARY), str):
        yield at("sentences", ORDINARY, ORDINARY, (ORDINARY,), count=len(lines_of(ordinary)))
    for kind in ("knowledge", "alerts"):
        for number, one in enumerate(_list(_get(data, kind))):
            key = str(_get(one, "id") or "")
            yield at(kind, key, str(_get(one, "name") or key), (kind, number))
    for name in _dict(_get(data, "conditions")):
        yield at("conditions", name, name, ("conditions", name))
    for path, form in _forms(data):
        rules = sum(len(_dict(_get(one, "rules"))) for one in _list(_get(form, "sections")))
        key = str(_get(form, "id") or "")
        yield at("forms", key, str(_get(form, "name") or key), path, count=rules)


def _forms(data: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(_get(data, "form"), dict):
        yield ("form",), data["form"]
    for number, form in enumerate(_list(_get(data, "forms"))):
        yield ("forms", number), form


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []


def _dict(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
