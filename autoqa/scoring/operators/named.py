"""``condition``: one that stands below ``conditions:`` under a name, for several rules.

::

    conditions:
      fund_pitched: {says: invest_pitch, role: 坐席}

    applies_if: {condition: fund_pitched}
    passes_if: {says: risk_notice, after: {condition: fund_pitched}, within: 60s}

It says what the condition of that name says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from autoqa.scoring.operators.base import Operator, PhraseUse
from autoqa.scoring.result import Result
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import ConditionName
from autoqa.scoring.window import Scope


class Named(Operator):
    """A condition that has a name."""

    key: ClassVar[str] = "condition"

    condition: ConditionName

    def phrase_uses(self, rule_set: RuleSet) -> Iterator[PhraseUse]:
        yield from rule_set.condition(self.condition).phrase_uses(rule_set)

    def is_by_case(self, rule_set: RuleSet) -> bool:
        return rule_set.condition(self.condition).is_by_case(rule_set)

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        return view.rule_set.condition(self.condition).evaluate(view, scope)
