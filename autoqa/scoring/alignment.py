"""Align phrases with stretches of text, sound by sound, at the least cost.

Each way to say a phrase has a weight (about one for a syllable that carries meaning, less for
您, 的, 了); a stretch matches when what differs costs less than ``ALLOWED`` of the weight beyond
the first ``FREE``. So four syllables bear one blurred sound, two hardly more than a tone, and ten
bear a missing word. The recursion minimises ``cost - ALLOWED * weight``, which makes ways of
different lengths comparable.

All stretches of a batch of texts, whichever phrase may lie in them, are aligned together, a row of
an array each: a bound rejects many, the least score most of the rest, and only matches are looked
at closely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from autoqa.scoring.candidates import Stretches
from autoqa.scoring.costs import NEVER, CostTable, Floats, Integers, rows_of
from autoqa.scoring.lattice import NUMBER, ONCE, Program
from autoqa.scoring.pattern import Pattern

FREE = 1.0

_EPSILON = 1e-9
_GAPS = 0.05
"""More than gaps can cost together."""
_CELLS = 400_000
"""Steps × characters aligned at a time: what fits a processor's cache."""

Columns: TypeAlias = NDArray[np.int32]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Alignment:
    """``start``, ``end``: half-open, in the text aligned. ``exact``: the very characters."""

    start: int
    end: int
    cost: float
    weight: float
    exact: bool
    allowed: float

    def shifted(self, by: int) -> Alignment:
        return replace(self, start=self.start + by, end=self.end + by)

    @property
    def certainty(self) -> float:
        """1 for the very sounds, 0.5 at the limit of what is allowed; to six digits."""
        limit = self.allowed * (self.weight - FREE)
        return round(1.0 - 0.5 * min(1.0, max(0.0, self.cost) / max(limit, 1e-6)), 6)


class Aligner:
    """Aligns patterns with stretches of the texts that ``columns`` reads."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        rows = rows_of([node for pattern in patterns for node in pattern.nodes])
        self._table = CostTable(tuple(rows))
        self._program = Program(patterns, rows)
        self.columns = self._table.columns

    def align(self, columns: Columns, stretches: Stretches) -> Iterator[tuple[int, Alignment]]:
        """The best matches in each stretch that do not overlap, with their pattern's number."""
        program = self._program
        while stretches.starts.size:
            lengths = stretches.ends - stretches.starts
            long = np.flatnonzero(lengths >= program.least[stretches.patterns])
            steps = program.count[stretches.patterns[long]]
            # Patterns and stretches of like length together, the longest patterns first.
            order = long[np.lexsort((lengths[long], -steps))]
            rest: list[tuple[int, int, int]] = []
            for block in self._blocks(stretches.chosen(order)):
                for number, start, end, match in self._best(columns, block):
                    yield number, match
                    rest += (number, start, match.start), (number, match.end, end)
            stretches = Stretches(*np.array(rest, np.int64).reshape(-1, 3).T)

    def _blocks(self, stretches: Stretches) -> Iterator[Stretches]:
        """As many at a time as the cache likes."""
        steps = self._program.count[stretches.patterns]
        lengths = stretches.ends - stretches.starts
        first = 0
        while first < steps.size:
            longest = np.maximum.accumulate(lengths[first : first + _CELLS // 16])
            cells = longest * np.arange(1, longest.size + 1) * steps[first]
            alike = 2 * steps[first : first + longest.size] + 4 >= steps[first]
            count = max(1, int(np.count_nonzero((cells <= _CELLS) & alike)))
            yield stretches.chosen(slice(first, first + count))
            first += count

    def _best(
        self, columns: Columns, stretches: Stretches
    ) -> Iterator[tuple[int, int, int, Alignment]]:
        """Each stretch in which there is a match: its pattern, start, end, and the best match."""
        allowed = self._program.allowed[stretches.patterns]
        block = _Block.of(self._program, self._table, columns, stretches)
        for decide in (_Block.bound, _Block.least):
            keep = np.flatnonzero(decide(block) <= _EPSILON - allowed * FREE)
            block, stretches, allowed = block.chosen(keep), stretches.chosen(keep), allowed[keep]
            if not keep.size:
                return
        found = block.best()
        columns_of = (
            stretches.patterns, stretches.starts, stretches.ends, stretches.starts + found.start,
            stretches.starts + found.end, found.cost, found.weight, found.inexact, allowed,
        )  # fmt: skip
        for number, low, high, start, end, cost, weight, inexact, share in zip(
            *(one.tolist() for one in columns_of), strict=True
        ):
            exact = not inexact and cost < _GAPS
            yield number, low, high, Alignment(start, end, cost, weight, exact, share)


@dataclass(frozen=True, slots=True)
class _Found:
    """The best way in each stretch; ``inexact``: how many of its syllables, or of what stands
    between them, are not the very characters."""

    start: Integers
    end: Integers
    cost: Floats
    weight: Floats
    inexact: Integers


@dataclass(frozen=True, slots=True)
class _Block:
    """Stretches that are aligned together, by the number of their steps, most first.

    ``patterns``: of each; ``costs``: (steps, stretches, places), of each character for each step;
    ``extra``: (stretches, places), of a character where nothing ought to stand; ``lengths``: of the
    stretches; what is beyond the end costs ``NEVER``.
    """

    program: Program
    patterns: Integers
    costs: Floats
    extra: Floats
    lengths: Integers

    @classmethod
    def of(
        cls, program: Program, table: CostTable, columns: Columns, stretches: Stretches
    ) -> _Block:
        lengths = stretches.ends - stretches.starts
        places = stretches.starts[:, None] + np.arange(int(lengths.max()))
        inside = places < stretches.ends[:, None]
        heard = np.where(inside, columns[np.minimum(places, len(columns) - 1)], 0)
        first, count = program.first[stretches.patterns], program.count[stretches.patterns]
        steps = np.arange(int(count.max()))[:, None]
        syllables = program.syllable[np.minimum(first + steps, first + count - 1)]
        costs = table.costs[syllables[:, :, None], heard]
        return cls(program, stretches.patterns, costs, table.extra[heard], lengths)

    def chosen(self, which: Integers) -> _Block:
        longest = int(self.lengths[which].max(initial=0))
        steps = int(self.program.count[self.patterns[which]].max(initial=0))
        return _Block(
            self.program,
            self.patterns[which],
            self.costs[:steps, which, :longest],
            self.extra[which, :longest],
            self.lengths[which],
        )

    def _steps(self) -> Iterator[tuple[int, Integers]]:
        """Each step with its place in the program, for the stretches that have so many."""
        first, count = self.program.first[self.patterns], self.program.count[self.patterns]
        for number in range(len(self.costs)):
            yield number, first[: np.count_nonzero(count > number)] + number

    def bound(self) -> Floats:
        """What the best match of each stretch scores at the least, in whatever order it is said."""
        program, cheapest = self.program, self.costs.min(axis=2)
        scores = np.zeros((len(self.costs) + 1, len(self.patterns)))
        allowed = program.allowed[self.patterns]
        for number, at in self._steps():
            here = np.arange(at.size)
            before = np.minimum(scores[program.before[at], here], scores[program.other[at], here])
            cost = np.minimum(cheapest[number, : at.size], program.missing[at])
            scores[number + 1, : at.size] = before + (
                cost - allowed[: at.size] * program.weight[at]
            )
        return self._least_end(scores)

    def least(self) -> Floats:
        """The score of the best match of each stretch."""
        return self._least_end(self._rows().min(axis=2))

    def _least_end(self, scores: Floats) -> Floats:
        least = np.full(len(self.patterns), NEVER)
        for ends in self._ends():
            np.minimum(least, scores[ends, np.arange(ends.size)], out=least)
        return least

    def _ends(self) -> Iterator[Integers]:
        """The first row at which each stretch's pattern may end, the second, …; where there are no
        more, the last again."""
        for place in range(int(self.program.end_count[self.patterns].max())):
            yield self.program.ends[self.patterns, place]

    def _rows(self, trails: list[_Trail] | None = None) -> Floats:
        """(steps + 1, stretches, places + 1): the least score with which a row is reached having
        read so many characters. ``trails`` gets how it was."""
        program = self.program
        shape = len(self.patterns), self.extra.shape[1] + 1
        rows = np.full((len(self.costs) + 1, *shape), NEVER)
        rows[0] = np.where(np.arange(shape[1]) > self.lengths[:, None], NEVER, 0.0)
        inserted = _running(self.extra)
        allowed = program.allowed[self.patterns]
        for number, at in self._steps():
            here = np.arange(at.size)
            row = rows[program.before[at], here]
            joins = np.flatnonzero(program.before[at] != program.other[at])
            if joins.size:
                row[joins] = np.minimum(row[joins], rows[program.other[at][joins], joins])
            gain = allowed[: at.size] * program.weight[at]
            taken = row[:, :-1] + (self.costs[number, : at.size] - gain[:, None])
            row += (program.missing[at] - gain)[:, None]
            heard = taken <= row[:, 1:] + _EPSILON if trails is not None else None
            np.minimum(row[:, 1:], taken, out=row[:, 1:])
            passed = self._passed(number, at, inserted)
            row -= passed
            target = rows[number + 1, : at.size]
            np.minimum.accumulate(row, axis=1, out=target)
            if trails is not None and heard is not None:
                longest = program.takes[at] == NUMBER
                trails.append(_Trail(heard, _since(row, target, longest), passed))
            target += passed
        return rows

    def _passed(self, number: int, at: Integers, inserted: Floats) -> Floats:
        """What it costs to pass all before each place without leaving the step."""
        passed = inserted[: at.size]
        slots = np.flatnonzero(self.program.takes[at] != ONCE)
        if slots.size:
            passed = passed.copy()
            passed[slots] = _running(np.minimum(self.costs[number, slots], self.extra[slots]))
        return passed

    def best(self) -> _Found:
        """The best match of each stretch: of equals, the shortest, but all digits of a number."""
        trails: list[_Trail] = []
        rows = self._rows(trails)
        row, end = self._last(rows)
        place, cost, weight = end.copy(), np.zeros(end.size), np.zeros(end.size)
        inexact = np.zeros(end.size, np.int64)
        program, first = self.program, self.program.first[self.patterns]
        for number in reversed(range(len(trails))):
            here = np.flatnonzero(row == number + 1)
            if not here.size:
                continue
            at, trail, now = first[here] + number, trails[number], place[here]
            is_join = program.before[at] != program.other[at]
            since = np.where(is_join, now, trail.since[here, now])
            price, odd = self._stayed(number, at, trail, (here, since, now))
            before = np.maximum(since - 1, 0)
            heard = trail.heard[here, before] & (since > 0) & ~is_join
            taken = self.costs[number, here, before]
            cost[here] += price + np.where(heard, taken, program.missing[at])
            weight[here] += program.weight[at]
            off = np.where(heard, program.literal[at] & (taken > 0), ~is_join)
            inexact[here] += odd + off
            place[here] = since - heard
            one, other = program.before[at], program.other[at]
            better = rows[other, here, place[here]] < rows[one, here, place[here]] - _EPSILON
            row[here] = np.where(better, other, one)
        return _Found(place, end, cost, weight, inexact)

    def _stayed(
        self,
        number: int,
        at: Integers,
        trail: _Trail,
        where: tuple[Integers, Integers, Integers],
    ) -> tuple[Floats, Integers]:
        """What was paid for the characters between two places, and how many do not belong there."""
        here, since, now = where
        price = trail.passed[here, now] - trail.passed[here, since]
        odd = now - since
        for place in np.flatnonzero((self.program.takes[at] != ONCE) & (odd > 0)).tolist():
            stretch, between = here[place], slice(since[place], now[place])
            costs, extra = self.costs[number, stretch, between], self.extra[stretch, between]
            own = costs <= extra
            odd[place] = np.count_nonzero(~own)
            if self.program.takes[at[place]] == NUMBER:
                # A number is as it was heard, after its first digit.
                price[place] -= costs[own].sum()
        return price, odd

    def _last(self, rows: Floats) -> tuple[Integers, Integers]:
        """The row and the place at which the best way of each stretch ends."""
        count = len(self.patterns)
        here = np.arange(count)
        best = np.full(count, NEVER)
        row, place = np.zeros(count, np.int64), np.zeros(count, np.int64)
        first = self.program.first[self.patterns]
        for ends in self._ends():
            scores = rows[ends, here]
            least = scores.min(axis=1)
            good = scores <= least[:, None] + _EPSILON
            is_number = self.program.takes[first + ends - 1] == NUMBER
            at = np.where(
                is_number, good.shape[1] - 1 - good[:, ::-1].argmax(axis=1), good.argmax(axis=1)
            )
            better = least < best + np.where(is_number, _EPSILON, -_EPSILON)
            best = np.where(better, least, best)
            row, place = np.where(better, ends, row), np.where(better, at, place)
        return row, place


@dataclass(frozen=True, slots=True)
class _Trail:
    """How a step was made: whether its syllable was ``heard`` last before each place but the
    first, ``since`` where one stays there, and what it costs to have ``passed`` so far."""

    heard: Bools
    since: Integers
    passed: Floats


def _since(before: Floats, least: Floats, longest: Bools) -> Integers:
    """The place from which each place is reached: itself if it may, but a number's first digit."""
    reached = before <= least + _EPSILON
    numbers = np.flatnonzero(longest)
    if numbers.size:
        own = before[numbers]
        reached[numbers] = True
        reached[numbers, 1:] = own[:, 1:] < least[numbers, :-1] - _EPSILON
    return np.maximum.accumulate(np.where(reached, np.arange(before.shape[1]), 0), axis=1)


def _running(values: Floats) -> Floats:
    """Sums of the first 0, 1, 2 … of each row."""
    sums = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums
