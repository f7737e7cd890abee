"""What follows from a call and need not be worked out again: rows that may be lost at any time.

What is in a row is whoever's who put it there. ``basis`` names all that it follows from; a row of
another basis is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from autoqa.store.database import Database, metadata

_readings = sa.Table(
    "readings",
    metadata,
    sa.Column("call_id", sa.String(512), primary_key=True),
    sa.Column("basis", sa.String(64), nullable=False),
    sa.Column("reading", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Row:
    """``reading``: by ``autoqa.codec``."""

    call_id: str
    basis: str
    reading: bytes


class Readings:
    """``Readings(store)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, call_ids: Sequence[str]) -> dict[str, Row]:
        """The rows of these calls, as far as there are any, by call id."""
        query = sa.select(_readings).where(_readings.c.call_id.in_(call_ids))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {row.call_id: Row(row.call_id, row.basis, row.reading) for row in rows}

    def put(self, rows: Iterable[Row]) -> None:
        """Keeps these rows in place of what was there."""
        given = [
            {"call_id": one.call_id, "basis": one.basis, "reading": one.reading} for one in rows
        ]
        if given:
            gone = _readings.delete().where(_readings.c.call_id == sa.bindparam("call_id"))
            with self._database.begin() as connection:
                connection.execute(gone, [{"call_id": row["call_id"]} for row in given])
                connection.execute(_readings.insert(), given)
