"""How a phrase is written, as a lattice of the syllables in which it may be said.

A phrase is plain text; punctuation, width and script do not matter. It may hold

- slots: ``{数字}`` a number or digits, ``{人名}`` a name of one to four characters,
  ``{任意}`` anything short (up to eight characters), or nothing;
- ``[您]`` or ``[片刻|一会儿]``: may be missing;
- ``(您|你们)``: one of them.

``请[您]稍(等|候)`` is said in four ways. Brackets may be full width, as a Chinese keyboard types
them, and may nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache

from autoqa.errors import AutoqaError
from autoqa.numerals import DIGITS
from autoqa.scoring.sounds import syllable_distance
from autoqa.text import normalise, pinyin, readings

MAX_WAYS = 4096
"""More ways of saying one phrase than this are a mistake in it."""

SLOT_LENGTH = 12
"""A slot takes at most about this many characters."""

START = -1

FILLERS = frozenset("嗯呃啊哦诶欸唉哎噢哈喔")
NEGATORS = frozenset("不没无未非别勿")
FUNCTION_WORDS = frozenset("的了吗呢吧呀地得着请您你我们就再也还都可先这那有个一下来给把是很")
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧上司诸申关纪柯"
)

_DIGIT_SOUNDS = tuple("yi1 er4 san1 si4 wu3 liu4 qi1 ba1 jiu3 ling2 yao1 dong4 liang3".split())
_MEANT = str.maketrans("（）［］｛｝｜【】", "()[]{}|[]")
_TOKENS = re.compile(r"\{([^{}]*)\}|([()\[\]|])|([^{}()\[\]|]+)|(.)", re.DOTALL)


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


@dataclass(slots=True)
class Node:
    """One syllable (or slot) of the lattice; ``before``: the nodes that may come before it."""

    kind: Kind
    char: str
    before: tuple[int, ...]
    sounds: set[str] = field(default_factory=set)

    @property
    def repeats(self) -> bool:
        return self.kind in (Kind.DIGITS, Kind.ANYTHING)

    @property
    def weight(self) -> float:
        """What leaving it out costs; also how much it says."""
        if self.kind is not Kind.LITERAL:
            return {Kind.DIGITS: 1.0, Kind.SURNAME: 0.5}.get(self.kind, 0.0)
        if self.char in NEGATORS:
            return 2.0
        return 0.45 if self.char in FUNCTION_WORDS else 1.0

    def cost(self, char: str) -> float:
        """What it costs to take ``char`` for this."""
        if self.kind is Kind.LITERAL:
            return _literal_cost(self.char, tuple(sorted(self.sounds)), char)
        return _slot_cost(self.kind, char)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The lattice: nodes in topological order, and the nodes at which the phrase may end."""

    nodes: tuple[Node, ...]
    ends: tuple[int, ...]

    def ways(self) -> Iterator[tuple[int, ...]]:
        """Every way to say it, as indexes of nodes."""

        def back(index: int) -> Iterator[tuple[int, ...]]:
            for earlier in self.nodes[index].before:
                if earlier == START:
                    yield (index,)
                else:
                    for way in back(earlier):
                        yield (*way, index)

        for end in self.ends:
            if end != START:
                yield from back(end)


def parse(text: str) -> Pattern:
    """The lattice of a phrase.

    Raises ``PhraseError`` for brackets that do not close, a slot nobody knows, a phrase that can
    be said in more than ``MAX_WAYS`` ways, or one in which nothing need be said.
    """
    parser = _Parser(text)
    pattern = parser.pattern()
    for count, way in enumerate(pattern.ways()):
        if count == MAX_WAYS:
            raise PhraseError(
                "the phrase {text} can be said in more than {limit} ways; write fewer brackets",
                text=text,
                limit=MAX_WAYS,
            )
        _read_aloud(pattern, way)
    if START in pattern.ends or not any(node.kind is Kind.LITERAL for node in pattern.nodes):
        raise PhraseError(
            "nothing in the phrase {text} has to be said; write words outside of [ ] and {{ }}",
            text=text or "“”",
        )
    return pattern


def _read_aloud(pattern: Pattern, way: tuple[int, ...]) -> None:
    """Give the literal nodes of a way the sounds they have in this context."""
    nodes = [pattern.nodes[index] for index in way]
    spoken = "".join(node.char if node.kind is Kind.LITERAL else "，" for node in nodes)
    for node, sound in zip(nodes, _context_sounds(spoken), strict=True):
        node.sounds |= sound


def _context_sounds(spoken: str) -> list[frozenset[str]]:
    """Each character's sound in its context; none for what is no Han character."""
    in_context = iter(pinyin(spoken))
    return [
        frozenset({next(in_context)}) if readings(char) else frozenset(sounds_of(char))
        for char in spoken
    ]


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

    def pattern(self) -> Pattern:
        ends = self._choices({START}, closing="")
        return Pattern(tuple(self._nodes), tuple(sorted(ends)))

    def _choices(self, before: set[int], closing: str) -> set[int]:
        ends: set[int] = set()
        current = set(before)
        while self._at < len(self._tokens):
            slot, mark, literal, _ = self._tokens[self._at].groups()
            self._at += 1
            if slot is not None:
                current = self._slot(slot.strip(), current)
            elif literal is not None:
                current = self._literal(literal, current)
            elif mark == "|":
                ends |= current
                current = set(before)
            elif mark in ("(", "["):
                inside = self._choices(current, ")" if mark == "(" else "]")
                current = inside | current if mark == "[" else inside
            elif mark and mark == closing:
                return ends | current
            else:
                raise self._unbalanced()
        if closing:
            raise self._unbalanced()
        return ends | current

    def _unbalanced(self) -> PhraseError:
        return PhraseError(
            "the brackets of the phrase {text} do not match; each ( [ {{ needs its ) ] }}",
            text=self._text,
        )

    def _literal(self, text: str, before: set[int]) -> set[int]:
        for char in normalise(text).text:
            if char not in FILLERS:
                before = self._add(Kind.LITERAL, char, before)
        return before

    def _slot(self, name: str, before: set[int]) -> set[int]:
        kind = _SLOTS.get(name)
        if kind is None:
            raise PhraseError(
                "the phrase {text} has a slot {{{slot}}} nobody knows; write {known}",
                text=self._text,
                slot=name,
                known="{数字} {人名} {任意}",
            )
        if kind is Kind.ANYTHING:
            return self._add(kind, "", before) | before
        ends = self._add(kind, "", before)
        if kind is Kind.SURNAME:
            for _ in range(3):
                ends = ends | self._add(Kind.NAME, "", ends)
        return ends

    def _add(self, kind: Kind, char: str, before: set[int]) -> set[int]:
        self._nodes.append(Node(kind, char, tuple(sorted(before))))
        return {len(self._nodes) - 1}


def insertion_cost(char: str) -> float:
    """What it costs that ``char`` stands inside a phrase where nothing ought to."""
    if char in NEGATORS:
        return 2.0
    return 0.25 if char in FUNCTION_WORDS else 0.6


@cache
def _literal_cost(expected: str, sounds: tuple[str, ...], char: str) -> float:
    if expected == char or same_digit(expected, char):
        return 0.0
    if {expected, char} == {"您", "你"}:
        return 0.05
    distance = min(
        (
            syllable_distance(one, other) + (0.03 if rank == 0 else 0.08)
            for one in sounds
            for rank, other in enumerate(sounds_of(char)[:4])
        ),
        default=1.0,
    )
    if {expected, char} & NEGATORS and distance > 0.05:
        return 2.0
    return min(distance, 1.0)


@cache
def _slot_cost(kind: Kind, char: str) -> float:
    if kind is Kind.ANYTHING:
        return 0.0
    if kind is Kind.DIGITS:
        if char in DIGITS or char in "十百千万.":
            return 0.0
        near = min(
            (syllable_distance(one, other) for one in _DIGIT_SOUNDS for other in sounds_of(char)),
            default=1.0,
        )
        return 0.2 if near < 0.2 else 1.0
    if not readings(char):
        return 1.0
    return 0.25 if kind is Kind.SURNAME and char not in SURNAMES else 0.0


def same_digit(one: str, other: str) -> bool:
    return one in DIGITS and other in DIGITS and DIGITS[one] == DIGITS[other]
