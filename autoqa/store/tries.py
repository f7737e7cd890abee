"""How often somebody tried to come in: for a name, whether it exists or not, and for an address."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from autoqa.store.database import Database, Instant, hold, metadata

_tries = sa.Table(
    "sign_in_tries",
    metadata,
    sa.Column("whose", sa.String(64), primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", Instant, nullable=False, index=True),
)


class Tries:
    """A try is taken before it is looked at, so that many at once do not pass together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, whose: str, limit: int, pause: timedelta, at: datetime) -> datetime | None:
        """None: he may try. Else when he may again, ``pause`` after the last of ``limit`` tries.

        ``whose``: at most 64 characters.
        """
        mine = _tries.c.whose == whose
        with self._database.begin() as connection:
            hold(connection, "tries")
            connection.execute(_tries.delete().where(_tries.c.last_at <= at - pause))
            row = connection.execute(sa.select(_tries).where(mine)).one_or_none()
            if row is None:
                connection.execute(_tries.insert().values(whose=whose, tries=1, last_at=at))
            elif row.tries >= limit:
                last_at: datetime = row.last_at
                return last_at + pause
            else:
                connection.execute(
                    _tries.update().where(mine).values(tries=row.tries + 1, last_at=at)
                )
        return None

    def give_back(self, whose: str) -> None:
        """The last try was a good one and does not count."""
        change = _tries.update().where(_tries.c.whose == whose, _tries.c.tries > 0)
        with self._database.begin() as connection:
            connection.execute(change.values(tries=_tries.c.tries - 1))

    def clear(self, whose: str) -> None:
        with self._database.begin() as connection:
            connection.execute(_tries.delete().where(_tries.c.whose == whose))
