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

from autoqa.scoring.pattern import START, Kind, Node, Pattern, insertion_cost

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


def align(pattern: Pattern, text: str) -> Iterator[Alignment]:
    """The best matches of ``pattern`` in ``text`` that do not overlap, best first."""
    if not text or len(text) < pattern.least_length - 1:
        return
    nowhere = [_NEVER] * (len(text) + 1)
    rows = [row or nowhere for row in _rows(pattern, text)]
    end, node, best = 0, START, _NEVER
    for index in pattern.ends:
        greedy = _EPSILON if pattern.nodes[index].kind is Kind.DIGITS else -_EPSILON
        for at, score in enumerate(rows[index]):
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


def _rows(pattern: Pattern, text: str) -> list[list[float] | None]:
    """``rows[n][i]``: least score of a way that ends at node n having read ``text[:i]``.

    None where no way through the node can come to a match any more.
    """
    allowed = _allowed(pattern)
    inserted = [insertion_cost(char) for char in text]
    start = [0.0] * (len(text) + 1)
    rows: list[list[float] | None] = []
    for node, hope in zip(pattern.nodes, pattern.weight_after, strict=True):
        earlier = _earlier(start, rows, node.before)
        row = None if earlier is None else _row(node, text, earlier, inserted, allowed)
        if row is not None and min(row) > allowed * (hope - FREE) + _EPSILON:
            row = None
        rows.append(row)
    return rows


def _row(
    node: Node, text: str, earlier: list[float], inserted: list[float], allowed: float
) -> list[float] | None:
    gain = allowed * node.weight
    skip = node.missing_cost - gain
    known = node.costs
    left = earlier[0] + skip
    row = [left]
    costs = [known[char] if char in known else node.cost(char) for char in text]
    if (least := min(costs)) >= 1.0:  # nothing here sounds like it: the same, without a loop
        if node.is_needed:
            return None
        take = least - gain
        taken = [cell + take for cell in earlier[:-1]]
        row += map(min, taken, [cell + skip for cell in earlier[1:]])
        return row
    repeats = node.repeats
    for cost, extra, diagonal, above in zip(costs, inserted, earlier, earlier[1:], strict=False):
        best = diagonal + cost - gain
        if (other := above + skip) < best:
            best = other
        if (other := left + extra) < best:
            best = other
        if repeats and (other := left + cost) < best:
            best = other
        row.append(best)
        left = best
    return row


def _earlier(
    start: list[float], rows: list[list[float] | None], before: tuple[int, ...]
) -> list[float] | None:
    """The least of the rows that may come before, place by place."""
    choices = [start if index == START else rows[index] for index in before]
    alive = [row for row in choices if row is not None]
    if len(alive) > 1:
        return list(map(min, *alive))
    return alive[0] if alive else None


def _trace(pattern: Pattern, text: str, rows: list[list[float]], node: int, end: int) -> Alignment:
    """Walk the way back from where it ended."""
    at, cost, weight, exact = end, 0.0, 0.0, True
    allowed = _allowed(pattern)
    while node != START:
        one = pattern.nodes[node]
        gain = allowed * one.weight
        here = rows[node][at]
        char_cost = one.cost(text[at - 1]) if at else _NEVER
        stays = one.repeats and at > 0 and abs(rows[node][at - 1] + char_cost - here) < _EPSILON
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
    pattern: Pattern,
    rows: list[list[float]],
    cell: tuple[int, int],
    prices: tuple[float, float],
) -> tuple[int, bool] | None:
    """The node before and whether a character was taken; None when the way stays on the node."""
    node, at = cell
    here = rows[node][at]
    take, skip = prices
    for earlier in pattern.nodes[node].before:
        before = 0.0 if earlier == START or not at else rows[earlier][at - 1]
        if at and abs(before + take - here) < _EPSILON:
            return earlier, True
    for earlier in pattern.nodes[node].before:
        if abs((0.0 if earlier == START else rows[earlier][at]) + skip - here) < _EPSILON:
            return earlier, False
    return None
