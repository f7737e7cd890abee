"""What was said in other words than any phrase: learned from sentences that staff collected.

For a phrase set staff write down sentences that are of it and sentences that only look so. Of each
group of one or two characters, and of each of two to four syllables as accents and recognisers
mix them up (浙是 is 这是), it is counted in how many of both it stands; the weight of a group
is the logarithm of the ratio (naive Bayes, each count raised by ``_PRIOR``), and

    likeness = sum of the weights of the groups of a text ÷ √(how many they are)

which is above 0 where more speaks for the set than against it. What stands beside the words that
matter (我帮您查一下 beside 请稍等) would count as much as they do: so sentences that come out on
the wrong side, or hardly on the right one, count for more, and all are counted again, ``_ROUNDS``
times. After that what staff wrote down themselves is told as they did. Nothing here is random:
the same sentences give the same weights, in whatever order. ``bench.phrases`` measures it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from autoqa.scoring.rule import Taught
from autoqa.scoring.sounds import fold
from autoqa.text import normalise, readings

_BY_SOUND = 8
_GROUPS = (1, 2, _BY_SOUND + 2, _BY_SOUND + 3, _BY_SOUND + 4)
"""The kinds of groups by their length. Of the unread lists of ``bench.phrases`` groups of one to
four characters found 0.85, and 0.80 of what was spoiled by sound; these find 0.87 and 0.85, as
precisely."""
_PRIOR = 0.3
_ROUNDS, _CLEAR, _MORE = 3, 2.0, 0.5
"""A sentence of likeness 0 (``_CLEAR``: no less than it should have) counts for half as much again
in the next round, one as far on the wrong side for twice as much. So near misses that were taught
are no longer taken for their set; of the unread lists of ``bench.phrases`` 0.6 % more was right, of
what was found and of what there was."""
_WINDOW, _STEP = 40, 20
"""Characters: of a longer text each window is judged by itself, since sentences are as short."""

_Grams = NDArray[np.uint64]
_Rows = NDArray[np.int64]
_Weights = NDArray[np.float64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a text is like a set; ``start``, ``end``: the half-open stretch that says so most,
    of the normalised text."""

    value: float
    start: int
    end: int


class Learned:
    """The weights of some phrase sets."""

    def __init__(self, sets: Sequence[Taught]) -> None:
        self.names = tuple(one.name for one in sets)
        texts = dict.fromkeys(text for one in sets for text in (*one.sentences, *one.others))
        numbers = {text: number for number, text in enumerate(texts)}
        where, grams = _grams([normalise(text).text for text in texts])
        self._known, of_known = np.unique(grams, return_inverse=True)
        taught = _Taught(where, of_known, len(texts), len(self._known))
        self._weights = np.zeros((len(self._known), len(sets)))
        for column, one in enumerate(sets):
            here, there = (_among(group, numbers) for group in (one.sentences, one.others))
            self._weights[:, column] = taught.weights(here, there)

    def likenesses(self, texts: Sequence[str]) -> _Weights:
        """(texts, sets): of the window of each normalised text that is most like the set."""
        windows = [window for text in texts for window in _windows(text)]
        values = self._of_windows(windows)
        counts = [sum(1 for _ in _windows(text)) for text in texts]
        if not texts:
            return np.zeros((0, len(self.names)))
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return np.maximum.reduceat(values, starts, axis=0)

    def around(self, text: str, start: int, end: int, column: int, widths: Sequence[int]) -> float:
        """Likeness to a set of what surrounds a stretch of a normalised text, so many characters of
        it, whichever is the most like it."""
        windows = []
        for width in widths:
            room = max(0, width - (end - start))
            first = max(0, min(start - room // 2, len(text) - width))
            windows.append(text[first : max(end, first + width)])
        return float(self._of_windows(windows)[:, column].max())

    def place(self, text: str, column: int) -> Likeness:
        """Where a normalised text is most like a set."""
        spans = list(_spans(text))
        values = self._of_windows([text[start:end] for start, end in spans])[:, column]
        best = int(values.argmax())
        start, end = spans[best]
        first, last = self._heaviest(text[start:end], column)
        return Likeness(float(values[best]), start + first, start + last)

    def _of_windows(self, windows: Sequence[str]) -> _Weights:
        sums = np.zeros((len(windows), len(self.names)))
        where, grams = _grams(windows)
        if grams.size and self._known.size:
            rows = self._rows(grams)
            known = rows >= 0
            np.add.at(sums, where[known], self._weights[rows[known]])
        counts = np.bincount(where, minlength=len(windows))
        return sums / np.sqrt(np.maximum(counts, 1))[:, None]

    def _rows(self, grams: _Grams) -> _Rows:
        """Which of the known groups each is; -1: none."""
        rows = np.searchsorted(self._known, grams)
        rows[rows == len(self._known)] = 0
        return np.where(self._known[rows] == grams, rows, -1)

    def _heaviest(self, text: str, column: int) -> tuple[int, int]:
        """The stretch of the text whose characters weigh most; each group's weight is shared by its
        characters."""
        weights = np.zeros(len(text))
        codes = _codes(text)
        sounds = _sounds(codes)
        for kind in _GROUPS:
            length = kind % _BY_SOUND
            rows = self._rows(_hashed(sounds if kind > _BY_SOUND else codes, kind))
            for start, row in enumerate(rows):
                if row >= 0:
                    weights[start : start + length] += self._weights[row, column] / length
        best, here, begin, place = 0.0, 0.0, 0, (0, len(text))
        for at, weight in enumerate(weights):
            if here <= 0:
                here, begin = 0.0, at
            here += weight
            if here > best:
                best, place = here, (begin, at + 1)
        return place


@dataclass(frozen=True, slots=True)
class _Taught:
    """Which group (``of_known``, of so many) stands in which sentence (``where``, of so many)."""

    where: NDArray[np.int64]
    of_known: NDArray[np.intp]
    sentences: int
    groups: int

    def weights(self, here: NDArray[np.bool_], there: NDArray[np.bool_]) -> _Weights:
        """Of each group, for a set that has the sentences ``here`` and not those ``there``."""
        counts_for = (here | there).astype(np.float64)
        weights = self._log_ratio(counts_for * here, counts_for * there)
        root = np.sqrt(np.maximum(np.bincount(self.where, minlength=self.sentences), 1))
        for _ in range(_ROUNDS):
            likeness = self._summed(self.where, weights[self.of_known], self.sentences) / root
            lacks = np.clip(_CLEAR - np.where(here, likeness, -likeness), 0, 2 * _CLEAR)
            counts_for *= 1 + _MORE * lacks / _CLEAR
            weights = self._log_ratio(counts_for * here, counts_for * there)
        return weights

    def _log_ratio(self, for_it: _Weights, against_it: _Weights) -> _Weights:
        """What sentences that count for so much say of groups; 0 of those that stand in none."""
        here, there = (
            self._summed(self.of_known, counts_for[self.where], self.groups)
            for counts_for in (for_it, against_it)
        )
        known = (here + there) > 0
        count = int(known.sum())
        ratio = (here + _PRIOR) / (there + _PRIOR)
        ratio *= (there.sum() + _PRIOR * count) / (here.sum() + _PRIOR * count)
        weights: _Weights = np.where(known, np.log(ratio), 0.0)
        return weights

    @staticmethod
    def _summed(of: NDArray[np.int64], values: _Weights, count: int) -> _Weights:
        return np.bincount(of, weights=values, minlength=count).astype(np.float64, copy=False)


def _among(group: Sequence[str], numbers: dict[str, int]) -> NDArray[np.bool_]:
    """Of each text whether it is in the group."""
    inside = np.zeros(len(numbers), dtype=bool)
    inside[[numbers[text] for text in group]] = True
    return inside


def _grams(texts: Sequence[str]) -> tuple[NDArray[np.int64], _Grams]:
    """(which text, group) for each different group of each text."""
    where, grams = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    joined = _codes("".join(texts))
    sounds = _sounds(joined)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    for kind in _GROUPS:
        length = kind % _BY_SOUND
        if len(joined) >= length:
            inside = owner[length - 1 :] == owner[: len(owner) - length + 1]
            where.append(owner[length - 1 :][inside])
            grams.append(_hashed(sounds if kind > _BY_SOUND else joined, kind)[inside])
    all_where, all_grams = np.concatenate(where), np.concatenate(grams)
    order = np.lexsort((all_grams, all_where))
    all_where, all_grams = all_where[order], all_grams[order]
    again = (np.diff(all_where) == 0) & (np.diff(all_grams) == 0)
    first = np.concatenate([[True], ~again]) if len(order) else np.zeros(0, dtype=bool)
    return all_where[first], all_grams[first]


def _codes(text: str) -> _Grams:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)


def _sounds(codes: _Grams) -> _Grams:
    """What each character sounds like, one number for all that sound alike; itself, if like
    nothing."""
    different, which = np.unique(codes, return_inverse=True)
    heard = np.array([_sound(int(code)) for code in different], dtype=np.uint64)
    return heard[which]


@cache
def _sound(code: int) -> int:
    syllables = readings(chr(code))
    if not syllables:
        return code
    return int.from_bytes(blake2b(fold(syllables[0]).encode(), digest_size=8).digest(), "little")


def _hashed(codes: _Grams, kind: int) -> _Grams:
    """A number for each group of a kind, another for another group."""
    length = kind % _BY_SOUND
    count = len(codes) - length + 1
    value = np.full(max(0, count), kind, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for at in range(length):
            value = (value ^ codes[at : at + count]) * _FACTOR
            value ^= value >> np.uint64(29)
    return value


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The windows of a text; one, where it is no longer."""
    last = max(0, len(text) - _WINDOW)
    for start in range(0, last, _STEP):
        yield start, start + _WINDOW
    yield last, len(text)


def _windows(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in _spans(text))
