"""``any``: one of these conditions.

::

    any:
      - says: apology
      - says: consolation

Members that do not apply drop out; a single passed one passes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, combined, disjunction
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.scoring.window import Scope

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator as Condition


class AnyOf(Operator):
    """One of these conditions."""

    key: ClassVar[str] = "any"

    conditions: tuple[Condition, ...] = Field(alias="any", min_length=1)

    def members(self) -> Iterator[Operator]:
        yield from self.conditions

    def is_by_case(self, rule_set: RuleSet) -> bool:
        return False

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        results = [condition.evaluate(view, scope) for condition in self.conditions]
        return combined(disjunction(result.outcome for result in results), results)
