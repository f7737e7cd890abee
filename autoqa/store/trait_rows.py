"""What each call tells of its line and its customer, in a row beside the one that it stands in.

Written with that row (``standing.put_calls``) and gone with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import sqlalchemy as sa

from autoqa.store.database import Number, metadata
from autoqa.survey.traits import Traits

traits = sa.Table(
    "call_traits",
    metadata,
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
    sa.Index("call_traits_by_caller", "caller", "began_s"),
)


def put(connection: sa.Connection, found: Mapping[int, Traits]) -> None:
    """By the number of the call in ``overview``; what it told before is gone."""
    remove(connection, found)
    rows = [{"overview_id": number} | asdict(one) for number, one in found.items()]
    if rows:
        connection.execute(traits.insert(), rows)


def remove(connection: sa.Connection, numbers: Iterable[int]) -> None:
    connection.execute(traits.delete().where(traits.c.overview_id.in_(list(numbers))))
