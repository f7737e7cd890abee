"""What the rules of findings are called now, so that figures by rule need no scorecard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import metadata, upsert
from autoqa.types import Finding

overview_rules = sa.Table(
    "overview_rules",
    metadata,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("counts_for", sa.String(16), nullable=False),
    sa.Column("fatal", sa.Boolean, nullable=False),
)


def put_rules(connection: sa.Connection, findings: Iterable[Finding]) -> None:
    """Writes what rules are called as these findings have it; of a rule, the last."""
    table = overview_rules
    last = {finding.rule_id: finding for finding in findings}
    query = sa.select(table).where(table.c.rule_id.in_(last))
    known = {row.rule_id: row._asdict() for row in connection.execute(query)}
    rows = [_rule(last[rule_id]) for rule_id in sorted(last)]
    if new := [row for row in rows if known.get(row["rule_id"]) != row]:
        upsert(connection, table, new, ("rule_id",))


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "rule_id": finding.rule_id,
        "name": finding.name,
        "section": finding.section,
        "counts_for": finding.counts_for.value,
        "fatal": finding.fatal,
    }
