"""Everything that phrase sets look for: phrases, regular expressions, sentences much like one.

Phrases are the matcher's. A regular expression is looked for in the plain text (simplified, no
punctuation, spoken numbers as digits) and finds these very characters. What is only much like a
sentence, or like all that a set was learned from, may earn a point and never costs one, however
much it is alike.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autoqa.scoring.context import context_of
from autoqa.scoring.expressions import Expression
from autoqa.scoring.phrases import PLAIN, SOUND_FLOOR, Hit, Matcher, Phrase
from autoqa.scoring.rule import PhraseSet, Sentence, Taught
from autoqa.scoring.similarity import best_match
from autoqa.text import Normalised, normalise, simplify

if TYPE_CHECKING:  # it counts in arrays, loaded where something is matched
    from autoqa.scoring.learned import Learned

SIMILAR = "similar"
"""``Hit.how`` of what is like a sentence."""
LEARNED = "learned"
"""``Hit.how`` of what is like all the sentences that a set was learned from."""
UNLIKE = "unlike"
"""``Hit.how`` of a phrase in a sentence that is like those which only look so."""

# Tried on sentences of three authors, each judged by what the others wrote, and on recorded calls
# (bench/conversations: examples, recent, next); what they are worth on authors whom nobody has read
# ``python -m bench.phrases --lists bench/phrases/unread`` prints.
SURE = 2.5
"""Likeness (see ``learned``) of what counts as said; it never costs a point by itself."""
PERHAPS = 1.5
"""Likeness of what may have been said, which a person decides."""
SHORTEST = 8
"""Characters. In fewer too little is said to learn anything of: they are for phrases."""
DOUBTED = -1.0
"""A phrase in a sentence less like its set than this may not be meant, and costs nothing by itself;
where the few characters around it are no more like it either, it earns nothing."""
BY_SOUND, SURE_SOUND = 1.0, 0.9
"""The same for a phrase that was found by its sound with less certainty than this: a few syllables
are like a phrase somewhere in any call. Of the unread lists of ``bench.phrases`` 0.95 instead of
0.94 of what is found is right, of what there is 0.2 % less is found."""
_SENTENCE, _NEAR = (20, 40), (10,)
"""Characters around a phrase that are looked at."""

_FLOOR = 0.6
"""What is just as much like a sentence as its author asked for is this certain: it counts."""


_NUMBER = "{数字}"
_DIGIT = re.compile("[0-9]")
_END_OF_SENTENCE = re.compile("[。！？!?；;\n]")
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

        taught = [one.taught for one in sets if one.taught is not None]
        self._learned = _learned(taught) if taught else None
        self._numbered = {
            one.name
            for one in sets
            if (told := [line.text for line in one.phrases if not line.perhaps])
            and all(_NUMBER in text for text in told)
        }
        """Sets of which nothing is said without a number."""
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
            self._known[text] = (
                [*hits, *self._more(text)] if self._expressions or self._sentences else hits
            )
        if self._learned is not None:
            self._weigh(self._learned, wanted)
        for text in wanted:
            self._known[text].sort(key=lambda hit: (hit.start, hit.end, hit.key))
        return [list(self._known[text]) for text in texts]

    def may_find(self, texts: Sequence[str]) -> list[bool]:
        """Whether each of these texts may hold anything; they are normalised already."""
        likely = self._matcher.may_match(texts)
        learned = [False] * len(texts)
        if self._learned is not None:
            learned = [max(one) >= PERHAPS for one in self._learned.likenesses(texts)]
        return [
            found
            or is_like
            or any(True for *_, one in self._expressions for _ in one.find(text))
            or any(best_match(wanted, text, line.at_least) for _, line, wanted in self._sentences)
            for found, is_like, text in zip(likely, learned, texts, strict=True)
        ]

    def _weigh(self, learned: Learned, texts: Sequence[str]) -> None:
        """Hits of phrases that what was learned speaks against are doubted; what is like the
        sentences of a set, of which no phrase is meant there, is another hit."""
        plain = [normalise(text) for text in texts]
        likenesses = learned.likenesses([one.text for one in plain])
        for text, one, its in zip(texts, plain, likenesses, strict=True):
            hits = self._known[text]
            for column, name in enumerate(learned.names):
                own = [
                    doubted
                    for hit in hits
                    if hit.key == name
                    and (doubted := _doubted(learned, one, hit, column)) is not None
                ]
                hits[:] = [*(hit for hit in hits if hit.key != name), *own]
                if (
                    its[column] >= PERHAPS
                    and len(one.text) >= SHORTEST
                    and (name not in self._numbered or _DIGIT.search(one.text))
                    and not any(map(_decides, own))
                ):
                    hits.append(_in_other_words(learned, one, column))

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
                yield _hit(name, Phrase(text), plain, (start, end), 1.0, "exact")

    def _alike(self, plain: Normalised) -> Iterator[Hit]:
        for name, line, wanted in self._sentences:
            match = best_match(wanted, plain.text, line.at_least)
            if match is not None:
                certainty = _certainty(line, match.similarity)
                yield _hit(
                    name, Phrase(line.text), plain, (match.start, match.end), certainty, SIMILAR
                )


def _certainty(line: Sentence, similarity: float) -> float:
    """1 for the sentence itself, ``_FLOOR`` for what is just enough like it."""
    above = (similarity - line.at_least) / (1 - line.at_least) if line.at_least < 1 else 1.0
    return _FLOOR + (1 - _FLOOR) * above


def _learned(taught: Sequence[Taught]) -> Learned:
    from autoqa.scoring.learned import Learned

    return Learned(taught)


def _doubted(learned: Learned, plain: Normalised, hit: Hit, column: int) -> Hit | None:
    """The hit as what was learned lets it stand; None where nothing but its sound speaks for it."""
    place = *_sentence(plain, hit), column
    by_sound = hit.how == "sound"
    least = BY_SOUND if by_sound and hit.certainty < SURE_SOUND else DOUBTED
    if learned.around(*place, _SENTENCE) >= least:
        return hit
    if learned.around(*place, _NEAR) >= least:
        return replace(hit, how=UNLIKE)
    if by_sound:
        return None
    return replace(hit, how=UNLIKE, phrase=replace(hit.phrase, perhaps=True))


def _decides(hit: Hit) -> bool:
    """Whether a phrase is there, meant or denied: then nobody asks for other words."""
    return hit.certainty >= _FLOOR and not hit.phrase.perhaps


def _in_other_words(learned: Learned, plain: Normalised, column: int) -> Hit:
    found = learned.place(plain.text, column)
    phrase = Phrase("", perhaps=found.value < SURE)
    place = found.start, found.end
    certainty = _certainty_of(found.value)
    return _hit(learned.names[column], phrase, plain, place, certainty, LEARNED)


def _certainty_of(likeness: float) -> float:
    """From ``SOUND_FLOOR``, so that a person looks at what may cost a point, to 1."""
    return 1 - (1 - SOUND_FLOOR) / (1 + likeness - PERHAPS)


def _sentence(plain: Normalised, hit: Hit) -> tuple[str, int, int]:
    """The sentence, normalised, that holds a hit, and the hit's stretch of it."""
    ends = [match.start() for match in _END_OF_SENTENCE.finditer(plain.source)]
    begin = next((at + 1 for at in reversed(ends) if at < hit.start), 0)
    end = next((at for at in ends if at >= hit.end), len(plain.source))
    first, last, start, stop = (
        bisect_left(plain.to_source, at) for at in (begin, end, hit.start, hit.end)
    )
    return plain.text[first:last], start - first, stop - first


def _hit(
    name: str, phrase: Phrase, plain: Normalised, place: tuple[int, int], certainty: float, how: str
) -> Hit:
    start, end = plain.span(*place)
    around = context_of(simplify(plain.source), start, end)
    return Hit(
        name, phrase, start, end, certainty, how,
        around.negated, around.question, around.quoted, around.doubted,
    )  # fmt: skip
