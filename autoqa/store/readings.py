"""What follows from a call and need not be worked out again: rows that may be lost at any time.

What is in a row is whoever's who put it there. ``basis`` names all that it follows from; a row of
another basis is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from autoqa.store.database import Database, metadata, upsert

_derived = sa.Table(
    "derived",
    metadata,
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("basis", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


class Kind(StrEnum):
    """What it is. Each kind is read and written by itself."""

    READING = "reading"
    """The interpreted call without its words."""
    FOUND = "found"
    """What was found in it of phrase sets."""
    RECENT = "recent"
    """Of which sets that is, and what was found of those that were looked for since."""
    JUDGED = "judged"
    """Which scorecard says what rules made of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """``content``: by ``autoqa.codec``."""

    call_id: str
    kind: Kind
    basis: str
    content: bytes


class Readings:
    """``Readings(store)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, call_ids: Sequence[str], kinds: Collection[Kind]) -> dict[tuple[str, Kind], Row]:
        """The rows of these calls, as far as there are any, by call id and kind."""
        query = sa.select(_derived).where(
            _derived.c.call_id.in_(call_ids), _derived.c.kind.in_([one.value for one in kinds])
        )
        with self._database.reading() as connection:
            rows = [
                Row(call_id, Kind(kind), basis, content)
                for call_id, kind, basis, content in connection.execute(query)
            ]
        return {(row.call_id, row.kind): row for row in rows}

    def put(self, rows: Iterable[Row]) -> None:
        """Keeps these rows in place of what was there."""
        given = {(one.call_id, one.kind): one for one in rows}
        if not given:
            return
        written = [
            {
                "call_id": call_id,
                "kind": kind.value,
                "basis": given[call_id, kind].basis,
                "content": given[call_id, kind].content,
            }
            for call_id, kind in sorted(given)
        ]
        with self._database.begin() as connection:
            upsert(connection, _derived, written, ("call_id", "kind"))
