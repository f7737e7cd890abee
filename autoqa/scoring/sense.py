"""What is well written in a rule file and still cannot be meant, or can never hold.

Looks at a file as it was read, before its models do, so that it knows every place and tells all at
once: ``where`` and ``metadata`` that ask for what there is not, ``it`` outside of ``for_each``,
empty lists, phrases and dialogues that YAML took for something else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autoqa.i18n import N_
from autoqa.scoring import measures, traps
from autoqa.scoring.forms import written_forms
from autoqa.scoring.knowledge_documents import unlike
from autoqa.scoring.operators import metadata
from autoqa.scoring.phrase_documents import LINES
from autoqa.scoring.quantities import stretch
from autoqa.scoring.source import Path, Tree
from autoqa.scoring.vocabulary import EVENT_NAMES, ROLE_NAMES
from autoqa.types import Message

_YES = (True, "是", "yes")
CONDITIONS = ("applies_if", "passes_if", "excused_if", "undetermined_if")
_LISTS = ("says", "says_all", "does_not_say", "asked_about", "call_ends", "role")
_LENGTHS = ("within_first", "within_last", "within", "other_spoke_for")
_FILTERS = ("where", "lasting", "other_spoke_for", "before_agent", "ended")

IT = N_("“it” is the case at hand, which there is only below “require” of “for_each”")
EMPTY = N_("“{key}” is empty: this can never hold")
ZERO = N_("“{key}” has to be longer than nothing")
NOT_THEIRS = N_("a “{kind}” is never this role's, so that none would ever be found; remove “role”")
TOO_EARLY = N_("a “{kind}” never happens before there is an agent; remove “before_agent”")
OF_EVENTS = N_("“{key}” chooses among events, but here “for_each” looks for words")
NO_PLACE = N_(
    "“{key}” cannot stand in “for_each”; give the condition a name below “conditions:” and write "
    "“for_each: {{condition: NAME}}”"
)
NO_PHRASES = N_("the phrase set “{name}” has no phrases; one a line, each after a dash")
WRAPPED = N_("this phrase goes over several lines; is the dash missing before the next one?")
TEXT = N_("a text is expected here; put “{value}” in English double quotes")
DIALOGUE = N_("a dialogue begins with “- |”; its lines follow, indented deeper than the dash")
DIALOGUES = N_("the dialogues go below, each beginning with “- |” in a line of its own")
POINTS = N_("write one “rule: points” a line, without a dash")
SECTION_TWICE = N_("there is already a section “{name}” in line {line}; put their rules together")
_PLACES = ("before", "after", "near", "during", "within", "within_turns", "within_first",
           "within_first_turns", "within_last", "within_last_turns")  # fmt: skip
_OF_KEYS = (
    metadata.NO_FIELD,
    metadata.NO_FIELD_MEANT,
    measures.NO_MEASURE,
    measures.NO_MEASURE_MEANT,
    measures.NOTHING_TO_ASK,
)
"""These are about the key, not its value."""


@dataclass(frozen=True, slots=True)
class Nonsense:
    """What cannot be meant, and where it stands."""

    path: Path
    message: Message
    at_key: bool = False


def nonsense(tree: Tree, columns: Collection[str] | None) -> Iterator[Nonsense]:
    """All that a file cannot mean. ``columns``: of the bank's own metadata, where known."""
    data = tree.data
    if not isinstance(data, dict):
        if data is not None:
            yield Nonsense((), Message(traps.TOP))
        return
    for number, rule in _enumerated(data.get("rules")):
        path: Path = ("rules", number)
        for key in CONDITIONS:
            yield from _of_condition(_get(rule, key), (*path, key), columns)
        yield from _of_examples(tree, _get(rule, "examples"), (*path, "examples"))
    for number, entry in _enumerated(data.get("knowledge")):
        path = ("knowledge", number)
        yield from _of_examples(tree, _get(entry, "examples"), (*path, "examples"))
        for at, message in unlike(entry) if isinstance(entry, dict) else ():
            yield Nonsense((*path, "questions", at), message)
    named = data.get("conditions")
    for key, condition in named.items() if isinstance(named, dict) else ():
        yield from _of_condition(condition, ("conditions", key), columns)
    phrases = data.get("phrases")
    for name, given in phrases.items() if isinstance(phrases, dict) else ():
        yield from _of_phrase_set(tree, str(name), given)
    for path, form in written_forms(data):
        yield from _of_condition(form.get("used_if"), (*path, "used_if"), columns)
        yield from _of_sections(tree, form.get("sections"), (*path, "sections"))


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _enumerated(data: Any) -> Iterator[tuple[int, Any]]:
    return enumerate(data if isinstance(data, list) else ())


# ---------------------------------------------------------------- conditions


def _of_condition(
    data: Any, path: Path, columns: Collection[str] | None, in_case: bool = False
) -> Iterator[Nonsense]:
    for number, item in _enumerated(data):
        yield from _of_condition(item, (*path, number), columns, in_case)
    if not isinstance(data, dict):
        return
    yield from _of_events(data, path)
    if path[-1] == "for_each":
        for key in data.keys() & set(_PLACES):
            yield Nonsense((*path, key), Message(NO_PLACE, {"key": key}), at_key=True)
    for key, value in data.items():
        inner = (*path, key)
        if key == "metadata" and isinstance(value, dict):
            for below, message in metadata.faults(value, columns):
                yield Nonsense((*inner, *below), message, at_key=message.template in _OF_KEYS)
            continue
        if key in ("before", "after", "near", "during") and value == "it" and not in_case:
            yield Nonsense(inner, Message(IT))
        if key in _LISTS and value == []:
            yield Nonsense(inner, Message(EMPTY, {"key": key}), at_key=True)
        if key in _LENGTHS and _is_nothing(value):
            yield Nonsense(inner, Message(ZERO, {"key": key}))
        yield from _of_condition(value, inner, columns, in_case or key == "require")


def _of_events(data: Mapping[str, Any], path: Path) -> Iterator[Nonsense]:
    """What a choice of events can never find."""
    name = str(data.get("event", data.get("no_event", "")))
    kind = EVENT_NAMES.get(name)
    if kind is None:
        if path[-1] == "for_each" and "says" in data:
            for key in _FILTERS:
                if key in data:
                    yield Nonsense((*path, key), Message(OF_EVENTS, {"key": key}), at_key=True)
        return
    where = data.get("where")
    if isinstance(where, dict):
        for below, message in measures.faults(kind, where):
            at_key = message.template in _OF_KEYS
            yield Nonsense((*path, "where", *below), message, at_key)
    role = ROLE_NAMES.get(str(data.get("role")))
    if role is not None and role not in measures.ROLES.get(kind, (role,)):
        yield Nonsense((*path, "role"), Message(NOT_THEIRS, {"kind": name}))
    if data.get("before_agent") in _YES and kind in measures.AFTER_AGENT:
        yield Nonsense((*path, "before_agent"), Message(TOO_EARLY, {"kind": name}), at_key=True)


def _is_nothing(value: object) -> bool:
    try:
        return isinstance(value, str) and stretch(value).of(100) == 0
    except ValueError:
        return False


# ---------------------------------------------------------------- texts


def _of_phrase_set(tree: Tree, name: str, given: Any) -> Iterator[Nonsense]:
    path: Path = ("phrases", name)
    if isinstance(given, dict):
        for key in ("phrases", "unless", "perhaps", "listen_for"):
            if key in given:
                yield from _of_phrases(tree, given[key], (*path, key), name)
        return
    yield from _of_phrases(tree, given, path, name)


def _of_phrases(tree: Tree, given: Any, path: Path, name: str) -> Iterator[Nonsense]:
    optional = path[-1] in ("unless", "perhaps", "listen_for")
    if not optional and (isinstance(given, str | int | float) or given == []):
        yield Nonsense(path, Message(NO_PHRASES, {"name": name}))
    for number, item in _enumerated(given):
        one = (*path, number)
        if one in tree.wrapped:
            yield Nonsense(one, Message(WRAPPED))
        elif (
            isinstance(item, dict)
            and not LINES.keys() & item.keys()
            and not "".join(map(str, item)).isascii()
        ):
            yield Nonsense(one, Message(traps.COLON_INSIDE))
        elif isinstance(item, list):
            yield Nonsense(one, Message(traps.BRACKET_FIRST, {"key": "["}))
        elif isinstance(item, bool | int | float):
            yield Nonsense(one, Message(TEXT, {"value": str(item)}))


def _of_examples(tree: Tree, examples: Any, path: Path) -> Iterator[Nonsense]:
    for key, dialogues in examples.items() if isinstance(examples, dict) else ():
        inner = (*path, key)
        if isinstance(dialogues, str | dict):
            yield Nonsense(inner, Message(DIALOGUES))
        for number, dialogue in _enumerated(dialogues):
            one = (*inner, number)
            folded = tree.styles.get(one, "") == ">" or one in tree.wrapped
            if folded or not isinstance(dialogue, str | None):
                yield Nonsense(one, Message(DIALOGUE))


def _of_sections(tree: Tree, sections: Any, above: Path) -> Iterator[Nonsense]:
    lines: dict[str, int] = {}
    for number, section in _enumerated(sections):
        path = (*above, number)
        if isinstance(_get(section, "rules"), list):
            yield Nonsense((*path, "rules"), Message(POINTS))
        name = _get(section, "name")
        if not isinstance(name, str):
            continue
        line, _ = tree.place((*path, "name"))
        if name in lines:
            message = Message(SECTION_TWICE, {"name": name, "line": lines[name]})
            yield Nonsense((*path, "name"), message)
        lines.setdefault(name, line)
