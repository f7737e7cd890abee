"""Where in a text which pattern may lie: cheap, and seldom wrong by leaving one out.

A text becomes a string of sound classes (``fold``), one character each. An automaton finds all
pairs of syllables of all patterns in it at once; a pattern with pairs enough, and of whose weight
most is there in any order, is aligned in earnest. The rest costs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from autoqa.scoring.pattern import START, Kind, Node, Pattern, sounds_of
from autoqa.scoring.sounds import fold

ABSENT, ABSENT_AROUND_A_GAP = 0.35, 0.25
"""This share of a pattern's weight may be missing, or there in other sounds (beyond an accent)."""

_SLACK = 2
"""Syllables that may stand inside a phrase without belonging to it."""

Window = tuple[int, int]


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
    """The seeds of many patterns, by their number."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._sketches = [_sketch(pattern) for pattern in patterns]
        self._automaton = _automaton(patterns)

    def windows(self, codes: str) -> Iterator[tuple[int, list[Window]]]:
        """Patterns that may lie in a text of ``sound_codes``, each with windows to align it in."""
        if self._automaton is None:
            return
        seen = [(last, places) for last, places in self._automaton.iter(codes)]
        counts = Counter(chain.from_iterable(places for _, places in seen))
        there = frozenset(codes)
        wanted = {
            number
            for number, count in counts.items()
            if count >= self._sketches[number].pairs and self._sketches[number].is_in(there)
        }
        met: dict[int, set[int]] = {number: set() for number in wanted}
        for _, places in seen:
            for number in wanted.intersection(places):
                met[number].update(places[number][2])
        wanted = {number for number in wanted if len(met[number]) >= self._sketches[number].met}
        found: dict[int, list[Window]] = {}
        for last, places in seen:
            for number in wanted.intersection(places):
                before, after, _ = places[number]
                _widen(found.setdefault(number, []), last - before, last + after)
        for number, windows in found.items():
            sketch = self._sketches[number]
            inside = [
                (max(0, start), min(len(codes), end))
                for start, end in windows
                if sketch.is_in(frozenset(codes[max(0, start) : end]))
            ]
            if inside:
                yield number, inside


def _widen(windows: list[Window], start: int, end: int) -> None:
    """Add a window to those before it, as one where they overlap."""
    if windows and start <= windows[-1][1]:
        start, end = min(start, windows[-1][0]), max(end, windows[-1][1])
        windows[-1] = (start, end)
    else:
        windows.append((start, end))


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

    def is_in(self, there: frozenset[str]) -> bool:
        for sounds in self.must:
            if sounds.isdisjoint(there):
                return False
        left = self.absent
        for least, weights in self.segments:
            here = sum(map(weights.__getitem__, there.intersection(weights)))
            if here < least:
                left -= least - here
                if left < 0:
                    return False
        return True


def _sketch(pattern: Pattern) -> _Sketch:
    pairs = _least(pattern, _pair_count)
    spellings = _spellings_of(pattern)
    segments = tuple(
        segment
        for number in sorted({node.segment for node in pattern.nodes})
        if (segment := _segment(pattern, spellings, number))[0] > 0
    )
    paired = sum(
        _least(pattern, partial(_pair_within, number)) > 0
        for number in {node.segment for node in pattern.nodes}
    )
    share = ABSENT_AROUND_A_GAP if pattern.has_gap else ABSENT
    return _Sketch(
        max(1, round(pairs if pairs < 3 else 0.4 * pairs)),
        paired if pattern.has_gap else max(0, paired - 1),
        share * sum(least for least, _ in segments),
        segments,
        tuple(
            frozenset(spellings[index])
            for index in pattern.on_every_way()
            if pattern.nodes[index].is_needed
        ),
    )


def _segment(
    pattern: Pattern, spellings: Sequence[tuple[str, ...]], number: int
) -> tuple[float, dict[str, float]]:
    def heard(pattern: Pattern, earlier: int, index: int) -> float:
        node = pattern.nodes[index]
        counts = node.segment == number and (node.is_literal or node.kind is Kind.DIGITS)
        return node.weight if counts and index not in again else 0.0

    again = set(_repeated(pattern, spellings, number))
    weights: dict[str, float] = {}
    for node, codes in zip(pattern.nodes, spellings, strict=True):
        if node.segment == number:
            for code in codes:
                weights[code] = max(weights.get(code, 0.0), node.weight)
    for first, second in pattern.pairs():
        if pattern.nodes[second].segment == number:
            for code in {*spellings[first]}.intersection(spellings[second]):
                weights[code] = pattern.nodes[first].weight + pattern.nodes[second].weight
    return _least(pattern, heard), weights


def _repeated(pattern: Pattern, spellings: Sequence[tuple[str, ...]], number: int) -> Iterator[int]:
    """Nodes whose sound stood in the segment before: what is there is there once (不行就是不行)."""
    before: set[str] = set()
    for index, node in enumerate(pattern.nodes):
        if node.segment == number:
            if before.intersection(spellings[index]):
                yield index
            before.update(spellings[index])


def _pair_count(pattern: Pattern, earlier: int, index: int) -> float:
    nodes = pattern.nodes
    return float(earlier != START and nodes[earlier].is_literal and nodes[index].is_literal)


def _pair_within(number: int, pattern: Pattern, earlier: int, index: int) -> float:
    nodes = pattern.nodes
    within = earlier != START and nodes[earlier].segment == nodes[index].segment == number
    return _pair_count(pattern, earlier, index) * within


def _least(pattern: Pattern, step: Callable[[Pattern, int, int], float]) -> float:
    """The least sum of ``step`` over all ways of saying the pattern."""
    least: list[float] = []
    for index, node in enumerate(pattern.nodes):
        least.append(
            min(
                (0.0 if earlier == START else least[earlier]) + step(pattern, earlier, index)
                for earlier in node.before
            )
        )
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


# ---------------------------------------------------------------- the automaton


_Place = tuple[int, int, frozenset[int]]
"""Characters before a seed's last one, and after, to look at; the segments that it lies within."""


def _automaton(patterns: Sequence[Pattern]) -> Any:
    """Each seed leads to {pattern: place}."""
    import ahocorasick

    seeds: dict[str, dict[int, _Place]] = {}
    for number, pattern in enumerate(patterns):
        for seed, before, after, segments in _seeds(pattern):
            places = seeds.setdefault(seed, {})
            old = places.get(number, (0, 0, frozenset()))
            places[number] = (
                max(old[0], before + len(seed) - 1 + _SLACK),
                max(old[1], after - len(seed) + 1 + _SLACK),
                old[2] | segments,
            )
    if not seeds:
        return None
    automaton = ahocorasick.Automaton()
    for seed, places in seeds.items():
        automaton.add_word(seed, places)
    automaton.make_automaton()
    return automaton


def _seeds(pattern: Pattern) -> Iterator[tuple[str, int, int, frozenset[int]]]:
    """Pairs of syllables, or single ones where some way of saying the phrase has no pair."""
    reach = pattern.reach()
    spellings = _spellings_of(pattern)
    segments = [node.segment for node in pattern.nodes]
    for first, second in pattern.pairs():
        within = frozenset({segments[first]} & {segments[second]})
        for seed in _joined(spellings[first], spellings[second]):
            yield seed, *reach[first], within
    if _least(pattern, _pair_count) == 0:
        for index, codes in enumerate(spellings):
            if pattern.nodes[index].is_literal:
                for seed in codes:
                    yield seed, *reach[index], frozenset()


def _joined(first: Collection[str], second: Collection[str]) -> Iterable[str]:
    return (one + other for one in first for other in second)
