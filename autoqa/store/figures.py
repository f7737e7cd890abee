"""``Figures``: what many calls come to, by SQL on where each stands, a day at a time; no call is
loaded, and no day counted twice that has not changed.

All outcomes and scores are final, with what people said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import ALL, Filter, conditions, of_any_day, rows_of
from autoqa.store.rule_names import overview_rules
from autoqa.store.standing import overview, overview_findings
from autoqa.types import Outcome, Worth


class By(StrEnum):
    """What calls are put together by."""

    ALL = "all"
    DAY = "day"
    TEAM = "team"
    AGENT = "agent"


class Measure(StrEnum):
    """What is measured of a call; a time in milliseconds or a count."""

    HOLD = "hold_ms"
    LONGEST_HOLD = "longest_hold_ms"
    HOLDS = "hold_count"
    DEAD_AIR = "dead_air_ms"
    LONGEST_DEAD_AIR = "longest_dead_air_ms"
    TALK_OVERS = "talk_over_count"
    TALK_OVER = "talk_over_ms"
    DURATION = "duration_ms"
    SCORE = "score"


WIDTHS: Mapping[Measure, int] = {
    Measure.HOLD: 10_000,
    Measure.LONGEST_HOLD: 10_000,
    Measure.HOLDS: 1,
    Measure.DEAD_AIR: 5_000,
    Measure.LONGEST_DEAD_AIR: 5_000,
    Measure.TALK_OVERS: 1,
    Measure.TALK_OVER: 1_000,
    Measure.DURATION: 60_000,
    Measure.SCORE: 5,
}
"""Of a bar of the distribution, in the measure's unit."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Some calls. ``key``: the day (ISO 8601), the team, or the agent's id; empty where it is not
    known, or for all.

    ``score``: mean of the ``scored`` calls that have one, ``spread`` its standard deviation among
    them, ``low`` and ``high`` the means of the ends of their ranges; None without any. ``passed``,
    ``failed``: calls that are decided; ``open``: those that wait for a person's word before they
    are. ``fatal``: a fatal rule failed. ``waiting``: worth a person's time.
    """

    key: str
    name: str
    calls: int
    scored: int
    score: float | None
    spread: float | None
    low: float | None
    high: float | None
    passed: int
    failed: int
    open: int
    fatal: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """A rule over calls, by outcome. ``overturned``: findings that people changed. ``lost``: points
    in all."""

    rule_id: str
    name: str
    section: str
    counts_for: str
    fatal: bool
    passed: int
    failed: int
    undetermined: int
    not_applicable: int
    overturned: int
    lost: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """A measure over the ``calls`` in which it is known. ``bins``: (from, calls), each ``width``
    wide, those without calls left out. ``median``, ``p90``: values that calls have; None: none."""

    measure: Measure
    calls: int
    mean: float | None
    median: float | None
    p90: float | None
    largest: float | None
    width: int
    bins: tuple[tuple[int, int], ...]


class Figures:
    """``Figures(store).by(By.TEAM, Filter(first_day=…))``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by(self, grouping: By, chosen: Filter = ALL) -> list[GroupFigures]:
        """The chosen calls in groups, by key; for ``By.ALL`` one group, or none without calls."""
        table = overview.c
        key: sa.ColumnElement[Any] = {
            By.ALL: sa.literal(""),
            By.DAY: table.day,
            By.TEAM: table.team,
            By.AGENT: table.agent_id,
        }[grouping]
        name = sa.func.max(table.agent_name) if grouping == By.AGENT else sa.literal(None)
        query = sa.select(key.label("key"), name.label("name"), *_sums())
        query = query.where(*conditions(of_any_day(chosen))).group_by("key")
        groups: dict[str, tuple[str, list[float]]] = {}
        for _, (found, named, *sums) in rows_of(self._database, query, table.day, chosen):
            by = "" if found is None else str(found)
            known, before = groups.get(by, ("", [0.0] * len(sums)))
            added = [one + (more or 0) for one, more in zip(before, sums, strict=True)]
            groups[by] = max(known, named or ""), added
        return [_group(by, *groups[by]) for by in sorted(groups)]

    def rules(self, chosen: Filter = ALL) -> list[RuleFigures]:
        """Rules that count, those failed in the largest share of the calls decided first."""
        finding, rule = overview_findings.c, overview_rules.c
        changed = sa.case((finding.machine_outcome != finding.outcome, 1), else_=0)
        query: sa.Select[Any] = sa.select(
            finding.rule_id,
            finding.outcome,
            sa.func.count(),
            sa.func.sum(finding.lost),
            sa.func.sum(changed),
        )
        query = query.where(finding.trial.is_(False), *_findings_of(of_any_day(chosen)))
        query = query.group_by(finding.rule_id, finding.outcome)
        counts: dict[str, Counter[str]] = {}
        lost: Counter[str] = Counter()
        for _, row in rows_of(self._database, query, finding.day, chosen):
            rule_id, outcome, calls, points, overturned = row
            own = counts.setdefault(rule_id, Counter())
            own[outcome] += calls
            own["overturned"] += overturned
            lost[rule_id] += points
        with self._database.reading() as connection:
            names = connection.execute(sa.select(overview_rules).where(rule.rule_id.in_(counts)))
            found = [
                RuleFigures(
                    rule_id=name.rule_id,
                    name=name.name,
                    section=name.section,
                    counts_for=name.counts_for,
                    fatal=name.fatal,
                    passed=counts[name.rule_id][Outcome.PASSED],
                    failed=counts[name.rule_id][Outcome.FAILED],
                    undetermined=counts[name.rule_id][Outcome.UNDETERMINED],
                    not_applicable=counts[name.rule_id][Outcome.NOT_APPLICABLE],
                    overturned=counts[name.rule_id]["overturned"],
                    lost=round(lost[name.rule_id], 2),
                )
                for name in names
            ]
        return sorted(found, key=lambda one: (-_share(one), one.rule_id))

    def distribution(self, measure: Measure, chosen: Filter = ALL) -> Distribution:
        """How a measure is spread over the chosen calls. Those of one bar within the same second
        (of a score or a count: with the same) are counted together."""
        column, width = overview.c[measure.value], WIDTHS[measure]
        like = column if measure.value[-3:] != "_ms" else (column + 999) // 1000
        columns: list[sa.ColumnElement[Any]] = [
            _bin(measure, column).label("bin"),
            sa.func.max(column),
            sa.func.count(),
            sa.func.sum(sa.cast(column, sa.Float)),
            like.label("like"),
        ]
        query = sa.select(*columns)
        query = query.where(*conditions(of_any_day(chosen)), column.is_not(None))
        bins: Counter[int] = Counter()
        values: Counter[float] = Counter()
        most: dict[float, float] = {}
        total = 0.0
        rows = rows_of(self._database, query.group_by("bin", "like"), overview.c.day, chosen)
        for _, (start, value, calls, sum_, second) in rows:
            bins[start] += calls
            values[second] += calls
            most[second] = max(most.get(second, value), value)
            total += sum_
        calls = values.total()
        return Distribution(
            measure,
            calls,
            total / calls if calls else None,
            _quantile(values, most, 0.5),
            _quantile(values, most, 0.9),
            max(most.values(), default=None),
            width,
            tuple((number * width, bins[number]) for number in sorted(bins)),
        )


def _quantile(
    values: Mapping[float, int], most: Mapping[float, float], share: float
) -> float | None:
    """The least value that so large a share does not exceed."""
    left = share * sum(values.values())
    for value in sorted(values):
        left -= values[value]
        if left <= 1e-6:
            return most[value]
    return None


def _bin(measure: Measure, column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The number of the bar that a value is in; the last one of scores holds 100, too."""
    width = WIDTHS[measure]
    if measure != Measure.SCORE:
        return column // width
    # In hundredths: databases do not agree on how a fraction becomes a whole number.
    bar = sa.cast(column * 100, sa.Integer) // (100 * width)
    return sa.case((column >= 100, 100 // width - 1), else_=bar)


def _sums() -> tuple[sa.ColumnElement[Any], ...]:
    """As ``_group`` takes them."""
    table = overview.c
    is_open = sa.and_(table.passed.is_(None), table.score.is_not(None))
    return (
        sa.func.count(),
        sa.func.count(table.score),
        sa.func.sum(table.score),
        sa.func.sum(table.score * table.score),
        sa.func.sum(table.low),
        sa.func.sum(table.high),
        _count(table.passed.is_(True)),
        _count(table.passed.is_(False)),
        _count(is_open),
        _count(table.fatal.is_(True)),
        _count(table.worth > Worth.NOTHING.value),
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _group(key: str, name: str, sums: Sequence[float]) -> GroupFigures:
    calls, scored, score, square, low, high, *counts = sums
    mean, least, most = (one / scored if scored else None for one in (score, low, high))
    spread = None if mean is None else max(square / scored - mean**2, 0.0) ** 0.5
    passed, failed, is_open, fatal, waiting = map(int, counts)
    return GroupFigures(
        key,
        name or key,
        int(calls),
        int(scored),
        mean,
        spread,
        least,
        most,
        passed,
        failed,
        is_open,
        fatal,
        waiting,
    )


def _findings_of(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    """Whatever but the day is asked, is asked of the calls."""
    if chosen == ALL:
        return []
    asked = sa.select(overview.c.id).where(*conditions(chosen))
    return [overview_findings.c.overview_id.in_(asked)]


def _share(rule: RuleFigures) -> float:
    decided = rule.failed + rule.passed
    return rule.failed / decided if decided else 0.0
