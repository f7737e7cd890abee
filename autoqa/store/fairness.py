"""``Fairness``: how often rules failed on which lines, by agent, by SQL a day at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import ALL, Filter, conditions, of_any_day, rows_of
from autoqa.store.rule_names import overview_rules
from autoqa.store.standing import overview, overview_findings
from autoqa.store.trait_rows import traits
from autoqa.types import Outcome, Party

NOISE_DB = (30, 25, 20, 15, 10)
"""From the best line down; 20 dB is where noise begins to matter (``clarity.QUIET_DB``)."""
CERTAINTY = (0.95, 0.9, 0.85, 0.78, 0.7)
"""From the best down; 0.78: ``clarity.CLEAR_PROBABILITY``."""


class Factor(StrEnum):
    """What of a line may go with failures. Of all but codecs there is a better and a worse."""

    NOISE = "noise"
    CERTAINTY = "certainty"
    LINES = "lines"
    RATE = "rate"
    CODEC = "codec"


@dataclass(frozen=True, slots=True)
class Cell:
    """``failed`` of ``count`` findings of a rule in an agent's calls. ``level``: of the line: the
    first limit (``NOISE_DB``, ``CERTAINTY``) that it reaches, ``-1`` below all of them; the number
    of lines; the rate in hertz; the codec's name."""

    rule_id: str
    agent_id: str
    level: str
    failed: int
    count: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule that agents are scored by."""

    rule_id: str
    name: str


_LEVELS: dict[Factor, sa.ColumnElement[Any]] = {
    Factor.NOISE: sa.case(
        *((traits.c.snr_db >= limit, limit) for limit in NOISE_DB),
        (traits.c.snr_db.is_(None), None),
        else_=-1,
    ),
    Factor.CERTAINTY: sa.case(
        *((traits.c.certainty >= limit, round(limit * 100)) for limit in CERTAINTY),
        (traits.c.certainty.is_(None), None),
        else_=-1,
    ),
    Factor.LINES: traits.c.lines,
    Factor.RATE: traits.c.rate_hz,
    Factor.CODEC: traits.c.codec,
}


class Fairness:
    """``Fairness(store).cells(Factor.NOISE, Filter(first_day=…))``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self) -> list[Judged]:
        """By id."""
        rule = overview_rules.c
        query = sa.select(rule.rule_id, rule.name).where(rule.counts_for == Party.AGENT.value)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(rule.rule_id))
            return [Judged(*row) for row in rows]

    def cells(self, factor: Factor, chosen: Filter = ALL) -> list[Cell]:
        """Of the chosen calls whose line is known; what was decided, as it stands with what people
        said."""
        finding, level = overview_findings.c, _LEVELS[factor].label("level")
        agent = sa.func.coalesce(overview.c.agent_id, "").label("agent")
        is_failed = sa.case((finding.outcome == Outcome.FAILED.value, 1), else_=0)
        both = overview.join(traits, traits.c.overview_id == overview.c.id)
        decided = (Outcome.PASSED.value, Outcome.FAILED.value)
        of_agents = sa.select(overview_rules.c.rule_id)
        of_agents = of_agents.where(overview_rules.c.counts_for == Party.AGENT.value)
        query = (
            sa.select(finding.rule_id, agent, level, sa.func.sum(is_failed), sa.func.count())
            .select_from(both.join(overview_findings, finding.overview_id == overview.c.id))
            .where(finding.outcome.in_(decided), finding.trial.is_(False))
            .where(finding.rule_id.in_(of_agents), _LEVELS[factor].is_not(None))
            .where(*conditions(of_any_day(chosen)))
            .group_by(finding.rule_id, "agent", "level")
        )
        failed: Counter[tuple[str, str, str]] = Counter()
        counts: Counter[tuple[str, str, str]] = Counter()
        for _, row in rows_of(self._database, query, overview.c.day, chosen):
            key = _key(row)
            failed[key] += row[3]
            counts[key] += row[4]
        return [Cell(*key, failed[key], counts[key]) for key in sorted(counts)]


def _key(row: Sequence[Any]) -> tuple[str, str, str]:
    rule_id, agent, level = row[:3]
    return str(rule_id), str(agent), str(level)
