"""The words rule files are made of: durations, roles, limits, names of phrase sets.

Each is a pydantic type, so that a fault in any of them is found at its place in the file, and the
JSON Schema that editors use for completion knows it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from autoqa.i18n import N_
from autoqa.types import Outcome, Role, Value

_DURATION = re.compile(
    r"(?:(?P<h>\d+)(?:h|小时))?(?:(?P<m>\d+)(?:m|分钟?))?"
    r"(?:(?P<s>\d+(?:\.\d{1,3})?)(?:s|秒))?(?:(?P<ms>\d+)(?:ms|毫秒))?"
)
_LONGEST_MS = 24 * 3600 * 1000
_ROLE_NAMES = {
    "坐席": Role.AGENT,
    "客服": Role.AGENT,
    "agent": Role.AGENT,
    "客户": Role.CUSTOMER,
    "customer": Role.CUSTOMER,
    "录音": Role.RECORDED,
    "recorded": Role.RECORDED,
}


class Words(BaseModel):
    """Base of everything staff write: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def fault(template: str, **params: Value) -> PydanticCustomError:
    """A fault of a value, as a sentence of the catalogue; raise what this returns."""
    return PydanticCustomError("autoqa", "{template}", {"template": template, **params})


def duration_ms(value: object) -> int:
    """Milliseconds of ``30s``, ``1m30s``, ``1.5s``, ``500ms``, ``2分钟``."""
    text = value.replace(" ", "").lower() if isinstance(value, str) else ""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise fault(
            N_("{value} is not a duration; write it with its unit, such as 30s or 1m30s"),
            value=str(value),
        )
    hours, minutes, seconds, millis = match.group("h", "m", "s", "ms")
    # Whole numbers all the way: 1.2 s in floating point would be 1199 ms.
    whole, _, fraction = (seconds or "0").partition(".")
    seconds_ms = int(whole) * 1000 + int(fraction.ljust(3, "0") or 0)
    total = int(hours or 0) * 3_600_000 + int(minutes or 0) * 60_000 + seconds_ms + int(millis or 0)
    if total > _LONGEST_MS:
        raise fault(N_("{value} is longer than a day"), value=str(value))
    return total


def guess(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or an empty string."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def _role(value: object) -> Role:
    if isinstance(value, Role):
        return value
    role = _ROLE_NAMES.get(value.strip().lower()) if isinstance(value, str) else None
    if role is None:
        raise fault(
            N_("{value} is not a role; write one of {known}"),
            value=str(value),
            known="坐席, 客户, 录音",
        )
    return role


def _many(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _known_set(name: str, info: ValidationInfo) -> str:
    known = (info.context or {}).get("phrases")
    if known is not None and name not in known:
        if meant := guess(name, known):
            template = N_("there is no phrase set {value}; did you mean {meant}?")
            raise fault(template, value=name, meant=meant)
        raise fault(N_("there is no phrase set {value}"), value=name)
    return name


_ROLE_SCHEMA = {"type": "string", "enum": list(_ROLE_NAMES)}
_DURATION_SCHEMA = {
    "type": "string",
    "pattern": r"^(\d+h)?(\d+m)?(\d+(\.\d{1,3})?s)?(\d+ms)?$",
    "examples": ["30s", "1m30s", "500ms"],
}

Duration = Annotated[int, BeforeValidator(duration_ms), WithJsonSchema(_DURATION_SCHEMA)]
"""Milliseconds, written with a unit."""

RoleName = Annotated[Role, BeforeValidator(_role), WithJsonSchema(_ROLE_SCHEMA)]
Roles = Annotated[
    tuple[RoleName, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [_ROLE_SCHEMA, {"type": "array", "items": _ROLE_SCHEMA}]}),
]
"""One role or a list of them."""

SetName = Annotated[str, AfterValidator(_known_set)]
SetNames = Annotated[
    tuple[SetName, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One phrase set or a list of them."""


class _Limit(Words):
    """Bounds of a number; at least one of the four. ``judge`` says which side a value is on."""

    bounds: ClassVar[tuple[str, ...]] = ("at_least", "at_most", "more_than", "less_than")

    @model_validator(mode="after")
    def _possible(self) -> _Limit:
        if not any(getattr(self, name) is not None for name in self.bounds):
            raise fault(N_("give a limit: at_least, at_most, more_than or less_than"))
        low, high = self.range
        if low is not None and high is not None and low > high:
            raise fault(
                N_("no number is both at least {low} and at most {high}"), low=low, high=high
            )
        return self

    @property
    def range(self) -> tuple[float | None, float | None]:
        """The lower and the upper bound, None where there is none."""
        own: Any = self
        low = own.at_least if own.at_least is not None else own.more_than
        high = own.at_most if own.at_most is not None else own.less_than
        return low, high

    def judge(self, value: float, error: float = 0) -> Outcome:
        """Passed within the bounds; a breach smaller than the measuring ``error``: undetermined."""
        if self._within(value, 0):
            return Outcome.PASSED
        return Outcome.UNDETERMINED if error and self._within(value, error) else Outcome.FAILED

    def _within(self, value: float, error: float) -> bool:
        own: Any = self
        return (
            (own.at_least is None or value >= own.at_least - error)
            and (own.at_most is None or value <= own.at_most + error)
            and (own.more_than is None or value > own.more_than - error)
            and (own.less_than is None or value < own.less_than + error)
        )


class DurationLimit(_Limit):
    """Bounds of a time: ``{at_most: 60s}``."""

    at_least: Duration | None = None
    at_most: Duration | None = None
    more_than: Duration | None = None
    less_than: Duration | None = None


class NumberLimit(_Limit):
    """Bounds of a number: ``{at_least: 120, at_most: 300}``."""

    at_least: float | None = None
    at_most: float | None = None
    more_than: float | None = None
    less_than: float | None = None
