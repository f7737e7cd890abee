"""Points: what findings come to, by section and by party.

Score = 100 × (earned + undetermined) ÷ applicable, in [low, high]: what is undetermined may still
be lost. A fatal rule that failed makes its party's score 0; one that is undetermined never fires,
but the score could still become 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from autoqa.types import Finding, Outcome, Party, Total

_CENT = Decimal("0.01")


def total(name: str, party: Party, findings: Iterable[Finding], fatal: bool = False) -> Total:
    """The points of these findings. ``fatal``: whether fatal rules rule the score."""
    chosen = [item for item in findings if item.counts_for == party]
    applicable = [item for item in chosen if item.outcome != Outcome.NOT_APPLICABLE]
    open_ = [item for item in applicable if item.outcome == Outcome.UNDETERMINED]
    earned = _sum(item.points_earned for item in applicable)
    undetermined = _sum(item.points_possible for item in open_)
    possible = _sum(item.points_possible for item in applicable)
    if not possible:
        return Total(name, party, earned, undetermined, possible, None, None, None)
    low, high = _percent(earned, possible), _percent(earned + undetermined, possible)
    if fatal and any(item.fatal for item in open_):
        low = Decimal(0)
    if fatal and any(item.fatal and item.outcome == Outcome.FAILED for item in applicable):
        low = high = Decimal(0)
    return Total(name, party, earned, undetermined, possible, high, low, high)


def verdict(agent: Total, pass_mark: Decimal) -> bool | None:
    """Whether the agent's score passes; None where there is none or the range straddles it."""
    if agent.low is None or agent.high is None or agent.low < pass_mark <= agent.high:
        return None
    return agent.low >= pass_mark


def by_section(sections: Sequence[str], findings: Sequence[Finding]) -> tuple[Total, ...]:
    """A total for each section and each party that has rules in it."""
    return tuple(
        total(section, party, [item for item in findings if item.section == section])
        for section in sections
        for party in Party
        if any(item.section == section and item.counts_for == party for item in findings)
    )


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, Decimal(0))


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(_CENT, ROUND_HALF_UP)
