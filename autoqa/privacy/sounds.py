"""Text by its sounds, a character for each character, so that places are the same.

Tones are left out and the accents of the south folded together, for a recogniser writes 讨好 or
坦号 for 卡号 and 先升 for 先生. Patterns are written in Chinese and compared by sound.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

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


def by_sound(pattern: str) -> re.Pattern[str]:
    """A regular expression for ``sounds``; Han characters in it mean whatever sounds like them,
    other letters are to be small ones."""
    return re.compile("".join(_sound(char) if syllable(char) else char for char in pattern))


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
