"""Which worker processes live, and what they have done so far.

A worker writes its own row only, every few seconds, so that nobody waits for another. Whether it
lives is told by the clock of the database, which all of them ask. What those have counted that are
gone is added up in one row, so that no count ever falls.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import TypeAlias

import sqlalchemy as sa

from autoqa.store.database import Database, Instant, hold, in_utc, metadata, upsert

ALIVE_S = 45.0
"""A worker that has said nothing for so long does not live; it says so every few seconds."""

Done: TypeAlias = Mapping[tuple[str, ...], int]
"""Counts by what was counted: ``("outcome", "greeting", "passed"): 17``."""

_GONE = ""
"""Stands for all that are gone, as no worker is called so."""

_workers = sa.Table(
    "workers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("done", sa.Text, nullable=False),
)


class Workers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, name: str, done: Done) -> None:
        """The worker lives, and has done so much since it began."""
        row = {"name": name, "seen_at": sa.func.now(), "done": _written(done)}
        self._database.replace(_workers, row, ("name",))

    def gone(self, name: str) -> None:
        """The worker is there no more; what it did still counts."""
        with self._database.begin() as connection:
            if (done := self._done(connection, name)) is not None:
                connection.execute(_workers.delete().where(_workers.c.name == name))
                self._add(connection, done)

    def count(self, *what: str) -> None:
        """It happened once more, whoever did it."""
        with self._database.begin() as connection:
            self._add(connection, Counter([what]))

    def living(self) -> int:
        """How many workers there are."""
        query = sa.select(_workers.c.seen_at, sa.func.now().label("now"))
        with self._database.reading() as connection:
            rows = connection.execute(query.where(_workers.c.name != _GONE)).all()
        alive = timedelta(seconds=ALIVE_S)
        return sum(in_utc(row.now) - row.seen_at < alive for row in rows)

    def done(self) -> Counter[tuple[str, ...]]:
        """What all of them have done, ever."""
        with self._database.reading() as connection:
            rows = connection.scalars(sa.select(_workers.c.done)).all()
        return sum(map(_read, rows), Counter())

    def _done(self, connection: sa.Connection, name: str) -> Counter[tuple[str, ...]] | None:
        query = sa.select(_workers.c.done).where(_workers.c.name == name).with_for_update()
        text = connection.scalar(query)
        return None if text is None else _read(text)

    def _add(self, connection: sa.Connection, done: Counter[tuple[str, ...]]) -> None:
        hold(connection, "workers that are gone")
        total = done + (self._done(connection, _GONE) or Counter())
        row = {"name": _GONE, "seen_at": sa.func.now(), "done": _written(total)}
        upsert(connection, _workers, row, ("name",))


def _written(done: Done) -> str:
    return json.dumps([[*what, count] for what, count in done.items()], ensure_ascii=False)


def _read(text: str) -> Counter[tuple[str, ...]]:
    return Counter({tuple(what): count for *what, count in json.loads(text)})
