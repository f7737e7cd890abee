"""Points: what findings come to, by section and by party.

A form earns or deducts. Where it earns, each applicable rule is worth its points and

    score = 100 × (earned + undetermined) ÷ applicable.

Where it deducts, a score begins with ``start`` and what failed is taken off, never below 0:

    score = 100 × (start − lost) ÷ start.

Where sections have weights, each comes to a share of its own by the same reckoning (in a form that
deducts it begins with its weight), and the score is the weighted mean of the shares; sections in
which nothing applied drop out where they earn. All scores lie in [low, high]: what is undetermined
may still be lost. A fatal rule that failed makes its party's score 0; one that is undetermined
never fires, but the score could still become 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from autoqa.scoring.rule import Form, Item, Section
from autoqa.types import Finding, Message, Occurrence, Outcome, Party, Scorecard, Total

_CENT = Decimal("0.01")


def scorecard(
    version: str, form: Form, doubt: Message | None, findings: tuple[Finding, ...]
) -> Scorecard:
    """What findings come to.

    ``version``: of the rule set. ``doubt``: why another form may be the call's.
    """
    counted = [item for item in findings if not item.trial]
    is_sure = doubt is None
    agent = party_total(form, Party.AGENT, counted, is_sure=is_sure)
    centre = party_total(form, Party.CENTRE, counted, is_sure=is_sure)
    failed = [item for item in counted if item.outcome == Outcome.FAILED]
    fatal = tuple(item.rule_id for item in failed if item.fatal and is_sure)
    return Scorecard(
        form=form.id,
        rule_set_version=version,
        findings=findings,
        sections=by_section(form, counted),
        agent=agent,
        centre=centre,
        pass_mark=form.pass_mark,
        passed=verdict(agent, form.pass_mark) if is_sure else None,
        provisional=not is_sure or any(i.outcome == Outcome.UNDETERMINED for i in counted),
        fatal_rule_ids=fatal,
        form_name=form.name,
        form_doubt=doubt,
        grade=grade(form, agent) if is_sure else None,
        start=form.start,
        grades=form.grades,
    )


def points_of(
    item: Item, outcome: Outcome, occurrences: Sequence[Occurrence]
) -> tuple[Decimal, Decimal]:
    """(earned, open) of an item's points; the rest is lost, or did not apply."""
    if outcome == Outcome.NOT_APPLICABLE:
        return Decimal(0), Decimal(0)
    if outcome == Outcome.PASSED:
        return item.points, Decimal(0)
    each = item.points if item.deduct is None else item.deduct
    failed = unsure = 0
    if item.per_occurrence:
        failed = sum(one.outcome == Outcome.FAILED for one in occurrences)
        unsure = sum(one.outcome == Outcome.UNDETERMINED for one in occurrences)
    if outcome == Outcome.FAILED:
        lost = min(each * max(failed, 1), item.points)
        open_ = min(each * unsure, item.points - lost)
        return item.points - lost - open_, open_
    # Where nobody knows how many cases there are, every point may be lost.
    unknown = item.per_occurrence and not failed + unsure
    open_ = item.points if unknown else min(each * max(failed + unsure, 1), item.points)
    return item.points - open_, open_


def party_total(
    form: Form, party: Party, findings: Iterable[Finding], *, is_sure: bool = True
) -> Total:
    """A party's score, fatal rules included. ``is_sure``: whether the form is the call's."""
    chosen = [item for item in findings if _counts(item, party)]
    sections = [
        (section, [item for item in chosen if item.section == section.name])
        for section in form.sections
    ]
    if all(section.weight is None for section in form.sections):
        pots = [_pot(chosen, form.start)]
    else:
        pots = [_pot(own, form.start, section.weight) for section, own in sections if own]
    total = _total(form.name, party, chosen, pots)
    open_ = any(item.fatal and item.outcome == Outcome.UNDETERMINED for item in chosen)
    fatal = any(item.fatal and item.outcome == Outcome.FAILED for item in chosen)
    if total.score is None or not (open_ or fatal):
        return total
    score, high = (Decimal(0),) * 2 if fatal and is_sure else (total.score, total.high)
    return replace(total, score=score, low=Decimal(0), high=high)


def by_section(form: Form, findings: Sequence[Finding]) -> tuple[Total, ...]:
    """A total for each section and each party that has rules in it.

    Where a form deducts from the whole, a section has no score of its own, only what it lost.
    """
    own: dict[tuple[str, Party], list[Finding]] = {}
    for item in findings:
        if not item.trial:
            own.setdefault((item.section, item.counts_for), []).append(item)
    return tuple(
        _section_total(form, section, party, own[section.name, party])
        for section in form.sections
        for party in Party
        if (section.name, party) in own
    )


def verdict(agent: Total, pass_mark: Decimal) -> bool | None:
    """Whether the agent's score passes; None where there is none or the range straddles it."""
    if agent.low is None or agent.high is None or agent.low < pass_mark <= agent.high:
        return None
    return agent.low >= pass_mark


def grade(form: Form, agent: Total) -> str | None:
    """What the score is called; None without grades, without a score or where it may be several."""
    if agent.low is None or agent.high is None:
        return None
    reached = {
        next((one.name for one in form.grades if one.lowest <= score), None)
        for score in (agent.low, agent.high)
    }
    return reached.pop() if len(reached) == 1 else None


@dataclass(frozen=True, slots=True)
class _Pot:
    """What can be lost, and has been. ``weight``: its share beside other pots."""

    size: Decimal
    lost: Decimal
    open: Decimal
    weight: Decimal

    @property
    def high(self) -> Decimal:
        return max(self.size - self.lost, Decimal(0))

    @property
    def low(self) -> Decimal:
        """What is left where all that is open is lost."""
        return max(self.size - self.lost - self.open, Decimal(0))


def _pot(findings: Sequence[Finding], start: Decimal | None, weight: Decimal | None = None) -> _Pot:
    applicable = [item for item in findings if item.outcome != Outcome.NOT_APPLICABLE]
    possible = _sum(item.points_possible for item in applicable)
    whole = start if weight is None else weight
    open_ = _sum(item.points_open for item in applicable)
    lost = possible - _sum(item.points_earned for item in applicable) - open_
    size = possible if start is None or whole is None else whole
    return _Pot(size, lost, open_, Decimal(1) if weight is None else weight)


def _section_total(form: Form, section: Section, party: Party, findings: list[Finding]) -> Total:
    pot = _pot(findings, form.start, section.weight)
    total = _total(section.name, party, findings, [pot], section.weight)
    if form.start is None or section.weight is not None:
        return total
    return replace(total, score=None, low=None, high=None)


def _total(
    name: str,
    party: Party,
    findings: Sequence[Finding],
    pots: Sequence[_Pot],
    weight: Decimal | None = None,
) -> Total:
    filled = [pot for pot in pots if pot.size]
    size, lost = _sum(pot.size for pot in filled), _sum(pot.lost for pot in filled)
    open_ = _sum(pot.open for pot in filled)
    earned = max(size - lost - open_, Decimal(0))
    if not _sum(pot.weight for pot in filled) or all(
        item.outcome == Outcome.NOT_APPLICABLE for item in findings
    ):
        none = Decimal(0)
        return Total(name, party, none, none, none, None, None, None, none, weight)
    high = _percent([(pot, pot.high) for pot in filled])
    low = _percent([(pot, pot.low) for pot in filled])
    return Total(name, party, earned, open_, size, high, low, high, lost, weight)


def _counts(finding: Finding, party: Party) -> bool:
    return finding.counts_for == party and not finding.trial


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, Decimal(0))


def _percent(left: Sequence[tuple[_Pot, Decimal]]) -> Decimal:
    """100 × the weighted mean of what is left of pots."""
    if len(left) == 1:
        ((pot, points),) = left
        return (100 * points / pot.size).quantize(_CENT, ROUND_HALF_UP)
    weights = _sum(pot.weight for pot, _ in left)
    shares = (Fraction(100 * pot.weight * points) / Fraction(pot.size) for pot, points in left)
    exact = sum(shares, Fraction(0)) / Fraction(weights)
    return (Decimal(exact.numerator) / exact.denominator).quantize(_CENT, ROUND_HALF_UP)
