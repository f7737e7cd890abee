"""What it costs to take a character for a syllable or slot of a phrase: all at once, as a table.

A row for each syllable as some phrase has it, a column for each character that was ever seen. The
last row takes nothing, and the first column is the end of a text, which is taken for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autoqa.numerals import DIGITS
from autoqa.scoring.compiled import Classes, Floats, Singles
from autoqa.scoring.kernel import NEVER
from autoqa.scoring.pattern import (
    END,
    FUNCTION_WORDS,
    NEGATORS,
    NOT_HEARD,
    SURNAMES,
    Kind,
    Syllable,
    sounds_of,
)
from autoqa.scoring.sounds import PART_DISTANCES, parts, syllable_distance
from autoqa.text import readings

ALIKE = 0.55
"""Syllables further apart than this have nothing to do with each other."""
SAME_SOUND, OTHER_READING = 0.03, 0.08
"""Of another character for the very syllable; of one that has it as another of its readings."""
POLITE = 0.05
"""Of 你 for 您, and back."""
A_TONE_OR_ACCENT = 0.12
MUST_SOUND = 0.25
"""What must be heard may differ by an accent and a tone."""
A_LETTER = 0.05
"""Of a letter in a number: a staff id may begin with one."""
GAP_COST = 0.001
"""Of a character in ``{任意}``: next to nothing, so that the shortest gap wins."""

_READINGS = 4
_ROOM = 1024
"""Characters for which there is room to begin with."""
_DIGIT_SOUNDS = tuple("yi1 er4 san1 si4 wu3 liu4 qi1 ba1 jiu3 ling2 yao1 dong4 liang3".split())


class CostTable:
    """``costs[column, row]``; ``extra[column]``: of a character where nothing ought to stand;
    ``rough``: the costs in single precision."""

    def __init__(self, syllables: Sequence[Syllable]) -> None:
        self._syllables = syllables
        self._column = np.zeros(0x110000, np.int32)
        self._known = 1
        self._literal = [row for row, one in enumerate(syllables) if one.kind is Kind.LITERAL]
        self.costs: Floats = np.full((_ROOM, len(syllables) + 1), NEVER)
        self.rough: Singles = self.costs.astype(np.float32)
        self.extra: Floats = np.full(_ROOM, NEVER)

    def columns(self, text: str) -> Classes:
        """The column of each character of ``text``."""
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        found = self._column[codes]
        new = np.setdiff1d(codes[found == 0], [ord(END)])
        if new.size:
            self._learn([chr(code) for code in new])
            found = self._column[codes]
        return found

    def _learn(self, chars: Sequence[str]) -> None:
        first, end = self._known, self._known + len(chars)
        if end > len(self.extra):
            room = max(end, 2 * len(self.extra)) - len(self.extra)
            self.costs = np.pad(self.costs, ((0, room), (0, 0)), constant_values=NEVER)
            self.rough = self.costs.astype(np.float32)
            self.extra = np.pad(self.extra, (0, room), constant_values=NEVER)
        if self._literal:
            own = [self._syllables[row] for row in self._literal]
            self.costs[first:end, self._literal] = _literal_costs(own, chars).T
        for row, one in enumerate(self._syllables):
            if one.kind is not Kind.LITERAL:
                self.costs[first:end, row] = [_slot_cost(one.kind, char) for char in chars]
        self.rough[first:end] = self.costs[first:end]
        self.extra[first:end] = [_extra_cost(char) for char in chars]
        self._column[[ord(char) for char in chars]] = np.arange(first, end)
        self._known = end


def _literal_costs(own: Sequence[Syllable], chars: Sequence[str]) -> Floats:
    costs = _sound_costs([one.sounds for one in own], chars)
    expected = np.array([one.char for one in own])[:, None]
    heard = np.array(chars)[None, :]
    costs[(expected == "您") & (heard == "你") | (expected == "你") & (heard == "您")] = POLITE
    values = [np.array([DIGITS.get(char, -1) for char in some]) for some in (expected[:, 0], chars)]
    same_digit = (values[0][:, None] == values[1]) & (values[1] >= 0)
    same = (expected == heard) | same_digit
    costs[same] = 0.0
    negators = np.array(sorted(NEGATORS))
    denies = np.isin(expected, negators) | np.isin(heard, negators)
    polite = costs == POLITE
    costs[denies & ~same & (costs > POLITE)] = NOT_HEARD
    costs[~denies & ~polite & (costs > ALIKE)] = 1.0
    must = np.array([one.must for one in own])[:, None]
    costs[must & (costs > MUST_SOUND)] = NOT_HEARD
    return costs


def _sound_costs(sounds: Sequence[tuple[str, ...]], chars: Sequence[str]) -> Floats:
    """How far each character's nearest reading is from each syllable's; 1 where it has none."""
    known: dict[str, int] = {}
    read = np.full((len(chars), _READINGS), -1)
    for place, char in enumerate(chars):
        for rank, sound in enumerate(sounds_of(char)[:_READINGS]):
            read[place, rank] = known.setdefault(sound, len(known))
    wanted = sorted({sound for some in sounds for sound in some})
    place_of = {sound: place for place, sound in enumerate(wanted)}
    far = np.full((len(wanted) + 1, len(known) + 1), np.inf)
    far[:-1, :-1] = distances(wanted, tuple(known))
    flat = [place_of[sound] if some else -1 for some in sounds for sound in some or ("",)]
    starts = np.cumsum([0, *(max(1, len(some)) for some in sounds)])[:-1]
    nearest = np.minimum.reduceat(far[flat], starts, axis=0)
    best = nearest[:, read[:, 0]] + SAME_SOUND
    for rank in range(1, _READINGS):
        best = np.minimum(best, nearest[:, read[:, rank]] + OTHER_READING)
    return np.minimum(best, 1.0, where=np.isinf(best), out=best)


def distances(ones: Sequence[str], others: Sequence[str]) -> Floats:
    """``syllable_distance`` of each of ``ones`` to each of ``others``."""
    if not ones or not others:
        return np.zeros((len(ones), len(others)))
    total = np.zeros((len(ones), len(others)))
    left_parts, right_parts = (zip(*map(parts, some), strict=True) for some in (ones, others))
    for distance, left, right in zip(PART_DISTANCES, left_parts, right_parts, strict=True):
        kinds = sorted({*left, *right})
        table = np.array([[distance(one, other) for other in kinds] for one in kinds])
        index = {kind: place for place, kind in enumerate(kinds)}
        total += table[np.ix_([index[one] for one in left], [index[one] for one in right])]
    return np.minimum(total, 1.0)


def _slot_cost(kind: Kind, char: str) -> float:
    if kind is Kind.ANYTHING:
        return GAP_COST
    if kind is Kind.DIGITS:
        if char in DIGITS or char in "十百千万.%":
            return 0.0
        if "a" <= char <= "z":
            return A_LETTER
        near = min(
            (syllable_distance(one, other) for one in _DIGIT_SOUNDS for other in sounds_of(char)),
            default=1.0,
        )
        return 0.2 if near <= A_TONE_OR_ACCENT else NOT_HEARD
    if not readings(char):
        return 1.0
    return 0.25 if kind is Kind.SURNAME and char not in SURNAMES else 0.0


def _extra_cost(char: str) -> float:
    """Of a character that stands inside a phrase where nothing ought to."""
    if char in NEGATORS:
        return NOT_HEARD
    return 0.25 if char in FUNCTION_WORDS else 0.6


def rows_of(nodes: Sequence[Any]) -> dict[Syllable, int]:
    """A row for each distinct syllable of these nodes."""
    return {one: row for row, one in enumerate(dict.fromkeys(node.syllable for node in nodes))}
