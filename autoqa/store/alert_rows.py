"""The rows of alerts, and what they mean for where a call stands."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from autoqa.store.database import Instant, Number, metadata
from autoqa.types import RANKS, Level

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("number", Number, primary_key=True, autoincrement=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("alert", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("call_id", sa.Text, index=True),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("told_at", Instant, nullable=False),
    sa.Column("is_told", sa.Boolean, nullable=False, index=True),
    sa.Column("due_at", Instant),
    sa.Column("acknowledged_by", sa.Text, nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.Column("done_by", sa.Text, nullable=False),
    sa.Column("done_at", Instant, index=True),
    sa.Column("ended", sa.Date),
    sa.Column("hits", sa.Integer, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("usual_hits", sa.Integer, nullable=False),
    sa.Column("usual_count", sa.Integer, nullable=False),
)
"""``key``: what an alert is about; nobody is told of one thing twice."""


def ranks_of(connection: sa.Connection, call_ids: Collection[str]) -> dict[str, int]:
    """How pressing each call's alerts are; calls without any are missing."""
    query = sa.select(alerts.c.call_id, alerts.c.level).where(alerts.c.call_id.in_(call_ids))
    found: dict[str, int] = {}
    for call_id, level in connection.execute(query):
        found[call_id] = max(found.get(call_id, 0), RANKS[Level(level)])
    return found
