"""What somebody has typed about a call and not sent yet, so that no reload or restart loses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.store.database import Database, Instant, metadata, upsert

KEPT = timedelta(days=30)
"""What nobody has touched for so long is dropped when somebody writes."""
LONGEST = 20_000
"""Characters that are kept of a text."""

_unsent = sa.Table(
    "unsent",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("changed_at", Instant, nullable=False, index=True),
)


class Unsent:
    """Each person sees his own only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self, person: str, call_id: str, place: str, text: str, at: datetime | None = None
    ) -> None:
        """``place``: of the text on the call's page. An empty text is forgotten."""
        now = at or datetime.now(UTC)
        table = _unsent.c
        row = {"person": person, "call_id": call_id, "place": place}
        with self._database.begin() as connection:
            connection.execute(_unsent.delete().where(table.changed_at < now - KEPT))
            if text.strip():
                values = {**row, "text": encode(text[:LONGEST]), "changed_at": now}
                upsert(connection, _unsent, values, ("person", "call_id", "place"))
            else:
                same = sa.and_(*(table[name] == value for name, value in row.items()))
                connection.execute(_unsent.delete().where(same))

    def of(self, person: str, call_id: str) -> dict[str, str]:
        """The texts of a person about a call, by their places."""
        table = _unsent.c
        query = sa.select(table.place, table.text).where(
            table.person == person, table.call_id == call_id
        )
        with self._database.reading() as connection:
            return {row.place: decode(str, row.text) for row in connection.execute(query)}

    def delete(self, call_id: str) -> None:
        """Everybody's texts about a call."""
        with self._database.begin() as connection:
            connection.execute(_unsent.delete().where(_unsent.c.call_id == call_id))
