"""Phrases that were said in a call: who said them, when, and whether they were meant.

All hits of all phrases are found in one pass over what is said in many calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from autoqa.scoring.finder import Finder
from autoqa.scoring.phrases import Hit
from autoqa.scoring.rule import PhraseSet
from autoqa.scoring.speech import Chunk, Passage, chunk_of, passages_of
from autoqa.text import normalise
from autoqa.types import Call, Role

FLOOR = 0.6
"""A hit less certain than this decides nothing. The matcher's scale, see ``phrases``."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase that was said. ``turn``: index into ``CallView.turns``.

    ``stretch``: (start_ms, end_ms) of the words around it that were said without a long pause.

    ``certainty``: 0 to 1; ``how``: see ``Hit`` and ``finder``; ``probability``: the
    recogniser's mean for the words. ``negated``, ``question``, ``quoted``: said, but not meant;
    ``doubted``: perhaps not meant, which is enough to spare a prohibition. ``perhaps``: a phrase
    that is too loose to count.
    """

    phrases: str
    phrase: str
    role: Role
    turn: int
    stretch: tuple[int, int]
    start_ms: int
    end_ms: int
    quote: str
    certainty: float
    how: str
    probability: float = 1.0
    negated: bool = False
    question: bool = False
    quoted: bool = False
    doubted: bool = False
    perhaps: bool = False

    @property
    def is_exact(self) -> bool:
        return self.how == "exact"

    @property
    def counts(self) -> bool:
        """Whether it is sure enough to decide anything."""
        return self.certainty >= FLOOR and not self.perhaps


@lru_cache(maxsize=16)
def finder_of(phrases: tuple[PhraseSet, ...]) -> Finder:
    """What looks for these phrase sets."""
    return Finder(phrases)


Found: TypeAlias = Mapping[str, tuple[Spoken, ...]]
"""What was found of phrase sets, by their name, in order of time."""


def text_of(call: Call, passage: Passage) -> str:
    """What is said there, ready to be searched."""
    return normalise(chunk_of(call, passage.utterances).text).text


def may_be_spoken(texts: Sequence[str], sets: tuple[PhraseSet, ...]) -> list[bool]:
    """Whether ``find_spoken`` may find anything in each of these texts of passages."""
    return finder_of(sets).may_find(texts)


def find_spoken(
    calls: Sequence[Call],
    sets: tuple[PhraseSet, ...],
    passages: Sequence[Sequence[Passage]] | None = None,
) -> list[Found]:
    """What each interpreted call has of each of these phrase sets, in one pass: many calls at once
    are faster than one after the other. ``passages``: of each call, the only ones to look at."""
    chunks = [
        (number, passage, chunk_of(call, passage.utterances))
        for number, call in enumerate(calls)
        for passage in (passages_of(call) if passages is None else passages[number])
    ]
    found: list[dict[str, list[Spoken]]] = [{one.name: [] for one in sets} for _ in calls]
    hits_of = finder_of(sets).find_all([chunk.text for *_, chunk in chunks])
    for (number, passage, chunk), hits in zip(chunks, hits_of, strict=True):
        for hit in hits:
            spoken = _spoken(hit, chunk, passage.role, passage.turn)
            found[number][str(hit.key)].append(spoken)
    return [
        {
            name: tuple(sorted(hits, key=lambda hit: (hit.start_ms, hit.end_ms, hit.phrase)))
            for name, hits in one.items()
        }
        for one in found
    ]


def _spoken(hit: Hit, chunk: Chunk, role: Role, turn: int) -> Spoken:
    start_ms, end_ms, probability = chunk.times(hit.start, hit.end)
    return Spoken(
        phrases=str(hit.key),
        phrase=hit.phrase.text,
        role=role,
        turn=turn,
        stretch=chunk.stretch,
        start_ms=start_ms,
        end_ms=end_ms,
        quote=chunk.text[hit.start : hit.end].replace("\n", ""),
        certainty=hit.certainty,
        how=hit.how,
        probability=probability,
        negated=hit.negated,
        question=hit.question,
        quoted=hit.quoted,
        doubted=hit.doubted,
        perhaps=hit.phrase.perhaps,
    )


def merged(hits: Sequence[Spoken]) -> tuple[Spoken, ...]:
    """One hit a class and stretch of speech: the surest stands for the others.

    >>> merged([])
    ()
    """
    best: dict[tuple[str, tuple[int, int], Role], Spoken] = {}
    for hit in hits:
        key = (hit.phrases, hit.stretch, hit.role)
        other = best.get(key)
        if other is None or _rank(hit) > _rank(other):
            best[key] = hit
    return tuple(sorted(best.values(), key=lambda hit: (hit.start_ms, hit.end_ms, hit.phrases)))


def _rank(hit: Spoken) -> tuple[bool, float, int, int]:
    meant = not (hit.negated or hit.quoted)
    return meant and hit.counts, hit.certainty, len(hit.quote), -hit.start_ms
