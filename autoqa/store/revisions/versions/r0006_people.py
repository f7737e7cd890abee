"""What calls tell of their lines and customers, and findings that are put up as examples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "call_traits",
        sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
        sa.Column("snr_db", sa.Float),
        sa.Column("certainty", sa.Float),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("codec", sa.String(32), nullable=False),
        sa.Column("rate_hz", sa.Integer, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("began_s", sa.BigInteger),
        sa.Column("satisfaction", sa.String(16), nullable=False),
        sa.Column("handled_ms", sa.Integer),
    )
    op.create_index("call_traits_by_caller", "call_traits", ["caller", "began_s"])
    op.create_table(
        "cases",
        sa.Column("number", Number, primary_key=True),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("rule_id", sa.Text, nullable=False),
        sa.Column("is_good", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("tags", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("call_id", "rule_id"),
    )
    op.create_index("cases_by_rule", "cases", ["rule_id", "is_good", "number"])
