"""Which entries a customer asks about: words by jieba, ranked by BM25.

Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) with its usual
``K1`` and ``B``; a document is one way to ask. What is ranked is not yet recognised: for that every
word that the entry asks for has to be there, in words that ask.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from autoqa.knowledge.entry import Entry, Ways
from autoqa.text import Token, normalise, simplify, tokens

K1, B = 1.2, 0.75
LEAST_COVERED = 0.3
"""Of a way to ask, by weight of its words, this much has to be there beside the entry's words."""
_ASKS = re.compile(
    r"[?？吗呢啥]|多少|多久|多长|多大|多高|几[天个年月次点号家岁期折]|什么|怎[么样]|如何|哪|是不是|是否|有没有|有无"
    r"|能不能|能否|可不可以|会不会|要不要|收不收|请问|想[问知了]|问一?下|查一?下|咨询|了解|告诉我|行不行|对不对"
)
_STOP = frozenset(
    "的 了 是 我 你 您 他 她 在 有 和 就 都 也 要 想 请 请问 一下 吗 呢 啊 吧 嗯 哦 这 那 个 这个"
    " 那个 你们 我们 您好 你好 需要 可以 能 会 给 帮 帮我 问 问一下 查 什么 多少 怎么 如何 哪 哪些"
    " 哪里 几".split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """``covered``: the share of one way to ask, by the weight of its words, that was said."""

    entry: Entry
    score: float
    covered: float


class Index:
    """The ways to ask of some entries, ready to be searched."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._words = frozenset(
            way for entry in self.entries for ways in entry.words for way in ways
        )
        self._documents = [
            (entry, Counter(self.content(question)))
            for entry in self.entries
            for question in entry.questions
        ]
        count = len(self._documents)
        holding = Counter(word for _, words in self._documents for word in words)
        self._weights = {
            word: log(1 + (count - n + 0.5) / (n + 0.5)) for word, n in holding.items()
        }
        self._mean = sum(words.total() for _, words in self._documents) / max(count, 1)

    def content(self, text: str) -> list[str]:
        """Its words, without those that say nothing of what is asked."""
        return [one.text for one in self.cut(text) if one.text not in _STOP]

    def cut(self, text: str) -> tuple[Token, ...]:
        """The words of a text, with the entries' own, without punctuation."""
        return tokens(normalise(text).text, self._words)

    def search(self, text: str) -> list[Found]:
        """Entries that have a word of the text, the best first."""
        said = set(self.content(text))
        best: dict[str, Found] = {}
        for entry, words in self._documents:
            common = said & words.keys()
            if not common:
                continue
            length = 1 - B + B * words.total() / self._mean
            score = sum(
                self._weights[word] * words[word] * (K1 + 1) / (words[word] + K1 * length)
                for word in common
            )
            whole = sum(self._weights[word] for word in words)
            one = Found(entry, score, sum(self._weights[word] for word in common) / whole)
            known = best.get(entry.id)
            if known is None or (one.covered, one.score) > (known.covered, known.score):
                best[entry.id] = one
        return sorted(best.values(), key=lambda one: (-one.score, one.entry.id))

    def recognise(self, text: str) -> tuple[Entry, ...]:
        """The entries that the text surely asks about, the best first; mostly none or one.

        Of two that ask for the same words, the one that asks for more of them is meant.
        """
        flat = simplify(text)
        if not asks(flat):
            return ()
        sure = [
            one.entry
            for one in self.search(text)
            if one.covered >= LEAST_COVERED and asks_for(one.entry, flat)
        ]
        return tuple(one for one in sure if not any(_is_closer(other, one, flat) for other in sure))

    def own_words(self, entry: Entry) -> frozenset[str]:
        """Words that it asks for and no other entry does."""
        own = {way for ways in entry.words for way in ways}
        others = (one for one in self.entries if one.id != entry.id)
        return frozenset(own - {way for one in others for ways in one.words for way in ways})

    def others_words(self, entry: Entry) -> frozenset[str]:
        """Words that tell other entries from this one: with them something else may be meant."""
        own = {way for ways in entry.words for way in ways}
        theirs = {way for one in self.entries for ways in one.words for way in ways}
        told = entry.own_text + "".join(entry.questions)
        apart = (theirs | set(entry.not_about)) - own
        return frozenset(word for word in apart if word not in told)


def asks(text: str) -> bool:
    """Whether simplified text may be a question at all."""
    return _ASKS.search(text) is not None


def asks_for(entry: Entry, text: str) -> bool:
    """Whether a text has every word that the entry asks for and none that is another's."""
    if any(word in text for word in entry.not_about):
        return False
    return all(any(way in text for way in ways) for ways in entry.words)


def _is_closer(other: Entry, entry: Entry, text: str) -> bool:
    theirs, own = _matched(other.words, text), _matched(entry.words, text)
    return own < theirs


def _matched(words: Sequence[Ways], text: str) -> frozenset[str]:
    return frozenset(way for ways in words for way in ways if way in text)


@lru_cache(maxsize=16)
def index_of(entries: tuple[Entry, ...]) -> Index:
    """The index of these entries, made once."""
    return Index(entries)
