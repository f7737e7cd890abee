"""What is wrong with rule files: where, what, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from autoqa.errors import AutoqaError
from autoqa.i18n import N_, render
from autoqa.types import Message

if TYPE_CHECKING:
    from pydantic import ValidationError

    from autoqa.scoring.source import Tree


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault at its place; lines and columns count from 1.

    ``severity``: an ``error`` keeps the rules from being used, a ``warning`` does not.
    ``str()`` is ``FILE:LINE:COLUMN: sentence`` in the current language.
    """

    file: str
    line: int
    column: int
    message: Message = field(compare=False)
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {render(self.message)}"


class RuleError(AutoqaError):
    """Rule files have faults; ``faults`` are all of them, in order of place."""

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        first = render(self.faults[0].message) if self.faults else ""
        super().__init__(
            N_("{count} faults in the rules in {folder}; first: {first}"),
            count=len(self.faults),
            folder=folder,
            first=first,
        )


_TYPES = {
    "string_type": N_("text is expected here"),
    "int_type": N_("a whole number is expected here"),
    "int_parsing": N_("a whole number is expected here"),
    "int_from_float": N_("a whole number is expected here"),
    "float_type": N_("a number is expected here"),
    "float_parsing": N_("a number is expected here"),
    "decimal_type": N_("a number is expected here"),
    "decimal_parsing": N_("a number is expected here"),
    "bool_type": N_("true or false is expected here"),
    "bool_parsing": N_("true or false is expected here"),
    "tuple_type": N_("a list is expected here"),
    "list_type": N_("a list is expected here"),
    "dict_type": N_("keys with values are expected here"),
    "model_type": N_("keys with values are expected here"),
    "model_attributes_type": N_("keys with values are expected here"),
    "too_short": N_("at least one is needed here"),
    "string_too_short": N_("text is missing here"),
    "condition": N_("a condition names one operator: {known}"),
    "anchor": N_("write it, or one of event, says, speaks"),
}
_LIMITS = {
    "greater_than_equal": ("ge", N_("at least {limit} is expected here")),
    "less_than_equal": ("le", N_("at most {limit} is expected here")),
    "greater_than": ("gt", N_("more than {limit} is expected here")),
    "less_than": ("lt", N_("less than {limit} is expected here")),
}
_MISSING = N_("{key} is missing")
_UNKNOWN = N_("unknown key {key}")
_UNKNOWN_MEANT = N_("unknown key {key}; did you mean {meant}?")
_CHOICE = N_("one of {known} is expected here")
_CHOICE_MEANT = N_("one of {known} is expected here; did you mean {meant}?")
_OTHER = N_("this does not fit here: {problem}")


def of_validation(
    name: str, tree: Tree, error: ValidationError, models: Mapping[str, type[BaseModel]]
) -> list[Fault]:
    """A fault for each of pydantic's errors. ``models``: by key, to guess what was meant."""
    faults = []
    for item in error.errors(include_url=False):
        path = tuple(part for part in item["loc"] if not _is_tag(part))
        prefer_key = item["type"] == "extra_forbidden"
        line, column = tree.place(path, prefer_key)
        message = _message(dict(item), path, models)
        faults.append(Fault(name, line, column, message))
    return faults


def _is_tag(part: str | int) -> bool:
    return isinstance(part, str) and part.startswith(("@", "function-", "[", "constrained-"))


def _message(
    item: dict[str, Any], path: tuple[str | int, ...], models: Mapping[str, type[BaseModel]]
) -> Message:
    kind, context = str(item["type"]), item.get("ctx") or {}
    key = str(path[-1]) if path else ""
    if kind == "autoqa":
        params = {name: value for name, value in context.items() if name != "template"}
        return Message(str(context["template"]), params)
    if kind == "missing":
        return Message(_MISSING, {"key": key})
    if kind == "extra_forbidden":
        return _choice(key, _known_keys(item, models), _UNKNOWN, _UNKNOWN_MEANT)
    if kind in ("enum", "literal_error"):
        known = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        return _choice(str(item.get("input", "")), known, _CHOICE, _CHOICE_MEANT)
    name, template = _LIMITS.get(kind, ("", _TYPES.get(kind, _OTHER)))
    params = {
        "limit": str(context.get(name, "")),
        "known": ", ".join(sorted(models)),
        "problem": str(item.get("msg", kind)),
    }
    return Message(template, params)


def _choice(word: str, known: Iterable[str], plain: str, meaning: str) -> Message:
    from autoqa.scoring.vocabulary import guess

    choices = sorted(set(known))
    params = {"key": word, "known": ", ".join(choices)}
    if meant := guess(word, choices):
        return Message(meaning, {**params, "meant": meant})
    return Message(plain, params)


def _known_keys(item: dict[str, Any], models: Mapping[str, type[BaseModel]]) -> set[str]:
    """Keys that could stand where an unknown one does: the innermost model's, else everyone's."""
    for part in reversed(item["loc"][:-1]):
        if isinstance(part, int):
            continue
        model = models.get(part.removeprefix("@"))
        if model is not None:
            return _keys(model)
    return {key for model in models.values() for key in _keys(model)}


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}
