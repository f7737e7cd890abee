"""Sums of a day's calls, and which version of the day they are of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("version", sa.String(32), nullable=False),
    )
    op.create_table(
        "day_sums",
        sa.Column("what", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("sums", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_day_sums_day", "day_sums", ["day"])
    op.execute("INSERT INTO days (day, version) SELECT DISTINCT day, '' FROM overview")
