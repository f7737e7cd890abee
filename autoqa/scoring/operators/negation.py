"""``not``: the opposite of a condition.

::

    not: {says: forbidden}

Passed and failed are swapped; what does not apply or is undetermined stays so. What costs points
is swapped, too: words below ``not`` must be beyond doubt, as with ``does_not_say``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, negated
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.scoring.window import Scope

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator as Condition


class Negation(Operator):
    """The opposite of a condition."""

    key: ClassVar[str] = "not"

    condition: Condition = Field(alias="not")

    def members(self) -> Iterator[Operator]:
        yield self.condition

    def is_by_case(self, rule_set: RuleSet) -> bool:
        return False

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        return negated(self.condition.evaluate(view, scope.opposite))
