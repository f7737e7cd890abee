"""``for_each``: a condition for each event or each mention, by itself.

::

    for_each: {event: hold, lasting: {at_least: 10s}}    # or {says: complaint, role: 客户}
    require:
      says: hold_request
      before: it
      within: 10s

``for_each`` takes the options of ``event``; ``ended: true`` leaves out an event that lasts to the
end of the call. Inside ``require``, ``it`` is the one at hand. Each is an occurrence of its own:
one hold of three can be appealed. All must pass; where there is none, it does not apply.
Where it is not sure that a case is one, it cannot fail: it is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from pydantic import model_validator

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.operators.event import UNCERTAIN, EventFilter
from autoqa.scoring.result import Result, conjunction
from autoqa.scoring.view import CallView, merged
from autoqa.scoring.vocabulary import EventName, Flag, SetNames, fault
from autoqa.scoring.window import Item, Scope, spoken_item
from autoqa.types import Event, Evidence, Message, Occurrence, Outcome, Role

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator as Condition

HOLDS_DIFFER = "holds_differ"
_BACK_MS = 500
"""Speech that begins this close to the end of the call is no return from a hold."""


class Cases(EventFilter):
    """What to look at one by one: events, or words."""

    key: ClassVar[str] = "cases"

    event: EventName | None = None
    says: SetNames = ()
    ended: Flag = False

    @model_validator(mode="after")
    def _either(self) -> Cases:
        if (self.event is None) == (not self.says):
            raise fault(N_("“for_each” takes either “event” or “says”"))
        return self

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        """How the cases were found: undetermined where nobody listened for them."""
        if self.event is not None and (reason := view.unheard(self.event)):
            return Result(Outcome.UNDETERMINED, reason=reason)
        return Result(Outcome.PASSED)

    def found(self, view: CallView) -> list[tuple[Item, tuple[Evidence, ...]]]:
        """Each case with its evidence."""
        if self.event is None:
            hits = merged(view.said(self.says, [self.role or Role.CUSTOMER, Role.UNKNOWN]))
            return [(spoken_item(hit), evidence.of_hits([hit])) for hit in hits]
        cases: list[tuple[Item, tuple[Evidence, ...]]] = []
        for event, meant in self.chosen(view, self.event):
            if self.ended and not _is_over(view, event.end_ms):
                continue
            sure = meant == Outcome.PASSED and not _is_disputed(view, event)
            item = Item(event.start_ms, event.end_ms, sure=sure)
            cases.append((item, (evidence.of_event(event),)))
        return cases


class ForEach(Operator):
    """A condition for each event or each mention."""

    key: ClassVar[str] = "for_each"

    for_each: Cases
    require: Condition

    def members(self) -> Iterator[Operator]:
        yield self.require

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        listened = self.for_each.evaluate(view, scope)
        if listened.outcome != Outcome.PASSED:
            return listened
        results, occurrences = [], []
        for item, found in self.for_each.found(view):
            result = self.require.evaluate(view, replace(scope, item=item))
            outcome, reason = result.outcome, result.reason
            if outcome == Outcome.FAILED and not item.sure:
                outcome, reason = Outcome.UNDETERMINED, Message(UNCERTAIN)
            inner = tuple(
                piece
                for occurrence in result.occurrences
                if occurrence.outcome != Outcome.NOT_APPLICABLE
                for piece in occurrence.evidence
            )
            occurrences.append(Occurrence(outcome, (*found, *inner), reason))
            results.append(result)
        outcome = conjunction(item.outcome for item in occurrences)
        reason = next((item.reason for item in occurrences if item.outcome == outcome), None)
        questions = tuple(question for result in results for question in result.questions)
        return Result(outcome, tuple(occurrences), reason, questions)


def _is_disputed(view: CallView, event: Event) -> bool:
    """Whether the telephone system says when it was, and ears heard it elsewhere: its clock may be
    off, and the words that belong to the event with it."""
    differs = any(remark.kind == HOLDS_DIFFER for remark in view.call.remarks)
    return differs and event.measures.get("source") == "metadata"


def _is_over(view: CallView, end_ms: int) -> bool:
    """Whether the agent is back after this moment."""
    last = view.agent_end_ms
    return last is not None and last > end_ms and view.live_end_ms - end_ms > _BACK_MS
