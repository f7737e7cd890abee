"""``no_event``: something that must not happen on the line.

::

    no_event: dead_air
    where: {cause: unexplained, owed_by: agent}    # the options of ``event``
    lasting: {more_than: 5s}
    after: {says: complaint, role: 客户}            # where, see place.Place
    within: 30s

Each such event is a failed occurrence. One that may or may not be meant is undetermined, and so is
the whole where nobody listened for such events. Without any, or without occasion: passed.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.operators.event import UNCERTAIN, PlacedEvents
from autoqa.scoring.result import Result, negation
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import EventName
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Outcome

HAPPENED = N_("this must not happen")


class NoEvent(Operator, PlacedEvents):
    """Something that must not happen on the line."""

    key: ClassVar[str] = "no_event"

    no_event: EventName

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if reason := view.unheard(self.no_event):
            return Result(Outcome.UNDETERMINED, reason=reason)
        occurrences = []
        for event, meant in self.found(view, scope, self.no_event) or ():
            outcome = negation(meant)
            reason = Message(HAPPENED if outcome == Outcome.FAILED else UNCERTAIN)
            occurrences.append(Occurrence(outcome, (evidence.of_event(event),), reason))
        for outcome in (Outcome.FAILED, Outcome.UNDETERMINED):
            decisive = [item for item in occurrences if item.outcome == outcome]
            if decisive:
                return Result(outcome, tuple(occurrences), decisive[0].reason)
        if reason := self.doubt(view, scope):
            return Result(Outcome.UNDETERMINED, reason=reason)
        return Result(Outcome.PASSED)
