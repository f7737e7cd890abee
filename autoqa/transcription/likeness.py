"""Where in a text a phrase might have been heard as something else: by the sounds of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autoqa.text import pinyin

_HAN_RUN = re.compile(r"[㐀-鿿]+")
_SLOT = re.compile(r"[{｛](?:数字|number)[}｝]")
_NUMBER = re.compile(r"[0-9零〇一二两三四五六七八九幺]{2,}")


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of a text that sound most like a phrase.

    ``distance``: 0 the same sounds, 1 nothing in common, for each syllable of the phrase.
    ``syllables``: of the phrase, without those of a number that was filled in. ``is_sure``: the
    text there is. ``is_whole``: no number is wanting. ``is_pinned``: the text has the beginning
    and the end of the phrase right beside each other, and nothing of its middle. ``has_number``:
    one was filled in.
    """

    phrase: str
    start: int
    end: int
    distance: float
    syllables: int
    is_sure: bool = True
    is_whole: bool = True
    is_pinned: bool = False
    has_number: bool = False


def without_slots(phrase: str) -> str:
    """What of a phrase is the same whenever it is said."""
    return _SLOT.sub("", phrase)


def filled(phrase: str, text: str) -> list[str]:
    """The phrase with the numbers of the text in its slot; without slot where there is none.

    >>> filled("工号{数字}为您服务", "公号8026为您服务")
    ['工号8026为您服务']
    """
    if not _SLOT.search(phrase):
        return [phrase]
    numbers = dict.fromkeys(match[0] for match in _NUMBER.finditer(text))
    return [_SLOT.sub(number, phrase) for number in numbers] or [without_slots(phrase)]


def places(phrase: str, text: str, most: int = 2) -> list[Place]:
    """Where in ``text`` the phrase might have been heard as something else, the likeliest first."""
    given, at = _syllables(text)
    if not given:
        return []
    bare = without_slots(phrase)
    length = len(_syllables(bare)[0])
    found = [
        replace(
            place,
            has_number=way != bare,
            is_whole=bare == phrase or way != bare,
            is_pinned=_is_pinned(way, text[place.start : place.end]),
        )
        for way in filled(phrase, text)
        for place in _places(way, given, at, length, most)
    ]
    return sorted(found, key=lambda place: place.distance)[:most]


def _is_pinned(phrase: str, text: str) -> bool:
    """At least two characters on either side, the same to the letter."""
    phrase, text = phrase.replace("您", "你"), text.replace("您", "你")
    return len(text) < len(phrase) and any(
        text == phrase[:at] + phrase[at - len(text) :] for at in range(2, len(text) - 1)
    )


def _places(
    phrase: str, given: Sequence[str], at: Sequence[int], length: int, most: int
) -> list[Place]:
    wanted, _ = _syllables(phrase)
    if not length:
        return []
    found: list[Place] = []
    for start, end, cost in _alignments(wanted, given):
        first, last = at[start], at[end - 1] + 1
        if all(last <= other.start or other.end <= first for other in found):
            found.append(Place(phrase, first, last, cost / length, length))
        if len(found) == most:
            break
    return found


def _syllables(text: str) -> tuple[list[str], list[int]]:
    """Toneless syllables and other characters, with the index of each in the text."""
    sounds: list[str] = []
    at: list[int] = []
    runs = {match.start(): match[0] for match in _HAN_RUN.finditer(text)}
    index = 0
    while index < len(text):
        run = runs.get(index)
        if run is not None:
            read = pinyin(run)
            if len(read) == len(run):
                sounds.extend(syllable.rstrip("12345") for syllable in read)
                at.extend(range(index, index + len(run)))
            index += len(run)
        else:
            if text[index].isalnum():
                sounds.append(text[index])
                at.append(index)
            index += 1
    return sounds, at


def _alignments(wanted: Sequence[str], given: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Spans of ``given`` by their distance from ``wanted``, the nearest first."""
    row = [(0.0, start) for start in range(len(given) + 1)]
    for sound in wanted:
        new = [(row[0][0] + 1, row[0][1])]
        for index, other in enumerate(given):
            new.append(
                min(
                    (row[index][0] + _distance(sound, other), row[index][1]),
                    (row[index + 1][0] + 1, row[index + 1][1]),
                    (new[index][0] + 1, new[index][1]),
                )
            )
        row = new
    ends = sorted(range(1, len(row)), key=lambda end: (row[end][0], end))
    return ((row[end][1], end, row[end][0]) for end in ends if row[end][1] < end)


def _distance(one: str, other: str) -> float:
    """Between two syllables: 0 the same, a half where beginning or rhyme are shared, else 1."""
    if one == other:
        return 0.0
    onset, rhyme = _parts(one)
    other_onset, other_rhyme = _parts(other)
    return 0.5 if onset == other_onset or rhyme == other_rhyme else 1.0


def _parts(syllable: str) -> tuple[str, str]:
    """Onset and rhyme; what accents and telephones do not tell apart is the same."""
    rhyme = syllable.lstrip("bpmfdtnlgkhjqxrzcsyw")
    onset = syllable[: len(syllable) - len(rhyme)].removesuffix("h")
    onset = {"l": "n", "f": "h", "r": "n"}.get(onset, onset)
    return onset, rhyme.removesuffix("g")
