"""Scorecard forms as they are written: the pydantic models behind faults and the JSON Schema."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from autoqa.i18n import N_
from autoqa.scoring.names import Identifier
from autoqa.scoring.operators import Condition
from autoqa.scoring.vocabulary import Flag, Words, fault

ONE_KIND = N_("a rule on the form has either “points” or, where the form has a “start”, “deduct”")
NO_EACH = N_("“{key}” needs “per_occurrence”, as it is about what failed more than once")
NO_DEDUCT = N_("“per_occurrence” needs “deduct”: what each case that failed costs")
TOO_LITTLE = N_("“{key}” is less than “deduct”, so that a single case would cost more")
NO_GRADES = N_("write each grade with the score it begins at, such as “{example}”")
GRADE_GAP = N_("no grade begins at 0, so that scores below {mark} would have none; add one")
GRADE_TWICE = N_("two grades begin at {mark}")


def _points(value: object) -> Decimal:
    _must_be_number(value)
    points = Decimal(str(value))
    if not 0 < points <= 1000:
        raise fault(N_("points are more than 0 and at most 1000"), value=str(value))
    return points


def _percent(value: object) -> Decimal:
    _must_be_number(value)
    mark = Decimal(str(value))
    if not 0 <= mark <= 100:
        raise fault(N_("“{value}” is no mark from 0 to 100"), value=str(value))
    return mark


def _must_be_number(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        template = N_("“{value}” is no number; write English digits only, no quotes and no unit")
        raise fault(template, value=str(value))


_NUMBER_SCHEMA: dict[str, Any] = {"type": "number"}
_AS_NUMBER = PlainSerializer(
    lambda value: int(value) if value == int(value) else float(value), when_used="json"
)
Points = Annotated[Decimal, BeforeValidator(_points), _AS_NUMBER, WithJsonSchema(_NUMBER_SCHEMA)]
Mark = Annotated[Decimal, BeforeValidator(_percent), _AS_NUMBER, WithJsonSchema(_NUMBER_SCHEMA)]


def _item(value: object) -> object:
    return value if isinstance(value, dict) else {"points": value}


class ItemDocument(Words):
    """A rule on the form; a plain number is its points."""

    points: Points | None = Field(default=None, description="what it is worth")
    deduct: Points | None = Field(
        default=None, description="what failing it costs; without it, all of its points"
    )
    per_occurrence: Flag = Field(default=False, description="each case that failed costs so much")
    at_most: Points | None = Field(default=None, description="the most that all of them cost")
    fatal: Flag = Field(default=False, description="failing it makes the whole score 0")

    @model_validator(mode="after")
    def _possible(self) -> ItemDocument:
        if self.points is None and self.deduct is None:
            raise fault(N_("“{key}” is missing here"), key="points")
        if self.points is not None and self.at_most is not None:
            raise fault(ONE_KIND)
        if self.per_occurrence and self.deduct is None:
            raise fault(NO_DEDUCT)
        if self.at_most is not None and not self.per_occurrence:
            raise fault(NO_EACH, key="at_most")
        for key, most in (("at_most", self.at_most), ("points", self.points)):
            if most is not None and self.deduct is not None and most < self.deduct:
                raise fault(TOO_LITTLE, key=key)
        return self


ItemLine = Annotated[
    ItemDocument, BeforeValidator(_item, json_schema_input_type=float | ItemDocument)
]


class SectionDocument(Words):
    """A section of the form."""

    name: str = Field(min_length=1, max_length=60)
    weight: Points | None = Field(
        default=None, description="its share of the score beside those of the other sections"
    )
    rules: dict[str, ItemLine] = Field(min_length=1)


def _grades(value: object) -> object:
    if not isinstance(value, dict) or not value:
        raise fault(NO_GRADES, example="{优秀: 90, 合格: 80, 不合格: 0}")
    return {str(name): mark for name, mark in value.items()}


def _without_gaps(grades: dict[str, Decimal]) -> dict[str, Decimal]:
    marks = sorted(grades.values())
    if marks[0] != 0:
        raise fault(GRADE_GAP, mark=str(marks[0]))
    for mark, next_mark in pairwise(marks):
        if mark == next_mark:
            raise fault(GRADE_TWICE, mark=str(mark))
    return grades


Grades = Annotated[
    dict[str, Mark],
    BeforeValidator(_grades, json_schema_input_type=dict[str, float]),
    AfterValidator(_without_gaps),
]


class FormDocument(Words):
    """A scorecard form."""

    id: Identifier
    name: str = Field(min_length=1, max_length=60)
    used_if: Condition | None = Field(
        default=None, description="the calls it is for; the last form has none: it is for the rest"
    )
    pass_mark: Mark
    start: Points | None = Field(
        default=None, description="what every score begins with, where rules deduct"
    )
    total: Points | None = Field(
        default=None, description="what the points of each party, or the weights, add up to"
    )
    grades: Grades | None = Field(default=None, description="each with the score it begins at")
    sections: tuple[SectionDocument, ...] = Field(min_length=1)
