"""What pydantic finds wrong with a rule file, told in the words of those who write rule files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from autoqa.i18n import N_
from autoqa.scoring.documents import KEYED_MODELS, OPERATOR_KEYS, RuleFile
from autoqa.scoring.faults import Fault
from autoqa.scoring.form_documents import ItemDocument
from autoqa.scoring.phrase_documents import LINES
from autoqa.scoring.source import Path, Tree
from autoqa.scoring.vocabulary import guess, listed
from autoqa.types import Message

_ANCHOR = N_("write “it”, or such as “{{event: 持线}}”, “{{says: greeting}}”, “{{speaks: 客户}}”")
_TYPES = {
    "string_type": N_("a text is expected here"),
    "int_type": N_("a whole number is expected here"),
    "int_parsing": N_("a whole number is expected here"),
    "int_from_float": N_("a whole number is expected here"),
    "float_type": N_("a number is expected here"),
    "float_parsing": N_("a number is expected here"),
    "finite_number": N_("a number is expected here"),
    "tuple_type": N_("a list is expected here; each item in a line that begins with a dash"),
    "list_type": N_("a list is expected here; each item in a line that begins with a dash"),
    "dict_type": N_("keys with values are expected here, “key: value”"),
    "model_type": N_("keys with values are expected here, “key: value”"),
    "model_attributes_type": N_("keys with values are expected here, “key: value”"),
    "too_short": N_("at least one is needed here"),
    "string_too_short": N_("a text is missing here"),
    "anchor": _ANCHOR,
    "literal_error": _ANCHOR,
}
_LIMITS = {
    "greater_than_equal": ("ge", N_("at least {limit} is expected here")),
    "less_than_equal": ("le", N_("at most {limit} is expected here")),
    "greater_than": ("gt", N_("more than {limit} is expected here")),
    "less_than": ("lt", N_("less than {limit} is expected here")),
    "string_too_long": ("max_length", N_("the text is longer than {limit} characters")),
}
_TEXT = N_("a text is expected here; put “{value}” in English double quotes")
_MISSING = N_("“{key}” is missing here")
_UNKNOWN = N_("nobody knows the key “{key}”; here can stand {known}")
_UNKNOWN_MEANT = N_("nobody knows the key “{key}”; did you mean “{meant}”?")
_ELSEWHERE = N_("“{key}” does not belong here; here can stand {known}")
_TWO = N_("“{key}” is a condition of its own; put each below “all”, with a dash before it")
_BELOW = N_("“{key}” goes below “passes_if:” or “applies_if:”, indented deeper")
_ON_FORM = N_("“{key}” goes on the form, beside the rule's points: “{{points: 10, fatal: 是}}”")
_SUCH_AS = N_("keys with values are expected here, such as “{example}”")
_EXAMPLES = {
    "for_each": "{event: 持线}",
    "metadata": "{呼叫方向: 呼出}",
    "where": "{音乐: 是}",
}
_NO_KEYS = ("model_type", "model_attributes_type", "dict_type", "anchor")
_NO_LIST = N_("here stands one condition, without a dash; several go below “all” or “any”")
_CONDITION = N_("a condition says what it asks, with one of {known}")
_CONDITION_MEANT = N_("nobody knows the condition “{key}”; did you mean “{meant}”?")
_NO_LINE = N_("a line of a phrase set is a text, “regex: …” or “similar: …”")
_NO_LINE_MEANT = N_("nobody knows “{key}” in a phrase set; did you mean “{meant}”?")
_OTHER = N_("this does not fit here")


def faults_of(name: str, tree: Tree, error: ValidationError) -> list[Fault]:
    """A fault for each of pydantic's errors that is not told already or comes of another."""
    items = [
        _Item(_written(tuple(part for part in item["loc"] if not _is_tag(part)), tree), item)
        for item in error.errors(include_url=False)
    ]
    told = [item for item in items if not _is_told(item, tree)]
    faults = []
    for item in told:
        if _follows(item, told):
            continue
        message, path, prefer_key = _message(item)
        faults.append(Fault(name, *tree.place(path, prefer_key), message))
    return list({(one.line, one.column, str(one)): one for one in faults}.values())


@dataclass(frozen=True, slots=True)
class _Item:
    """One of pydantic's errors, and where in the file it is."""

    path: Path
    error: Any

    @property
    def kind(self) -> str:
        return str(self.error["type"])

    @property
    def parent(self) -> Path:
        return self.path[:-1]


def _is_tag(part: str | int) -> bool:
    return isinstance(part, str) and (
        part == "[key]" or part.startswith(("@", "function-", "constrained-"))
    )


def _written(path: Path, tree: Tree) -> Path:
    """The path in the file: a plain list of phrases is below ``phrases`` for pydantic only."""
    inner = (*path[:2], "phrases")
    if path[:1] == ("phrases",) and path[:3] == inner and inner not in tree.keys:
        return (*path[:2], *path[3:])
    return path


def _is_told(item: _Item, tree: Tree) -> bool:
    """Whether a fault of the text tells of it already, or of what it is made of."""
    for broken in tree.broken:
        if item.path[: len(broken)] == broken:
            return True
        nearby = broken[:-1] == item.path and item.kind != "extra_forbidden"
        if nearby or (item.kind == "missing" and broken[:-1] == item.parent):
            return True
    return False


def _follows(item: _Item, items: list[_Item]) -> bool:
    """Whether it is there only because something else is wrong."""
    length = len(item.path)
    if item.kind == "too_short":
        return any(len(other.path) > length and other.path[:length] == item.path for other in items)
    if item.kind == "missing":
        wanted = str(item.path[-1])
        return any(
            other.kind == "extra_forbidden"
            and other.parent == item.parent
            and (
                guess(str(other.path[-1]), _known_keys(other.error)) == wanted
                or (wanted == "passes_if" and other.path[-1] in OPERATOR_KEYS)
            )
            for other in items
        )
    return False


def _message(item: _Item) -> tuple[Message, Path, bool]:
    """The sentence, where it stands, and whether it is about the key there."""
    kind, path, context = item.kind, item.path, item.error.get("ctx") or {}
    key = str(path[-1]) if path else ""
    if kind == "autoqa":
        params = {name: value for name, value in context.items() if name != "template"}
        return Message(str(context["template"]), params), path, "[key]" in item.error["loc"]
    if kind == "missing":
        return Message(_MISSING, {"key": key}), item.parent, True
    if kind == "extra_forbidden":
        return _unknown(key, item), path, True
    if kind == "condition":
        return _no_condition(item)
    if kind == "phrase_line":
        return _no_line(item)
    return _plain(kind, key, item.error.get("input"), context), path, False


def _plain(kind: str, key: str, value: object, context: Mapping[str, Any]) -> Message:
    """What was expected instead of a value of another kind or size."""
    if kind == "string_type" and isinstance(value, bool | int | float):
        return Message(_TEXT, {"value": str(value)})
    if key in _EXAMPLES and kind in _NO_KEYS:
        return Message(_SUCH_AS, {"example": _EXAMPLES[key]})
    name, template = _LIMITS.get(kind, ("", _TYPES.get(kind, _OTHER)))
    return Message(template, {"limit": str(context.get(name, ""))})


def _unknown(key: str, item: _Item) -> Message:
    known = _known_keys(item.error)
    params = {"key": key, "known": listed(sorted(known))}
    if key in OPERATOR_KEYS and known & OPERATOR_KEYS:
        return Message(_TWO, params)
    if key in OPERATOR_KEYS and "passes_if" in known:
        return Message(_BELOW, params)
    if meant := guess(key, known):
        return Message(_UNKNOWN_MEANT, {**params, "meant": meant})
    if key in _keys(ItemDocument) - {"at_most"}:
        return Message(_ON_FORM, params)
    elsewhere = any(key in _keys(model) for model in KEYED_MODELS.values())
    return Message(_ELSEWHERE if elsewhere else _UNKNOWN, params)


def _no_condition(item: _Item) -> tuple[Message, Path, bool]:
    value = item.error.get("input")
    if isinstance(value, list):
        return Message(_NO_LIST), item.path, False
    for key in value if isinstance(value, dict) else ():
        if meant := guess(str(key), OPERATOR_KEYS):
            message = Message(_CONDITION_MEANT, {"key": str(key), "meant": meant})
            return message, (*item.path, str(key)), True
    return Message(_CONDITION, {"known": listed(sorted(OPERATOR_KEYS))}), item.path, False


def _no_line(item: _Item) -> tuple[Message, Path, bool]:
    value = item.error.get("input")
    for key in value if isinstance(value, dict) else ():
        if meant := guess(str(key), LINES):
            message = Message(_NO_LINE_MEANT, {"key": str(key), "meant": meant})
            return message, (*item.path, str(key)), True
    return Message(_NO_LINE), item.path, False


def _known_keys(error: Any) -> set[str]:
    """Keys that could stand where an unknown one does: the innermost model's, else everyone's."""
    for part in reversed(error["loc"][:-1]):
        if isinstance(part, int):
            continue
        if part == "rules" and "sections" in error["loc"]:
            return _keys(ItemDocument)
        model = KEYED_MODELS.get(part)
        if model is not None:
            return _keys(model)
    return _keys(RuleFile)


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}
