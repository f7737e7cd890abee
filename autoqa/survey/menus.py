"""The menu tree of a hotline, from what many callers heard and which keys they pressed.

A level is known by the keys that lead to it. Callers press before a menu has ended and the
recogniser mishears, so an option stands where at least one call in ``LEAST_SHARE`` of those that
heard the level heard it, in the words that most of them have.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

LEAST_SHARE = 20
"""An option is one that a call in so many heard."""
AGENT, LOSS = "人工", "挂失"
"""What the survey looks for in menus."""

Options: TypeAlias = tuple[tuple[str, str], ...]
"""(key, words), by key."""

_KEYS = {**{word: str(number) for number, word in enumerate("零一二三四五六七八九")}, "幺": "1"}
_KEYS |= {"井": "#", "星": "*", "两": "2"}
_KEY = re.compile(
    r"(?:请)?(?:按|拨|选择|选)(?:数字)?(?:键)?([0-9零一二三四五六七八九幺两井星#*])(?:号)?键?"
)
_EDGE = re.compile(r"^(?:[、,，。；;：:！!\s]|请|如需|办理|需要)+|[、,，。；;：:！!\s请]+$")
_NUMBER = re.compile(r"\d{3}")
"""What may be a caller's own number is kept nowhere."""
_BREAK = re.compile(r"[，。；;！!,、]")
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Heard:
    """What ``calls`` calls heard alike where ``path`` leads to. ``total_ms``: of all of them."""

    path: str
    options: Options
    calls: int
    total_ms: int


@dataclass(frozen=True, slots=True)
class Level:
    """One menu. ``path``: keys that lead to it; ``calls`` heard it, ``mean_ms`` each."""

    path: str
    options: Options
    calls: int
    mean_ms: float

    @property
    def number(self) -> int:
        """1 for the first."""
        return len(self.path) + 1


def options(text: str) -> Options:
    """What a menu offers: 挂失请按1，查询余额请按二 → (1, 挂失), (2, 查询余额)."""
    found: dict[str, str] = {}
    end = 0
    for match in _KEY.finditer(text):
        before = _EDGE.sub("", text[end : match.start()])
        words = _EDGE.sub("", _BREAK.split(before)[-1])[-_LONGEST:]
        end = match.end()
        if words and not _NUMBER.search(words):
            found.setdefault(_KEYS.get(match[1], match[1]), words)
    return tuple(sorted(found.items()))


def levels(heard: Iterable[Heard]) -> tuple[Level, ...]:
    """The tree, by path: the first level first."""
    by_path: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        by_path[one.path].append(one)
    found = (_level(path, by_path[path]) for path in sorted(by_path, key=lambda p: (len(p), p)))
    return tuple(one for one in found if one.options)


def _level(path: str, heard: Sequence[Heard]) -> Level:
    calls = sum(one.calls for one in heard)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for one in heard:
        for key, said in one.options:
            words[key][said] += one.calls
    kept = {
        key: min(said, key=lambda word: (-said[word], word))
        for key, said in words.items()
        if said.total() * LEAST_SHARE >= calls
    }
    return Level(path, tuple(sorted(kept.items())), calls, sum(h.total_ms for h in heard) / calls)


def level_of(tree: Sequence[Level], words: str) -> Level | None:
    """The first level, from above, that offers it; None where none does."""
    with_it = [one for one in tree if any(words in said for _, said in one.options)]
    return min(with_it, key=lambda one: (one.number, -one.calls), default=None)
