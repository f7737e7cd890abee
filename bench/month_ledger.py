"""What is planted in a month for the ledger of problems to tell (``bench.month``).

A problem is opened for what was alerted or seen, with a measure from the fourth week on. Callers
wait less from then on; the rude team stays as rude as it had become, which is more often than
before; long holds of another team stay as they were. One problem is left open past its day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from autoqa.ledger.effect import Verdict, effect
from autoqa.store import Issues, Store
from autoqa.store.issues import IssueFilter
from autoqa.types import Plan
from bench.month_alerts import RUDE_TEAM

MEASURED_DAY, DUE_DAY, LATE = 21, 20, "hold-length"
SLOW_TEAM = "四组"
"""Its long holds are planted by ``bench.month``."""
EFFECTS = {
    ("answer-time", ""): Verdict.FEWER,
    ("forbidden-words", RUDE_TEAM): Verdict.MORE,
    (LATE, SLOW_TEAM): Verdict.LIKE,
}
"""Rule and team, and what the ledger has to say of the measure."""


def tell(store: Store, begin: datetime, days: int) -> None:
    """Opens the problems and prints what the ledger makes of them at the end of the month."""
    issues, first, last = Issues(store), begin.date(), (begin + timedelta(days=days - 1)).date()
    for (rule_id, team), expected in EFFECTS.items():
        plan = Plan(
            title=f"{rule_id} {team}".strip(),
            measured_from=first + timedelta(days=MEASURED_DAY),
            due=first + timedelta(days=DUE_DAY) if rule_id == LATE else None,
            rule_id=rule_id,
            team=team,
        )
        issues.open(plan, "bench", at=begin)
        told = effect(store, plan, last)
        is_found = told is not None and told.verdict is expected
        print(f"{'found ' if is_found else 'MISSED'} effect on {plan.title}: {told}")
    late = [one.plan.title for one in issues.chosen(IssueFilter(overdue_on=last))]
    is_found = [title.split()[0] for title in late] == [LATE]
    print(f"{'found ' if is_found else 'MISSED'} overdue in the ledger: {', '.join(late)}")
