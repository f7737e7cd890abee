"""How a phrase is written, as a lattice of the syllables in which it may be said.

A phrase is plain text; punctuation, width and script do not matter. It may hold

- slots: ``{数字}`` a number or digits, ``{人名}`` a name of one to four characters,
  ``{任意}`` anything short (up to about thirty characters), or nothing;
- ``[您]`` or ``[片刻|一会儿]``: may be missing;
- ``(您|你们)``: one of them;
- ``<还>有什么``: what is between ``<`` and ``>`` must be heard, if only by its sound, however
  much of the rest was.

``请[您]稍(等|候)`` is said in four ways. Brackets may be full width, as a Chinese keyboard types
them, and may nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache

from autoqa.errors import AutoqaError
from autoqa.numerals import DIGITS
from autoqa.text import is_word, normalise, pinyin, readings

MAX_SYLLABLES = 400
"""A phrase with more syllables in all its brackets than this is a mistake."""

NOT_HEARD = 4.0
"""What it costs to leave out what has to be heard, or to hear a negation where there is none."""

SLOT_LENGTH = 12
"""A slot takes at most about this many characters."""

START = -1
END = "\n"
"""After each of the texts that are searched together; normalised text never holds it."""

FILLERS = frozenset("嗯呃啊哦诶欸唉哎噢哈喔")
NEGATORS = frozenset("不没无未非别勿")
FUNCTION_WORDS = frozenset("的了吗呢吧呀地得着您你我们就再也还都可先这那有个一下来给把是很")
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧上司诸申关纪柯"
)

_MEANT = str.maketrans("（）［］｛｝｜【】〈〉＜＞《》", "()[]{}|[]<><><>")
_TOKENS = re.compile(r"\{([^{}]*)\}|([()\[\]|<>])|([^{}()\[\]|<>]+)|(.)", re.DOTALL)


class PhraseError(AutoqaError):
    """A phrase that is not written as phrases are."""


class Kind(Enum):
    LITERAL = auto()
    DIGITS = auto()
    SURNAME = auto()
    NAME = auto()
    ANYTHING = auto()


_SLOTS = {
    "数字": Kind.DIGITS,
    "number": Kind.DIGITS,
    "人名": Kind.SURNAME,
    "name": Kind.SURNAME,
    "任意": Kind.ANYTHING,
    "any": Kind.ANYTHING,
}


@dataclass(frozen=True, slots=True)
class Syllable:
    """What decides how much a character costs in its place. ``sounds``: toned, as it is read in
    this phrase. ``must``: marked as to be heard."""

    kind: Kind
    char: str
    sounds: tuple[str, ...]
    must: bool


@dataclass(slots=True)
class Node:
    """One syllable (or slot) of the lattice; ``before``: the nodes that may come before it.

    ``must``: marked as to be heard. ``segment``: which word, bracket or slot of the phrase it is
    in. ``weight``: how much it says. ``missing_cost``: of leaving it out.
    ``sounds``: toned syllables, as it is read in this phrase.
    """

    kind: Kind
    char: str
    before: tuple[int, ...]
    must: bool = False
    segment: int = 0
    sounds: tuple[str, ...] = ()
    weight: float = 0.0
    missing_cost: float = 0.0
    repeats: bool = False
    is_literal: bool = False

    def __post_init__(self) -> None:
        self.repeats = self.kind in (Kind.DIGITS, Kind.ANYTHING)
        self.is_literal = self.kind is Kind.LITERAL
        if self.is_literal:
            self.weight = 0.45 if self.char in FUNCTION_WORDS else 1.0
        else:
            self.weight = {Kind.DIGITS: 1.0, Kind.SURNAME: 0.5}.get(self.kind, 0.0)
        self.missing_cost = NOT_HEARD if self.is_needed else self.weight

    @property
    def syllable(self) -> Syllable:
        return Syllable(self.kind, self.char, self.sounds, self.must)

    @property
    def is_needed(self) -> bool:
        """Whether it has to be heard: a number, a negation, or what is marked so."""
        if self.is_literal:
            return self.must or self.char in NEGATORS
        return self.kind is Kind.DIGITS


@dataclass(frozen=True, slots=True)
class Pattern:
    """The lattice: nodes in topological order, and the nodes at which the phrase may end.

    ``has_gap``: it holds a slot for anything. ``least_length``: syllables of the shortest way.
    """

    nodes: tuple[Node, ...]
    ends: tuple[int, ...]
    has_gap: bool
    least_length: int

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Syllables that may follow each other, as indexes of nodes."""
        for index, node in enumerate(self.nodes):
            for earlier in node.before:
                if node.is_literal and earlier != START and self.nodes[earlier].is_literal:
                    yield earlier, index

    def on_every_way(self) -> Iterator[int]:
        """Nodes that no way of saying the phrase leaves out: there all its ways meet."""
        to: list[int] = []
        for node in self.nodes:
            to.append(sum(1 if one == START else to[one] for one in node.before))
        onward = [int(index in self.ends) for index in range(len(self.nodes))]
        for index in reversed(range(len(self.nodes))):
            for earlier in self.nodes[index].before:
                if earlier != START:
                    onward[earlier] += onward[index]
        ways = sum(to[end] for end in self.ends)
        for index in range(len(self.nodes)):
            if to[index] * onward[index] == ways:
                yield index

    def reach(self) -> list[tuple[int, int]]:
        """For each node: most characters before it, and from it (itself included) to the end."""
        widths = [SLOT_LENGTH if node.repeats else 1 for node in self.nodes]
        before = [0] * len(widths)
        after = list(widths)
        for index, node in enumerate(self.nodes):
            before[index] = max(
                0 if earlier == START else before[earlier] + widths[earlier]
                for earlier in node.before
            )
        for index in reversed(range(len(widths))):
            for earlier in self.nodes[index].before:
                if earlier != START:
                    after[earlier] = max(after[earlier], after[index] + widths[earlier])
        return list(zip(before, after, strict=True))


@lru_cache(maxsize=20_000)
def read(text: str) -> Pattern:
    """The lattice of a phrase without its sounds, which take longer than all the rest.

    Raises ``PhraseError`` for brackets that do not close, a slot nobody knows, a phrase of more
    than ``MAX_SYLLABLES`` syllables, or one in which nothing need be said.
    """
    pattern = _Parser(text).pattern()
    if len(pattern.nodes) > MAX_SYLLABLES:
        raise PhraseError(
            "the phrase “{text}” has more than {limit} syllables; make it two",
            text=text,
            limit=MAX_SYLLABLES,
        )
    if START in pattern.ends or not any(node.is_literal for node in pattern.nodes):
        raise PhraseError(
            "nothing in the phrase “{text}” has to be said; write words outside of [ ] and {{ }}",
            text=text,
        )
    return pattern


@lru_cache(maxsize=20_000)
def parse(text: str) -> Pattern:
    """The lattice of a phrase; nothing changes it afterwards. Raises as ``read`` does."""
    pattern = read(text)
    sounds: list[dict[str, None]] = [{} for _ in pattern.nodes]
    for earlier, index in pattern.pairs():
        both = _pair_sounds(pattern.nodes[earlier].char, pattern.nodes[index].char)
        for place, own in zip((earlier, index), both, strict=True):
            sounds[place].update(dict.fromkeys(own))
    for node, heard in zip(pattern.nodes, sounds, strict=True):
        node.sounds = tuple(heard) or sounds_of(node.char)[:1]
    return pattern


@lru_cache(maxsize=20_000)
def _spoken(text: str) -> str:
    """What is heard of a literal."""
    return "".join(char for char in normalise(text).text if char not in FILLERS)


@cache
def _pair_sounds(first: str, second: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How two characters are read together: 还款 huan2 kuan3, 还有 hai2 you3."""
    alone = sounds_of(first)[:1], sounds_of(second)[:1]
    if len(sounds_of(first)) < 2 and len(sounds_of(second)) < 2:
        return alone
    if not is_word(first + second):
        return alone
    together = pinyin(first + second)
    if len(together) != 2:
        return alone
    return together[:1], together[1:]


@cache
def sounds_of(char: str) -> tuple[str, ...]:
    """All readings of a character, digits included; the commonest first."""
    if char.isascii() and char.isdigit():
        return sounds_of("零一二三四五六七八九"[int(char)])
    extra = {"一": ("yao1",), "二": ("liang3",), "嗯": ("en5",)}.get(char, ())
    return (*readings(char), *extra)


class _Parser:
    """Recursive descent; nodes are made as they are read, so their order is topological."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._nodes: list[Node] = []
        self._tokens = list(_TOKENS.finditer(text.translate(_MEANT)))
        self._at = 0
        self._must = False
        self._segment = 0

    def pattern(self) -> Pattern:
        ends = self._choices({START}, closing="")
        has_gap = any(node.kind is Kind.ANYTHING for node in self._nodes)
        return Pattern(
            tuple(self._nodes),
            tuple(sorted(ends)),
            has_gap,
            self._least_length(ends),
        )

    def _least_length(self, ends: set[int]) -> int:
        least: list[int] = []
        for node in self._nodes:
            least.append(1 + min(0 if one == START else least[one] for one in node.before))
        return min((least[end] for end in ends if end != START), default=0)

    def _choices(self, before: set[int], closing: str) -> set[int]:
        ends: set[int] = set()
        current = set(before)
        while self._at < len(self._tokens):
            slot, mark, literal, _ = self._tokens[self._at].groups()
            self._at += 1
            self._segment += not closing
            if slot is not None:
                current = self._slot(slot.strip(), current)
            elif literal is not None:
                spoken = self._literal(literal, current)
                if closing == ")" and spoken == before and self._ends_choice():
                    raise PhraseError(
                        "“{choice}” in the phrase “{text}” is not heard, so that nothing need be "
                        "said there; write [ ] for what may be missing",
                        text=self._text,
                        choice=literal.strip(),
                    )
                current = spoken
            elif mark == "|":
                ends |= current
                current = set(before)
            elif mark in ("(", "["):
                inside = self._choices(current, ")" if mark == "(" else "]")
                current = inside | current if mark == "[" else inside
            elif mark and mark == closing:
                return ends | current
            elif mark and mark in "<>" and self._must == (mark == ">"):
                self._must = mark == "<"
            else:
                raise self._unbalanced()
        if closing or self._must:
            raise self._unbalanced()
        return ends | current

    def _ends_choice(self) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][0] in ("|", ")")

    def _unbalanced(self) -> PhraseError:
        return PhraseError(
            "the brackets of the phrase “{text}” do not match; each ( [ {{ < needs its ) ] }} >",
            text=self._text,
        )

    def _literal(self, text: str, before: set[int]) -> set[int]:
        for char in _spoken(text):
            before = self._add(Kind.LITERAL, char, before)
        return before

    def _slot(self, name: str, before: set[int]) -> set[int]:
        kind = _SLOTS.get(name)
        if kind is None:
            raise PhraseError(
                "the phrase “{text}” has a slot “{{{slot}}}” nobody knows; write {known}",
                text=self._text,
                slot=name,
                known="“{数字}” “{人名}” “{任意}”",
            )
        if kind is Kind.ANYTHING:
            return self._add(kind, "", before) | before
        ends = self._add(kind, "", before)
        if kind is Kind.SURNAME:
            for _ in range(3):
                ends = ends | self._add(Kind.NAME, "", ends)
        return ends

    def _add(self, kind: Kind, char: str, before: set[int]) -> set[int]:
        self._nodes.append(Node(kind, char, tuple(sorted(before)), self._must, self._segment))
        return {len(self._nodes) - 1}


def same_digit(one: str, other: str) -> bool:
    """Whether two characters are the same digit: 二, 两, 2."""
    return one in DIGITS and other in DIGITS and DIGITS[one] == DIGITS[other]
