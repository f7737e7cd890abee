"""Where in many texts which pattern may lie: cheap, and seldom wrong by leaving one out.

Texts become classes of sounds, one number for each character. All pairs of syllables of all
patterns are looked up in them at once; a pattern with pairs enough, and of whose weight most is
there in any order, is aligned in earnest. The rest costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from autoqa.scoring.compiled import Classes, Integers
from autoqa.scoring.pattern import END, Kind, Node, Pattern, sounds_of
from autoqa.scoring.proposing import Needs, Seeds, propose
from autoqa.scoring.sounds import fold

ABSENT, ABSENT_AROUND_A_GAP = 0.35, 0.25
"""This share of a pattern's weight may be missing, or there in other sounds (beyond an accent)."""

_SLACK = 2
"""Syllables that may stand inside a phrase without belonging to it."""
_BITS = 62
"""Of a word that holds a set."""
_WEIGHTY = 1e6
"""More than may be absent of any pattern."""

END_CLASS = 1


class _Codes(dict[int, str]):
    """One character for each class of sounds, so that a text of sounds is a string."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        char = "您" if chr(code) == "你" else chr(code)
        sounds = sounds_of(char)
        self[code] = self.of_sound(sounds[0]) if sounds else char
        return self[code]

    def of_sound(self, syllable: str) -> str:
        return self._classes.setdefault(fold(syllable), chr(0xE000 + len(self._classes)))


_codes = _Codes()


def sound_codes(text: str) -> str:
    """One character for each of ``text``: equal where an accent cannot tell the sounds apart."""
    return text.translate(_codes)


class Proposer:
    """The seeds of many patterns, by their number, and what each needs."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.class_of, self._seeds = _seed_table(patterns)
        self._needs = _need_table([_sketch(pattern) for pattern in patterns], self.class_of)

    def stretches(self, text: str, begins: Sequence[int]) -> Integers:
        """Where patterns may lie in ``text``: rows of pattern, start, end, by place.

        ``text``: normalised texts, ``END`` after each; ``begins``: where each begins, and the end.
        """
        numbers = np.frombuffer(sound_codes(text).encode("utf-32-le"), np.uint32)
        return propose(self.class_of[numbers], np.array(begins), self._seeds, self._needs)


def _seed_table(patterns: Sequence[Pattern]) -> tuple[Classes, Seeds]:
    """The number of a sound's class, by its character in ``sound_codes``: 0 for sounds that no
    pattern has, 1 for the end of a text; and which patterns each pair or sound may be of."""
    seeds: dict[str, dict[int, _Place]] = {}
    class_of = np.zeros(0x110000, np.int32)
    sounds = {END: END_CLASS}
    for number, pattern in enumerate(patterns):
        for codes in _spellings_of(pattern):
            for code in codes:
                sounds.setdefault(code, len(sounds) + 1)
        for seed, before, after, segments in _seeds(pattern):
            places = seeds.setdefault(seed, {})
            old = places.get(number, (0, 0, 0))
            places[number] = (
                max(old[0], before + len(seed) - 1 + _SLACK),
                max(old[1], after - len(seed) + 1 + _SLACK),
                old[2] | segments,
            )
    class_of[[ord(code) for code in sounds]] = list(sounds.values())
    single = np.full(len(sounds) + 1, -1, np.int32)
    pair = np.full((len(sounds) + 1, len(sounds) + 1), -1, np.int32)
    for place, seed in enumerate(seeds):
        table = single if len(seed) == 1 else pair
        table[tuple(sounds[code] for code in seed)] = place
    first = np.cumsum([0, *map(len, seeds.values())])
    rows = [(number, *place) for places in seeds.values() for number, place in places.items()]
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return class_of, Seeds(pair, single, first, *(column.copy() for column in columns))


# ---------------------------------------------------------------- what a pattern needs


@dataclass(frozen=True, slots=True)
class _Sketch:
    """``pairs``: seeds needed. ``met``: segments that need a seed within.

    ``absent``: weight that may be missing in all segments together.

    ``segments``: for each word or bracket, the least weight it has, and the weight of each sound.
    ``must``: for each syllable that has to be heard, whichever way the phrase is said, its sounds.
    """

    pairs: int
    met: int
    absent: float
    segments: tuple[tuple[float, dict[str, float]], ...]
    must: tuple[frozenset[str], ...]


def _need_table(sketches: Sequence[_Sketch], class_of: Classes) -> Needs:
    """A need is a segment with the least weight that has to be there, or a syllable that must be;
    its terms are its sounds, each with what it weighs."""
    needs: list[tuple[float, dict[str, float]]] = []
    first = [0]
    for one in sketches:
        needs += one.segments
        needs += ((_WEIGHTY, dict.fromkeys(sounds, _WEIGHTY)) for sounds in one.must)
        first.append(len(needs))
    terms = [term for _, weights in needs for term in weights.items()]
    return Needs(
        np.array([one.pairs for one in sketches], np.int64),
        np.array([one.met for one in sketches], np.int64),
        np.array([one.absent for one in sketches], float),
        np.array(first, np.int64),
        np.array([least for least, _ in needs], float),
        np.cumsum([0, *(len(weights) for _, weights in needs)]),
        class_of[np.array([ord(code) for code, _ in terms], np.int64)],
        np.array([weight for _, weight in terms], float),
        int(class_of.max()) + 1,
    )


def _sketch(pattern: Pattern) -> _Sketch:
    pairs = _least_pairs(pattern)
    spellings = _spellings_of(pattern)
    numbers = sorted({node.segment for node in pattern.nodes})
    into: dict[int, list[tuple[int, int]]] = {number: [] for number in numbers}
    for first, second in pattern.pairs():
        into[pattern.nodes[second].segment].append((first, second))
    segments = tuple(
        segment
        for number in numbers
        if (segment := _segment(pattern, spellings, into[number], number))[0] > 0
    )
    paired = sum(_least_pairs(pattern, number) > 0 for number in numbers if into[number])
    share = ABSENT_AROUND_A_GAP if pattern.has_gap else ABSENT
    return _Sketch(
        max(1, round(pairs if pairs < 3 else 0.4 * pairs)),
        min(_BITS, paired if pattern.has_gap else max(0, paired - 1)),
        share * sum(least for least, _ in segments),
        segments,
        tuple(
            frozenset(spellings[index])
            for index in pattern.on_every_way()
            if pattern.nodes[index].is_needed
        ),
    )


def _segment(
    pattern: Pattern,
    spellings: Sequence[tuple[str, ...]],
    pairs: Sequence[tuple[int, int]],
    number: int,
) -> tuple[float, dict[str, float]]:
    """``pairs``: those that end in the segment."""
    again = set(_repeated(pattern, spellings, number))
    weights: dict[str, float] = {}
    for node, codes in zip(pattern.nodes, spellings, strict=True):
        if node.segment == number:
            for code in codes:
                weights[code] = max(weights.get(code, 0.0), node.weight)
    for first, second in pairs:
        for code in {*spellings[first]}.intersection(spellings[second]):
            weights[code] = pattern.nodes[first].weight + pattern.nodes[second].weight
    heard = [
        node.weight
        if node.segment == number
        and (node.is_literal or node.kind is Kind.DIGITS)
        and index not in again
        else 0.0
        for index, node in enumerate(pattern.nodes)
    ]
    return _least_weight(pattern, heard), weights


def _repeated(pattern: Pattern, spellings: Sequence[tuple[str, ...]], number: int) -> Iterator[int]:
    """Nodes whose sound stood in the segment before: what is there is there once (不行就是不行)."""
    before: set[str] = set()
    for index, node in enumerate(pattern.nodes):
        if node.segment == number:
            if before.intersection(spellings[index]):
                yield index
            before.update(spellings[index])


def _least_weight(pattern: Pattern, weights: Sequence[float]) -> float:
    """The least sum of the nodes' weights over all ways of saying the pattern."""
    least = [0.0] * (len(pattern.nodes) + 1)  # the last is START, -1
    for index, node in enumerate(pattern.nodes):
        least[index] = min(map(least.__getitem__, node.before)) + weights[index]
    return min(least[end] for end in pattern.ends)


def _least_pairs(pattern: Pattern, segment: int | None = None) -> int:
    """How many pairs of syllables every way of saying the pattern has at least, within a segment
    where one is told."""
    counts = [
        node.is_literal and (segment is None or node.segment == segment) for node in pattern.nodes
    ]
    counts.append(False)  # of START, -1
    least = [0] * len(counts)
    for index, node in enumerate(pattern.nodes):
        if counts[index]:
            least[index] = min(least[earlier] + counts[earlier] for earlier in node.before)
        else:
            least[index] = min(map(least.__getitem__, node.before))
    return min(least[end] for end in pattern.ends)


def _spellings_of(pattern: Pattern) -> list[tuple[str, ...]]:
    return [_spellings(node) for node in pattern.nodes]


def _spellings(node: Node) -> tuple[str, ...]:
    """As the character is read by itself, and as it is read in this phrase."""
    if node.kind is Kind.DIGITS:
        return tuple(dict.fromkeys(sound_codes("0123456789幺十百千万")))
    if not node.is_literal:
        return ()
    in_phrase = (_codes.of_sound(sound) for sound in node.sounds)
    return tuple(dict.fromkeys((sound_codes(node.char), *in_phrase)))


# ---------------------------------------------------------------- seeds


_Place: TypeAlias = tuple[int, int, int]
"""Characters before a seed's last one, and after, to look at; the segments that it lies within, a
bit each."""


def _seeds(pattern: Pattern) -> Iterator[tuple[str, int, int, int]]:
    """Pairs of syllables, or single ones where some way of saying the phrase has no pair."""
    reach = pattern.reach()
    spellings = _spellings_of(pattern)
    segments = [node.segment for node in pattern.nodes]
    for first, second in pattern.pairs():
        within = (segments[first] == segments[second]) << segments[first] % _BITS
        for seed in _joined(spellings[first], spellings[second]):
            yield seed, *reach[first], within
    if _least_pairs(pattern) == 0:
        for index, codes in enumerate(spellings):
            if pattern.nodes[index].is_literal:
                for seed in codes:
                    yield seed, *reach[index], 0


def _joined(first: Collection[str], second: Collection[str]) -> Iterable[str]:
    return (one + other for one in first for other in second)
