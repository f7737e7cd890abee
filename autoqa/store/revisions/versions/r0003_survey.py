"""What each call tells of the six problems of bank hotlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "survey_calls",
        sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
        sa.Column("bank", sa.Text, nullable=False),
        sa.Column("answer_ms", sa.Integer),
        sa.Column("in_time", sa.Boolean),
        sa.Column("key_count", sa.Integer),
        sa.Column("shallow", sa.Boolean),
        sa.Column("menu_ms", sa.Integer),
        sa.Column("ad_count", sa.Integer),
        sa.Column("ad_ms", sa.Integer),
        sa.Column("hold_count", sa.Integer),
        sa.Column("hold_ms", sa.Integer),
        sa.Column("long_holds", sa.Integer),
    )
    op.create_index("survey_calls_by_bank", "survey_calls", ["bank"])
    op.create_table(
        "survey_holds",
        sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
    )
    op.create_table(
        "survey_played",
        sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("label", sa.String(8), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", sa.String(32), nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("key_ms", sa.Integer),
    )
