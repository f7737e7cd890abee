"""``for_each``: a condition for each event or each mention, by itself.

::

    for_each: {event: hold, lasting: {at_least: 10s}}    # or {says: complaint, role: 客户},
                                                         # {condition: fee_asked}
    require:
      says: hold_request
      before: it
      within: 10s

``for_each`` takes the options of ``event``; ``ended: true`` leaves out an event that lasts to the
end of the call; ``nth`` takes one of them. Inside ``require``, ``it`` is the one at hand. Each is
an occurrence of its own: one hold of three can be appealed. All must pass; where there is none, it
does not apply. Where it is not sure that a case is one, it costs nothing: it is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from autoqa.scoring.anchors import CaseChoice
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.operators.event import UNCERTAIN
from autoqa.scoring.result import Result, conjunction
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Outcome

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator as Condition


class ForEach(Operator):
    """A condition for each event or each mention."""

    key: ClassVar[str] = "for_each"

    for_each: CaseChoice
    require: Condition

    def members(self) -> Iterator[Operator]:
        yield self.require

    @property
    def has_place(self) -> bool:
        return False  # its evidence is of cases and of what they require, side by side

    def is_by_case(self, rule_set: RuleSet) -> bool:
        return True

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        cases = self.for_each.cases(view, scope, each=True)
        costly = Outcome.PASSED if scope.is_forbidden else Outcome.FAILED
        results, occurrences = [], []
        for case in cases.found:
            result = self.require.evaluate(view, replace(scope, item=case.item))
            outcome, reason = result.outcome, result.reason
            if outcome == costly and not case.item.sure:
                outcome, reason = Outcome.UNDETERMINED, Message(UNCERTAIN)
            inner = tuple(
                piece
                for occurrence in result.occurrences
                if occurrence.outcome != Outcome.NOT_APPLICABLE
                for piece in occurrence.evidence
            )
            occurrences.append(Occurrence(outcome, (*case.evidence, *inner), reason))
            results.append(result)
        outcome = conjunction(item.outcome for item in occurrences)
        reason = next((item.reason for item in occurrences if item.outcome == outcome), None)
        if cases.doubt and outcome != costly:
            outcome, reason = Outcome.UNDETERMINED, cases.doubt
        questions = tuple(question for result in results for question in result.questions)
        return Result(outcome, tuple(occurrences), reason, questions)
