"""The rows of the ledger of problems."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from autoqa.store.database import Instant, Number, metadata

issues = sa.Table(
    "ledger_issues",
    metadata,
    sa.Column("number", Number, primary_key=True, autoincrement=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("due", sa.Date),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("found_in", sa.Text, nullable=False, index=True),
    sa.Column("alert", Number, nullable=False),
    sa.Column("plan", sa.LargeBinary, nullable=False),
)
"""``found_in``: id of the call, which is forgotten when the call is deleted; the problem stays."""

changes = sa.Table(
    "ledger_changes",
    metadata,
    sa.Column("issue_number", Number, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("change", sa.LargeBinary, nullable=False),
)


def forget(connection: sa.Connection, call_ids: Collection[str]) -> None:
    """Problems that these calls showed do not name them any more."""
    of_call = issues.c.found_in.in_(call_ids)
    connection.execute(issues.update().where(of_call).values(found_in=""))
