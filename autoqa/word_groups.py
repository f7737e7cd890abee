"""Words that rise in the same calls are one topic.

Two words are of one topic where half or more of the calls that have either have both (Jaccard's
index); who is of a topic with one of its words is of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

LEAST_SHARED = 0.5
MOST_NAMED = 3
"""Words that a topic is called by."""
BETWEEN = "、"


@dataclass(frozen=True, slots=True)
class Topic:
    """``words``: the strongest first. ``calls``: in which any of them was said."""

    words: tuple[str, ...]
    calls: frozenset[str]

    @property
    def name(self) -> str:
        return BETWEEN.join(self.words[:MOST_NAMED])


def topics_of(rising: Mapping[str, Set[str]]) -> list[Topic]:
    """Word → the calls of the day in which it was said, the strongest word first; the topic of most
    calls first."""
    groups: list[list[str]] = []
    for word in rising:
        near = [group for group in groups if any(_is_near(rising, word, one) for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(one for group in near for one in group), word])
    strength = {word: place for place, word in enumerate(rising)}
    found = [
        Topic(
            tuple(sorted(group, key=strength.__getitem__)),
            frozenset[str]().union(*(rising[one] for one in group)),
        )
        for group in groups
    ]
    return sorted(found, key=lambda one: (-len(one.calls), one.words))


def _is_near(rising: Mapping[str, Set[str]], one: str, other: str) -> bool:
    either = len(rising[one] | rising[other])
    return bool(either) and len(rising[one] & rising[other]) >= LEAST_SHARED * either
