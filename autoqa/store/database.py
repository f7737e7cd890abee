"""The database under the store: SQLAlchemy Core on SQLite by default, PostgreSQL at scale.

Each kind of rows has a module beside this one, which puts its tables on ``metadata`` and is
imported by the package. ``revisions`` make them in the database, and change those of older stores.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autoqa.errors import StoreError
from autoqa.store import engine as engines
from autoqa.store.schema import HEAD, UnknownRevision, bring_up

log = logging.getLogger(__name__)

PAUSE_S = 0.5
"""Between two tries to reach a database that is gone."""

metadata = sa.MetaData()

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Of rows that are counted; SQLite counts only what it calls an integer."""

Row = Mapping[str, Any]


class Instant(sa.TypeDecorator[datetime]):
    """A time with its zone, kept in UTC; SQLite would give it back without."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else in_utc(value)


class StoreGone(StoreError):
    """The database cannot be reached any more; it may be back soon."""


class Database:
    """``with Database(url) as database``. Safe for several processes at once."""

    def __init__(self, url: str, *, wait_s: float = 0.0) -> None:
        """Opens or creates the store; ``StoreError`` where it cannot, or is of another version.

        ``wait_s``: so long a transaction waits for a database that was there and is gone.
        """
        self._current: ContextVar[sa.Connection | None] = ContextVar("transaction", default=None)
        # SQLite has one writer at a time, and who finds it busy sleeps up to 100 ms before asking
        # again: threads of this process wait in a line instead.
        self._writers = Lock() if url.startswith("sqlite") else nullcontext()
        self._wait_s = wait_s
        self._breaks = [0]
        try:
            self._engine = engines.make_engine(url)
            sa.event.listen(self._engine, "handle_error", self._count_break)
            bring_up(self._engine)
        except ModuleNotFoundError as error:
            raise StoreError(
                "the store {url} needs the library {name}; pip install 'autoqa[postgres]'",
                url=engines.shown(url),
                name=error.name or "",
            ) from None
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(
                "the store {url} cannot be opened ({reason}); check the path, or give another "
                "with --store",
                url=engines.shown(url),
                reason=engines.reason(error),
            ) from None
        except UnknownRevision as error:
            raise StoreError(
                "the store {url} was made by another version of autoqa ({found}, this one knows "
                "{known}); give another with --store",
                url=engines.shown(url),
                found=str(error),
                known=HEAD,
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def breaks(self) -> int:
        """How often the database was found to be gone: who could not be seen meanwhile."""
        return self._breaks[0]

    def close(self) -> None:
        self._engine.dispose()

    def at_once(self) -> Self:
        """The same for whoever cannot wait for a database that is gone."""
        same = copy.copy(self)
        same._wait_s = 0.0
        return same

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction that writes; whatever the database says against it is a ``StoreError``.

        Inside another of this database it is part of that one: either all of it is kept or nothing.
        """
        outer = self._current.get()
        if outer is not None:
            yield outer
            return
        with self._writers, self._transaction(reading=False) as connection:
            mark = self._current.set(connection)
            try:
                yield connection
            finally:
                self._current.reset(mark)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, beside whoever writes; else as ``begin``."""
        outer = self._current.get()
        if outer is not None:
            yield outer
            return
        with self._transaction(reading=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, reading: bool) -> Iterator[sa.Connection]:
        chosen = engines.options(self._engine, reading=reading)
        try:
            with self._connected().execution_options(**chosen) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            is_gone = engines.is_gone(error)
            self._breaks[0] += is_gone
            kind = StoreGone if is_gone else StoreError
            raise kind(
                "the store {url} failed ({reason}); nothing of this recording was kept, "
                "run the command again",
                url=engines.shown(str(self._engine.url)),
                reason=engines.reason(error),
            ) from None

    def _connected(self) -> sa.Connection:
        """A connection that works; ``StoreGone`` where there is none after ``wait_s``."""
        until_s = time.monotonic() + self._wait_s
        while True:
            try:
                return self._engine.connect()
            except DBAPIError as error:
                self._breaks[0] += 1
                if time.monotonic() >= until_s:
                    raise StoreGone(
                        "the store {url} cannot be reached ({reason}); start it, or check its "
                        "address",
                        url=engines.shown(str(self._engine.url)),
                        reason=engines.reason(error),
                    ) from None
            time.sleep(PAUSE_S)

    def _count_break(self, context: sa.ExceptionContext) -> None:
        self._breaks[0] += context.is_disconnect

    def hold(self, *names: str) -> None:
        """Until the end of the transaction nobody else holds one of these names.

        Who asks for several at different times may wait for one who waits for him: ask at once.
        """
        connection = self._current.get()
        assert connection is not None, "a name is held in a transaction"
        hold(connection, *names)

    def scrub(self) -> None:
        """After much was deleted: nothing of it is left in the files, as far as one can ask."""
        try:
            with self._writers:
                engines.scrub(self._engine)
        except (SQLAlchemyError, sqlite3.Error):
            log.warning("the store was not cleaned up; the database does so by itself later")

    def replace(self, table: sa.Table, row: Row, key: tuple[str, ...]) -> None:
        """Writes a row in a transaction of its own; one with the same ``key`` is gone."""
        with self.begin() as connection:
            upsert(connection, table, row, key)


def hold(connection: sa.Connection, *names: str) -> None:
    """See ``Database.hold``. Whoever writes to SQLite holds all there is."""
    if connection.dialect.name == "postgresql":
        for number in sorted(map(_number, names)):
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def upsert(
    connection: sa.Connection, table: sa.Table, row: Row | Sequence[Row], key: tuple[str, ...]
) -> None:
    """Writes a row, or rows of the same columns, over those with the same ``key``."""
    first = row if isinstance(row, Mapping) else row[0]
    statement = _insert(connection, table)
    others = {name: statement.excluded[name] for name in first if name not in key}
    statement = statement.on_conflict_do_update(index_elements=key, set_=others)
    if isinstance(row, Mapping):
        connection.execute(statement.values(**row))
    else:
        connection.execute(statement, row)


def insert_new(connection: sa.Connection, table: sa.Table, row: Row | Sequence[Row]) -> bool:
    """Writes a row, or rows, unless there is one with a key of its; whether one was written."""
    statement = _insert(connection, table).on_conflict_do_nothing()
    counted = statement.execution_options(preserve_rowcount=True)
    return connection.execute(counted, row).rowcount > 0


def _insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    is_postgres = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def in_utc(moment: datetime) -> datetime:
    """A moment as it was written: SQLite forgets the zone, PostgreSQL has one of its own."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
