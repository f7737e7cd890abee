"""``metadata``: what the bank knows about the call.

::

    metadata: {呼叫方向: 呼出, 技能组: ["*营销*", "*电销*"]}
    metadata: {direction: outbound, queue: "*sales*"}      # the same in English

Passed where every field named has one of its values; ``*`` stands for any characters, capitals do
not matter. Fields: those of ``FIELDS``, or a column of the bank's own that a file lists below
``columns``. A field that nobody gave has no value: failed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from autoqa.contacts import COLUMNS, DIRECTIONS
from autoqa.i18n import N_
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import guess, listed
from autoqa.scoring.window import Scope
from autoqa.types import Contact, Message, Outcome

_FIELDS = ("direction", "queue", "product", "team", "agent_id", "agent_name")
FIELDS = {name: field for field in _FIELDS for name in (*COLUMNS[field], field)}
"""By every name that a table may give it, too."""

NO_FIELD = N_(
    "the metadata has no field “{name}”; write one of {known}, or list a column of your own table "
    "below “columns:” at the beginning of a line"
)
NO_FIELD_MEANT = N_("the metadata has no field “{name}”; did you mean “{meant}”?")
NO_VALUE = N_("“{name}” needs a value")
NO_DIRECTION = N_("“{value}” is no direction; write “呼入” or “呼出”")


def faults(
    fields: Mapping[Any, Any], columns: Collection[str] | None
) -> Iterator[tuple[tuple[str, ...], Message]]:
    """What is wrong with ``metadata``: (path below it, sentence).

    ``columns``: the bank's own; None: not known.
    """
    for key, values in fields.items():
        name = str(key)
        field = FIELDS.get(name)
        if field is None and columns is not None and name not in columns:
            known = listed(names[0] for names in (COLUMNS[field] for field in _FIELDS))
            meant = guess(name, [*FIELDS, *columns])
            template = NO_FIELD_MEANT if meant else NO_FIELD
            params = {"name": name, "known": known, "meant": meant}
            yield (name,), Message(template, params)
            continue
        several = values if isinstance(values, list) else [values]
        for value in several:
            text = str(value).strip().lower()
            if field == "direction" and "*" not in text and text not in DIRECTIONS:
                yield (name,), Message(NO_DIRECTION, {"value": str(value)})
        if not several or "" in several:
            yield (name,), Message(NO_VALUE, {"name": name})


def _patterns(value: object) -> object:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(str(item) for item in values)


def _fields(value: object) -> object:
    """The bank's names for fields, and its words for directions, as contacts have them."""
    if not isinstance(value, dict):
        return value
    fields = {FIELDS.get(str(name), str(name)): given for name, given in value.items()}
    if "direction" in fields:
        given = _patterns(fields["direction"])
        words = given if isinstance(given, tuple) else ()
        fields["direction"] = [DIRECTIONS.get(word.strip().lower(), word) for word in words]
    return fields


Patterns = Annotated[
    tuple[str, ...], BeforeValidator(_patterns, json_schema_input_type=str | list[str])
]


class Metadata(Operator):
    """What the bank knows about the call."""

    key: ClassVar[str] = "metadata"

    metadata: Annotated[dict[str, Patterns], BeforeValidator(_fields)] = Field(min_length=1)

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        holds = all(
            _matches(_value(view.contact, name), patterns)
            for name, patterns in self.metadata.items()
        )
        return Result(Outcome.PASSED if holds else Outcome.FAILED, heard=False)


def _value(contact: Contact, name: str) -> str:
    value = getattr(contact, name) if name in _FIELDS else contact.extra.get(name)
    if name == "direction":
        value = DIRECTIONS.get((value or "").strip().lower(), value)
    return (value or "").strip().casefold()


def _matches(value: str, patterns: tuple[str, ...]) -> bool:
    return bool(value) and any(fnmatchcase(value, pattern.casefold()) for pattern in patterns)
