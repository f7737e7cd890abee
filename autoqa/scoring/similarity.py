"""How much what was heard is like a sentence: by characters and by sound.

``similarity`` = 1 − d ÷ n: n is the number of characters of the sentence, d the least that has to
be changed to make it of a stretch of what was heard. A character that is missing or too many costs
1; one instead of another costs as much as they sound different, from 0 (非, 飞) to 1. A denial
(不, 没, 别, …) too many, missing or put for another word costs the whole: 我们不保证 is not like
我们保证, however few characters differ.

>>> best_match("资金安全有保障", "您放心资金安全有宝章呢").similarity > 0.9
True
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from autoqa.scoring.pattern import NEGATORS, same_digit, sounds_of
from autoqa.scoring.sounds import syllable_distance

FEWEST = 5
"""Characters. Shorter sentences are like too much."""

_SAME_SOUND = 0.05
"""Of a denial: 部 may be a 不 that was misheard, another word is none."""


@dataclass(frozen=True, slots=True)
class Match:
    """The half-open stretch of the text that is most like the sentence; ``similarity``: 0 to 1."""

    start: int
    end: int
    similarity: float


def best_match(sentence: str, text: str, least: float = 0.0) -> Match | None:
    """Where ``text`` is most like ``sentence``, or None where it is so nowhere.

    Both as ``autoqa.text.normalise`` writes them. ``least``: similarity, 0 to 1.
    """
    if not sentence or not text:
        return None
    most = (1 - least) * len(sentence) + 1e-9
    chars, rest = frozenset(text), most
    for wanted in sentence:  # most texts are like nothing, which a few characters tell
        rest -= min(1.0, *(_exchange(wanted, char) for char in chars))
        if rest < 0:
            return None
    cost, start, end = _cheapest(sentence, text)
    similarity = max(0.0, 1 - cost / len(sentence))
    return Match(start, end, similarity) if cost <= most and end > start else None


def _cheapest(sentence: str, text: str) -> tuple[float, int, int]:
    """The least cost of making the sentence of a stretch of the text, and that stretch.

    Sellers' recursion: a stretch may begin and end anywhere. A cell is (cost, where it began).
    """
    length = len(sentence)
    column = [(float(i), 0) for i in range(length + 1)]
    for i in range(1, length + 1):
        column[i] = column[i - 1][0] + _single(sentence[i - 1], length), 0
    best = (column[length][0], 0, 0)
    for at, char in enumerate(text, start=1):
        before, column = column, [(0.0, at)]
        extra = _single(char, length)
        for i, wanted in enumerate(sentence, start=1):
            exchanged = before[i - 1][0] + _weighed(wanted, char, length)
            cost, start = exchanged, before[i - 1][1]
            if before[i][0] + extra < cost:
                cost, start = before[i][0] + extra, before[i][1]
            missing = column[i - 1][0] + _single(wanted, length)
            if missing < cost:
                cost, start = missing, column[i - 1][1]
            column.append((cost, start))
        if column[length][0] < best[0]:
            best = (*column[length], at)
    return best


def _single(char: str, length: int) -> float:
    """What it costs that a character is missing or too many."""
    return float(length) if char in NEGATORS else 1.0


def _weighed(wanted: str, heard: str, length: int) -> float:
    cost = _exchange(wanted, heard)
    denial = wanted in NEGATORS or heard in NEGATORS
    return float(length) if denial and cost > _SAME_SOUND else cost


@lru_cache(maxsize=100_000)
def _exchange(wanted: str, heard: str) -> float:
    """How different two characters sound, 0 to 1, whichever of their readings is meant."""
    if wanted == heard or same_digit(wanted, heard):
        return 0.0
    pairs = ((one, other) for one in sounds_of(wanted) for other in sounds_of(heard))
    return min((syllable_distance(one, other) for one, other in pairs), default=1.0)
