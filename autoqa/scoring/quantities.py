"""Quantities that rule files write besides durations: parts of a call, percentages, ordinals."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from autoqa.i18n import N_
from autoqa.scoring.vocabulary import (
    DURATION_SCHEMA,
    Limit,
    NumberLimit,
    duration_ms,
    duration_text,
    fault,
)

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)%")
_PERCENT_SCHEMA = {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,2})?%$", "examples": ["20%"]}
_ORDINALS = {"第一次": 1, "first": 1, "最后一次": -1, "最后": -1, "last": -1}

Thing = TypeVar("Thing")


def percent(value: object) -> float:
    """``20%`` as 20.0; 0 to 100."""
    text = unicodedata.normalize("NFKC", value).replace(" ", "") if isinstance(value, str) else ""
    match = _PERCENT.fullmatch(text)
    number = float(match[1]) if match else -1.0
    if not 0 <= number <= 100:
        raise fault(N_("“{value}” is no percentage; write it as “20%”"), value=str(value))
    return number


Percent = Annotated[
    float,
    BeforeValidator(percent),
    PlainSerializer(lambda value: f"{value:g}%", when_used="json"),
    WithJsonSchema(_PERCENT_SCHEMA),
]


class ShareLimit(Limit):
    """Bounds of a share: ``{at_most: 20%}``."""

    example: ClassVar[str] = "{at_most: 20%}"

    at_least: Percent | None = None
    at_most: Percent | None = None
    more_than: Percent | None = None
    less_than: Percent | None = None

    @staticmethod
    def shown(bound: float) -> str:
        return f"{bound:g}%"


Level = Annotated[float, Field(ge=-100, le=0, allow_inf_nan=False)]


class LevelLimit(Limit):
    """Bounds of a level in dBFS, which is never above 0: ``{at_least: -40}``."""

    example: ClassVar[str] = "{at_least: -40}"
    may_be_negative: ClassVar[bool] = True

    at_least: Level | None = None
    at_most: Level | None = None
    more_than: Level | None = None
    less_than: Level | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """How much of a call: ``30s``, or ``20%`` of it."""

    duration_ms: int = 0
    percent: float = 0.0

    def __str__(self) -> str:
        return f"{self.percent:g}%" if self.percent else duration_text(self.duration_ms)

    def of(self, whole_ms: int) -> int:
        """Milliseconds of a whole that is ``whole_ms`` long."""
        return self.duration_ms + round(whole_ms * self.percent / 100)


def stretch(value: object) -> Stretch:
    """``30s`` or ``20%``."""
    if isinstance(value, Stretch):
        return value
    if isinstance(value, str) and value.strip().endswith(("%", "％")):
        return Stretch(percent=percent(value))
    return Stretch(duration_ms(value))


PartOfCall = Annotated[
    Stretch,
    PlainValidator(stretch),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [DURATION_SCHEMA, _PERCENT_SCHEMA]}),
]
"""A duration, or a share of the call."""


class Times(NumberLimit):
    """How many times: ``2`` (at least), or ``{at_most: 3}``."""

    @model_validator(mode="before")
    @classmethod
    def _mapping(cls, value: Any) -> Any:
        if value is None or isinstance(value, dict | Limit):
            return value
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            template = N_("“{value}” is no number of times; write 2, or such as “{example}”")
            raise fault(template, value=str(value), example=cls.example)
        return {"at_least": value}

    @property
    def least(self) -> int:
        """The fewest times that are enough; 0 where there is no such bound."""
        if self.at_least is not None:
            return math.ceil(self.at_least)
        return 0 if self.more_than is None else math.floor(self.more_than) + 1

    @property
    def most(self) -> int | None:
        """The most times that are allowed."""
        if self.at_most is not None:
            return math.floor(self.at_most)
        return None if self.less_than is None else math.ceil(self.less_than) - 1


TimesLimit = Annotated[
    Times, BeforeValidator(lambda value: value, json_schema_input_type=int | Times)
]
ONCE = Times(at_least=1)


def _nth(value: object) -> int:
    if isinstance(value, str) and value.strip() in _ORDINALS:
        return _ORDINALS[value.strip()]
    if isinstance(value, bool) or not isinstance(value, int) or not (value >= 1 or value == -1):
        raise fault(
            N_("“{value}” is no place in a row; write 1, 2, 3 … or “last”"), value=str(value)
        )
    return value


Nth = Annotated[
    int,
    BeforeValidator(_nth),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"enum": list(_ORDINALS)}]}),
]
"""Which of several: 1 is the first, -1 the last."""


def numbered(things: Sequence[Thing], nth: int | None) -> tuple[Thing, ...]:
    """The one asked for, or nothing where there are fewer; all of them for None.

    >>> numbered("abc", 2), numbered("abc", -1), numbered("abc", 4)
    (('b',), ('c',), ())
    """
    if nth is None:
        return tuple(things)
    if nth < 0:
        return tuple(things[-1:])
    return tuple(things[nth - 1 : nth])
