"""Which questions are alike: by the sounds of their words, or by meaning, as a model sees it.

Sounds, since what is heard comes in many spellings: 账单, 帐单 and 仗单 are one word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from autoqa.knowledge.entry import Entry
from autoqa.knowledge.search import LEAST_COVERED, Index
from autoqa.text import pinyin, simplify

ALIKE = 0.5
"""Of the weight of the syllables of two questions so much is shared by those that are alike."""
FAR = 0.99
"""By meaning, alike is what is nearer than so large a share of questions of different entries (else
of those that were asked): how near that is differs from model to model."""

_MOST_COMPARED = 1_000
_NONE: tuple[Entry | None, float] = (None, 0.0)


class Model(Protocol):
    """Sentences as rows of length 1."""

    def vectors(self, sentences: Sequence[str]) -> NDArray[np.float32]: ...


class Alike(Protocol):
    def leader(self, text: str) -> str:
        """The text asked about before that this one is like; itself where it is like none. Each
        text is asked about once, so that the order alone decides."""

    def nearest(self, text: str) -> tuple[Entry | None, float]:
        """The entry that is nearest, if one is near, and how near, 0 to 1."""


class BySound:
    """``texts``: all that will be asked about."""

    def __init__(self, index: Index, texts: Sequence[str]) -> None:
        self._index = index
        self._sounds = {text: _sounds(index.content(text)) for text in texts}
        holding = Counter(one for sounds in self._sounds.values() for one in sounds)
        self._weights = {one: log(1 + len(texts) / count) for one, count in holding.items()}
        self._leaders: dict[str, list[str]] = {}

    def leader(self, text: str) -> str:
        own = self._sounds[text]
        near = Counter(one for sound in own for one in self._leaders.get(sound, ()))
        for one in sorted(near, key=lambda one: (-near[one], one)):
            other = self._sounds[one]
            if self._weight(own & other) >= ALIKE * self._weight(own | other):
                return one
        for sound in own:
            self._leaders.setdefault(sound, []).append(text)
        return text

    def nearest(self, text: str) -> tuple[Entry | None, float]:
        flat = simplify(text)
        near = (
            one
            for one in self._index.search(text)
            if one.covered >= LEAST_COVERED
            and any(word in flat for word in self._index.own_words(one.entry))
        )
        best = max(near, key=lambda one: one.covered, default=None)
        return _NONE if best is None else (best.entry, best.covered)

    def _weight(self, sounds: Iterable[str]) -> float:
        return sum(self._weights[sound] for sound in sorted(sounds))


def _sounds(words: Iterable[str]) -> frozenset[str]:
    """Their syllables without tones."""
    return frozenset(one.rstrip("012345") for word in words for one in pinyin(word))


class ByMeaning:
    """``texts``: all that will be asked about."""

    def __init__(self, model: Model, index: Index, texts: Sequence[str]) -> None:
        made = model.vectors(texts)
        self._rows = dict(zip(texts, made, strict=True))
        self._entries = [entry for entry in index.entries for _question in entry.questions]
        self._known = model.vectors([one for entry in index.entries for one in entry.questions])
        self._alike = _far(self._known, [one.id for one in self._entries], made)
        self._texts: list[str] = []
        self._leaders = np.zeros_like(made)

    def leader(self, text: str) -> str:
        count = len(self._texts)
        if count:
            likeness = self._leaders[:count] @ self._rows[text]
            best = int(likeness.argmax())
            if likeness[best] > self._alike:
                return self._texts[best]
        self._leaders[count] = self._rows[text]
        self._texts.append(text)
        return text

    def nearest(self, text: str) -> tuple[Entry | None, float]:
        if not self._entries:
            return _NONE
        likeness = self._known @ self._rows[text]
        best = int(likeness.argmax())
        near = float(likeness[best])
        return (self._entries[best], near) if near > self._alike else _NONE


def _far(known: NDArray[np.float32], ids: Sequence[str], asked: NDArray[np.float32]) -> float:
    """How near questions come to each other that are not the same."""
    apart = known[:_MOST_COMPARED], np.array(ids[:_MOST_COMPARED])
    if len(set(ids)) < 2:
        apart = asked[:_MOST_COMPARED], np.arange(min(len(asked), _MOST_COMPARED)).astype(str)
    rows, names = apart
    likeness = (rows @ rows.T)[names[:, None] != names[None, :]]
    return float(np.quantile(likeness, FAR)) if likeness.size else 1.0
