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

from autoqa.scoring.pattern import START, Kind, Pattern, insertion_cost

ALLOWED = 0.3
"""Cost allowed for each unit of weight beyond the first one."""
ALLOWED_AROUND_A_GAP = 0.15
"""The same for a phrase with ``{任意}``: a gap already makes it easy to satisfy."""
FREE = 1.0

_NEVER = 1e9


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
    if not text:
        return
    rows = _rows(pattern, text)
    end, node, best = 0, START, _NEVER
    for index in pattern.ends:
        greedy = 1e-9 if pattern.nodes[index].kind is Kind.DIGITS else -1e-9
        for at, score in enumerate(rows[index]):
            if score < best + greedy:
                end, node, best = at, index, score
    if node == START or best + _allowed(pattern) * FREE > 1e-9:
        return
    match = _trace(pattern, text, rows, node, end)
    yield match
    yield from align(pattern, text[: match.start])
    for later in align(pattern, text[match.end :]):
        yield later.shifted(match.end)


def _allowed(pattern: Pattern) -> float:
    return ALLOWED_AROUND_A_GAP if pattern.has_gap else ALLOWED


def _rows(pattern: Pattern, text: str) -> list[list[float]]:
    """``rows[n][i]``: least score of a way that ends at node n having read ``text[:i]``."""
    inserted = [insertion_cost(char) for char in text]
    rows: list[list[float]] = []
    allowed = _allowed(pattern)
    for node in pattern.nodes:
        gain = allowed * node.weight
        earlier = _earlier(rows, node.before, len(text) + 1)
        known = node.costs
        costs = [known[char] if char in known else node.cost(char) for char in text]
        skip = node.missing_cost - gain
        row = [earlier[0] + skip]
        left = row[0]
        repeats = node.repeats
        for at, cost in enumerate(costs):
            best = earlier[at] + cost - gain
            if (other := earlier[at + 1] + skip) < best:
                best = other
            if (other := left + inserted[at]) < best:
                best = other
            if repeats and (other := left + cost) < best:
                best = other
            row.append(best)
            left = best
        rows.append(row)
    return rows


def _earlier(rows: list[list[float]], before: tuple[int, ...], length: int) -> list[float]:
    choices = [[0.0] * length if index == START else rows[index] for index in before]
    return choices[0] if len(choices) == 1 else [min(cell) for cell in zip(*choices, strict=True)]


def _trace(pattern: Pattern, text: str, rows: list[list[float]], node: int, end: int) -> Alignment:
    """Walk the way back from where it ended."""
    at, cost, weight, exact = end, 0.0, 0.0, True
    allowed = _allowed(pattern)
    while node != START:
        one = pattern.nodes[node]
        gain = allowed * one.weight
        here = rows[node][at]
        char_cost = one.cost(text[at - 1]) if at else _NEVER
        stays = one.repeats and at > 0 and abs(rows[node][at - 1] + char_cost - here) < 1e-9
        if stays and one.kind is Kind.DIGITS:
            at -= 1
            continue
        step = _step(pattern, rows, (node, at), (char_cost - gain, one.missing_cost - gain))
        if step is not None:
            node, taken = step
            weight += one.weight
            cost += char_cost if taken else one.missing_cost
            exact &= taken and (char_cost == 0 or one.kind is not Kind.LITERAL)
            at -= taken
        elif stays:
            cost += char_cost
            at -= 1
        else:
            cost += insertion_cost(text[at - 1])
            exact = False
            at -= 1
    return Alignment(at, end, cost, weight, exact and cost < 1e-9, allowed)


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
        if at and abs((0.0 if earlier == START else rows[earlier][at - 1]) + take - here) < 1e-9:
            return earlier, True
    for earlier in pattern.nodes[node].before:
        if abs((0.0 if earlier == START else rows[earlier][at]) + skip - here) < 1e-9:
            return earlier, False
    return None
