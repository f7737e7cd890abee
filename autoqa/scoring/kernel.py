"""How well a pattern lies in a stretch of text, compiled: the best way to say it there.

It goes through the stretches that ``proposing`` found and knows nothing of phrases: its tables are
made by ``lattice`` and ``costs``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autoqa.scoring.compiled import Classes, Floats, Integers, Singles, compiled

NEVER = 1e9
EPSILON = 1e-9
FREE = 1.0
"""Of a pattern's weight, this much has to be there for nothing to be allowed."""
BLOCK = 8
"""Characters of which the cheapest is known together."""
_GAPS = 0.05
"""More than gaps can cost together."""
_MARGIN = 1e-4
"""More than single precision loses: what is cut off for being too dear surely is."""

ONCE, ANYTHING, NUMBER = range(3)
"""How a step takes characters: one, or as many of its own as there are."""


class Steps(NamedTuple):
    """The patterns' lattices, see ``lattice.Program``: columns of steps, then of patterns."""

    before: Integers
    other: Integers
    syllable: Integers
    missing: Floats
    weight: Floats
    gain: Floats
    literal: NDArray[np.bool_]
    takes: Integers
    first: Integers
    size: Integers
    ends: Integers
    end_count: Integers
    allowed: Floats
    least: Integers


class Scratch(NamedTuple):
    """What is written anew for each stretch. ``rows[r, k]``: the least score with which row ``r``
    is reached having read ``k`` characters, true between ``low[r]`` and ``high[r]``; ``ahead[r]``:
    the least that the rest adds."""

    rows: Floats
    low: Integers
    high: Integers
    ahead: Floats


@compiled
def align(
    columns: Classes,
    begins: Integers,
    stretches: Integers,
    steps: Steps,
    costs: Floats,
    rough: Singles,
    extra: Floats,
) -> tuple[Integers, Floats]:
    """The best matches in each stretch that do not overlap.

    ``costs[column, syllable]``, ``extra[column]``: see ``costs``; ``rough``: the costs in single
    precision. Rows of pattern, start, end,
    whether it is exact; and rows of cost, weight.
    """
    places = np.empty((256, 4), np.int64)
    prices = np.empty((256, 2), np.float64)
    total = 0
    scratch = _scratch(stretches, steps)
    cheapest = rough[:0]
    todo = np.empty((64, 2), np.int64)
    text = -1
    for number in range(len(stretches)):
        pattern = stretches[number, 0]
        if text < 0 or stretches[number, 1] >= begins[text + 1]:
            while stretches[number, 1] >= begins[text + 1]:
                text += 1
            cheapest = _cheapest(columns[begins[text] : begins[text + 1] - 1], rough)
        todo[0] = stretches[number, 1:]
        waiting = 1
        while waiting:
            waiting -= 1
            start, end = todo[waiting]
            if end - start < steps.least[pattern]:
                continue
            limit = EPSILON - steps.allowed[pattern] * FREE
            blocks = cheapest[
                (start - begins[text]) // BLOCK : (end - begins[text] + BLOCK - 1) // BLOCK
            ]
            _look_ahead(steps, pattern, blocks, scratch.ahead)
            if scratch.ahead[0] > limit + _MARGIN:
                continue
            heard = columns[start:end]
            _advance(steps, pattern, heard, costs, extra, scratch, limit + _MARGIN)
            row, last, least = _end(steps, pattern, heard.size, scratch)
            if least > limit:
                continue
            first, exact, cost, weight = _way(
                steps, pattern, heard, costs, extra, scratch, row, last
            )
            if total == len(places):
                places = np.concatenate((places, np.empty_like(places)))
                prices = np.concatenate((prices, np.empty_like(prices)))
            places[total] = pattern, start + first, start + last, int(exact)
            prices[total] = cost, weight
            total += 1
            if waiting + 2 > len(todo):
                todo = np.concatenate((todo, np.empty_like(todo)))
            todo[waiting] = start, start + first
            todo[waiting + 1] = start + last, end
            waiting += 2
    return places[:total], prices[:total]


@compiled
def _scratch(stretches: Integers, steps: Steps) -> Scratch:
    length = count = 0
    for number in range(len(stretches)):
        length = max(length, stretches[number, 2] - stretches[number, 1])
        count = max(count, steps.size[stretches[number, 0]])
    return Scratch(
        np.empty((count + 1, length + 1)),
        np.empty(count + 1, np.int64),
        np.empty(count + 1, np.int64),
        np.empty(count + 1),
    )


@compiled
def _cheapest(columns: Classes, rough: Singles) -> Singles:
    """For each block of characters, the least that any of them costs for each syllable."""
    cheapest = np.empty(((columns.size + BLOCK - 1) // BLOCK, rough.shape[1]), np.float32)
    for block in range(len(cheapest)):
        own = cheapest[block]
        own[:] = rough[columns[block * BLOCK]]
        for at in range(block * BLOCK + 1, min(columns.size, (block + 1) * BLOCK)):
            price = rough[columns[at]]
            for syllable in range(own.size):
                own[syllable] = (
                    price[syllable] if price[syllable] < own[syllable] else own[syllable]
                )
    return cheapest


@compiled
def _look_ahead(steps: Steps, pattern: int, blocks: Singles, ahead: Floats) -> None:
    """From each row, the least that the rest of the pattern adds, in whatever order it is said."""
    first, count = steps.first[pattern], steps.size[pattern]
    own = slice(first, first + count)
    befores, others, syllables = steps.before[own], steps.other[own], steps.syllable[own]
    missing, gains = steps.missing[own], steps.gain[own]
    ahead[: count + 1] = NEVER
    for place in range(steps.end_count[pattern]):
        ahead[steps.ends[pattern, place]] = 0.0
    for number in range(count - 1, -1, -1):
        least = ahead[number + 1]
        before, other = befores[number], others[number]
        if before == other:
            cost = missing[number]
            for block in range(len(blocks)):
                price = blocks[block, syllables[number]]
                cost = price if price < cost else cost
            least += cost - gains[number]
        elif least < ahead[other]:
            ahead[other] = least
        ahead[before] = min(ahead[before], least)


@compiled
def _advance(  # noqa: PLR0912, one loop: calls would cost more than what they do
    steps: Steps,
    pattern: int,
    heard: Classes,
    costs: Floats,
    extra: Floats,
    scratch: Scratch,
    limit: float,
) -> None:
    """Fills the rows; what cannot come to ``limit`` any more is left out."""
    rows, low, high, ahead = scratch.rows, scratch.low, scratch.high, scratch.ahead
    first, count = steps.first[pattern], steps.size[pattern]
    own = slice(first, first + count)
    befores, others, syllables = steps.before[own], steps.other[own], steps.syllable[own]
    missing, gains, takes = steps.missing[own], steps.gain[own], steps.takes[own]
    length = heard.size
    rows[0, : length + 1] = 0.0
    low[0], high[0] = 0, length
    for number in range(count):
        before, other = befores[number], others[number]
        begin, end = low[before], high[before]
        most = limit - ahead[number + 1]
        earliest, latest = length + 1, -1
        if before != other:
            for k in range(min(begin, low[other]), max(end, high[other]) + 1):
                score = rows[before, k] if begin <= k <= end else NEVER
                if low[other] <= k <= high[other]:
                    score = min(score, rows[other, k])
                if score <= most:
                    earliest, latest = min(earliest, k), k
                else:
                    score = NEVER
                rows[number + 1, k] = score
        elif begin <= end:
            gain, syllable, is_slot = gains[number], syllables[number], takes[number] != ONCE
            left_out = missing[number] - gain
            score = NEVER
            for k in range(begin, length + 1):
                if k > begin:
                    column = heard[k - 1]
                    if k > end + 1 and score == NEVER:
                        break
                    price = costs[column, syllable]
                    score += min(extra[column], price) if is_slot else extra[column]
                    if k <= end + 1:
                        score = min(score, rows[before, k - 1] + (price - gain))
                if k <= end:
                    score = min(score, rows[before, k] + left_out)
                if score <= most:
                    earliest, latest = min(earliest, k), k
                else:
                    score = NEVER
                rows[number + 1, k] = score
        low[number + 1], high[number + 1] = earliest, latest


@compiled
def _at(rows: Floats, low: Integers, high: Integers, row: int, k: int) -> float:
    return rows[row, k] if low[row] <= k <= high[row] else NEVER


@compiled
def _end(steps: Steps, pattern: int, length: int, scratch: Scratch) -> tuple[int, int, float]:
    """The row and the place at which the best way ends, and its score: of equals the shortest, but
    all digits of a number."""
    best, row, place = NEVER, 0, 0
    for which in range(steps.end_count[pattern]):
        end = steps.ends[pattern, which]
        least = NEVER
        for k in range(scratch.low[end], scratch.high[end] + 1):
            least = min(least, scratch.rows[end, k])
        is_number = steps.takes[steps.first[pattern] + end - 1] == NUMBER
        if least < best + (EPSILON if is_number else -EPSILON):
            best, row = least, end
            for k in range(scratch.low[end], scratch.high[end] + 1):
                if scratch.rows[end, k] <= least + EPSILON:
                    place = k
                    if not is_number:
                        break
    return row, place, best


@compiled
def _way(
    steps: Steps,
    pattern: int,
    heard: Classes,
    costs: Floats,
    extra: Floats,
    scratch: Scratch,
    row: int,
    place: int,
) -> tuple[int, bool, float, float]:
    """The best way to a row and place, from its end: where it begins, whether it has the very
    characters, its cost and weight."""
    rows, low, high = scratch.rows, scratch.low, scratch.high
    cost = weight = 0.0
    inexact = 0
    while row:
        at = steps.first[pattern] + row - 1
        before, other = steps.before[at], steps.other[at]
        if before != other:
            better = _at(rows, low, high, other, place) < (
                _at(rows, low, high, before, place) - EPSILON
            )
            row = other if better else before
            continue
        takes, syllable, gain = steps.takes[at], steps.syllable[at], steps.gain[at]
        while (
            True
        ):  # to where the step was made: as late as may be, but a number at its first digit
            left_out = _at(rows, low, high, before, place) + (steps.missing[at] - gain)
            if not place:
                taken = NEVER
                break
            column = heard[place - 1]
            price, odd = costs[column, syllable], extra[column]
            taken = _at(rows, low, high, before, place - 1) + (price - gain)
            if takes == NUMBER:
                passed = _at(rows, low, high, row, place - 1) + min(price, odd)
                if min(taken, left_out) < passed - EPSILON:
                    break
            elif min(taken, left_out) <= _at(rows, low, high, row, place) + EPSILON:
                break
            if takes == ONCE or price > odd:
                cost += odd
                inexact += 1
            elif takes == ANYTHING:  # a number is as it was heard
                cost += price
            place -= 1
        weight += steps.weight[at]
        if place and taken <= left_out + EPSILON:
            place -= 1
            price = costs[heard[place], syllable]
            cost += price
            inexact += steps.literal[at] and price > 0
        else:
            cost += steps.missing[at]
            inexact += 1
        row = before
    return place, inexact == 0 and cost < _GAPS, cost, weight
