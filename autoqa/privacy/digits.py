"""Digits read one by one, as they were written down: 138 0013 8000, 幺三八, 三个零, 要三八嗯零零.

A recogniser writes some digits as other characters of the same sound. These *soft* digits count
only between or right beside plain ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from autoqa.privacy.sounds import syllable
from autoqa.text import simplify

PLAIN = {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
PLAIN |= {"〇": "0", "○": "0", "幺": "1", "Ｘ": "X", "X": "X", "x": "X"}
PLAIN |= {str(value): str(value) for value in range(10)}
PLAIN |= {chr(0xFF10 + value): str(value) for value in range(10)}

_SOUNDS = {
    "yao": "1", "yi": "1", "er": "2", "san": "3", "si": "4", "wu": "5", "niu": "6", "qi": "7",
    "ba": "8", "jiu": "9", "nin": "0", "don": "0", "guai": "7", "gou": "9",
}  # fmt: skip
"""By folded syllable; the last three are how soldiers and traders say 0, 7 and 9."""
_SOFT = "abcdefghij"
_NEVER_LAST = frozenset(
    "吧把是就要以有其已事时实使日市士亿一意起齐期上商您仨洞式十石食识世室试适而且旧"
)
"""Sounds of digits that mostly are the next word, where they stand at the edge of a number."""
_TIMES = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "2": 2, "3": 3, "4": 4, "5": 5}

_FILLERS = re.compile(r"[嗯呃额啊哦噢唔诶欸哎呐呢恶鄂饿俄]+|那个|这个|然后|就是|空格|横杠|再来")
_GAP = re.compile(r"[\s,，.。、．·\-—–_~～…/]")
_RUN = re.compile(r"[a-j]{0,2}[0-9XR](?:[ ]{0,6}[0-9XRa-j])*")
_EDGE = re.compile(r"[ .]*")

_BLANKS = (
    re.compile(r"(?:19|20)\d\d\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}(?:日|号)?(?!\d)"),
    re.compile(r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)"),
    re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?![\d,.-])"),
    re.compile(r"(?<![\d.])\d{1,9}\.\d{1,2}(?=[元块万亿%])"),
    re.compile(
        r"[一二三四五六七八九]分之|百分之|第[一二三四五六七八九]|[一二三四五六七八九十]点半?"
    ),
)
"""Dates, times, amounts, shares: digits that are not read one by one."""


@dataclass(frozen=True, slots=True)
class Run:
    """Digits of one text, ``start`` to ``end``. ``before``, ``after``: the text on both sides."""

    start: int
    end: int
    digits: str
    before: str
    after: str


def runs(text: str) -> tuple[Run, ...]:
    """All runs of digits, single ones included, in their order."""
    plain = simplify(text)
    shape, values = _shape(plain)
    found = []
    for match in _RUN.finditer(shape):
        start, end = _trimmed(plain, shape, *match.span())
        digits = "".join(values[at] for at in range(start, end))
        hard = sum(len(values[at]) for at in range(start, end) if shape[at] not in _SOFT)
        if digits.strip("X") and 2 * hard >= len(digits):
            found.append(Run(start, end, digits, plain[:start], plain[end:]))
    return tuple(found)


def rest(text: str, found: tuple[Run, ...]) -> str:
    """The text without its digits, fillers and punctuation."""
    kept = list(text)
    for run in found:
        kept[run.start : run.end] = " " * (run.end - run.start)
    return _GAP.sub("", _FILLERS.sub("", re.sub(r"[？?！!；;：:“”\"']", "", "".join(kept))))


def _shape(text: str) -> tuple[str, list[str]]:
    """A letter for each character: digits as they are, X, R for 三个八, a to j for soft digits, a
    blank for gaps and fillers, a stop for all else; and the digits that each stands for."""
    shape = ["."] * len(text)
    values = [""] * len(text)
    for at, char in enumerate(text):
        if (digit := PLAIN.get(char)) is not None:
            shape[at] = values[at] = digit
        elif _GAP.match(char):
            shape[at] = " "
        elif (digit := _soft(char)) is not None:
            shape[at], values[at] = _SOFT[int(digit)], digit
    for match in _FILLERS.finditer(text):
        for at in range(*match.span()):
            shape[at], values[at] = " ", ""
    for at in range(len(text) - 2):
        times = _TIMES.get(text[at])
        digit = PLAIN.get(text[at + 2]) or _soft(text[at + 2])
        if times and text[at + 1] == "个" and digit not in (None, "X"):
            shape[at : at + 3] = "RRR"
            values[at : at + 3] = str(digit) * times, "", ""
    for pattern in _BLANKS:
        for match in pattern.finditer(text):
            for at in range(*match.span()):
                shape[at], values[at] = ".", ""
    return "".join(shape), values


def _trimmed(text: str, shape: str, start: int, end: int) -> tuple[int, int]:
    """Without soft digits at the edges that are more likely the words around."""
    while end > start and (shape[end - 1] in _SOFT and text[end - 1] in _NEVER_LAST):
        end -= 1
    while (
        start < end
        and shape[start] in _SOFT
        and (text[start] in _NEVER_LAST - {"要"} or shape[start] == _SOFT[4])
    ):
        start += 1
    if start < end and text[start] == "要" and not shape[start + 1 : start + 2].isdigit():
        start += 1
    while end > start and shape[end - 1] == " ":
        end -= 1
    while end > start and shape[end - 1] in _SOFT and not _EDGE.fullmatch(_after(text, end)):
        end -= 1
        while end > start and shape[end - 1] == " ":
            end -= 1
    return start, end


def _after(text: str, end: int) -> str:
    """What follows, as far as it says whether a soft digit ends the number."""
    return "" if end == len(text) or _GAP.match(text[end]) else text[end]


@cache
def _soft(char: str) -> str | None:
    return _SOUNDS.get(syllable(char))
