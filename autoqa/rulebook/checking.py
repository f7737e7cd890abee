"""``autoqa rules check``: the faults of rule files, and phrases that are of no use.

Of no use: a phrase that what it is not to be part of (``unless``) always excludes, one whose every
way of saying it another of its set says, too, and a set that nothing names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path as Folder
from typing import Any

from autoqa.i18n import N_
from autoqa.scoring.faults import Fault
from autoqa.scoring.load import examine
from autoqa.scoring.pattern import FILLERS
from autoqa.scoring.phrases import Matcher, Phrase
from autoqa.scoring.source import Path, Tree
from autoqa.text import normalise
from autoqa.types import Message, Value

MOST_WAYS = 6
"""A phrase with more ways of saying it than this is not compared with others."""

UNUSED = N_("no rule uses the phrase set “{name}”")
NEVER = N_("“{phrase}” is never found: its own “unless” always excludes it")
SHADOWED = N_(
    "“{phrase}” adds nothing: “{other}” in line {line} says the same and more; remove one"
)

_OPENS = dict.fromkeys("[［【(（", "(?:")
_CLOSES = dict.fromkeys("]］】", ")?") | dict.fromkeys(")）", ")")
_SYNTAX = _OPENS | _CLOSES | dict.fromkeys("|｜", "|") | dict.fromkeys("<>＜＞", "(?:)")
_SLOTS = (
    dict.fromkeys(("数字", "number"), "[0-9]+")
    | dict.fromkeys(("人名", "name"), ".+")
    | dict.fromkeys(("任意", "any"), ".*")
)
_PARTS = re.compile(
    r"[{｛][^}｝]*[}｝]|[\[［【(（\]］】)）|｜<>＜＞]|[^\[［【(（\]］】)）|｜<>＜＞{｛]+"
)

_CHOICE = re.compile(r"([\[(（［【])([^\[\]()（）［］【】]*)[\])）］】]")
_OPTIONAL = "[［【"


@dataclass(frozen=True, slots=True)
class _Line:
    """``ways`` of saying the phrase, if they can be counted; ``plain``: as the matcher reads them;
    ``pattern``: what finds all of them, if nothing in it is open."""

    path: Path
    phrase: Phrase
    ways: tuple[str, ...]
    plain: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def says(self, other: _Line) -> bool:
        """Whether it says every way of another, all of it and word for word."""
        pattern = self.pattern
        return (
            pattern is not None and bool(other.plain) and all(map(pattern.fullmatch, other.plain))
        )


def check_folder(folder: Folder) -> list[Fault]:
    """Every fault and warning of the files in a folder, in order of place; none: they are good."""
    trees, faults = examine(folder)
    if any(fault.severity == "error" for fault in faults):
        return faults
    return sorted([*faults, *_of_no_use(trees)])


def ways(text: str) -> Iterator[str]:
    """Every way of saying a phrase.

    >>> list(ways("请[您]稍(等|候)"))
    ['请您稍等', '请您稍候', '请稍等', '请稍候']
    """
    found = _CHOICE.search(text)
    if found is None:
        yield re.sub(r"[<>＜＞]", "", text)
        return
    choices = re.split(r"[|｜]", found[2]) + [""] * (found[1] in _OPTIONAL)
    for choice in choices:
        yield from ways(text[: found.start()] + choice + text[found.end() :])


def _of_no_use(trees: Mapping[str, Tree]) -> Iterator[Fault]:
    named = {
        text
        for tree in trees.values()
        for key in ("rules", "conditions", "form", "forms")
        for text in _texts(_get(tree.data, key))
    }
    for file, tree in trees.items():
        phrases = _get(tree.data, "phrases")
        for name, given in phrases.items() if isinstance(phrases, dict) else ():
            if name not in named:
                place = tree.place(("phrases", name), prefer_key=True)
                yield Fault(file, *place, Message(UNUSED, {"name": name}), "warning")
            yield from _of_set(file, tree, list(_lines(("phrases", name), given)))


def _of_set(file: str, tree: Tree, lines: Sequence[_Line]) -> Iterator[Fault]:
    useless = {number for number, one in enumerate(lines) if _is_excluded(one)}
    for number in sorted(useless):
        one = lines[number]
        message = Message(NEVER, {"phrase": one.phrase.text})
        yield Fault(file, *tree.place(one.path), message, "warning")
    covers = [
        {at for at, other in enumerate(lines) if at not in useless and other.says(one)}
        if number not in useless
        else set()
        for number, one in enumerate(lines)
    ]
    for number, one in enumerate(lines):
        for other in sorted(covers[number] - {number}):
            both = number in covers[other]
            if (not both or other < number) and _is_as_free(lines[other].phrase, one.phrase):
                params: dict[str, Value] = {
                    "phrase": one.phrase.text,
                    "other": lines[other].phrase.text,
                    "line": tree.place(lines[other].path)[0],
                }
                yield Fault(file, *tree.place(one.path), Message(SHADOWED, params), "warning")
                break


def _is_excluded(line: _Line) -> bool:
    """Whether a phrase is never found, however it is said. Only where it says word for word what it
    is not to be part of is it worth asking the matcher, which takes long to set up."""
    excuses = [spoken(text) for text in line.phrase.unless]
    if not line.plain or not all(
        any(excuse.search(way) for excuse in excuses) for way in line.plain
    ):
        return False
    return not any(Matcher([("", line.phrase)]).find_all(line.ways))


@cache
def spoken(text: str) -> re.Pattern[str]:
    """What finds each way of saying a phrase in plain text.

    >>> spoken("请[您]稍(等|候)").fullmatch("请稍候") is not None
    True
    """
    parts = (
        _SYNTAX.get(part) or _SLOTS.get(part[1:-1]) or re.escape(_plain(part))
        for part in _PARTS.findall(text)
    )
    return re.compile("".join(parts), re.DOTALL)


@cache
def _plain(text: str) -> str:
    """As the matcher reads it, without fillers."""
    return "".join(char for char in normalise(text).text if char not in FILLERS)


def _is_as_free(other: Phrase, one: Phrase) -> bool:
    """Whether nothing keeps the other from finding what this one finds."""
    return (
        (one.exact or not other.exact)
        and ("<" in one.text or "<" not in other.text)
        and set(other.unless) <= set(one.unless)
    )


def _lines(path: Path, given: Any) -> Iterator[_Line]:
    """The phrases of a set that can be said out: those without slots, of not too many ways."""
    is_plain = isinstance(given, list)
    about = {} if is_plain else given
    inner = path if is_plain else (*path, "phrases")
    for number, line in enumerate(given if is_plain else about.get("phrases", ())):
        written = line if isinstance(line, dict) else {"text": line}
        if "text" in written:
            unless = (*written.get("unless", ()), *about.get("unless", ()))
            exact = bool(written.get("exact") or about.get("exact"))
            text = str(written["text"])
            said = list(islice(ways(text), MOST_WAYS + 1))
            is_open = "{" in text or "｛" in text
            counted = () if is_open or len(said) > MOST_WAYS else tuple(said)
            plain = tuple(map(_plain, counted))
            pattern = None if is_open else spoken(text)
            yield _Line((*inner, number), Phrase(text, exact, unless), counted, plain, pattern)


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(item)
