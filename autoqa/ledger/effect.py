"""What a measure changed: how often its rule failed before its first day, and since.

Shares have Wilson's interval at 95 %, their difference Newcombe's (1998, method 10), which holds
for few calls; where it holds 0, before and after are not told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import hypot

from autoqa.i18n import N_, _
from autoqa.reports.figures import Rate, rate
from autoqa.reports.intervals import FEWEST
from autoqa.rises import BEFORE_DAYS, total
from autoqa.store.database import Database
from autoqa.store.rises import counts_by_day
from autoqa.types import Plan

_DAY = timedelta(days=1)


class Verdict(StrEnum):
    """``LIKE``: not told apart; ``FEW``: too few calls were decided before or since."""

    FEWER = "fewer"
    MORE = "more"
    LIKE = "like"
    FEW = "few"


WORDS = {
    Verdict.FEWER: N_("fails less often: {before} before, {after} since"),
    Verdict.MORE: N_("fails more often: {before} before, {after} since"),
    Verdict.LIKE: N_("not told apart: {before} before, {after} since"),
    Verdict.FEW: N_("too few calls to compare: {before} before, {after} since"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """Failures of a rule in the 28 days before a measure, and from its first day on.

    ``low``, ``high``: of the difference of the shares (since − before), at 95 %.
    """

    rule_id: str
    team: str
    measured_from: date
    before: Rate
    after: Rate
    low: float
    high: float
    verdict: Verdict

    def __str__(self) -> str:
        return _(WORDS[self.verdict]).format(before=_shown(self.before), after=_shown(self.after))


def effect(database: Database, plan: Plan, today: date) -> Effect | None:
    """None where the plan names no rule, or its measure has not begun."""
    since = plan.measured_from
    if not plan.rule_id or since is None or since > today:
        return None
    before = _failures(database, plan, since - timedelta(days=BEFORE_DAYS), since - _DAY)
    after = _failures(database, plan, since, today)
    low, high = difference(before, after)
    verdict = verdict_of(before, after)
    return Effect(plan.rule_id, plan.team, since, before, after, low, high, verdict)


def verdict_of(before: Rate, after: Rate) -> Verdict:
    """Whether it fails less often, more often, or nobody can tell."""
    low, high = difference(before, after)
    if min(before.count, after.count) < FEWEST:
        return Verdict.FEW
    if high < 0:
        return Verdict.FEWER
    return Verdict.MORE if low > 0 else Verdict.LIKE


def difference(before: Rate, after: Rate) -> tuple[float, float]:
    """The interval of ``after`` less ``before``."""
    middle = after.share - before.share
    low = middle - hypot(after.share - after.low, before.high - before.share)
    high = middle + hypot(after.high - after.share, before.share - before.low)
    return max(low, -1.0), min(high, 1.0)


def _failures(database: Database, plan: Plan, first: date, last: date) -> Rate:
    cells = counts_by_day(database, first, last, {plan.rule_id})
    return rate(
        *total(
            count
            for (rule_id, team), series in cells.items()
            if rule_id == plan.rule_id and plan.team in ("", team)
            for count in series.values()
        )
    )


def _shown(found: Rate) -> str:
    if not found.count:
        return "0/0"
    share, low, high = (f"{100 * one:.1f}" for one in (found.share, found.low, found.high))
    return f"{share}% ({low}–{high}%, {found.hits}/{found.count})"
