"""Where new things go in a file that may not have what they belong to yet.

>>> grow({"rules": []}, [(("phrases", "fee", END), "年费")])
[Addition(parent=(), key='phrases', value={'fee': ['年费']})]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from autoqa.rulebook.workbook.manuscript import Addition
from autoqa.scoring.source import Path

END = "\0end"
"""As the last part of a path: at the end of the list there."""


def grow(data: Any, wanted: Sequence[tuple[Path, Any]]) -> list[Addition]:
    """Additions that make ``wanted`` (path, value) of ``data``; what is missing comes with them."""
    additions: list[Addition] = []
    trees: dict[Path, Any] = {}
    for path, value in wanted:
        length = _existing(data, path)
        if length >= len(path) - 1:
            key = None if path[-1] == END else str(path[-1])
            additions.append(Addition(path[:-1], key, value))
            continue
        root = path[: length + 1]
        if root not in trees:
            trees[root] = {} if path[length + 1] != END else []
            additions.append(Addition(path[:length], str(path[length]), trees[root]))
        _plant(trees[root], path[length + 1 :], value)
    return additions


def _existing(data: Any, path: Path) -> int:
    """How much of a path there is."""
    for number, part in enumerate(path):
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return number
    return len(path)


def _plant(tree: Any, path: Path, value: Any) -> None:
    for part, after in pairwise(path):
        tree = tree.setdefault(part, [] if after == END else {})
    if path[-1] == END:
        tree.append(value)
    else:
        tree[path[-1]] = value
