"""Which events are meant: the options that every condition about events shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from autoqa.scoring import measures
from autoqa.scoring.quantities import Nth, numbered
from autoqa.scoring.result import conjunction
from autoqa.scoring.speech import spoke_before_ms
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import (
    EVENT_NAMES,
    Duration,
    DurationLimit,
    Flag,
    RoleName,
    Words,
)
from autoqa.types import Event, EventKind, Outcome, Role, Value

ERROR_MS = 100
"""Two edges, each good to about one frame of the voice detector (30 ms) and one of its hop."""

Chosen = tuple[tuple[Event, Outcome], ...]


def _values(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


Values = Annotated[
    tuple[Value, ...], BeforeValidator(_values, json_schema_input_type=Value | list[Value])
]


class EventChoice(Words):
    """Which events are meant.

    ``where``: with these measures, see ``measures``; several values: ``[a, b]``. ``role``: whose
    (of talk-over: who began second). ``lasting``: how long. ``other_spoke_for``: the other party
    had been speaking so long. ``before_agent``: before the agent's first live word. ``nth``: of
    those, this one: 1 is the first, ``last`` the last.
    """

    where: Annotated[dict[str, Values], WithJsonSchema(measures.schema())] = Field(
        default_factory=dict
    )
    role: RoleName | None = None
    lasting: DurationLimit | None = None
    other_spoke_for: Duration | None = None
    before_agent: Flag = False
    nth: Nth | None = None

    @model_validator(mode="before")
    @classmethod
    def _normal(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("where"), dict):
            return value
        kind = EVENT_NAMES.get(str(value.get("event", value.get("no_event"))))
        return {**value, "where": measures.normal(kind, value["where"])}

    def chosen(self, view: CallView, kind: EventKind) -> Chosen:
        """Events that are meant (passed) or may be (undetermined)."""
        judged = ((event, self._is_meant(view, event)) for event in view.events(kind))
        wanted = (Outcome.PASSED, Outcome.UNDETERMINED)
        return self._numbered([one for one in judged if one[1] in wanted])

    def _numbered(self, found: Sequence[tuple[Event, Outcome]]) -> Chosen:
        """The one that ``nth`` asks for: surely, where nothing before it is in doubt."""
        if self.nth is None:
            return tuple(found)
        all_sure = all(outcome == Outcome.PASSED for _, outcome in found)
        return tuple(
            (event, outcome if all_sure else Outcome.UNDETERMINED)
            for event, outcome in numbered(found, self.nth)
        )

    def _is_meant(self, view: CallView, event: Event) -> Outcome:
        error = 0 if view.is_exact else ERROR_MS
        answers = [_known(True, _may_be_none(event))]
        for name, values in self.where.items():
            answers.append(_matches(event.measures.get(name), values))
        if self.role is not None:
            unknown = event.role == Role.UNKNOWN
            answers.append(_known(event.role == self.role, unknown))
        if self.lasting is not None:
            answers.append(self.lasting.judge_both_ways(event.duration_ms, error))
        if self.other_spoke_for is not None:
            spoke_ms = spoke_before_ms(view.call, event, self.role)
            limit = DurationLimit.model_construct(at_least=self.other_spoke_for)
            answers.append(limit.judge_both_ways(spoke_ms, error))
        if self.before_agent and view.agent_start_ms is not None:
            answers.append(_known(event.start_ms < view.agent_start_ms, False))
        return conjunction(answers)


def _may_be_none(event: Event) -> bool:
    """Whether it is a hold of which there are only words that nobody understood: a silence in which
    the agent may have said that he is waiting for the customer."""
    told = event.measures
    heard = told.get("source") == "heard" and told.get("asked") == "unknown"
    return event.kind == EventKind.HOLD and heard and not told.get("music")


def _known(holds: bool, unknown: bool) -> Outcome:
    if unknown:
        return Outcome.UNDETERMINED
    return Outcome.PASSED if holds else Outcome.FAILED


def _matches(value: Value | None, wanted: tuple[Value, ...]) -> Outcome:
    return _known(value in wanted, value in (None, "unknown") and value not in wanted)
