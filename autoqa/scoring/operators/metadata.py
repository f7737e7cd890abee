"""``metadata``: what the bank knows about the call.

::

    metadata: {direction: [outbound, 呼出], queue: "*营销*"}

Passed where every field named has one of its values; ``*`` stands for any characters, capitals do
not matter. Fields: direction, queue, product, team, agent_id, agent_name, or any column of the
metadata. A field that nobody gave has no value: failed.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.window import Scope
from autoqa.types import Contact, Outcome

_FIELDS = ("direction", "queue", "product", "team", "agent_id", "agent_name")


def _patterns(value: object) -> object:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(str(item) for item in values)


Patterns = Annotated[
    tuple[str, ...], BeforeValidator(_patterns, json_schema_input_type=str | list[str])
]


class Metadata(Operator):
    """What the bank knows about the call."""

    key: ClassVar[str] = "metadata"

    metadata: dict[str, Patterns] = Field(min_length=1)

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        holds = all(
            _matches(_value(view.contact, name), patterns)
            for name, patterns in self.metadata.items()
        )
        return Result(Outcome.PASSED if holds else Outcome.FAILED, heard=False)


def _value(contact: Contact, name: str) -> str:
    value = getattr(contact, name) if name in _FIELDS else contact.extra.get(name)
    return (value or "").strip().casefold()


def _matches(value: str, patterns: tuple[str, ...]) -> bool:
    return bool(value) and any(fnmatchcase(value, pattern.casefold()) for pattern in patterns)
