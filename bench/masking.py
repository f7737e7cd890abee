"""How much personal data is masked, and how much else with it, on calls made from templates.

::

    python -m bench.masking                      # both halves of bench/personal
    python -m bench.masking --half tuned --show  # what was missed or masked wrongly
    python -m bench.masking --results FOLDER     # what is masked in results of real recordings

Each template is filled with several draws and written in three ways: as a clerk writes it
(138 0013 8000), as it is spoken (幺三八，零零幺三…, with fillers and 三个零), and as a recogniser
might hear that: other characters of the same sound (``bench.corruption``), digits as numerals or
figures, now and then one dropped. Recall is of the characters of personal data, false masks of all
others; punctuation and blanks do not count.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autoqa.privacy import Kind, find
from autoqa.types import Role, Utterance
from bench import corruption

FOLDER = Path(__file__).parent / "personal"
HALVES = "tuned", "reported"
DRAWS = 6
ROLES = {"a": Role.AGENT, "c": Role.CUSTOMER}
KINDS = {
    "card": Kind.CARD, "identity": Kind.IDENTITY, "mobile": Kind.PHONE, "fixed": Kind.PHONE,
    "code": Kind.CODE, "password": Kind.CODE, "name": Kind.NAME, "surname": Kind.NAME,
    "address": Kind.ADDRESS,
}  # fmt: skip
_SLOT = re.compile(r"\{(?P<name>\w+)(?: (?P<first>\d+)-(?P<last>\d*))?\}")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏"
    "吕丁沈姚卢"
)
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华志远建国子涵欣怡梓轩晓东海燕玉梅"
_STREETS = ("人民路", "中山北路", "解放大道", "文三路", "长江西街", "幸福巷", "建设二路", "学府街")
_TOWNS = (
    "杭州市西湖区",
    "成都市武侯区",
    "广州市天河区",
    "济南市历下区",
    "海淀区",
    "朝阳区",
    "鼓楼区",
    "",
)
_ESTATES = ("阳光花园", "金色家园", "翠苑小区", "东方公寓", "和平里小区", "锦绣新村", "")
_SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
_NUMERAL = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Line:
    """``kinds``: for each character of ``text``, what it has to be masked as, or None."""

    role: Role
    text: str
    kinds: tuple[Kind | None, ...]


Writing = Callable[[str, random.Random], str]


def main() -> None:
    parser = argparse.ArgumentParser(description="Recall and false masks of personal data.")
    parser.add_argument("--half", choices=HALVES, action="append", help="Of bench/personal.")
    parser.add_argument("--show", action="store_true", help="Print what is wrong.")
    parser.add_argument("--results", type=Path, help="Folder of result documents.")
    options = parser.parse_args()
    if options.results is not None:
        print_results(options.results)
        return
    for half in options.half or HALVES:
        print(f"{half:10} {'kind':10} {'characters':>10} {'recall':>8} {'false masks':>12}")
        for name, calls in dialogues(half).items():
            print_counts(name, measured(calls, show=options.show), len(calls))


def print_counts(name: str, counts: Counter[tuple[str, bool]], calls: int) -> None:
    kinds = sorted({kind for kind, _ in counts} - {""})
    total = sum(counts[kind, True] + counts[kind, False] for kind in kinds)
    found = sum(counts[kind, True] for kind in kinds)
    others = counts["", True] + counts["", False]
    line = f"{name:10} {'all':10} {total:10} {found / total:8.4f} {counts['', True] / others:12.4f}"
    print(f"{line}  ({calls} calls)")
    for kind in kinds:
        total = counts[kind, True] + counts[kind, False]
        print(f"{'':10} {kind:10} {total:10} {counts[kind, True] / total:8.4f}")


def measured(calls: Sequence[Sequence[Line]], *, show: bool = False) -> Counter[tuple[str, bool]]:
    """Characters by what they are ("" for no personal data) and whether they are masked."""
    counts: Counter[tuple[str, bool]] = Counter()
    for call in calls:
        spans = find(utterances(call))
        for at, line in enumerate(call):
            hidden = {
                place
                for span in spans
                if span.utterance == at
                for place in range(span.start, span.end)
            }
            wrong = False
            for place, (char, kind) in enumerate(zip(line.text, line.kinds, strict=True)):
                if char.isalnum():
                    counts[kind or "", place in hidden] += 1
                    wrong |= (kind is not None) != (place in hidden)
            if wrong and show:
                print(" | ".join(one.text for one in call[max(0, at - 2) : at]))
                print("   >", _marked(line, hidden))
    return counts


def _marked(line: Line, hidden: set[int]) -> str:
    """Missed characters between <>, wrongly masked ones between []."""
    made = ""
    for place, (char, kind) in enumerate(zip(line.text, line.kinds, strict=True)):
        if kind is not None and place not in hidden:
            made += f"<{char}>"
        elif kind is None and place in hidden:
            made += f"[{char}]"
        else:
            made += char
    return made


def utterances(call: Sequence[Line]) -> list[Utterance]:
    """The lines as what was heard, three seconds each."""
    return [
        Utterance(int(line.role == Role.CUSTOMER), line.role, 4000 * at, 4000 * at + 3000,
                  line.text, (), 1.0)
        for at, line in enumerate(call)
    ]  # fmt: skip


# ---------------------------------------------------------------- calls


def dialogues(half: str, draws: int = DRAWS) -> dict[str, list[list[Line]]]:
    """The calls of one half by how they are written; always the same."""
    written = (FOLDER / f"{half}.txt").read_text(encoding="utf-8")
    templates = [
        [line.split(": ", 1) for line in block.splitlines()]
        for block in written.split("\n\n")
        if not block.startswith("#")
    ]
    made: dict[str, list[list[Line]]] = {"written": [], "spoken": [], "heard": []}
    for number, template in enumerate(templates):
        for again in range(draws):
            for name, calls in made.items():
                draw = random.Random(f"{half} {number} {again} {name}")
                calls.append(_filled(template, name, draw))
    return made


def _filled(template: Sequence[Sequence[str]], way: str, draw: random.Random) -> list[Line]:
    """One call: the same slots have the same value throughout, as people repeat themselves."""
    values = _values(draw)
    return [_line(ROLES[role], text, way, values, draw) for role, text in template]


def _line(role: Role, template: str, way: str, values: dict[str, str], draw: random.Random) -> Line:
    text, kinds = "", list[Kind | None]()
    done = 0
    for slot in (*_SLOT.finditer(template), None):
        plain = template[done : slot.start() if slot else None]
        text += plain
        kinds += [None] * len(plain)
        if slot is not None:
            name = slot["name"]
            value = _other(name, draw) if name not in values else values[name]
            if slot["first"] is not None:
                value = value[int(slot["first"]) : int(slot["last"]) if slot["last"] else None]
            shown = _written(name, value, way, draw)
            text += shown
            kinds += [KINDS.get(name)] * len(shown)
            done = slot.end()
    if way == "heard":
        text = corruption.by_sound(text, draw)
    return Line(role, text, tuple(kinds))


def _values(draw: random.Random) -> dict[str, str]:
    """Personal data of one customer."""
    surname = draw.choice(_SURNAMES)
    year, month, day = draw.randint(1950, 2005), draw.randint(1, 12), draw.randint(1, 28)
    return {
        "card": draw.choice(("6222", "6217", "6228", "4392", "5187"))
        + _digits(draw, draw.choice((12, 15))),
        "identity": f"{draw.choice((1101, 3301, 4401, 5101, 3701))}{_digits(draw, 2)}"
        f"{year}{month:02}{day:02}{_digits(draw, 3)}{draw.choice('0123456789X')}",
        "mobile": f"1{draw.choice('3578')}{_digits(draw, 9)}",
        "fixed": draw.choice(("010", "0571", "028", "")) + draw.choice("5678") + _digits(draw, 7),
        "code": _digits(draw, draw.choice((4, 6, 6))),
        "password": _digits(draw, 6),
        "surname": surname,
        "name": surname + "".join(draw.sample(_GIVEN, draw.choice((1, 2, 2)))),
        "address": draw.choice(_TOWNS) + draw.choice(_STREETS) + f"{draw.randint(2, 899)}号"
        + (estate := draw.choice(_ESTATES)) + (f"{draw.randint(2, 29)}栋" if estate else "")
        + f"{draw.randint(1, 4)}单元{draw.randint(1, 18)}0{draw.randint(1, 4)}",
        "tail": _digits(draw, 4),
        "staff": _digits(draw, draw.choice((3, 4, 5))),
    }  # fmt: skip


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _other(name: str, draw: random.Random) -> str:
    """What is no personal data, another at each place."""
    if name == "amount":
        return str(draw.choice((draw.randint(100, 99999), draw.randint(1, 90) * 1000)))
    if name == "hotline":
        return draw.choice(("95588", "95533", "95599", "4008895558", "12378"))
    assert name == "date", name
    return f"{draw.randint(2022, 2025)}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日"


def _written(name: str, value: str, way: str, draw: random.Random) -> str:
    if name in ("name", "surname"):
        return value
    if way == "spoken" or (way == "heard" and draw.random() < 0.4):
        return _spoken(name, value, draw)
    if name == "amount":
        return draw.choice((value, f"{int(value):,}")) + "元"
    if name in ("date", "address"):
        return value
    return _figures(value, draw) if way == "heard" else _grouped(name, value, draw)


def _spoken(name: str, value: str, draw: random.Random) -> str:
    if name == "amount":
        return read_out(int(value)) + "元"
    if name == "date":
        return re.sub(r"\d+", lambda one: _date_part(one[0]), value)
    if name == "address":
        return re.sub(r"\d+", lambda one: _spelled(one[0], draw), value)
    return (_spelled if name in ("tail", "staff", "hotline") else _said)(value, draw)


def _grouped(name: str, value: str, draw: random.Random) -> str:
    """As a clerk writes digits: together, or in groups."""
    if len(value) < 8 or draw.random() < 0.5:
        return value
    if name == "mobile" and len(value) == 11:
        parts = [value[:3], value[3:7], value[7:]]
    else:
        parts = [value[at : at + 4] for at in range(0, len(value), 4)]
    return draw.choice(" -").join(parts)


def _figures(value: str, draw: random.Random) -> str:
    """As a recogniser writes figures: together or with a comma, at times with one dropped."""
    if len(value) > 6 and draw.random() < 0.3:
        at = draw.randrange(len(value))
        value = value[:at] + value[at + 1 :]
    if len(value) > 6 and draw.random() < 0.3:
        at = draw.randrange(3, len(value) - 2)
        value = value[:at] + draw.choice((",", " ", "-")) + value[at:]
    return value


def _said(value: str, draw: random.Random) -> str:
    """Digit by digit, in groups, with fillers; three of the same as such."""
    made, at = "", 0
    left = draw.choice((3, 4, 4, 20))
    while at < len(value):
        run = len(value[at:]) - len(value[at:].lstrip(value[at]))
        if run == 3 and value[at] != "X" and draw.random() < 0.4:
            made += f"三个{_NUMERAL[int(value[at])]}"
            at += 3
        else:
            made += "X" if value[at] == "X" else value[at].translate(_SPOKEN)
            at += 1
        left -= 1
        if left <= 0 and at < len(value):
            made += draw.choice(("，", "，", "", "嗯", "，呃，"))
            left = draw.choice((3, 4, 4))
    return made


def _spelled(value: str, draw: random.Random) -> str:
    one = draw.choice("一幺")
    return "".join("X" if char == "X" else _NUMERAL[int(char)] for char in value).replace("一", one)


def _date_part(digits: str) -> str:
    if len(digits) == 4:
        return "".join(_NUMERAL[int(char)] for char in digits)
    return read_out(int(digits))


def read_out(number: int) -> str:
    """A number as it is said: 14680 is 一万四千六百八十."""
    if number >= 10_000:
        rest = number % 10_000
        return (
            read_out(number // 10_000)
            + "万"
            + ("" if not rest else ("零" if rest < 1000 else "") + read_out(rest))
        )
    made, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            made += ("零" if gap and made else "") + _NUMERAL[digit] + name
            gap = False
        else:
            gap = bool(made)
    return made.removeprefix("一") if made.startswith("一十") else made


# ---------------------------------------------------------------- real recordings


def print_results(folder: Path) -> None:
    """What is masked in result documents, the commonest first, and its share of all characters."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    characters = masked = 0
    for call in _heard(folder):
        characters += sum(len(one.text) for one in call)
        for span in find(call):
            text = call[span.utterance].text
            seen[span.kind, text[max(0, span.start - 10) : span.start],
                 text[span.start : span.end], text[span.end : span.end + 8]] += 1  # fmt: skip
            masked += span.end - span.start
    print(f"{characters} characters, {masked} masked")
    for (kind, before, text, after), count in seen.most_common():
        print(f"{count:5} {kind:10} {before}[{text}]{after}")


def _heard(folder: Path) -> Iterator[list[Utterance]]:
    for path in sorted(folder.rglob("*.json")):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        call = document.get("call") if isinstance(document, dict) else None
        if call and "utterances" in call:
            yield [
                Utterance(one["channel"], Role(one["role"]), one["start_ms"], one["end_ms"],
                          one["text"], (), 1.0)
                for one in call["utterances"]
            ]  # fmt: skip


if __name__ == "__main__":
    main()
