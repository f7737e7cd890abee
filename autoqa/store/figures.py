"""``Figures``: what many calls come to, by SQL on where each stands; no call is loaded.

All outcomes and scores are final, with what people said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import ALL, Filter, conditions
from autoqa.store.standing import overview, overview_findings, overview_rules
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
        query = sa.select(key.label("key"), name.label("name"), *_sums()).where(*conditions(chosen))
        if grouping != By.ALL:
            query = query.group_by(key).order_by(key)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [_group(row) for row in rows if row.calls]

    def rules(self, chosen: Filter = ALL) -> list[RuleFigures]:
        """Rules that count, those failed in the largest share of the calls decided first."""
        finding, rule = overview_findings.c, overview_rules.c
        kinds = (finding.rule_id, finding.outcome)
        changed = sa.case((finding.machine_outcome != finding.outcome, 1), else_=0)
        query = sa.select(
            *kinds,
            sa.func.count().label("calls"),
            sa.func.sum(finding.lost).label("lost"),
            sa.func.sum(changed).label("overturned"),
        ).where(finding.trial.is_(False))
        query = query.where(*_findings_of(chosen)).group_by(*kinds)
        counts: dict[str, Counter[str]] = {}
        lost: Counter[str] = Counter()
        with self._database.reading() as connection:
            for row in connection.execute(query):
                own = counts.setdefault(row.rule_id, Counter())
                own[row.outcome] += row.calls
                own["overturned"] += row.overturned
                lost[row.rule_id] += row.lost
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
        """How a measure is spread over the chosen calls."""
        column, width = overview.c[measure.value], WIDTHS[measure]
        known = (*conditions(chosen), column.is_not(None))
        start = _bin(measure, column).label("bin")
        bins = sa.select(start, sa.func.count()).where(*known).group_by("bin").order_by("bin")
        ends = sa.select(sa.func.count(), sa.func.avg(column), sa.func.max(column)).where(*known)
        with self._database.reading() as connection:
            counted = connection.execute(bins).all()
            calls, mean, largest = connection.execute(ends).one()
            median, p90 = (
                connection.scalar(
                    sa.select(column).where(*known).order_by(column).offset(place).limit(1)
                )
                for place in (max((calls - 1) // 2, 0), max(-(-9 * calls // 10) - 1, 0))
            )
        return Distribution(
            measure,
            calls,
            None if mean is None else float(mean),
            median,
            p90,
            largest,
            width,
            tuple((number * width, count) for number, count in counted),
        )


def _bin(measure: Measure, column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The number of the bar that a value is in; the last one of scores holds 100, too."""
    width = WIDTHS[measure]
    if measure != Measure.SCORE:
        return column // width
    # In hundredths: databases do not agree on how a fraction becomes a whole number.
    bar = sa.cast(column * 100, sa.Integer) // (100 * width)
    return sa.case((column >= 100, 100 // width - 1), else_=bar)


def _sums() -> tuple[sa.ColumnElement[Any], ...]:
    table = overview.c
    is_open = sa.and_(table.passed.is_(None), table.score.is_not(None))
    return (
        sa.func.count().label("calls"),
        sa.func.count(table.score).label("scored"),
        sa.func.avg(table.score).label("score"),
        sa.func.avg(table.score * table.score).label("square"),
        sa.func.avg(table.low).label("low"),
        sa.func.avg(table.high).label("high"),
        _count(table.passed.is_(True)).label("passed"),
        _count(table.passed.is_(False)).label("failed"),
        _count(is_open).label("open"),
        _count(table.fatal.is_(True)).label("fatal"),
        _count(table.worth > Worth.NOTHING.value).label("waiting"),
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _group(row: sa.Row[Any]) -> GroupFigures:
    values = dict(row._mapping)
    square = values.pop("square")
    spread = None
    if row.score is not None:
        spread = max(square - row.score**2, 0.0) ** 0.5
    key = "" if row.key is None else str(row.key)
    return GroupFigures(**values | {"key": key, "name": row.name or key, "spread": spread})


def _findings_of(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    """Days are beside the findings; whatever else is asked is asked of the calls."""
    finding = overview_findings.c
    found = []
    if chosen.first_day is not None:
        found.append(finding.day >= chosen.first_day)
    if chosen.last_day is not None:
        found.append(finding.day <= chosen.last_day)
    if replace(chosen, first_day=None, last_day=None) != ALL:
        asked = sa.select(overview.c.id).where(*conditions(chosen))
        found.append(finding.overview_id.in_(asked))
    return found


def _share(rule: RuleFigures) -> float:
    decided = rule.failed + rule.passed
    return rule.failed / decided if decided else 0.0
