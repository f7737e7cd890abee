"""What was edited between two folders of rules, in the words that stand in the files.

Works on what is written, not on what it means, so that a new key of the language needs nothing
here. What has an id or a name is known by it: order never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autoqa.i18n import N_, _
from autoqa.scoring.sentence_documents import lines_of
from autoqa.scoring.source import parse

_KINDS = {
    "rules": N_("rule"),
    "phrases": N_("phrases"),
    "sentences": N_("sentences"),
    "ordinary": N_("ordinary sentences"),
    "conditions": N_("condition"),
    "form": N_("form"),
    "forms": N_("form"),
}
_LONGEST = 40


def contents(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What all files of a folder hold together, as plain data: rules and forms by their ids."""
    merged: dict[str, Any] = {}
    for name, content in files.items():
        data = parse(name, content).data
        for key, value in data.items() if isinstance(data, dict) else ():
            known, given = merged.get(key), _keyed(_by_line(key, value))
            if key == "sentences" and isinstance(known, dict) and isinstance(given, dict):
                merged[key] = _taught_together(known, given)
                continue
            if isinstance(known, dict) and isinstance(given, dict):
                merged[key] = known | given
            elif isinstance(known, list) and isinstance(given, list):
                merged[key] = known + given
            else:
                merged[key] = given
    return merged


def _by_line(key: str, value: Any) -> Any:
    """Sentences, which are written one a line, as lists."""
    if key == "ordinary":
        return _lines(value)
    if key == "sentences" and isinstance(value, dict):
        return {
            name: {inner: _lines(text) for inner, text in one.items()}
            if isinstance(one, dict)
            else one
            for name, one in value.items()
        }
    return value


def _lines(value: Any) -> Any:
    return list(lines_of(value)) if isinstance(value, str) else value


def _taught_together(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The sentences of two files: several may teach one set."""
    merged = dict(known)
    for name, one in given.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(one, dict):
            keys = dict.fromkeys([*before, *one])
            merged[name] = {
                key: [*_listed(before.get(key)), *_listed(one.get(key))] for key in keys
            }
        else:
            merged[name] = one
    return merged


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def edits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each thing that is new, gone or edited between two ``contents``."""
    yield from _edits((), old, new)


def _edits(place: tuple[str, ...], old: Any, new: Any) -> Iterator[str]:
    old, new = _keyed(old), _keyed(new)
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            inner = (*place, str(key))
            if key in old and key in new:
                yield from _edits(inner, old[key], new[key])
            elif len(inner) < 2:  # a whole kind of things, told one by one
                yield from _edits(inner, old.get(key, {}), new.get(key, {}))
            else:
                template = N_("{place}: removed") if key in old else N_("{place}: new")
                yield _(template).format(place=_place(inner))
    elif isinstance(old, list) and isinstance(new, list):
        for item in new:
            if item not in old:
                yield _("{place}: added “{item}”").format(place=_place(place), item=_short(item))
        for item in old:
            if item not in new:
                yield _("{place}: removed “{item}”").format(place=_place(place), item=_short(item))
    else:
        yield _("{place}: “{old}” became “{new}”").format(
            place=_place(place), old=_short(old), new=_short(new)
        )


def _keyed(value: Any) -> Any:
    """A list of things with ids or names as a mapping from these, anything else as it is."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return value
    for key in ("id", "name"):
        names = [one.get(key) for one in value]
        if names and None not in names and len(set(map(str, names))) == len(names):
            return {str(one[key]): one for one in value}
    return value


def _place(place: tuple[str, ...]) -> str:
    kind, *rest = place
    named = _(_KINDS[kind]) if kind in _KINDS else kind
    return " ".join([named, *rest[:1], " › ".join(rest[1:])]).strip()


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        value = ", ".join(f"{key}: {_short(item)}" for key, item in value.items())
    elif isinstance(value, list):
        value = "[" + ", ".join(map(_short, value)) + "]"
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
