"""``event``: how many, how long, how much of something that happens on the line.

::

    event: 持线                  # or hold; 静音, 抢话, …: see vocabulary.EVENT_NAMES
    where: {music: true}        # only events with these measures, see measures; several: [a, b]
    role: 坐席                   # only events of this role (talk-over: who began second)
    lasting: {at_least: 10s}    # only events of this length
    other_spoke_for: 1s         # only events before which the other party spoke this long
    before_agent: true          # only events before the agent's first live word
    nth: 1                      # of these, only the first; or last
    after: {says: complaint}    # where they begin, see place.Place
    count: {at_most: 2}         # and then at least one of: how many
    per_minute: {at_most: 0.5}  # how many a minute of the recording
    longest: {at_most: 60s}     # the longest of them; each is an occurrence of its own
    total: {at_most: 120s}      # all together
    share: {at_most: 20%}       # all together, of the recording

Passed where all limits hold; without events each of them is 0. Does not apply where the place hangs
on something that is not in the call. Undetermined: nobody listened for such events, or an event
that may or may not be meant (its measure is ``unknown``) would decide. On a recording, a limit
broken by less than the error of measuring (0.1 s for an event) is undetermined, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import model_validator

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.event_choice import ERROR_MS, EventChoice
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.place import Place
from autoqa.scoring.quantities import ShareLimit
from autoqa.scoring.result import Result, conjunction
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import DurationLimit, EventName, Limit, NumberLimit, fault
from autoqa.scoring.window import Scope, surely_inside
from autoqa.types import Event, EventKind, Message, Occurrence, Outcome, Role

_MINUTE_MS = 60_000

WITHIN = N_("within the limit")
BEYOND = N_("over the limit")
TOTAL = N_("{count} together {seconds} s")
NONE = N_("nothing of the kind was heard")
UNCERTAIN = N_("it is not sure whether this counts")
CLOSE = N_("so close to the limit that measuring cannot tell")


class PlacedEvents(EventChoice, Place):
    """Which events are meant, and where they have to begin."""

    def found(
        self, view: CallView, scope: Scope, kind: EventKind
    ) -> list[tuple[Event, Outcome]] | None:
        """Events that are meant (passed) or may be (undetermined); None: there is no such place."""
        windows = self.windows(view, scope)
        if not windows:
            return None
        found = []
        for event, outcome in self.chosen(view, kind):
            if any(window.holds(event) for window in windows):
                sure = surely_inside(event, windows)
                found.append((event, outcome if sure else Outcome.UNDETERMINED))
        return found


class EventLimits(Operator, PlacedEvents):
    """How many, how long, how much."""

    key: ClassVar[str] = "event"

    event: EventName
    count: NumberLimit | None = None
    per_minute: NumberLimit | None = None
    longest: DurationLimit | None = None
    total: DurationLimit | None = None
    share: ShareLimit | None = None

    @model_validator(mode="after")
    def _limited(self) -> EventLimits:
        if all(
            limit is None
            for limit in (self.count, self.per_minute, self.longest, self.total, self.share)
        ):
            raise fault(
                N_("“event” needs a limit: “count”, “per_minute”, “longest”, “total” or “share”")
            )
        return self

    @property
    def has_place(self) -> bool:
        return True

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if reason := view.unheard(self.event) or self.doubt(view, scope):
            return Result(Outcome.UNDETERMINED, reason=reason)
        chosen = self.found(view, scope, self.event)
        if chosen is None:
            return Result(Outcome.NOT_APPLICABLE)
        occurrences = self._each(view, scope, chosen)
        outcomes = [item.outcome for item in occurrences]
        if self.longest is not None and not occurrences:
            outcomes.append(self.longest.judge(0))
        if sums := self._sums(view, scope, chosen):
            outcomes += sums
            occurrences += _whole(view, [event for event, _ in chosen], conjunction(sums))
        outcome = conjunction(outcomes)
        reason = next((item.reason for item in occurrences if item.outcome == outcome), None)
        return Result(outcome, tuple(occurrences), reason)

    def _sums(
        self, view: CallView, scope: Scope, chosen: Sequence[tuple[Event, Outcome]]
    ) -> list[Outcome]:
        """What the limits on all events together say, whichever of the doubtful ones are meant."""
        error_ms = 0 if view.is_exact else ERROR_MS * len(chosen)
        whole_ms = max(1, view.span.duration_ms)
        sure = [event for event, outcome in chosen if outcome == Outcome.PASSED]
        every = [event for event, _ in chosen]
        outcomes = []
        for some in [sure, every] if sure != every else [every]:
            total_ms = sum(event.duration_ms for event in some)
            rate, percent = len(some) * _MINUTE_MS / whole_ms, 100 * total_ms / whole_ms
            outcomes.append(
                conjunction(
                    [
                        *_judged(self.count, len(some), 0, scope),
                        *_judged(self.per_minute, rate, 0, scope),
                        *_judged(self.total, total_ms, error_ms, scope),
                        *_judged(self.share, percent, 100 * error_ms / whole_ms, scope),
                    ]
                )
            )
        if outcomes[0] == Outcome.NOT_APPLICABLE:
            return []
        return [outcomes[0] if len(set(outcomes)) == 1 else Outcome.UNDETERMINED]

    def _each(
        self, view: CallView, scope: Scope, chosen: Sequence[tuple[Event, Outcome]]
    ) -> list[Occurrence]:
        """An occurrence for each event, judged by ``longest``."""
        error = 0 if view.is_exact else ERROR_MS
        occurrences = []
        for event, meant in chosen:
            found = (evidence.of_event(event),)
            for judged in _judged(self.longest, event.duration_ms, error, scope):
                doubtful = judged == Outcome.FAILED and meant == Outcome.UNDETERMINED
                outcome = meant if doubtful else judged
                occurrences.append(Occurrence(outcome, found, _reason(outcome, meant)))
        return occurrences


def _judged(limit: Limit | None, value: float, error: float, scope: Scope) -> list[Outcome]:
    return [] if limit is None else [scope.judge(limit, value, error)]


def _whole(view: CallView, events: list[Event], outcome: Outcome) -> list[Occurrence]:
    """One occurrence of all events together; where there is none, of the whole recording."""
    if not events:
        reason = Message(NONE)
        found = evidence.of_stretch(view.span.start_ms, view.span.end_ms, Role.UNKNOWN, reason)
        return [Occurrence(outcome, (found,), reason)] if outcome == Outcome.FAILED else []
    total_ms = sum(event.duration_ms for event in events)
    reason = Message(TOTAL, {"count": len(events), "seconds": evidence.seconds(total_ms)})
    return [Occurrence(outcome, tuple(evidence.of_event(e) for e in events), reason)]


def _reason(outcome: Outcome, meant: Outcome) -> Message:
    if outcome == Outcome.UNDETERMINED:
        return Message(UNCERTAIN if meant == Outcome.UNDETERMINED else CLOSE)
    return Message(WITHIN if outcome == Outcome.PASSED else BEYOND)
