"""``NAME.EXT.json``: everything about one recording, for other programs.

One document: ``{"schema": "autoqa/result", "version": 1, "contact", "call", "scorecard",
"error"}``. Field names are those of ``autoqa.types``; what does not apply is null. A message has
its ``template``, its ``params`` and the ``text`` in the reader's language. Points and scores are
JSON numbers; times are milliseconds, moments ISO 8601 with their zone.

``version`` rises when a field changes its meaning or goes away; new fields may appear at any time.
The JSON Schema is generated::

    python -m autoqa.reports.result > autoqa/schema/result.schema.json
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from autoqa.i18n import render
from autoqa.types import Call, Contact, Message, Scorecard

SCHEMA: Literal["autoqa/result"] = "autoqa/result"
VERSION: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class Result:
    """The document. A scored call has no ``error``; a failed recording has nothing else."""

    schema: Literal["autoqa/result"]
    version: Literal[1]
    contact: Contact
    call: Call | None = None
    scorecard: Scorecard | None = None
    error: Message | None = None


def result_json(call: Call, contact: Contact, scorecard: Scorecard, *, pretty: bool = False) -> str:
    """A scored call; one line, or with ``pretty`` laid out for people, a word or event a line."""
    return _dump(Result(SCHEMA, VERSION, contact, call, scorecard), pretty=pretty)


def call_json(call: Call, contact: Contact, *, pretty: bool = False) -> str:
    """A call that was heard and not scored."""
    return _dump(Result(SCHEMA, VERSION, contact, call), pretty=pretty)


def error_json(contact: Contact, error: Message, *, pretty: bool = False) -> str:
    """A recording that failed, with its reason."""
    return _dump(Result(SCHEMA, VERSION, contact, error=error), pretty=pretty)


def parse_result(text: str | bytes) -> Result:
    """A document read back. Raises pydantic's ``ValidationError`` (a ``ValueError``)."""
    return TypeAdapter(Result).validate_json(text)


def result_schema() -> dict[str, Any]:
    """The JSON Schema of the document (draft 2020-12)."""
    schema = TypeAdapter(Result).json_schema(mode="serialization", schema_generator=_ResultSchema)
    return {"$schema": _ResultSchema.schema_dialect, "$id": f"{SCHEMA}/{VERSION}", **schema}


def schemas_of(kinds: Sequence[type], place: str) -> dict[str, Any]:
    """The JSON Schemas of what ``plain`` makes of these kinds of values, by the kind's name.

    ``place``: where they refer to each other, such as ``#/components/schemas/{model}``.
    """
    wanted: Any = [(kind, "serialization", TypeAdapter(kind)) for kind in kinds]
    _, made = TypeAdapter.json_schemas(wanted, ref_template=place, schema_generator=_ResultSchema)
    return dict(made["$defs"])


class _ResultSchema(GenerateJsonSchema):
    """As ``plain`` writes: decimals are numbers, messages carry their text, nothing is left out.

    ``schema`` and the rest are always written, so all are required.
    """

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        return {"type": "number"}

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        made = super().dataclass_schema(schema)
        if schema["cls"] is Message:
            made["properties"]["text"] = {
                "type": "string",
                "title": "Text",
                "description": "The sentence in the reader's language.",
            }
            made["required"].append("text")
        return made


def plain(value: Any) -> Any:
    """A domain value in JSON's own types."""
    # Nearly all values are of these; a list of calls has thousands.
    return value if type(value) in _AS_THEY_ARE else _made_plain(value)


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


@singledispatch
def _made_plain(value: Any) -> Any:
    """By default, a dataclass."""
    return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}


@_made_plain.register(str | int)
def _(value: str | int) -> str | int:
    return value


@_made_plain.register
def _(value: float) -> float | None:
    return value if math.isfinite(value) else None


@_made_plain.register
def _(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


@_made_plain.register
def _(value: date) -> str:  # and datetime
    return value.isoformat()


@_made_plain.register
def _(value: tuple) -> list[Any]:  # type: ignore[type-arg]
    return [plain(item) for item in value]


@_made_plain.register
def _(value: Mapping) -> dict[str, Any]:  # type: ignore[type-arg]
    return {str(key): plain(item) for key, item in value.items()}


@_made_plain.register
def _(value: Message) -> dict[str, Any]:
    return {
        "template": value.template,
        "params": plain(value.params),
        "text": render(value),
    }


def _dump(result: Result, *, pretty: bool) -> str:
    value = plain(result)
    text = _lay_out(value, "") if pretty else _line(value)
    # Names of files may hold bytes that are no text; JSON's own escape keeps them.
    return text.encode("utf-8", "backslashreplace").decode()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _lay_out(value: Any, margin: str) -> str:
    """Nested things a line each, things without depth (a word, an event) on one line."""
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list) or not any(isinstance(x, dict | list) for x in parts):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = margin + " "
    if isinstance(value, list):
        lines = [inner + _lay_out(item, inner) for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]"
    lines = [
        f"{inner}{json.dumps(key, ensure_ascii=False)}: {_lay_out(item, inner)}"
        for key, item in value.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{margin}}}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(result_schema(), indent=1, ensure_ascii=False) + "\n")
