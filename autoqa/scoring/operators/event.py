"""``event``: how many, how long, how much of something that happens on the line.

::

    event: 持线                  # or hold; 静音, 抢话, …: see vocabulary.EVENT_NAMES
    where: {music: true}        # only events with these measures, see measures; several: [a, b]
    role: 坐席                   # only events of this role (talk-over: who began second)
    lasting: {at_least: 10s}    # only events of this length
    other_spoke_for: 1s         # only events before which the other party spoke this long
    before_agent: true          # only events before the agent's first live word
    count: {at_most: 2}         # and then at least one of: how many
    longest: {at_most: 60s}     # the longest of them; each is an occurrence of its own
    total: {at_most: 120s}      # all together

Passed where all limits hold; without events the count, the longest and the total are 0.
Undetermined: nobody listened for such events, or an event that may or may not be meant (its
measure is ``unknown``) would decide. On a recording, a limit broken by less than the error of
measuring (0.1 s for an event) is undetermined, too.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from autoqa.i18n import N_
from autoqa.scoring import evidence, measures
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, conjunction
from autoqa.scoring.speech import spoke_before_ms
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import (
    EVENT_NAMES,
    Duration,
    DurationLimit,
    EventName,
    Flag,
    NumberLimit,
    RoleName,
    fault,
)
from autoqa.scoring.window import Scope
from autoqa.types import Event, EventKind, Message, Occurrence, Outcome, Role, Value

ERROR_MS = 100
"""Two edges, each good to about one frame of the voice detector (30 ms) and one of its hop."""

WITHIN = N_("within the limit")
BEYOND = N_("over the limit")
TOTAL = N_("{count} together {seconds} s")
UNCERTAIN = N_("it is not sure whether this counts")
CLOSE = N_("so close to the limit that measuring cannot tell")


def _values(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


Values = Annotated[
    tuple[Value, ...], BeforeValidator(_values, json_schema_input_type=Value | list[Value])
]


class EventFilter(Operator):
    """Which events are meant: the options that ``event``, ``no_event`` and ``for_each`` share."""

    where: Annotated[dict[str, Values], WithJsonSchema(measures.schema())] = Field(
        default_factory=dict
    )
    role: RoleName | None = None
    lasting: DurationLimit | None = None
    other_spoke_for: Duration | None = None
    before_agent: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _normal(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("where"), dict):
            return value
        kind = EVENT_NAMES.get(str(value.get("event", value.get("no_event"))))
        return {**value, "where": measures.normal(kind, value["where"])}

    def chosen(self, view: CallView, kind: EventKind) -> tuple[tuple[Event, Outcome], ...]:
        """Events that are meant (passed) or may be (undetermined)."""
        judged = ((event, self._is_meant(view, event)) for event in view.events(kind))
        wanted = (Outcome.PASSED, Outcome.UNDETERMINED)
        return tuple((event, outcome) for event, outcome in judged if outcome in wanted)

    def _is_meant(self, view: CallView, event: Event) -> Outcome:
        error = 0 if view.is_exact else ERROR_MS
        answers = [Outcome.PASSED]
        for name, values in self.where.items():
            answers.append(_matches(event.measures.get(name), values))
        if self.role is not None:
            unknown = event.role == Role.UNKNOWN
            answers.append(_known(event.role == self.role, unknown))
        if self.lasting is not None:
            answers.append(_both_sides(self.lasting, event.duration_ms, error))
        if self.other_spoke_for is not None:
            spoke_ms = spoke_before_ms(view.call, event, self.role)
            limit = DurationLimit.model_construct(at_least=self.other_spoke_for)
            answers.append(_both_sides(limit, spoke_ms, error))
        if self.before_agent and view.agent_start_ms is not None:
            answers.append(_known(event.start_ms < view.agent_start_ms, False))
        return conjunction(answers)


class EventLimits(EventFilter):
    """How many, how long, how much."""

    key: ClassVar[str] = "event"

    event: EventName
    count: NumberLimit | None = None
    longest: DurationLimit | None = None
    total: DurationLimit | None = None

    @model_validator(mode="after")
    def _limited(self) -> EventLimits:
        if self.count is None and self.longest is None and self.total is None:
            raise fault(N_("“event” needs a limit: “count”, “longest” or “total”"))
        return self

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if reason := view.unheard(self.event):
            return Result(Outcome.UNDETERMINED, reason=reason)
        chosen = self.chosen(view, self.event)
        events = [event for event, _ in chosen]
        sure = [event for event, outcome in chosen if outcome == Outcome.PASSED]
        occurrences = self._each(view, chosen)
        outcomes = [item.outcome for item in occurrences]
        if self.longest is not None and not occurrences:
            outcomes.append(self.longest.judge(0))
        if self.count is not None:
            counts = [self.count.judge(len(sure)), self.count.judge(len(events))]
            outcomes.append(_agreed(counts))
            occurrences += _whole(events, outcomes[-1])
        if self.total is not None:
            error = 0 if view.is_exact else ERROR_MS * len(events)
            sums = (sum(e.duration_ms for e in some) for some in (sure, events))
            outcomes.append(_agreed([self.total.judge(total, error) for total in sums]))
            occurrences += _whole(events, outcomes[-1])
        outcome = conjunction(outcomes)
        reason = next((item.reason for item in occurrences if item.outcome == outcome), None)
        return Result(outcome, tuple(occurrences), reason)

    def _each(self, view: CallView, chosen: tuple[tuple[Event, Outcome], ...]) -> list[Occurrence]:
        """An occurrence for each event, judged by ``longest``."""
        if self.longest is None:
            return []
        error = 0 if view.is_exact else ERROR_MS
        occurrences = []
        for event, meant in chosen:
            outcome = self.longest.judge(event.duration_ms, error)
            if outcome == Outcome.FAILED and meant == Outcome.UNDETERMINED:
                outcome = meant
            found = (evidence.of_event(event),)
            occurrences.append(Occurrence(outcome, found, _reason(outcome, meant)))
        return occurrences


def _whole(events: list[Event], outcome: Outcome) -> list[Occurrence]:
    """One occurrence of all events together."""
    if not events:
        return []
    total_ms = sum(event.duration_ms for event in events)
    reason = Message(TOTAL, {"count": len(events), "seconds": evidence.seconds(total_ms)})
    return [Occurrence(outcome, tuple(evidence.of_event(e) for e in events), reason)]


def _reason(outcome: Outcome, meant: Outcome) -> Message:
    if outcome == Outcome.UNDETERMINED:
        return Message(UNCERTAIN if meant == Outcome.UNDETERMINED else CLOSE)
    return Message(WITHIN if outcome == Outcome.PASSED else BEYOND)


def _known(holds: bool, unknown: bool) -> Outcome:
    if unknown:
        return Outcome.UNDETERMINED
    return Outcome.PASSED if holds else Outcome.FAILED


def _matches(value: Value | None, wanted: tuple[Value, ...]) -> Outcome:
    return _known(value in wanted, value in (None, "unknown") and value not in wanted)


def _both_sides(limit: DurationLimit, value_ms: int, error_ms: int) -> Outcome:
    """Like ``judge``, but unsure on either side of the limit."""
    outcomes = [limit.judge(value) for value in (value_ms - error_ms, value_ms + error_ms)]
    return _agreed(outcomes)


def _agreed(outcomes: list[Outcome]) -> Outcome:
    return outcomes[0] if len(set(outcomes)) == 1 else Outcome.UNDETERMINED
