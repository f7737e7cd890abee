"""Align a phrase's lattice with a stretch of text, sound by sound, at the least cost.

Each way to say the phrase has a weight (about one for a syllable that carries meaning, less for
您, 的, 了); a stretch matches when what differs costs less than ``ALLOWED`` of the weight beyond
the first ``FREE``. So four syllables bear one blurred sound, two hardly more than a tone, and ten
bear a missing word. The recursion minimises ``cost - ALLOWED * weight``, which makes ways of
different lengths comparable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from autoqa.scoring.pattern import START, Costs, Kind, Node, Pattern, insertion_cost

ALLOWED = 0.3
"""Cost allowed for each unit of weight beyond the first one."""
ALLOWED_AROUND_A_GAP = 0.15
"""The same for a phrase with ``{任意}``: a gap already makes it easy to satisfy."""
FREE = 1.0

_NEVER = 1e9
_EPSILON = 1e-9
_GAPS = 0.05
"""More than gaps can cost together."""


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
        """1 for the very sounds, 0.5 at the limit of what is allowed."""
        limit = self.allowed * (self.weight - FREE)
        return 1.0 if self.cost <= 0 else 1.0 - 0.5 * min(1.0, self.cost / max(limit, 1e-6))


Row = dict[int, float]
"""Least score of a way that ends at a node having read ``text[:i]``, by ``i``; where it can still
come to a match."""


def align(pattern: Pattern, text: str) -> Iterator[Alignment]:
    """The best matches of ``pattern`` in ``text`` that do not overlap, best first."""
    if not text or len(text) < pattern.least_length - 1:
        return
    hopes = _hopes(pattern, text)
    if hopes is None:
        return
    rows = _rows(pattern, text, hopes)
    end, node, best = 0, START, _NEVER
    for index in pattern.ends:
        greedy = _EPSILON if pattern.nodes[index].kind is Kind.DIGITS else -_EPSILON
        for at, score in sorted(rows[index].items()):
            if score < best + greedy:
                end, node, best = at, index, score
    if node == START or best + _allowed(pattern) * FREE > _EPSILON:
        return
    match = _trace(pattern, text, rows, node, end)
    yield match
    yield from align(pattern, text[: match.start])
    for later in align(pattern, text[match.end :]):
        yield later.shifted(match.end)


def _allowed(pattern: Pattern) -> float:
    return ALLOWED_AROUND_A_GAP if pattern.has_gap else ALLOWED


class _Cheapest(dict[Costs, float]):
    """For each table of costs, the least of a text's characters; filled as it is asked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._chars = frozenset(text)

    def __missing__(self, costs: Costs) -> float:
        self[costs] = least = min(map(costs.__getitem__, self._chars))
        return least


_cheapest = lru_cache(maxsize=256)(_Cheapest)


def _hopes(pattern: Pattern, text: str) -> list[float] | None:
    """For each node, the least that may still be scored after it, in whatever order it is said.

    None where nothing in the text can come to a match: that rejects most at a small price.
    """
    allowed = _allowed(pattern)
    cheapest = _cheapest(text)
    hopes = [_NEVER] * len(pattern.nodes)
    for end in pattern.ends:
        hopes[end] = 0.0
    best = _NEVER
    index = len(hopes)
    for costs, missing, weight, before in pattern.backwards:
        index -= 1
        cost = cheapest[costs]
        score = hopes[index] + (cost if cost < missing else missing) - allowed * weight
        for earlier in before:
            if earlier == START:
                best = score if score < best else best
            elif score < hopes[earlier]:
                hopes[earlier] = score
    return hopes if best + allowed * FREE <= _EPSILON else None


def _rows(pattern: Pattern, text: str, hopes: list[float]) -> list[Row]:
    """A row for each node, with those cells only that can still come to a match."""
    allowed = _allowed(pattern)
    inserted = [insertion_cost(char) for char in text]
    rows: list[Row] = []
    for node, hope in zip(pattern.nodes, hopes, strict=True):
        most = _EPSILON - allowed * FREE - hope
        gain = allowed * node.weight
        row: Row = {}
        for earlier in node.before:
            if earlier == START:
                _begin(row, node, text, gain, most)
            elif rows[earlier]:
                _step_on(row, rows[earlier], node, text, gain, most)
        if row:
            _insert(row, node, text, inserted, most)
        rows.append(row)
    return rows


def _begin(row: Row, node: Node, text: str, gain: float, most: float) -> None:
    """A phrase may begin anywhere, with this syllable heard or left out."""
    if (skip := node.missing_cost - gain) <= most:
        row.update(dict.fromkeys(range(len(text) + 1), skip))
    for at, cost in enumerate(map(node.costs.__getitem__, text), start=1):
        best = cost - gain
        if best <= most and best < row.get(at, _NEVER):
            row[at] = best


def _step_on(row: Row, cells: Row, node: Node, text: str, gain: float, most: float) -> None:
    """From the cells of an earlier node: take a character, or leave the syllable out."""
    costs, length = node.costs, len(text)
    skip = node.missing_cost - gain
    for at, score in cells.items():
        best = score + skip
        if best <= most and best < row.get(at, _NEVER):
            row[at] = best
        if at < length:
            best = score + costs[text[at]] - gain
            if best <= most and best < row.get(at + 1, _NEVER):
                row[at + 1] = best


def _insert(row: Row, node: Node, text: str, inserted: list[float], most: float) -> None:
    """Characters that do not belong to the phrase, or more of those a slot takes."""
    length = len(text)
    for start in sorted(row):
        at = start
        while at < length:
            extra = inserted[at]
            if node.repeats:
                extra = min(extra, node.costs[text[at]])
            score = row[at] + extra
            at += 1
            if score > most or score >= row.get(at, _NEVER):
                break
            row[at] = score


def _trace(pattern: Pattern, text: str, rows: list[Row], node: int, end: int) -> Alignment:
    """Walk the way back from where it ended."""
    at, cost, weight, exact = end, 0.0, 0.0, True
    allowed = _allowed(pattern)
    while node != START:
        one = pattern.nodes[node]
        gain = allowed * one.weight
        here = rows[node][at]
        char_cost = one.costs[text[at - 1]] if at else _NEVER
        before = rows[node].get(at - 1, _NEVER)
        stays = one.repeats and at > 0 and abs(before + char_cost - here) < _EPSILON
        if stays and one.kind is Kind.DIGITS:
            at -= 1
            continue
        step = _step(pattern, rows, (node, at), (char_cost - gain, one.missing_cost - gain))
        if step is not None:
            node, taken = step
            weight += one.weight
            cost += char_cost if taken else one.missing_cost
            exact &= taken and (char_cost <= 0 or one.kind is not Kind.LITERAL)
            at -= taken
        elif stays:
            cost += char_cost
            at -= 1
        else:
            cost += insertion_cost(text[at - 1])
            exact = False
            at -= 1
    return Alignment(at, end, cost, weight, exact and cost < _GAPS, allowed)


def _step(
    pattern: Pattern, rows: list[Row], cell: tuple[int, int], prices: tuple[float, float]
) -> tuple[int, bool] | None:
    """The node before and whether a character was taken; None when the way stays on the node."""
    node, at = cell
    here = rows[node][at]
    take, skip = prices
    for earlier in pattern.nodes[node].before:
        before = 0.0 if earlier == START or not at else rows[earlier].get(at - 1, _NEVER)
        if at and abs(before + take - here) < _EPSILON:
            return earlier, True
    for earlier in pattern.nodes[node].before:
        before = 0.0 if earlier == START else rows[earlier].get(at, _NEVER)
        if abs(before + skip - here) < _EPSILON:
            return earlier, False
    return None
