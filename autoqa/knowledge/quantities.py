"""Amounts, rates, times and dates as they are said, brought to one form.

>>> [str(one) for one in quantities("年费三百块，三到五个工作日，利率百分之三点六")]
['300元', '3-5工作日', '3.6%']

What is not said exactly is no quantity: 几百块, 两三天, 一百来块.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from autoqa import numerals
from autoqa.text import simplify

_UNITS = (
    ("工作日", r"个?工作日"),
    ("元", r"(?:元|块钱|块)(?:钱|整|人民币)?"),
    ("美元", r"美元|美金"),
    ("天", r"天|个?自然日"),
    ("小时", r"个?(?:小时|钟头)"),
    ("分钟", r"分钟"),
    ("秒", r"秒钟?"),
    ("个月", r"个月"),
    ("周岁", r"周?岁"),
    ("年", r"年"),
    ("次", r"次|笔"),
    ("期", r"期"),
    ("位", r"位数?"),
    ("张", r"张"),
    ("倍", r"倍"),
    ("折", r"折"),
    ("积分", r"个?积分"),
    ("%", r"个百分点"),
    ("号", r"号|日"),
)
UNITS = tuple(dict.fromkeys(name for name, _ in _UNITS))
_UNIT = re.compile("|".join(f"(?P<u{at}>{pattern})" for at, (_, pattern) in enumerate(_UNITS)))
_TO = re.compile(r"到|至|[-~－—～]")
_SHARE_OF = {"千分之": Decimal(10), "万分之": Decimal(100)}
_CLOCK = re.compile(
    r"点(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-9零一二三四五六七八九十]+)分?|钟?)"
)
_COLON = re.compile(r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)")
_LATER = re.compile(r"(?:下午|晚上|傍晚|晚)$")
_LOOSE = re.compile(r"[零〇一二三四五六七八九两]{2}")
_ABOUT = re.compile(r"^[多来几]")
_FREE = re.compile(
    r"免费|不收取?(?:任何|您)?(?:的)?(?:费用?|钱)|不要钱|不花钱|免收|免年费|免手续费"
)
_DATED = 1900
"""A number of years from here on is a year of the calendar."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """``low`` to ``high`` (mostly one) of ``unit``, at ``[start, end)`` of the text.

    ``unit``: one of ``UNITS``, ``%``, ``月日`` (month × 100 + day), ``时刻`` (minutes of the day).
    ``is_free``: said without a number, for 0 元.
    """

    low: Decimal
    high: Decimal
    unit: str
    start: int = 0
    end: int = 0
    is_free: bool = False

    def same(self, other: Quantity) -> bool:
        return (self.low, self.high, self.unit) == (other.low, other.high, other.unit)

    def contradicts(self, other: Quantity) -> bool:
        """Whether both cannot be: 5 个工作日 does not contradict 3 to 5."""
        apart = self.high < other.low or other.high < self.low
        return self.unit == other.unit and apart

    def __str__(self) -> str:
        if self.unit == "月日":
            return f"{int(self.low) // 100}月{int(self.low) % 100}日"
        if self.unit == "时刻":
            return f"{int(self.low) // 60}:{int(self.low) % 60:02}"
        low, high = _plain(self.low), _plain(self.high)
        return f"{low}{self.unit}" if low == high else f"{low}-{high}{self.unit}"


@dataclass(frozen=True, slots=True)
class _Number:
    value: Decimal
    start: int
    end: int
    is_rate: bool


def quantity(text: str) -> Quantity | None:
    """The only quantity that a text is, as staff write it; None where it is anything else."""
    found = quantities(text.strip())
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(text.strip())
    return found[0] if whole else None


def quantities(text: str) -> tuple[Quantity, ...]:
    """All of them, by place."""
    text = simplify(text)
    numbers = list(_numbers(text))
    found = [*_free(text), *_clock_signs(text), *_counted(text, numbers)]
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _numbers(text: str) -> Iterator[_Number]:
    for run in numerals.RUN.finditer(text):
        value = _value(run)
        if value is None:
            continue
        prefix = text[max(0, run.start() - 3) : run.start()]
        if (share := _SHARE_OF.get(prefix)) is not None:
            yield _Number(value / share, run.start() - 3, run.end(), True)
        else:
            is_rate = bool(run["percent"] or run["sign"])
            yield _Number(value, run.start(), run.end(), is_rate)


def _value(run: re.Match[str]) -> Decimal | None:
    whole = run["whole"]
    if run["part"] is None and _LOOSE.fullmatch(whole) and not run["percent"]:
        return None  # 三五天 is no 35 天
    if whole in ("十", "10") and run["part"] is None:
        return Decimal(10)
    if run["part"] is None and len(whole) == 1:
        return Decimal(numerals.DIGITS[whole]) if whole in numerals.DIGITS else None
    told = numerals.canonical(run)
    if told is None:
        return None
    told = told.rstrip("%")
    return Decimal(numerals.DIGITS[told]) if told in numerals.DIGITS else Decimal(told)


def _free(text: str) -> Iterator[Quantity]:
    for match in _FREE.finditer(text):
        yield Quantity(Decimal(0), Decimal(0), "元", *match.span(), is_free=True)


def _clock_signs(text: str) -> Iterator[Quantity]:
    for match in _COLON.finditer(text):
        minutes = Decimal(_later(text, match.start(), int(match[1])) * 60 + int(match[2]))
        yield Quantity(minutes, minutes, "时刻", *match.span())


def _later(text: str, start: int, hour: int) -> int:
    return hour + 12 if hour < 12 and _LATER.search(text[:start]) else hour


def _counted(text: str, numbers: list[_Number]) -> Iterator[Quantity]:
    skipped = {match.start() for match in _COLON.finditer(text)}
    skipped |= {match.start(2) for match in _COLON.finditer(text)}
    at = 0
    while at < len(numbers):
        number = numbers[at]
        at += 1
        if number.start in skipped or _ABOUT.match(text[number.end :]):
            continue
        following = numbers[at] if at < len(numbers) else None
        made = (
            _date(text, number, following)
            or _range(text, number, following)
            or _clock(text, number)
            or _single(text, number, number)
        )
        if made is not None:
            while at < len(numbers) and numbers[at].start < made.end:
                at += 1
            yield made


def _date(text: str, month: _Number, day: _Number | None) -> Quantity | None:
    if day is None or text[month.end : day.start] not in ("月", "月份"):
        return None
    if not (month.value <= 12 and day.value <= 31 and text[day.end : day.end + 1] in ("号", "日")):
        return None
    value = month.value * 100 + day.value
    return Quantity(value, value, "月日", month.start, day.end + 1)


def _range(text: str, low: _Number, high: _Number | None) -> Quantity | None:
    if high is None:
        return None
    first = _unit(text, low)
    between = text[first[1] if first else low.end : high.start]
    last = _single(text, low, high)
    if _TO.fullmatch(between) is None or last is None or low.value > high.value:
        return None
    return last if first is None or first[0] == last.unit else None


def _single(text: str, low: _Number, high: _Number) -> Quantity | None:
    unit = _unit(text, high)
    if unit is None or (unit[0] == "年" and high.value >= _DATED):
        return None
    return Quantity(low.value, high.value, unit[0], low.start, unit[1])


def _unit(text: str, number: _Number) -> tuple[str, int] | None:
    if number.is_rate:
        return "%", number.end
    match = _UNIT.match(text, number.end)
    if match is None or match.lastgroup is None:
        return None
    return _UNITS[int(match.lastgroup[1:])][0], match.end()


def _clock(text: str, hour: _Number) -> Quantity | None:
    match = _CLOCK.match(text, hour.end)
    if match is None or hour.value > 24 or hour.value != int(hour.value):
        return None
    minute = 30 if match["half"] else 15 * "零一二三".index(match["quarter"] or "零")
    if match["minute"]:
        run = numerals.RUN.fullmatch(match["minute"])
        value = _value(run) if run is not None else None
        if value is None or value > 59:
            return None
        minute = int(value)
    minutes = Decimal(_later(text, hour.start, int(hour.value)) * 60 + minute)
    return Quantity(minutes, minutes, "时刻", hour.start, match.end())
