"""Finding a few set words in a text by their sound.

Texts are compared as toneless syllables, in which the confusions of accents and of the
recogniser (zh/z, ch/c, sh/s, -ng/-n, 您/你) are one: it writes 帮你茶一下 for 帮您查一下. Two
syllables sound like too much (显示 is 限时, 地址 is 低至): a cue of less than three is compared
by its characters, unless a ``~`` before it says that nothing common sounds like it.

A cue is written in Chinese; ``…`` stands for up to eight syllables::

    >>> Cues("工号…为您服务").any(hear("工号8026號，未您服务"))
    True

This is for recognising situations; what rules look for is found by ``scoring.phrases``, which
weighs tones and spellings and says how sure it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, ClassVar

_GAP_SYLLABLES = 8
_BY_SOUND_SYLLABLES = 3
_DIGITS = {**{c: str(i) for i, c in enumerate("零一二三四五六七八九")}, "〇": "0", "幺": "1"}


@cache
def syllable(character: str) -> str:
    """The folded sound of one character; "" for what is not spoken (punctuation)."""
    if character in _DIGITS:
        return _DIGITS[character]
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if not character.isalpha():
        return ""
    from pypinyin import Style, lazy_pinyin

    sound = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    if not sound:
        return ""
    folded: str = sound[0]
    if folded[1:2] == "h":
        folded = folded[0] + folded[2:]
    if folded.endswith("ng") and len(folded) > 2:
        folded = folded[:-1]
    return "ni" if folded == "nin" else folded


@cache
def _character(character: str) -> str:
    return {"您": "你"}.get(character, _DIGITS.get(character, character.lower()))


@dataclass(frozen=True, slots=True)
class Heard:
    """A text made ready for cues: the same units, each between spaces, as sounds and as written.

    ``begun``: which indexed cues have their first part in it; only those need a closer look.
    """

    sounds: str
    characters: str
    begun: frozenset[str]

    @property
    def syllables(self) -> int:
        return max(0, self.sounds.count(" ") - 1)


@lru_cache(maxsize=4096)
def _units(text: str) -> tuple[str, str]:
    units = [(sound, _character(unit)) for unit in text if (sound := syllable(unit))]
    if not units:
        return "", ""
    return f" {' '.join(sound for sound, _ in units)} ", f" {' '.join(unit for _, unit in units)} "


def may_sound_in(phrase: str, text: str) -> bool:
    """Whether the syllables of a phrase are in a text, whatever their tones.

    >>> may_sound_in("理财", "你们那个稳力力才不错")
    True
    """
    sounds = _units(phrase)[0]
    return bool(sounds) and sounds in _units(text)[0]


@lru_cache(maxsize=4096)
def hear(text: str) -> Heard:
    """``text`` for ``Cues``; punctuation is not heard."""
    sounds, characters = _units(text)
    by_sound, by_character = _index()
    begun = (by_sound.iter(sounds), by_character.iter(characters)) if sounds else ()
    return Heard(sounds, characters, frozenset(first for found in begun for _, first in found))


@cache
def _index() -> tuple[Any, Any]:
    """Automata over the first parts of all cues known by now: one pass finds those begun."""
    import ahocorasick

    automata = ahocorasick.Automaton(), ahocorasick.Automaton()
    for cues in Cues.known:
        cues.indexed = True
        for cue in cues.cues:
            automata[0 if cue.by_sound else 1].add_word(cue.parts[0], cue.parts[0])
    for automaton in automata:
        automaton.make_automaton()
    return automata


@dataclass(frozen=True, slots=True)
class _Cue:
    phrase: str
    parts: tuple[str, ...]
    by_sound: bool

    @classmethod
    def read(cls, written: str) -> _Cue:
        phrase = written.removeprefix("~")
        parts = [_units(part) for part in phrase.split("…")]
        syllables = sum(len(sounds.split()) for sounds, _ in parts)
        by_sound = phrase != written or syllables >= _BY_SOUND_SYLLABLES
        return cls(phrase, tuple(part[0] if by_sound else part[1] for part in parts), by_sound)

    def place(self, heard: Heard, *, last: bool = False) -> tuple[int, int] | None:
        """The syllables from and to which its first (or last) place reaches."""
        text = heard.sounds if self.by_sound else heard.characters
        first, *others = self.parts
        at = text.rfind(first) if last else text.find(first)
        while at >= 0:
            end = at + len(first) - 1
            for part in others:
                following = text.find(part, end)
                if following < 0 or text.count(" ", end, following) > _GAP_SYLLABLES:
                    break
                end = following + len(part) - 1
            else:
                return text.count(" ", 0, at), text.count(" ", 0, end)
            at = text.rfind(first, 0, at + len(first) - 1) if last else text.find(first, at + 1)
        return None


class Cues:
    """A set of cues, read when first asked."""

    known: ClassVar[list[Cues]] = []

    def __init__(self, phrases: str) -> None:
        """``phrases``: cues with blanks between them."""
        self.phrases = tuple(phrases.split())
        self.indexed = False
        Cues.known.append(self)

    @cached_property
    def cues(self) -> tuple[_Cue, ...]:
        return tuple(map(_Cue.read, self.phrases))

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(cue.parts[0] for cue in self.cues)

    def _likely(self, heard: Heard) -> Iterable[_Cue]:
        if not self.indexed:
            return self.cues
        if heard.begun.isdisjoint(self._firsts):
            return ()
        return [cue for cue in self.cues if cue.parts[0] in heard.begun]

    def any(self, heard: Heard) -> bool:
        return any(cue.place(heard) for cue in self._likely(heard))

    def found(self, heard: Heard) -> tuple[str, ...]:
        """The cues that are in it, each once, as they were written."""
        return tuple(cue.phrase for cue in self._likely(heard) if cue.place(heard))

    def count(self, heard: Heard) -> int:
        return len(self.found(heard))

    def first_places(self, heard: Heard) -> tuple[tuple[int, int], ...]:
        """Where each of them is said first: from this syllable to that (not included)."""
        return tuple(place for cue in self._likely(heard) if (place := cue.place(heard)))

    def last_places(self, heard: Heard) -> tuple[tuple[int, int], ...]:
        """Where each of them is said last: from this syllable to that (not included)."""
        likely = self._likely(heard)
        return tuple(place for cue in likely if (place := cue.place(heard, last=True)))

    def last_end(self, heard: Heard) -> int:
        """The syllable at which the last of them ends; -1 where there is none."""
        return max((end for _, end in self.last_places(heard)), default=-1)
