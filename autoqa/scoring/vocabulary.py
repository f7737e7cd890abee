"""The words rule files are made of: durations, roles, limits, names of phrase sets.

Each is a pydantic type, so that a fault in any of them is found at its place in the file, and the
JSON Schema that editors use for completion knows it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from autoqa.i18n import N_
from autoqa.types import EventKind, Outcome, Role, Value

_DURATION = re.compile(
    r"(?:(?P<h>\d+)(?:h|小时))?(?:(?P<m>\d+)(?:m|分钟?))?"
    r"(?:(?P<s>\d+(?:\.\d{1,3})?)(?:s|秒))?(?:(?P<ms>\d+)(?:ms|毫秒))?"
)
_LONGEST_MS = 24 * 3600 * 1000
ROLE_NAMES = {
    "坐席": Role.AGENT,
    "座席": Role.AGENT,
    "客服": Role.AGENT,
    "agent": Role.AGENT,
    "客户": Role.CUSTOMER,
    "customer": Role.CUSTOMER,
    "录音": Role.RECORDED,
    "recorded": Role.RECORDED,
}
EVENT_NAMES = {
    "持线": EventKind.HOLD,
    "静音": EventKind.DEAD_AIR,
    "静默": EventKind.DEAD_AIR,
    "冷场": EventKind.DEAD_AIR,
    "抢话": EventKind.TALK_OVER,
    "插话": EventKind.TALK_OVER,
    "提高音量": EventKind.RAISED_VOICE,
    "录音播报": EventKind.RECORDED_PROMPT,
    "播报": EventKind.RECORDED_PROMPT,
    "排队": EventKind.QUEUE,
    "按键": EventKind.DTMF,
    "振铃": EventKind.RINGBACK,
    "音乐": EventKind.MUSIC,
    "忙音": EventKind.BUSY_TONE,
    "传真音": EventKind.FAX_TONE,
    "转接": EventKind.TRANSFER,
    **{kind.value: kind for kind in EventKind},
}
"""What staff call the events: the words of reports and manual, or the names of the output."""
_FLAGS = {"true": True, "yes": True, "on": True, "是": True, "有": True} | {
    "false": False, "no": False, "off": False, "否": False, "无": False, "没有": False,
}  # fmt: skip
_NO_LIMIT = N_("give a limit: “at_least”, “at_most”, “more_than” or “less_than”")
_NO_NUMBER = N_("no number is both at least {low} and at most {high}")
_NEVER = N_("nothing is less than 0: this can never hold")


class Words(BaseModel):
    """Base of everything staff write: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def fault(template: str, **params: Value) -> PydanticCustomError:
    """A fault of a value, as a sentence of the catalogue; raise what this returns."""
    return PydanticCustomError("autoqa", "{template}", {"template": template, **params})


def duration_ms(value: object) -> int:
    """Milliseconds of ``30s``, ``1m30s``, ``1.5s``, ``500ms``, ``2分钟``, ``1分30秒``."""
    text = unicodedata.normalize("NFKC", value).replace(" ", "") if isinstance(value, str) else ""
    text = text.lower()
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise fault(
            N_("“{value}” is no duration; write it with its unit, such as “30s” or “1m30s”"),
            value=str(value),
        )
    hours, minutes, seconds, millis = match.group("h", "m", "s", "ms")
    # Whole numbers all the way: 1.2 s in floating point would be 1199 ms.
    whole, _, fraction = (seconds or "0").partition(".")
    seconds_ms = int(whole) * 1000 + int(fraction.ljust(3, "0") or 0)
    total = int(hours or 0) * 3_600_000 + int(minutes or 0) * 60_000 + seconds_ms + int(millis or 0)
    if total > _LONGEST_MS:
        raise fault(N_("“{value}” is longer than a day"), value=str(value))
    return total


def duration_text(duration: int) -> str:
    """Milliseconds as rule files write them.

    >>> duration_text(90_000), duration_text(1_500), duration_text(0)
    ('1m30s', '1.5s', '0s')
    """
    minutes, rest_ms = divmod(duration, 60_000)
    seconds = f"{rest_ms / 1000:g}s" if rest_ms or not minutes else ""
    return f"{minutes}m{seconds}" if minutes else seconds


def guess(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or an empty string.

    Of two Chinese characters one may be wrong: 坐班 for 坐席.
    """
    cutoff = 0.65 if word.isascii() or len(word) > 2 else 0.5
    found = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=cutoff)
    return found[0] if found else ""


def listed(words: Iterable[str]) -> str:
    """Names as sentences of either language hold them."""
    return " ".join(f"“{word}”" for word in words)


def first_names(names: Mapping[str, Any]) -> list[str]:
    """Of the names that mean the same, the first."""
    first: dict[Any, str] = {}
    for name, meaning in names.items():
        first.setdefault(meaning, name)
    return list(first.values())


def _named(
    value: object, names: Mapping[str, Any], unknown: str, meant: str
) -> PydanticCustomError:
    """The fault of a name that is none of ``names``."""
    params = {"value": str(value), "known": listed(first_names(names))}
    if word := guess(str(value), names):
        usual = next(name for name in names if names[name] == names[word])
        return fault(meant, **params, meant=word if word.isascii() else usual)
    return fault(unknown, **params)


def _role(value: object) -> Role:
    if isinstance(value, Role):
        return value
    role = ROLE_NAMES.get(value.strip().lower()) if isinstance(value, str) else None
    if role is None:
        raise _named(
            value,
            ROLE_NAMES,
            N_("“{value}” is no role; write one of {known}"),
            N_("“{value}” is no role; did you mean “{meant}”?"),
        )
    return role


def _event(value: object) -> EventKind:
    kind = EVENT_NAMES.get(value.strip().lower()) if isinstance(value, str) else None
    if kind is None:
        raise _named(
            value,
            EVENT_NAMES,
            N_("“{value}” is no event; write one of {known}"),
            N_("“{value}” is no event; did you mean “{meant}”?"),
        )
    return kind


def choice(names: Mapping[str, str]) -> Callable[[object], str]:
    """Reads one of these names."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in names:
            return names[value]
        raise _named(
            value,
            names,
            N_("“{value}” does not fit here; write one of {known}"),
            N_("“{value}” does not fit here; did you mean “{meant}”?"),
        )

    return read


def flag(value: object) -> bool:
    """True or false, as YAML, English or Chinese says it."""
    found = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
    if found is None:
        raise fault(N_("“{value}” is neither “true” nor “false”"), value=str(value))
    return found


def _many(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _known_set(name: object, info: ValidationInfo) -> str:
    if not isinstance(name, str):
        raise fault(N_("“{value}” is no name of a phrase set"), value=str(name))
    known = (info.context or {}).get("phrases")
    if known is None or name in known:
        return name
    if (bare := name.strip(_QUOTES)) in known:
        raise fault(N_("“{value}” needs no quotation marks, least of all Chinese ones"), value=bare)
    if meant := guess(name, known):
        template = N_("there is no phrase set “{value}”; did you mean “{meant}”?")
        raise fault(template, value=name, meant=meant)
    if not name.replace("_", "").replace("-", "").isascii():
        raise fault(
            N_("“{value}” is no phrase set: here stands the name of one, not what is said"),
            value=name,
        )
    raise fault(N_("there is no phrase set “{value}”"), value=name)


def _known_condition(name: object, info: ValidationInfo) -> str:
    if not isinstance(name, str):
        raise fault(N_("here stands the name of a condition, as below “conditions:”"))
    known = (info.context or {}).get("conditions")
    if known is None or name in known:
        return name
    if meant := guess(name, known):
        template = N_("there is no condition “{value}”; did you mean “{meant}”?")
        raise fault(template, value=name, meant=meant)
    raise fault(
        N_("there is no condition “{value}”; conditions get their names below “conditions:”"),
        value=name,
    )


_QUOTES = "“”‘’「」『』\"' "
_ROLE_SCHEMA = {"type": "string", "enum": list(ROLE_NAMES)}
DURATION_SCHEMA = {
    "type": "string",
    "pattern": r"^(?=.)(\d+(h|小时))?(\d+(m|分钟?))?(\d+(\.\d{1,3})?(s|秒))?(\d+(ms|毫秒))?$",
    "examples": ["30s", "1m30s", "500ms", "30秒", "1分30秒"],
}

Duration = Annotated[
    int,
    BeforeValidator(duration_ms),
    PlainSerializer(duration_text, when_used="json"),
    WithJsonSchema(DURATION_SCHEMA),
]
"""Milliseconds, written with a unit."""

RoleName = Annotated[Role, BeforeValidator(_role), WithJsonSchema(_ROLE_SCHEMA)]
Roles = Annotated[
    tuple[RoleName, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [_ROLE_SCHEMA, {"type": "array", "items": _ROLE_SCHEMA}]}),
]
"""One role or a list of them."""

_EVENT_SCHEMA = {"type": "string", "enum": list(EVENT_NAMES)}
EventName = Annotated[EventKind, BeforeValidator(_event), WithJsonSchema(_EVENT_SCHEMA)]
"""An event by its Chinese or its English name."""

_FLAG_SCHEMA = {"enum": [True, False, "是", "否"]}
Flag = Annotated[bool, BeforeValidator(flag), WithJsonSchema(_FLAG_SCHEMA)]


def _yes(value: object) -> bool:
    if not flag(value):
        raise fault(N_("write “true” here; for the opposite put it below “not”"))
    return True


Yes = Annotated[Literal[True], BeforeValidator(_yes), WithJsonSchema({"enum": [True, "是"]})]
"""Of conditions that have nothing to choose."""

ConditionName = Annotated[str, BeforeValidator(_known_condition)]
"""A condition that has a name of its own."""

SetName = Annotated[str, BeforeValidator(_known_set)]
SetNames = Annotated[
    tuple[SetName, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One phrase set or a list of them."""


class Limit(Words):
    """Bounds of a number; at least one of the four. ``judge`` says which side a value is on."""

    bounds: ClassVar[tuple[str, ...]] = ("at_least", "at_most", "more_than", "less_than")
    example: ClassVar[str] = "{at_most: 3}"
    may_be_negative: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _mapping(cls, value: object) -> object:
        if value is None or isinstance(value, dict | Limit):
            return value
        raise fault(N_("write a limit here, such as “{example}”"), example=cls.example)

    @model_validator(mode="after")
    def _possible(self) -> Limit:
        own: Any = self
        if not any(getattr(self, name) is not None for name in self.bounds):
            raise fault(_NO_LIMIT)
        low, high = self.range
        below = high is not None and (high < 0 or (high == 0 and own.at_most is None))
        if below and not self.may_be_negative:
            raise fault(_NEVER)
        is_open = own.at_least is None or own.at_most is None
        if low is not None and high is not None and (low > high or (low == high and is_open)):
            raise fault(_NO_NUMBER, low=self.shown(low), high=self.shown(high))
        return self

    @staticmethod
    def shown(bound: float) -> str:
        """A bound as people write it."""
        return f"{bound:g}"

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

    def judge_both_ways(self, value: float, error: float) -> Outcome:
        """Like ``judge``, but unsure on either side of a bound."""
        outcomes = {self.judge(value - error), self.judge(value + error)}
        return outcomes.pop() if len(outcomes) == 1 else Outcome.UNDETERMINED

    def _within(self, value: float, error: float) -> bool:
        own: Any = self
        return (
            (own.at_least is None or value >= own.at_least - error)
            and (own.at_most is None or value <= own.at_most + error)
            and (own.more_than is None or value > own.more_than - error)
            and (own.less_than is None or value < own.less_than + error)
        )


class DurationLimit(Limit):
    """Bounds of a time: ``{at_most: 60s}``."""

    example: ClassVar[str] = "{at_most: 60s}"

    at_least: Duration | None = None
    at_most: Duration | None = None
    more_than: Duration | None = None
    less_than: Duration | None = None

    @staticmethod
    def shown(bound: float) -> str:
        return f"{bound / 1000:g}s"


Number = Annotated[float, Field(allow_inf_nan=False)]


class NumberLimit(Limit):
    """Bounds of a number: ``{at_least: 120, at_most: 300}``."""

    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
