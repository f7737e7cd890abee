"""Text by its sounds, a character for each character, so that places are the same.

Tones are left out and the accents of the south folded together, for a recogniser writes 讨好 or
坦号 for 卡号 and 先升 for 先生. Patterns are written in Chinese and compared by sound.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from autoqa.text import readings

HAN = "\ue000-\uefff"
"""The characters of ``sounds`` that stand for a syllable, for use in a class."""
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))
_numbers: dict[str, int] = {}


@lru_cache(maxsize=4096)
def sounds(text: str) -> str:
    """``text`` (simplified) with each Han character replaced by one that stands for its syllable;
    the rest in lower case."""
    return "".join(map(_sound, text))


@dataclass(frozen=True)
class BySound:
    """A regular expression for ``sounds``; Han characters in it mean whatever sounds like them,
    other letters are to be small ones. Made when it is first needed: readings take long to load.
    """

    pattern: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(
            "".join(_sound(char) if syllable(char) else char for char in self.pattern)
        )

    def search(self, heard: str, start: int = 0) -> re.Match[str] | None:
        return self._compiled.search(heard, start)

    def match(self, heard: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self._compiled.match(heard, start, end)

    def finditer(self, heard: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(heard)


def syllable(char: str) -> str:
    """Of a Han character, folded; empty for others."""
    found = readings(char)
    return _fold(found[0][:-1]) if found else ""


def _fold(spoken: str) -> str:
    for accent, plain in _FOLDED:
        if spoken.startswith(accent):
            spoken = plain + spoken.removeprefix(accent)
            break
    return spoken.removesuffix("g")


@cache
def _sound(char: str) -> str:
    spoken = syllable(char)
    if not spoken:
        lower = char.lower()
        return lower if len(lower) == 1 else char
    return chr(0xE000 + _numbers.setdefault(spoken, len(_numbers)))
