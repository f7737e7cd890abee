"""``autoqa rules check``: the faults of rule files, and phrases that are of no use.

Of no use: a phrase that what it is not to be part of (``unless``) always excludes, one whose every
way of saying it another of its set says, too, and a set that nothing names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path as Folder
from typing import Any

from autoqa.i18n import N_
from autoqa.rulebook.folder import rule_files
from autoqa.scoring.faults import Fault
from autoqa.scoring.load import check_rules
from autoqa.scoring.phrases import Hit, Matcher, Phrase
from autoqa.scoring.source import Path, Tree, parse
from autoqa.types import Message, Value

MOST_WAYS = 6
"""A phrase with more ways of saying it than this is not compared with others."""

UNUSED = N_("no rule uses the phrase set “{name}”")
NEVER = N_("“{phrase}” is never found: its own “unless” always excludes it")
SHADOWED = N_(
    "“{phrase}” adds nothing: “{other}” in line {line} says the same and more; remove one"
)

_CHOICE = re.compile(r"([\[(（［【])([^\[\]()（）［］【】]*)[\])）］】]")
_OPTIONAL = "[［【"


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    phrase: Phrase
    ways: tuple[str, ...]


def check_folder(folder: Folder) -> list[Fault]:
    """Every fault and warning of the files in a folder, in order of place; none: they are good."""
    faults = check_rules(folder)
    if any(fault.severity == "error" for fault in faults):
        return faults
    trees = {name: parse(name, content) for name, content in rule_files(folder).items()}
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
    matcher = Matcher((str(number), one.phrase) for number, one in enumerate(lines))
    every = list(dict.fromkeys(way for one in lines for way in one.ways))
    hits_of = dict(zip(every, matcher.find_all(every), strict=True))
    covers = []
    for number, one in enumerate(lines):
        found = {way: hits_of[way] for way in one.ways}
        covers.append(_covering(found))
        if one.ways and not any(hit.key == str(number) for hits in found.values() for hit in hits):
            message = Message(NEVER, {"phrase": one.phrase.text})
            yield Fault(file, *tree.place(one.path), message, "warning")
            covers[-1] = set()
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


def _covering(found: Mapping[str, Sequence[Hit]]) -> set[int]:
    """Phrases that find every way of saying another, all of it and word for word."""
    whole = [
        {
            int(hit.key)
            for hit in hits
            if hit.how == "exact"
            and hit.certainty == 1
            and (hit.start, hit.end) == (0, len(way))
            and "{" not in hit.phrase.text
        }
        for way, hits in found.items()
    ]
    return set.intersection(*whole) if whole else set()


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
            countable = "{" not in text and "｛" not in text and len(said) <= MOST_WAYS
            phrase = Phrase(text, exact, unless)
            yield _Line((*inner, number), phrase, tuple(said) if countable else ())


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(item)
