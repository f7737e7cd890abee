"""Who is signed in. A session is found by the hash of its token, which the browser alone has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from autoqa.store.database import Database, Instant, metadata
from autoqa.store.people import folded

_sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("begun_at", Instant, nullable=False, index=True),
    sa.Column("seen_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``person``: as ``folded`` makes it."""

    person: str
    begun_at: datetime
    seen_at: datetime


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, token_hash: str, person: str, at: datetime, *, oldest: datetime) -> None:
        """A new session; those that began before ``oldest`` are swept away."""
        row = {"token_hash": token_hash, "person": folded(person), "begun_at": at, "seen_at": at}
        with self._database.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.begun_at < oldest))
            connection.execute(_sessions.insert().values(**row))

    def find(self, token_hash: str) -> SessionRow | None:
        query = sa.select(_sessions).where(_sessions.c.token_hash == token_hash)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else SessionRow(row.person, row.begun_at, row.seen_at)

    def touch(self, token_hash: str, at: datetime) -> None:
        change = _sessions.update().where(_sessions.c.token_hash == token_hash)
        with self._database.begin() as connection:
            connection.execute(change.values(seen_at=at))

    def end(self, token_hash: str) -> None:
        with self._database.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.token_hash == token_hash))

    def end_all(self, person: str) -> None:
        """Wherever he is signed in."""
        with self._database.begin() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.person == folded(person)))
