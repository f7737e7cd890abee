"""The ledger of problems: what is to be changed, by whom, by when, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum


class IssueState(StrEnum):
    """``VERIFIED``: somebody saw that the measure helped; ``DROPPED``: it is not pursued."""

    OPEN = "open"
    IN_WORK = "in_work"
    DONE = "done"
    VERIFIED = "verified"
    DROPPED = "dropped"


UNFINISHED = frozenset({IssueState.OPEN, IssueState.IN_WORK})
"""Of these the due date counts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What people write of a problem, and may change.

    ``rule_id``, ``team``: whose failures it is about; empty: no rule, all teams. ``measured_from``:
    the first day on which the measure holds; the effect is told by it.
    """

    title: str
    department: str = ""
    owner: str = ""
    measure: str = ""
    measured_from: date | None = None
    due: date | None = None
    state: IssueState = IssueState.OPEN
    rule_id: str = ""
    team: str = ""


FIELDS = tuple(item.name for item in fields(Plan))


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed what when. ``before``, ``after``: fields of the plan as text; of a new issue all
    that it has. ``version``: of the issue from then on."""

    version: int
    at: datetime
    who: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem. ``call_id``, ``alert``: what it was opened from; empty and 0: by hand.

    ``version``: one more with each change.
    """

    number: int
    version: int
    plan: Plan
    opened_by: str
    opened_at: datetime
    call_id: str = ""
    alert: int = 0

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done before today."""
        due = self.plan.due
        return due is not None and due < today and self.plan.state in UNFINISHED
