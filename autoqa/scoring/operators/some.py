"""``some``: so many of these conditions.

::

    some:
      - says: fee_notice
      - says: risk_notice
      - says: cooling_off
    at_least: 2                 # or at_most, or both

Members that do not apply drop out. Passed where it holds whatever comes of the undetermined ones,
failed where it cannot hold, else undetermined. Over ``at_most``, members cost points where they
pass, so that words have to be beyond doubt, as below ``not``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, model_validator

from autoqa.i18n import N_
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, combined, conjunction, negated
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import fault
from autoqa.scoring.window import Scope
from autoqa.types import Outcome

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator as Condition


class Some(Operator):
    """So many of these conditions."""

    key: ClassVar[str] = "some"

    conditions: tuple[Condition, ...] = Field(alias="some", min_length=1)
    at_least: int | None = Field(default=None, ge=1)
    at_most: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _possible(self) -> Some:
        count = len(self.conditions)
        if self.at_least is None and self.at_most is None:
            raise fault(N_("“some” needs how many: “at_least: 2” or “at_most: 1”"))
        if (self.at_least or 0) > count or (self.at_most is not None and self.at_most >= count):
            raise fault(N_("there are only {count} conditions here"), count=count)
        if self.at_least and self.at_most is not None and self.at_least > self.at_most:
            template = N_("no number is both at least {low} and at most {high}")
            raise fault(template, low=str(self.at_least), high=str(self.at_most))
        return self

    def members(self) -> Iterator[Operator]:
        yield from self.conditions

    def is_by_case(self, rule_set: RuleSet) -> bool:
        return False

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        limits = []
        if self.at_least is not None:
            limits.append(self._at_least(view, scope, self.at_least))
        if self.at_most is not None:
            limits.append(negated(self._at_least(view, scope.opposite, self.at_most + 1)))
        if len(limits) == 1:
            return limits[0]
        return combined(conjunction(limit.outcome for limit in limits), limits)

    def _at_least(self, view: CallView, scope: Scope, least: int) -> Result:
        results = [condition.evaluate(view, scope) for condition in self.conditions]
        outcomes = [result.outcome for result in results]
        passed = outcomes.count(Outcome.PASSED)
        perhaps = passed + outcomes.count(Outcome.UNDETERMINED)
        if set(outcomes) == {Outcome.NOT_APPLICABLE}:
            outcome = Outcome.NOT_APPLICABLE
        elif passed >= least:
            outcome = Outcome.PASSED
        else:
            outcome = Outcome.UNDETERMINED if perhaps >= least else Outcome.FAILED
        return combined(outcome, results)
