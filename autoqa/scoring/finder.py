"""Everything that phrase sets look for: phrases, regular expressions, sentences much like one.

Phrases are the matcher's. A regular expression is looked for in the plain text (simplified, no
punctuation, spoken numbers as digits) and finds these very characters. What is only much like a
sentence may earn a point and never costs one, however much it is alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autoqa.scoring.context import context_of
from autoqa.scoring.expressions import Expression
from autoqa.scoring.phrases import PLAIN, Hit, Matcher, Phrase
from autoqa.scoring.rule import PhraseSet, Sentence
from autoqa.scoring.similarity import best_match
from autoqa.text import Normalised, normalise, simplify

SIMILAR = "similar"
"""``Hit.how`` of what is like a sentence."""

_FLOOR = 0.6
"""What is just as much like a sentence as its author asked for is this certain: it counts."""


_REMEMBERED = 30_000
"""Texts: some hundreds of calls."""


class Finder:
    """Like ``Matcher``, for whole phrase sets."""

    def __init__(self, sets: Sequence[PhraseSet]) -> None:
        self._matcher = Matcher(
            (one.name, Phrase(line.text, line.exact, line.unless, line.perhaps))
            for one in sets
            for line in one.phrases
        )
        self._expressions = [
            (one.name, text, Expression(text)) for one in sets for text in one.expressions
        ]
        self._sentences = [
            (one.name, line, normalise(line.text).text) for one in sets for line in one.sentences
        ]
        self._excuses = Matcher(
            (one.name, Phrase(text))
            for one in sets
            if one.expressions or one.sentences
            for text in one.unless
        )

        self._known: dict[str, list[Hit]] = {}

    def find(self, text: str) -> list[Hit]:
        """Hits in ``text``, by place."""
        return self.find_all([text])[0]

    def find_all(self, texts: Sequence[str]) -> list[list[Hit]]:
        """``find`` for each of many texts, in one pass; the last ones are remembered."""
        wanted = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(wanted) > _REMEMBERED:
            self._known = {text: self._known[text] for text in texts if text in self._known}
        for text, hits in zip(wanted, self._matcher.find_all(wanted), strict=True):
            more = self._more(text) if self._expressions or self._sentences else []
            self._known[text] = sorted(
                [*hits, *more], key=lambda hit: (hit.start, hit.end, hit.key)
            )
        return [list(self._known[text]) for text in texts]

    def may_find(self, texts: Sequence[str]) -> list[bool]:
        """Whether each of these texts may hold anything; they are normalised already."""
        likely = self._matcher.may_match(texts)
        return [
            found
            or any(True for *_, one in self._expressions for _ in one.find(text))
            or any(best_match(wanted, text, line.at_least) for _, line, wanted in self._sentences)
            for found, text in zip(likely, texts, strict=True)
        ]

    def _more(self, text: str) -> list[Hit]:
        plain = normalise(text)
        hits = [*self._fitting(plain), *self._alike(plain)]
        excuses = (
            [one for one in self._excuses.find(text) if one.certainty >= PLAIN] if hits else []
        )
        return [
            hit
            for hit in hits
            if not any(
                one.key == hit.key and one.start < hit.end and hit.start < one.end
                for one in excuses
            )
        ]

    def _fitting(self, plain: Normalised) -> Iterator[Hit]:
        for name, text, expression in self._expressions:
            for start, end in expression.find(plain.text):
                yield _hit(name, text, plain, (start, end), 1.0, "exact")

    def _alike(self, plain: Normalised) -> Iterator[Hit]:
        for name, line, wanted in self._sentences:
            match = best_match(wanted, plain.text, line.at_least)
            if match is not None:
                certainty = _certainty(line, match.similarity)
                yield _hit(name, line.text, plain, (match.start, match.end), certainty, SIMILAR)


def _certainty(line: Sentence, similarity: float) -> float:
    """1 for the sentence itself, ``_FLOOR`` for what is just enough like it."""
    above = (similarity - line.at_least) / (1 - line.at_least) if line.at_least < 1 else 1.0
    return _FLOOR + (1 - _FLOOR) * above


def _hit(
    name: str, text: str, plain: Normalised, place: tuple[int, int], certainty: float, how: str
) -> Hit:
    start, end = plain.span(*place)
    around = context_of(simplify(plain.source), start, end)
    return Hit(
        name, Phrase(text), start, end, certainty, how,
        around.negated, around.question, around.quoted, around.doubted,
    )  # fmt: skip
