"""Find phrases in Chinese as it was heard.

The transcript of a call holds homophones (来店 for 来电), mixed scripts, fillers and gaps.
``Matcher`` finds all phrases of all rules in one pass: an automaton over sounds proposes places,
a weighted alignment decides, and each ``Hit`` says how sure it is.

>>> matcher = Matcher([("hold", Phrase("请[您]稍(等|候)[片刻]")), ("id", Phrase("工号{数字}"))])
>>> [(hit.key, hit.how) for hit in matcher.find("请您少等，我是工号八零二六")]
[('hold', 'sound'), ('id', 'exact')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from autoqa.scoring import alignment
from autoqa.scoring.alignment import Alignment
from autoqa.scoring.context import context_of
from autoqa.scoring.pattern import (
    FILLERS,
    Node,
    Pattern,
    PhraseError,
    parse,
    sounds_of,
)
from autoqa.scoring.sounds import fold
from autoqa.text import Normalised, normalise, simplify, tokens

__all__ = ["FLOOR", "Hit", "Matcher", "Phrase", "PhraseError"]

FLOOR = 0.5
"""Hits less certain than this are not reported."""

PLAIN = 0.85
"""What excuses a hit (``unless``) must be at least this certain."""

SHORT = 3
"""Phrases of up to this many characters must stand at word boundaries, however they match."""

_FILLER = re.compile("[" + "".join(sorted(FILLERS)) + "]")
_ASKING = frozenset("吗嗎么麼嘛")
_BORDER = re.compile(r"[，。！？；：、,.!?;:\s]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What to look for, as ``autoqa.scoring.pattern`` reads it.

    ``exact``: only these very characters, at word boundaries. ``unless``: a hit that overlaps a
    match of one of these is none: 随便你 unless 随便你选.
    """

    text: str
    exact: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at ``text[start:end]`` of the text that was searched.

    ``certainty``: 0 to 1. ``how``: ``exact`` (these very characters at word boundaries) or
    ``sound`` (it may earn a point and never costs one). ``negated``, ``question``, ``quoted``: see
    ``autoqa.scoring.context``.
    """

    key: str
    phrase: Phrase
    start: int
    end: int
    certainty: float
    how: str
    negated: bool = False
    question: bool = False
    quoted: bool = False


class Matcher:
    """All phrases of a rule set, compiled once; keys may repeat (many phrases of one set).

    ``words``: the rules' own words, for the dictionary that cuts words. Raises ``PhraseError``
    for a phrase that is not written as phrases are.
    """

    def __init__(self, phrases: Iterable[tuple[str, Phrase]], words: Iterable[str] = ()) -> None:
        self._given = tuple(dict.fromkeys(phrases))
        self._words = frozenset(words)
        self._patterns: list[Pattern] = []
        index: dict[str, int] = {}
        for _, phrase in self._given:
            for text in (phrase.text, *phrase.unless):
                if text not in index:
                    index[text] = len(self._patterns)
                    self._patterns.append(parse(text))
        self._owners = [
            (key, phrase, index[phrase.text], tuple(index[text] for text in phrase.unless))
            for key, phrase in self._given
        ]
        self._automaton = _automaton(self._patterns)
        self._needed = [_seeds_needed(pattern) for pattern in self._patterns]
        self._aligned = lru_cache(maxsize=100_000)(self._align)

    def __reduce__(self) -> tuple[Any, ...]:
        return Matcher, (self._given, self._words)

    def find(self, text: str) -> list[Hit]:
        """Hits in ``text``, by place; for one key they do not overlap: the surest stays.

        A line break in ``text`` ends a sentence and nothing else, so that a phrase is found
        across two utterances that were joined by one.
        """
        if self._automaton is None:
            return []
        page = _Page(text)
        found = {
            number: list(self._matches(number, windows, page))
            for number, windows in self._candidates(page.codes).items()
        }
        hits = [
            hit
            for owner in self._owners
            if owner[2] in found
            for hit in self._hits(owner, found, page)
        ]
        return _surest(hits)

    def find_all(self, texts: Sequence[str]) -> list[list[Hit]]:
        """``find`` for each of many texts."""
        return [self.find(text) for text in texts]

    def _candidates(self, codes: str) -> dict[int, list[tuple[int, int]]]:
        """For each pattern with seeds enough, the windows in which it may lie, merged."""
        seen = [
            (last - length + 1, places) for last, (length, places) in self._automaton.iter(codes)
        ]
        counts = Counter(chain.from_iterable(places for _, places in seen))
        wanted = {number for number, count in counts.items() if count >= self._needed[number]}
        windows: dict[int, list[tuple[int, int]]] = {}
        for at, places in seen:
            for number in wanted.intersection(places):
                before, reach = places[number]
                start, end = max(0, at - before), min(len(codes), at + reach)
                mine = windows.setdefault(number, [])
                if mine and start <= mine[-1][1]:
                    start, end = min(start, mine[-1][0]), max(end, mine[-1][1])
                    mine[-1] = (start, end)
                else:
                    mine.append((start, end))
        return windows

    def _matches(
        self, number: int, windows: list[tuple[int, int]], page: _Page
    ) -> Iterator[Alignment]:
        for start, end in windows:
            for match in self._aligned(number, page.plain[start:end]):
                yield match.shifted(start)

    def _align(self, number: int, window: str) -> tuple[Alignment, ...]:
        return tuple(alignment.align(self._patterns[number], window))

    def _hits(
        self,
        owner: tuple[str, Phrase, int, tuple[int, ...]],
        found: dict[int, list[Alignment]],
        page: _Page,
    ) -> Iterator[Hit]:
        key, phrase, number, unless = owner
        excuses = [
            excuse
            for other in unless
            for excuse in found.get(other, ())
            if excuse.certainty >= PLAIN
        ]
        for match in found[number]:
            if any(match.start < one.end and one.start < match.end for one in excuses):
                continue
            start, end = page.source_span(match.start, match.end)
            whole_words = self._at_word_boundaries(page.source, start, end)
            short = match.end - match.start <= SHORT
            exact = match.exact and whole_words
            asked = short and page.source[end : end + 1] in _ASKING
            if not exact and (phrase.exact or asked or (short and not whole_words)):
                continue
            certainty = match.certainty * (1.0 if whole_words or not match.exact else 0.95)
            if certainty >= FLOOR:
                around = context_of(page.source, start, end)
                yield Hit(
                    key, phrase, start, end, certainty, "exact" if exact else "sound",
                    around.negated, around.question, around.quoted,
                )  # fmt: skip

    def _at_word_boundaries(self, source: str, start: int, end: int) -> bool:
        begin = max((match.end() for match in _BORDER.finditer(source, 0, start)), default=0)
        border = _BORDER.search(source, end)
        clause = simplify(source[begin : border.start() if border else len(source)])
        edges = {0, len(clause)}
        for token in tokens(clause, self._words):
            edges |= {token.start, token.end}
        return start - begin in edges and end - begin in edges


class _Page:
    """A text, its plain form without fillers, and the way back."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._normalised: Normalised = normalise(source)
        self.plain = _FILLER.sub("", self._normalised.text)
        self.codes = self.plain.translate(_codes)
        self._kept: list[int] | None = None

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        if self._kept is None:
            text = self._normalised.text
            self._kept = [at for at, char in enumerate(text) if char not in FILLERS]
        return self._normalised.span(self._kept[start], self._kept[end - 1] + 1)


def _surest(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one key, the surest; of equals, the longest, then the first."""
    kept: dict[str, list[Hit]] = {}
    order: Callable[[Hit], tuple[float | int | str, ...]] = lambda hit: (  # noqa: E731
        hit.how != "exact", -hit.certainty, hit.start - hit.end, hit.start, hit.phrase.text,
    )  # fmt: skip
    for hit in sorted(hits, key=order):
        mine = kept.setdefault(hit.key, [])
        if all(hit.end <= one.start or one.end <= hit.start for one in mine):
            mine.append(hit)
    return sorted(
        (hit for mine in kept.values() for hit in mine),
        key=lambda hit: (hit.start, hit.end, hit.key),
    )


# ---------------------------------------------------------------- candidates by sound


class _Codes(dict[int, str]):
    """One character for each class of sounds, so that a text of sounds is a string."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        char = "您" if chr(code) == "你" else chr(code)
        sounds = sounds_of(char)
        self[code] = self.of_sound(sounds[0]) if sounds else char
        return self[code]

    def of_sound(self, syllable: str) -> str:
        return self._classes.setdefault(fold(syllable), chr(0xE000 + len(self._classes)))


_codes = _Codes()

_Places = dict[int, tuple[int, int]]
"""Pattern → how far before a seed it may begin, how far after the seed's begin it may end."""


def _automaton(patterns: Sequence[Pattern]) -> Any:
    """Pairs of syllables (single ones where a phrase has no pairs), and where they may stand."""
    import ahocorasick

    seeds: dict[str, _Places] = {}
    for number, pattern in enumerate(patterns):
        for seed, before, reach in _seeds(pattern):
            mine = seeds.setdefault(seed, {})
            old = mine.get(number, (0, 0))
            mine[number] = max(old[0], before), max(old[1], reach)
    if not seeds:
        return None
    automaton = ahocorasick.Automaton()
    for seed, places in seeds.items():
        automaton.add_word(seed, (len(seed), places))
    automaton.make_automaton()
    return automaton


def _seeds(pattern: Pattern) -> Iterator[tuple[str, int, int]]:
    slack = 2
    reach = pattern.reach()
    spellings = [_spellings(node) if node.is_literal else () for node in pattern.nodes]
    for first, second in pattern.pairs():
        for one in spellings[first]:
            for other in spellings[second]:
                yield one + other, reach[first][0] + slack, reach[first][1] + slack
    if pattern.least_pairs() == 0:
        for index, codes in enumerate(spellings):
            for one in codes:
                yield one, reach[index][0] + slack, reach[index][1] + slack


def _spellings(node: Node) -> tuple[str, ...]:
    """As the character is read by itself, and as it is read in this phrase."""
    alone = node.char.translate(_codes)
    return tuple(dict.fromkeys((alone, *(_codes.of_sound(sound) for sound in node.sounds))))


def _seeds_needed(pattern: Pattern) -> int:
    """All pairs of a phrase of two or three syllables, some two fifths of a longer one's."""
    pairs = pattern.least_pairs()
    return max(1, pairs if pairs < SHORT else round(0.4 * pairs))
