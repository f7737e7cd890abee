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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from autoqa.scoring import alignment
from autoqa.scoring.alignment import Alignment
from autoqa.scoring.candidates import Proposer, sound_codes
from autoqa.scoring.context import context_of
from autoqa.scoring.pattern import FILLERS, PhraseError, parse
from autoqa.text import Normalised, normalise, simplify, tokens

__all__ = ["FLOOR", "Hit", "Matcher", "Phrase", "PhraseError"]

FLOOR = 0.5
"""Hits less certain than this are not reported."""

PLAIN = 0.92
"""What excuses a hit (``unless``) must be at least this certain, or as certain as the hit."""

AROUND = 16
"""Characters on either side of a hit in which an excuse may lie."""

CACHED = 50_000
"""Texts and alignments remembered: calls repeat themselves, and one another."""

SHORT = 3
"""Phrases of up to this many characters must stand at word boundaries, however they match."""

_NUMBER_SLOT = re.compile(r"[{｛](?:数字|number)[}｝]")
_OPTIONAL = re.compile(r"\[[^\[\]]*\]")
_DIGIT = re.compile(r"[0-9０-９〇零一二两三四五六七八九十幺百]")
_FILLER = re.compile("[" + "".join(sorted(FILLERS)) + "]")
_ASKING = frozenset("吗么嘛")
_CLAUSE_END = re.compile(r"[，。！？；,!?;]")
_BORDER = re.compile(r"[，。！？；：、,.!?;:\s]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What to look for, as ``autoqa.scoring.pattern`` reads it.

    ``exact``: only these very characters, at word boundaries. ``unless``: a hit that overlaps a
    match of one of these is none: 随便你 unless 随便你选. These do not run over the borders of
    clauses (不知道，您是否 is no 不知道您是否), except where written with a comma themselves.
    With a question mark at the end, it is meant even when it is asked: 你烦不烦？
    ``perhaps``: too loose to count; where nothing better is found a person decides.
    """

    text: str
    exact: bool = False
    unless: tuple[str, ...] = ()
    perhaps: bool = False

    @property
    def is_asked(self) -> bool:
        return self.text.endswith(("？", "?"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at ``text[start:end]`` of the text that was searched.

    ``certainty``: 0 to 1. ``how``: ``exact`` (these very characters at word boundaries) or
    ``sound`` (it may earn a point and never costs one). ``negated``, ``question``, ``quoted``,
    ``doubted``: see ``autoqa.scoring.context``.
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
    doubted: bool = False


class Matcher:
    """All phrases of a rule set, compiled once; keys may repeat (many phrases of one set).

    ``words``: the rules' own words, for the dictionary that cuts words. Raises ``PhraseError``
    for a phrase that is not written as phrases are.
    """

    def __init__(self, phrases: Iterable[tuple[str, Phrase]], words: Iterable[str] = ()) -> None:
        self._given = tuple(dict.fromkeys(phrases))
        self._words = frozenset(words)
        self._owners: dict[str, list[tuple[str, Phrase]]] = {}
        for key, phrase in self._given:
            self._owners.setdefault(phrase.text, []).append((key, phrase))
        self._patterns = [parse(text) for text in self._owners]
        self._excuses = {text: parse(text) for _, phrase in self._given for text in phrase.unless}
        self._proposer = Proposer(self._patterns)
        self._aligned = lru_cache(maxsize=CACHED)(self._align)
        self._excused = lru_cache(maxsize=CACHED)(self._excuse)
        self._found = lru_cache(maxsize=CACHED)(self._find)

    def __reduce__(self) -> tuple[Any, ...]:
        return Matcher, (self._given, self._words)

    def find(self, text: str) -> list[Hit]:
        """Hits in ``text``, by place; for one key they do not overlap: the surest stays.

        A line break in ``text`` ends a sentence and nothing else, so that a phrase is found
        across two utterances that were joined by one.
        """
        return list(self._found(text))

    def _find(self, text: str) -> tuple[Hit, ...]:
        page = _Page(text)
        owners = list(self._owners.values())
        hits = [
            hit
            for number, windows in self._proposer.windows(page.codes)
            for match in self._matches(number, windows, page)
            for key, phrase in owners[number]
            if (hit := self._hit(key, phrase, match, page)) is not None
        ]
        return tuple(_surest(hits))

    def find_all(self, texts: Sequence[str]) -> list[list[Hit]]:
        """``find`` for each of many texts."""
        return [self.find(text) for text in texts]

    def _matches(
        self, number: int, windows: list[tuple[int, int]], page: _Page
    ) -> Iterator[Alignment]:
        for start, end in windows:
            for match in self._aligned(number, page.plain[start:end]):
                yield match.shifted(start)

    def _align(self, number: int, window: str) -> tuple[Alignment, ...]:
        return tuple(alignment.align(self._patterns[number], window))

    def _hit(self, key: str, phrase: Phrase, match: Alignment, page: _Page) -> Hit | None:
        start, end = page.source_span(match.start, match.end)
        whole_words = self._at_word_boundaries(page.simple, start, end)
        short = match.end - match.start <= SHORT
        exact = match.exact and whole_words
        unfinished = short and page.simple[end : end + 1] in _ASKING
        if not exact and (phrase.exact or unfinished or (short and not whole_words)):
            return None
        certainty = match.certainty * (1.0 if whole_words or not match.exact else 0.95)
        if certainty < FLOOR or _lacks_number(phrase.text, page.simple[start:end]):
            return None
        if self._is_excused(phrase, match, page):
            return None
        around = context_of(page.simple, start, end)
        asked = around.question and not phrase.is_asked
        return Hit(
            key, phrase, start, end, certainty, "exact" if exact else "sound",
            around.negated, asked, around.quoted, around.doubted,
        )  # fmt: skip

    def _is_excused(self, phrase: Phrase, match: Alignment, page: _Page) -> bool:
        if not phrase.unless:
            return False
        near = max(0, match.start - AROUND), min(len(page.plain), match.end + AROUND)
        clause = page.clauses(match.start, match.end)
        for text in phrase.unless:
            begin, end = near
            if "，" not in text:
                begin, end = max(begin, clause[0]), min(end, clause[1])
            window = page.plain[begin:end]
            least = min(PLAIN, match.certainty)
            if self._excused(text, window, match.start - begin, match.end - begin) >= least:
                return True
        return False

    def _excuse(self, text: str, window: str, start: int, end: int) -> float:
        """How certain an excuse is that overlaps ``window[start:end]``; 0 where there is none."""
        meeting = (
            match.certainty
            for match in alignment.align(self._excuses[text], window)
            if match.start < end and start < match.end
        )
        return max(meeting, default=0.0)

    def _at_word_boundaries(self, source: str, start: int, end: int) -> bool:
        begin = max((match.end() for match in _BORDER.finditer(source, 0, start)), default=0)
        border = _BORDER.search(source, end)
        clause = source[begin : border.start() if border else len(source)]
        edges = {0, len(clause)}
        for token in tokens(clause, self._words):
            edges |= {token.start, token.end}
        return start - begin in edges and end - begin in edges


def _lacks_number(phrase: str, quote: str) -> bool:
    """Whether a phrase demands a number and what sounds like it has none: no staff id at all."""
    return bool(_NUMBER_SLOT.search(_OPTIONAL.sub("", phrase))) and not _DIGIT.search(quote)


class _Page:
    """A text, its plain form without fillers, and the way back."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._normalised: Normalised = normalise(source)
        self.plain = _FILLER.sub("", self._normalised.text)
        self.codes = sound_codes(self.plain)
        self._kept: list[int] | None = None

    @cached_property
    def simple(self) -> str:
        """The source in simplified characters, as long as it was."""
        return simplify(self.source)

    def clauses(self, start: int, end: int) -> tuple[int, int]:
        """The plain text's stretch from the clause in which ``start`` lies to that of ``end``."""
        first, last = self.source_span(start, end)
        before = _CLAUSE_END.split(self.source[:first])[-1]
        after = _CLAUSE_END.split(self.source[last:], maxsplit=1)[0]
        places, kept = self._normalised.to_source, self._kept or ()
        begin, stop = first - len(before), last + len(after)
        inside = [at for at, one in enumerate(kept) if begin <= places[one] < stop]
        return inside[0], inside[-1] + 1

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        if self._kept is None:
            text = self._normalised.text
            self._kept = [at for at, char in enumerate(text) if char not in FILLERS]
        return self._normalised.span(self._kept[start], self._kept[end - 1] + 1)


def _surest(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one key, the surest; of equals, the longest, then the first. What
    counts goes before what is only perhaps said."""
    kept: dict[str, list[Hit]] = {}
    order: Callable[[Hit], tuple[float | int | str, ...]] = lambda hit: (  # noqa: E731
        hit.phrase.perhaps, hit.how != "exact", -hit.certainty, hit.start - hit.end, hit.start,
        hit.phrase.text,
    )  # fmt: skip
    for hit in sorted(hits, key=order):
        mine = kept.setdefault(hit.key, [])
        if all(hit.end <= one.start or one.end <= hit.start for one in mine):
            mine.append(hit)
    return sorted(
        (hit for mine in kept.values() for hit in mine),
        key=lambda hit: (hit.start, hit.end, hit.key),
    )
