"""Where a pattern may lie, compiled: pairs of syllables are looked up, and the stretches of text
that hold enough of a pattern are kept.

It goes through the texts one after the other and knows nothing of phrases: its tables are made by
``candidates``. What it proposes is aligned by ``kernel``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autoqa.scoring.compiled import Classes, Floats, Integers, compiled


class Seeds(NamedTuple):
    """``pair[a, b]``, ``single[a]``: the seed that classes of sounds make, -1 for none.

    Of seed ``s``, the places ``first[s]:first[s + 1]``: the pattern, how many characters to look
    at before the seed's last one and after it, the segments it lies within, a bit each.
    """

    pair: NDArray[np.int32]
    single: NDArray[np.int32]
    first: Integers
    pattern: Integers
    before: Integers
    after: Integers
    segments: Integers


class Needs(NamedTuple):
    """Of pattern ``p``: the least number of ``pairs`` and of segments ``met``, the weight that may
    be ``absent``, and its needs ``first[p]:first[p + 1]``.

    Of need ``n``: the ``least`` weight, and its terms ``terms[n]:terms[n + 1]``: classes of sounds
    with what each weighs. ``class_count``: of all classes.
    """

    pairs: Integers
    met: Integers
    absent: Floats
    first: Integers
    least: Floats
    terms: Integers
    classes: Classes
    weights: Floats
    class_count: int


@compiled
def propose(classes: Classes, begins: Integers, seeds: Seeds, needs: Needs) -> Integers:
    """Stretches that may hold a pattern: rows of pattern, start, end; text by text.

    ``classes``: of the characters of all texts. ``begins``: where each text begins, and the end;
    the last character of a text is its end and belongs to no stretch.
    """
    pattern_count = needs.pairs.size
    counts = np.zeros(pattern_count, np.int64)
    bits = np.zeros(pattern_count, np.int64)
    newest = np.full(pattern_count, -1, np.int64)
    touched = np.empty(pattern_count, np.int64)
    there = np.zeros(needs.class_count, np.int64)
    entries = np.empty((1024, 3), np.int64)  # start, end, the entry before of the same pattern
    found = np.empty((1024, 3), np.int64)
    total = looked = 0
    for text in range(begins.size - 1):
        low, high = begins[text], begins[text + 1] - 1
        used = entry = 0
        for at in range(low, high):
            for seed in (
                seeds.single[classes[at]],
                seeds.pair[classes[at - 1], classes[at]] if at > low else np.int32(-1),
            ):
                if seed < 0:
                    continue
                for place in range(seeds.first[seed], seeds.first[seed + 1]):
                    pattern = seeds.pattern[place]
                    if counts[pattern] == 0:
                        touched[used] = pattern
                        used += 1
                    counts[pattern] += 1
                    bits[pattern] |= seeds.segments[place]
                    if entry == len(entries):
                        entries = np.concatenate((entries, np.empty_like(entries)))
                    entries[entry, 0] = max(low, at - seeds.before[place])
                    entries[entry, 1] = min(high, at + seeds.after[place])
                    entries[entry, 2] = newest[pattern]
                    newest[pattern] = entry
                    entry += 1
        for number in range(used):
            pattern = touched[number]
            if (
                counts[pattern] >= needs.pairs[pattern]
                and _ones(bits[pattern]) >= needs.met[pattern]
            ):
                near = _merged(entries, newest[pattern], counts[pattern])
                for place in range(len(near)):
                    looked += 1
                    start, end = near[place]
                    there[classes[start:end]] = looked
                    if _are_met(needs, pattern, there, looked):
                        if total == len(found):
                            found = np.concatenate((found, np.empty_like(found)))
                        found[total] = pattern, start, end
                        total += 1
            counts[pattern] = bits[pattern] = 0
            newest[pattern] = -1
    return found[:total]


@compiled
def _ones(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@compiled
def _merged(entries: Integers, newest: int, count: int) -> Integers:
    """The stretches of one pattern in order, those that overlap or touch as one."""
    near = np.empty((count, 2), np.int64)
    entry = newest
    for place in range(count):
        start, end = entries[entry, 0], entries[entry, 1]
        entry = entries[entry, 2]
        at = place
        while at and near[at - 1, 0] > start:
            near[at] = near[at - 1]
            at -= 1
        near[at] = start, end
    last = 0
    for place in range(1, count):
        if near[place, 0] > near[last, 1]:
            last += 1
            near[last] = near[place]
        else:
            near[last, 1] = max(near[last, 1], near[place, 1])
    return near[: last + 1]


@compiled
def _are_met(needs: Needs, pattern: int, there: Integers, looked: int) -> bool:
    """Whether enough of the pattern is among the sounds that are there, in whatever order."""
    absent = 0.0
    for need in range(needs.first[pattern], needs.first[pattern + 1]):
        here = 0.0
        for term in range(needs.terms[need], needs.terms[need + 1]):
            if there[needs.classes[term]] == looked:
                here += needs.weights[term]
        absent += max(0.0, needs.least[need] - here)
        if absent > needs.absent[pattern]:
            return False
    return True
