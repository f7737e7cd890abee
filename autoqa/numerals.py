"""Spoken numbers to digits: 三千五百六十 and 3560, 八零二六 and 8026, 百分之八十 and 80% are one.

A single digit stays (or becomes) a Chinese numeral, since 一 is mostly part of a word: 一下, 统一.
What does not parse as a number (三五千, 万一) is left as it is.
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {char: index for index, char in enumerate("零一二三四五六七八九")}
DIGITS |= {"〇": 0, "幺": 1, "两": 2} | {str(index): index for index in range(10)}
NUMERALS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}

_DIGIT = "0-9零〇一二三四五六七八九幺两"
RUN = re.compile(
    rf"(?P<percent>百分之)?(?P<whole>[{_DIGIT}十百千万亿]+)"
    rf"(?:[点.](?P<part>[{_DIGIT}]+)(?![十百千分半钟])(?P<unit>[万亿]?))?(?P<sign>%?)"
)
"""A stretch that may be a number; 三点五十 and 三点五分 are times and keep their 点."""

_DIGITS_ONLY = re.compile(rf"[{_DIGIT}]+")
_PIECE = re.compile(r"[0-9]+|.")


def canonical(run: re.Match[str]) -> str | None:
    """One form for the number of a match of ``RUN``; None to leave it as it is."""
    whole = run["whole"]
    percent = "%" if run["percent"] or run["sign"] else ""
    if run["part"] is not None:
        return _decimal(whole, run["part"], run["unit"], percent)
    if _DIGITS_ONLY.fullmatch(whole):
        return _digits(whole, percent)
    number = 100 if percent and whole == "百" else _value(whole)
    if number is None or (number == 10 and not percent):
        return None
    return f"{number}{percent}"


def is_digit_string(run: re.Match[str]) -> bool:
    """Digits read one by one: each digit of the canonical form stands for one character."""
    plain = run["part"] is None and not run["percent"] and not run["sign"]
    return plain and _DIGITS_ONLY.fullmatch(run["whole"]) is not None and run["whole"] != "10"


def _digit_string(text: str) -> str:
    return "".join(str(DIGITS[char]) for char in text)


def _digits(whole: str, percent: str) -> str | None:
    text = _digit_string(whole)
    if percent:
        return text + percent
    if len(text) == 1:
        return None if whole == "幺" else NUMERALS[int(text)]
    return "十" if text == "10" else text


def _decimal(whole: str, part: str, unit: str, percent: str) -> str | None:
    value = int(_digit_string(whole)) if _DIGITS_ONLY.fullmatch(whole) else _value(whole)
    if value is None:
        return None
    number = Decimal(f"{value}.{_digit_string(part)}") * _GROUPS.get(unit, 1)
    return format(number, "f").rstrip("0").rstrip(".") + percent


def _value(text: str) -> int | None:
    """The value of a number with units, such as 两千零五十, 3万5, 一百二; None if it is none."""
    total, section, digit, last_unit = 0, 0, None, 0
    for piece in _PIECE.findall(text):
        if piece in _GROUPS:
            group = _GROUPS[piece]
            section += digit or 0
            if section == 0 or (total and group > last_unit >= 10_000):
                return None
            total, section, digit, last_unit = total + section * group, 0, None, group
        elif piece in _UNITS:
            unit = _UNITS[piece]
            if digit is None and not (unit == 10 and section % 100 == 0):
                return None
            if last_unit and last_unit < 10_000 and unit >= last_unit:
                return None
            section += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        else:
            value = DIGITS.get(piece, None) if len(piece) == 1 else int(piece)
            if value is None or (digit is not None and digit != 0):
                return None
            digit = value
    if digit is not None:
        colloquial = last_unit in (100, 1000, 10_000) and 0 < digit < 10 and text[-2] not in "零〇0"
        section += digit * (last_unit // 10) if colloquial else digit
    return total + section


_ARABIC = re.compile(r"\d+(?:\.\d+)?%?")
_PLACES = ("", "十", "百", "千")


def spoken(text: str) -> str:
    """The same with its Arabic numbers as they are said.

    >>> spoken("300元，3.5%，12000元")
    '三百元，百分之三点五，一万二千元'
    """
    return _ARABIC.sub(lambda match: _said(match[0]), text)


def _said(number: str) -> str:
    whole, _, part = number.rstrip("%").partition(".")
    told = _whole(int(whole))
    if part:
        told += "点" + "".join(NUMERALS[int(char)] for char in part)
    return f"百分之{told}" if number.endswith("%") else told


def _whole(value: int) -> str:
    for group, name in ((100_000_000, "亿"), (10_000, "万")):
        if value >= group:
            rest = value % group
            gap = "零" if rest and rest < group // 10 else ""
            return _whole(value // group) + name + gap + (_whole(rest) if rest else "")
    digits = str(value)
    said = ""
    for at, char in enumerate(digits):
        place = len(digits) - 1 - at
        if char != "0":
            said += NUMERALS[int(char)] + _PLACES[place]
        elif digits[at:].strip("0") and not said.endswith("零"):
            said += "零"
    said = said or "零"
    return said[1:] if said.startswith("一十") else said
