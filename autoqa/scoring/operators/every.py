"""``all``: every one of these conditions.

::

    all:
      - says: fee_notice
      - no_event: hold

Members that do not apply drop out; a single failed one fails it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, combined, conjunction
from autoqa.scoring.view import CallView
from autoqa.scoring.window import Scope

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator as Condition


class Every(Operator):
    """Every one of these conditions."""

    key: ClassVar[str] = "all"

    conditions: tuple[Condition, ...] = Field(alias="all", min_length=1)

    def members(self) -> Iterator[Operator]:
        yield from self.conditions

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        results = [condition.evaluate(view, scope) for condition in self.conditions]
        return combined(conjunction(result.outcome for result in results), results)
