"""Align phrases with stretches of text, sound by sound, at the least cost.

Each way to say a phrase has a weight (about one for a syllable that carries meaning, less for
您, 的, 了); a stretch matches when what differs costs less than ``ALLOWED`` of the weight beyond
the first ``FREE``. So four syllables bear one blurred sound, two hardly more than a tone, and ten
bear a missing word. The recursion minimises ``cost - ALLOWED * weight``, which makes ways of
different lengths comparable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autoqa.scoring import kernel
from autoqa.scoring.compiled import Integers
from autoqa.scoring.costs import CostTable, rows_of
from autoqa.scoring.kernel import FREE
from autoqa.scoring.lattice import program
from autoqa.scoring.pattern import Pattern


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
    """Aligns patterns with stretches of texts.

    ``shares``: of what each pattern may cost, how much it may cost here.
    """

    def __init__(self, patterns: Sequence[Pattern], shares: Sequence[float]) -> None:
        rows = rows_of([node for pattern in patterns for node in pattern.nodes])
        self._table = CostTable(tuple(rows))
        self._steps = program(patterns, shares, rows)

    def align(
        self, text: str, begins: Sequence[int], stretches: Integers
    ) -> Iterator[tuple[int, Alignment]]:
        """The best matches in each stretch that do not overlap, with their pattern's number.

        ``text``, ``begins``, ``stretches``: as ``candidates.Proposer`` has them.
        """
        columns = self._table.columns(text)
        table = self._table
        places, prices = kernel.align(
            columns, np.array(begins), stretches, self._steps, table.costs, table.rough, table.extra
        )
        allowed = self._steps.allowed
        for (number, start, end, exact), (cost, weight) in zip(
            places.tolist(), prices.tolist(), strict=True
        ):
            yield number, Alignment(start, end, cost, weight, bool(exact), float(allowed[number]))
