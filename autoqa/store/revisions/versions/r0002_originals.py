"""Calls are masked; what was heard lies apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "originals",
        sa.Column("recording_id", sa.String(64), primary_key=True),
        sa.Column("hearing", sa.String(64), primary_key=True),
        sa.Column("call", sa.LargeBinary, nullable=False),
    )
