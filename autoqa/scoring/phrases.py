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
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from heapq import heappop, heappush
from itertools import accumulate, count
from typing import TYPE_CHECKING, Any, TypeAlias

from autoqa.scoring.context import Context, context_of
from autoqa.scoring.pattern import END, FILLERS, NEGATORS, PhraseError, parse
from autoqa.text import Normalised, normalise, simplify, tokens

if TYPE_CHECKING:
    from autoqa.scoring.alignment import Alignment

__all__ = ["FLOOR", "Hit", "Matcher", "Phrase", "PhraseError"]

FLOOR = 0.5
"""Hits less certain than this are not reported."""

PLAIN = 0.92
"""What excuses a hit (``unless``) must be at least this certain."""
_SHARE_OF_PLAIN = 2 * (1 - PLAIN)
"""Of what a phrase may cost, this much is left where it is plain: certainty falls by half in all.
Aligned with no more than that, an excuse is found however it is plain, and not by a longer way that
says more of it less certainly."""

SOUND_FLOOR = 0.85
"""What is less certain than this and only sounds like a forbidden phrase is none: 您要不要了 for
你要不要脸."""

AROUND = 16
"""Characters on either side of a hit in which an excuse may lie."""

SHORT = 3
"""Phrases of up to this many characters must stand at word boundaries, however they match."""

_TAIL = re.compile("一下|一会|[内后前时了的过]")
"""What leaves a word before it what it is, though a dictionary may write both as one: 犹豫期内."""

_Rank: TypeAlias = tuple[bool, bool, float, int, int, str]
_GAP = re.compile(r"[{｛](?:任意|any)[}｝]")
_NUMBER_SLOT = re.compile(r"[{｛](?:数字|number)[}｝]")
_NUMBER = "{数字}"
_GROUP = re.compile(r"[\[［【(（]([^\[\]［］【】()（）]*)[\]］】)）]")
_BAR = re.compile("[|｜]")
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
    clauses (不知道，您是否 is no 不知道您是否), except where written with a comma themselves, or
    where they begin before the hit and have no gap: 不用了好的 excuses 好的 in 不用了，好的.
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
    ``sound`` (it may earn a point and never costs one); ``finder`` has more. ``negated``,
    ``question``, ``quoted``, ``doubted``: see ``autoqa.scoring.context``.
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
        from autoqa.scoring.alignment import Aligner
        from autoqa.scoring.candidates import Proposer

        self._given = tuple(dict.fromkeys(phrases))
        self._words = frozenset(words)
        self._owners: dict[str, list[tuple[str, Phrase]]] = {}
        for key, phrase in self._given:
            self._owners.setdefault(phrase.text, []).append((key, phrase))
        excuses = dict.fromkeys(text for _, phrase in self._given for text in phrase.unless)
        self._texts = (*self._owners, *excuses)
        patterns = [parse(text) for text in self._texts]
        self._proposer = Proposer(patterns)
        self._aligner = Aligner(
            patterns, [1.0] * len(self._owners) + [_SHARE_OF_PLAIN] * len(excuses)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Matcher, (self._given, self._words)

    def find(self, text: str) -> list[Hit]:
        """Hits in ``text``, by place; for one key they do not overlap: the surest stays.

        A line break in ``text`` ends a sentence and nothing else, so that a phrase is found
        across two utterances that were joined by one.
        """
        return self.find_all([text])[0]

    def find_all(self, texts: Sequence[str]) -> list[list[Hit]]:
        """``find`` for each of many texts, in one pass: much faster than one by one."""
        if not self._texts:
            return [[] for _ in texts]
        pages = {text: _Page(text) for text in texts}
        listed = list(pages.values())
        for number, match, at in self._matches([page.plain for page in listed]):
            page = listed[at]
            kind = page.matches if number < len(self._owners) else page.excuses
            kind.setdefault(self._texts[number], []).append(match)
        hits = {text: self._hits(page) if page.matches else [] for text, page in pages.items()}
        return [list(hits[text]) for text in texts]

    def may_match(self, texts: Sequence[str]) -> list[bool]:
        """Whether ``find`` may find anything in each of these normalised texts: mostly not, which
        is known without a look at anything but their sounds."""
        likely = [False] * len(texts)
        if self._texts:
            for number, _, at in self._matches([_FILLER.sub("", text) for text in texts]):
                likely[at] = likely[at] or number < len(self._owners)
        return likely

    def _matches(self, plain: Sequence[str]) -> Iterator[tuple[int, Alignment, int]]:
        """Number of the phrase, where it is, and in which of the plain texts."""
        text = "".join(one + END for one in plain)
        begins = list(accumulate((len(one) + 1 for one in plain), initial=0))
        stretches = self._proposer.stretches(text, begins)
        for number, match in self._aligner.align(text, begins, stretches):
            at = bisect_right(begins, match.start) - 1
            yield number, match.shifted(-begins[at]), at

    def _hits(self, page: _Page) -> list[Hit]:
        """Of overlapping hits of one key, the surest; of equals, the longest, then the first. What
        counts goes before what is only perhaps said."""
        found: dict[str, list[_Claim]] = {}
        number = count()
        for text, matches in page.matches.items():
            for key, phrase in self._owners.get(text, ()):
                for match in matches:
                    start, end = page.source_span(match.start, match.end)
                    how = "exact" if match.exact else "sound"
                    likely = Hit(key, phrase, start, end, match.certainty, how)
                    heappush(
                        found.setdefault(key, []),
                        (_rank(likely), next(number), match, likely, False),
                    )
        hits = [hit for claims in found.values() for hit in self._surest(claims, page)]
        return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.key))

    def _surest(self, claims: list[_Claim], page: _Page) -> Iterator[Hit]:
        """A look at the context costs more than all the rest: only at what may stay."""
        kept: list[Hit] = []
        while claims:
            _, number, match, claim, is_known = heappop(claims)
            if any(claim.end > one.start and one.end > claim.start for one in kept):
                continue
            if is_known:
                kept.append(claim)
                yield claim
            elif (hit := self._hit(claim, match, page)) is not None:
                heappush(claims, (_rank(hit), number, match, hit, True))

    def _hit(self, claim: Hit, match: Alignment, page: _Page) -> Hit | None:
        """The claim with what stands around it; None where that is against it."""
        phrase, start, end = claim.phrase, claim.start, claim.end
        short = match.end - match.start <= SHORT
        edges = page.word_edges(start, end, self._words) if match.exact or short else 0
        exact = match.exact and edges == 2
        unfinished = short and page.simple[end : end + 1] in _ASKING
        if not exact and (phrase.exact or unfinished or (short and edges < 2 - match.exact)):
            return None
        if short and edges < 2:
            # A dictionary may count its very words to those beside them; that fails nobody.
            phrase = replace(phrase, perhaps=True)
        certainty = match.certainty * (0.95 if match.exact and not exact else 1.0)
        if certainty < FLOOR or _lacks_number(phrase.text, page.simple[start:end]):
            return None
        if self._is_excused(phrase, match, page):
            return None
        around = page.context(start, end)
        return replace(
            claim,
            phrase=phrase,
            certainty=certainty,
            how="exact" if exact else "sound",
            negated=around.negated,
            question=around.question and not phrase.is_asked,
            quoted=around.quoted,
            doubted=around.doubted or _denies_inside(phrase.text, page.simple[start:end]),
        )

    def _is_excused(self, phrase: Phrase, match: Alignment, page: _Page) -> bool:
        """Whether something that excuses it lies across it, near it, and runs over no border of
        clauses that it must not run over."""
        for text in phrase.unless:
            for excuse in page.excuses.get(text, ()):
                if (
                    excuse.start < match.end
                    and match.start < excuse.end
                    and match.start - AROUND <= excuse.start
                    and excuse.end <= match.end + AROUND
                ):
                    first, last = page.clauses(match.start, match.end)
                    begins_here = first <= excuse.start or not _GAP.search(text)
                    if "，" in text or (begins_here and excuse.end <= last):
                        return True
        return False


_Claim: TypeAlias = "tuple[_Rank, int, Alignment, Hit, bool]"
"""A hit as it may be, or as it is known to be; its number keeps equals in their order."""


def _rank(hit: Hit) -> _Rank:
    return (
        hit.phrase.perhaps, hit.how != "exact", -hit.certainty, hit.start - hit.end, hit.start,
        hit.phrase.text,
    )  # fmt: skip


def _denies_inside(phrase: str, quote: str) -> bool:
    """Whether a gap took in a denial that is not the phrase's: 收益我不敢打包票."""
    return bool(_GAP.search(phrase)) and any(
        char in quote and char not in phrase for char in NEGATORS
    )


def _lacks_number(phrase: str, quote: str) -> bool:
    """Whether a phrase demands a number and what sounds like it has none: no staff id at all."""
    return _demands_number(phrase) and not _DIGIT.search(quote)


@cache
def _demands_number(phrase: str) -> bool:
    """Whether there is a number in every way of saying it: not in 等您(明天|{数字}号)."""
    while group := _GROUP.search(phrase):
        is_choice = group[0][0] in "(（"
        ways = _BAR.split(group[1])
        needed = is_choice and all(_NUMBER_SLOT.search(way) for way in ways)
        phrase = phrase[: group.start()] + (_NUMBER if needed else "") + phrase[group.end() :]
    return _NUMBER_SLOT.search(phrase) is not None


class _Page:
    """A text, its plain form without fillers, the way back, and what was found in it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._normalised: Normalised = normalise(source)
        self.plain = _FILLER.sub("", self._normalised.text)
        self.matches: dict[str, list[Alignment]] = {}
        """By phrase."""
        self.excuses: dict[str, list[Alignment]] = {}
        """By what is plainly there and may excuse a phrase."""
        self._contexts: dict[tuple[int, int], Context] = {}

    @cached_property
    def simple(self) -> str:
        """The source in simplified characters, as long as it was."""
        return simplify(self.source)

    @cached_property
    def _kept(self) -> list[int]:
        return [at for at, char in enumerate(self._normalised.text) if char not in FILLERS]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        return self._normalised.span(self._kept[start], self._kept[end - 1] + 1)

    def context(self, start: int, end: int) -> Context:
        """What stands around a stretch of the source."""
        place = start, end
        if place not in self._contexts:
            self._contexts[place] = context_of(self.simple, start, end)
        return self._contexts[place]

    def clauses(self, start: int, end: int) -> tuple[int, int]:
        """The plain text's stretch from the clause in which ``start`` lies to that of ``end``."""
        first, last = self.source_span(start, end)
        before = _CLAUSE_END.split(self.source[:first])[-1]
        after = _CLAUSE_END.split(self.source[last:], maxsplit=1)[0]
        places, begin, stop = self._normalised.to_source, first - len(before), last + len(after)
        inside = [at for at, one in enumerate(self._kept) if begin <= places[one] < stop]
        return inside[0], inside[-1] + 1

    def word_edges(self, start: int, end: int, words: frozenset[str]) -> int:
        """How many of a stretch's two ends lie where words begin or end."""
        begin = max((match.end() for match in _BORDER.finditer(self.simple, 0, start)), default=0)
        border = _BORDER.search(self.simple, end)
        clause = self.simple[begin : border.start() if border else len(self.simple)]
        edges = {0, len(clause)}
        wanted = {start - begin, end - begin}
        if _TAIL.match(clause, end - begin):
            edges.add(end - begin)
        if not wanted <= edges:
            edges |= {edge for token in tokens(clause, words) for edge in (token.start, token.end)}
        return len(wanted & edges)
