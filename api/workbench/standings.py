"""Rows of the dashboards' tables: teams, agents and rules, what each comes to and how surely.

Groups with few calls are said to have few; they come last and are not ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from api.workbench.charts import interval, number
from api.workbench.choosing import Choice
from autoqa.i18n import _
from autoqa.reports import wording
from autoqa.reports.agreement import KAPPA, PRECISION, Agreement, Estimate
from autoqa.reports.figures import wilson
from autoqa.reports.intervals import FEW, mean_interval
from autoqa.store.figures import GroupFigures, RuleFigures
from autoqa.store.overview import RuleName

Link = Callable[[str], str]
"""Where the calls behind a key are."""


@dataclass(frozen=True, slots=True)
class Card:
    """A figure by itself. ``style``: of the verdict that it is about, or empty."""

    label: str
    value: str
    notes: tuple[str, ...]
    href: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A value in its interval, all of them from 0 to 100."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GroupRow:
    """``standing``: to the mean of all: above, below, like (no difference can be seen), few."""

    name: str
    key: str
    href: str
    calls: str
    score: str
    interval: str
    span: Span | None
    standing: str
    passed: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a score is drawn, in per cent of the width. ``least``: score at the left end."""

    least: int

    @classmethod
    def of(cls, rows: Sequence[GroupRow]) -> Scale:
        """One on which every interval of those with enough calls can be seen."""
        lows = [row.span.low for row in rows if row.span and row.standing != "few"]
        lows = lows or [row.span.low for row in rows if row.span]
        return cls(min(floor(min(lows, default=0) / 10) * 10, 90))

    def at(self, score: float) -> float:
        return round(min(max((score - self.least) / (100 - self.least), 0.0), 1.0) * 100, 2)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """``share`` of ``count`` calls, with its interval (per cent)."""

    name: str
    section: str
    fatal: bool
    href: str
    hits: int
    count: int
    share: str
    interval: str
    span: Span
    is_few: bool


@dataclass(frozen=True, slots=True)
class TrustRow:
    """``verdict``: alone, not, or unsure."""

    name: str
    version: str
    count: int
    undetermined: int
    precision: str
    recall: str
    kappa: str
    verdict: str


def cards(
    total: GroupFigures, centre: GroupFigures | None, chosen: Choice, calls: str
) -> list[Card]:
    """The figures at the head."""
    decided = total.passed + total.failed
    low, high = wilson(total.passed / decided, decided) if decided else (0.0, 0.0)
    certain = _("of {count} decided; interval (95 %): {low}–{high} %").format(
        count=decided, low=f"{100 * low:.1f}", high=f"{100 * high:.1f}"
    )
    waiting = chosen.query(view="queue")
    shown = [
        Card(
            _("Mean score"),
            number(total.score),
            _about_mean(total),
            f"{calls}?{chosen.query()}",
        ),
        Card(
            _("Pass rate"),
            wording.percent(total.passed, decided) if decided else "–",
            (certain,) if decided else (),
            f"{calls}?{chosen.query(verdict='failed')}",
        ),
        Card(_("Calls"), f"{total.calls:,}", (), f"{calls}?{chosen.query()}"),
        Card(
            _("Wait for a person"),
            f"{total.waiting:,}",
            (
                wording.percent(total.waiting, total.calls),
                _("{count} of them not decided").format(count=total.open),
            ),
            f"{calls}?{waiting}",
            "open",
        ),
        Card(
            _("Fatal"),
            f"{total.fatal:,}",
            (wording.percent(total.fatal, total.calls),),
            f"{calls}?{chosen.query(verdict='fatal')}",
            "fatal" if total.fatal else "",
        ),
    ]
    if centre is not None:
        note = _("{count} calls of all agents").format(count=f"{centre.calls:,}")
        shown.insert(1, Card(_("Mean of the centre"), number(centre.score), (note,), ""))
    return shown


def group_rows(groups: Sequence[GroupFigures], total: GroupFigures, link: Link) -> list[GroupRow]:
    """Those with enough calls by their mean, the lowest first; then the others, by name."""
    rows = [
        (one.scored < FEW, one.score if one.scored >= FEW else None, _group(one, total, link))
        for one in groups
    ]
    rows.sort(key=lambda row: (row[0], row[1] or 0.0, row[2].key))
    return [row for _few, _score, row in rows]


def rule_rows(rules: Sequence[RuleFigures], link: Link, *, is_failed: bool) -> list[RuleRow]:
    """Rules by the share of calls that failed them, or that the machine left to a person."""
    rows = [_rule(one, link, is_failed=is_failed) for one in rules]
    found = [row for row in rows if row.hits]
    return sorted(found, key=lambda row: (row.is_few, -row.span.value, row.name))


def most(rows: Sequence[RuleRow]) -> int:
    """The right end of a scale of shares (per cent) on which every row can be seen."""
    highs = [row.span.high for row in rows if not row.is_few] or [100.0]
    return min(ceil(max(highs) / 10) * 10, 100)


def trust_rows(found: Sequence[Agreement], names: Sequence[RuleName]) -> list[TrustRow]:
    """Those that may be trusted alone first."""
    known = {one.rule_id: one.name for one in names}
    order = ("alone", "unsure", "not")
    rows = [
        TrustRow(
            known.get(one.rule_id, one.rule_id),
            one.rule_version[:6],
            one.count,
            one.undetermined,
            _estimate(one.precision, 100),
            _estimate(one.recall, 100),
            _estimate(one.kappa, 1),
            _verdict(one),
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: (order.index(row.verdict), row.name))


def _about_mean(total: GroupFigures) -> tuple[str, ...]:
    ends = mean_interval(total.score or 0.0, total.spread or 0.0, total.scored)
    notes = []
    if ends is not None:
        notes.append(_("interval (95 %): {ends}").format(ends=interval(*ends)))
    if total.low is not None and total.high is not None and total.low < total.high:
        ends_of = interval(total.low, total.high)
        notes.append(_("{ends} once everything open is decided").format(ends=ends_of))
    return tuple(notes)


def _group(one: GroupFigures, total: GroupFigures, link: Link) -> GroupRow:
    ends = None
    if one.score is not None:
        ends = mean_interval(one.score, one.spread or 0.0, one.scored)
    decided = one.passed + one.failed
    return GroupRow(
        name=one.name or _("not known"),
        key=one.key,
        href=link(one.key) if one.key else "",
        calls=f"{one.calls:,}",
        score=number(one.score),
        interval=interval(*(ends or (None, None))),
        span=Span(one.score, *ends) if ends and one.score is not None else None,
        standing=_standing(one, ends, total.score),
        passed=wording.percent(one.passed, decided) if decided else "–",
        waiting=one.waiting,
    )


def _standing(one: GroupFigures, ends: tuple[float, float] | None, centre: float | None) -> str:
    if one.scored < FEW or ends is None or centre is None:
        return "few"
    if ends[0] > centre:
        return "above"
    return "below" if ends[1] < centre else "like"


def _rule(one: RuleFigures, link: Link, *, is_failed: bool) -> RuleRow:
    decided = one.passed + one.failed
    hits = one.failed if is_failed else one.undetermined
    count = decided if is_failed else decided + one.undetermined
    share = hits / count if count else 0.0
    low, high = wilson(share, count) if count else (0.0, 1.0)
    return RuleRow(
        name=one.name,
        section=one.section,
        fatal=one.fatal,
        href=link(one.rule_id),
        hits=hits,
        count=count,
        share=wording.percent(hits, count),
        interval=f"{100 * low:.1f}–{100 * high:.1f} %",
        span=Span(100 * share, 100 * low, 100 * high),
        is_few=count < FEW,
    )


def _verdict(one: Agreement) -> str:
    """What is not blind trusts nothing; a rule is not to be trusted where that is sure, too."""
    if one.is_trusted:
        return "alone"
    highs = ((one.precision.high, PRECISION), (one.kappa.high, KAPPA))
    is_bad = any(high is not None and high < least for high, least in highs)
    return "not" if one.is_blind and is_bad else "unsure"


def _estimate(one: Estimate, scale: int) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "–"
    value, low, high = (scale * part for part in (one.value, one.low, one.high))
    if scale == 1:
        return f"{value:.2f} ({low:.2f}–{high:.2f})"
    return f"{value:.0f} % ({low:.0f}–{high:.0f} %)"
