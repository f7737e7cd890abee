"""The lattices of many patterns as one program, so that all can be aligned at the same time.

A step either takes a syllable or joins two ways; what it makes, a row of scores, has the step's
number plus one. Row 0 is before anything was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autoqa.scoring.kernel import ANYTHING, NUMBER, ONCE, Steps
from autoqa.scoring.pattern import START, Kind, Pattern, Syllable

ALLOWED = 0.3
"""Cost allowed for each unit of weight beyond the first one."""
ALLOWED_AROUND_A_GAP = 0.15
"""The same for a phrase with ``{任意}``: a gap already makes it easy to satisfy."""

_KINDS = {Kind.ANYTHING: ANYTHING, Kind.DIGITS: NUMBER}


class Step(NamedTuple):
    """``before``: the rows it comes from, the first preferred; of a syllable twice the same.

    ``syllable``: row of the table of costs, for a join the last. ``missing``: the cost of leaving
    it out, ``weight``: how much it says, both nothing for a join. ``literal``: whether the very
    character is meant. ``takes``: see ``kernel.ONCE``.
    """

    before: int
    other: int
    syllable: int
    missing: float = 0.0
    weight: float = 0.0
    literal: bool = False
    takes: int = ONCE


def program(
    patterns: Sequence[Pattern], shares: Sequence[float], rows: dict[Syllable, int]
) -> Steps:
    """The steps of all patterns, one pattern after the other. ``shares``: see ``Aligner``.

    ``first[n]``: the first step of pattern ``n``; ``size[n]``: how many it has; ``ends[n]``: rows
    at which it may end, ``end_count[n]`` of them, the last again and again. ``allowed``: the cost,
    ``least``: the characters that a match has. ``gain``: what a step's weight takes off its cost.
    """
    steps: list[Step] = []
    first, count = [], []
    ends: list[tuple[int, ...]] = []
    for pattern in patterns:
        own, last = _steps(pattern, rows)
        first.append(len(steps))
        count.append(len(own))
        steps += own
        ends.append(last)
    widest = max(map(len, ends), default=0)
    padded = [(*some, *some[-1:] * (widest - len(some))) for some in ends]
    columns = list(zip(*steps, strict=True)) or [() for _ in Step._fields]
    kinds = (np.int64, np.int64, np.int64, float, float, bool, np.int64)
    most = [ALLOWED_AROUND_A_GAP if pattern.has_gap else ALLOWED for pattern in patterns]
    allowed = np.array(most, float) * np.array(shares, float)
    before, other, syllable, missing, weight, literal, takes = (
        np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)
    )
    return Steps(
        before,
        other,
        syllable,
        missing,
        weight,
        weight * np.repeat(allowed, count),
        literal,
        takes,
        np.array(first, np.int64),
        np.array(count, np.int64),
        np.array(padded, np.int64).reshape(len(padded), widest),
        np.array([len(some) for some in ends], np.int64),
        allowed,
        np.array([max(1, one.least_length - 1) for one in patterns], np.int64),
    )


def _steps(pattern: Pattern, rows: dict[Syllable, int]) -> tuple[list[Step], tuple[int, ...]]:
    """The pattern's steps, and the rows of the nodes at which it may end."""
    steps: list[Step] = []
    row_of = {START: 0}
    joined: dict[frozenset[int], int] = {}
    for index, node in enumerate(pattern.nodes):
        before = _joined(frozenset(node.before), row_of, joined, steps, len(rows))
        steps.append(
            Step(
                before,
                before,
                rows[node.syllable],
                node.missing_cost,
                node.weight,
                node.is_literal,
                _KINDS.get(node.kind, ONCE),
            )
        )
        row_of[index] = len(steps)
    return steps, tuple(row_of[end] for end in pattern.ends)


def _joined(
    nodes: frozenset[int],
    row_of: dict[int, int],
    joined: dict[frozenset[int], int],
    steps: list[Step],
    join: int,
) -> int:
    """The row that holds the best of these nodes' rows, made from the largest that is there."""
    if len(nodes) == 1:
        return row_of[min(nodes)]
    have = max((one for one in joined if one <= nodes), key=len, default=frozenset({min(nodes)}))
    row = joined.get(have, row_of[min(have)])
    for node in sorted(nodes - have):
        have |= {node}
        steps.append(Step(row, row_of[node], join))
        row = joined[have] = len(steps)
    return row
