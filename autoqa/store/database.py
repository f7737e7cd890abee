"""The database under the store: SQLAlchemy Core on SQLite by default, PostgreSQL at scale.

Each kind of rows has a module beside this one, which puts its tables on ``metadata`` and is
imported by the package, so that opening the store makes all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from autoqa.errors import StoreError

SCHEMA_VERSION = 3
UPGRADES: dict[int, Callable[[sa.Connection], None]] = {}
"""What makes a store of that version one of the next."""
BUSY_TIMEOUT_S = 60
CONNECTIONS = 40
"""Kept open at most: one for each thread of the service, which are as many. Opening one anew for
each request costs more than what is asked."""

metadata = sa.MetaData()
_about = sa.Table("about", metadata, sa.Column("schema_version", sa.Integer, primary_key=True))


class Instant(sa.TypeDecorator[datetime]):
    """A time with its zone, kept in UTC; SQLite would give it back without."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def store_url(store: str) -> str:
    """``store`` as a URL; a plain path is a SQLite file."""
    return store if "://" in store else f"sqlite:///{Path(store).resolve()}"


class Database:
    """``with Database(url) as database``. Safe for several processes at once."""

    def __init__(self, url: str) -> None:
        """Opens or creates the store; ``StoreError`` where it cannot, or is of another version."""
        self._current: ContextVar[sa.Connection | None] = ContextVar("transaction", default=None)
        # SQLite has one writer at a time, and who finds it busy sleeps up to 100 ms before asking
        # again: threads of this process wait in a line instead.
        self._writers = Lock() if url.startswith("sqlite") else nullcontext()
        try:
            self._engine = _engine(url)
            with self._engine.begin() as connection:
                metadata.create_all(connection)
                version = _upgraded(connection)
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(
                "the store {url} cannot be opened ({reason}); check the path, or give another "
                "with --store",
                url=_shown(url),
                reason=_reason(error),
            ) from None
        if version != SCHEMA_VERSION:
            raise StoreError(
                "the store {url} was made by another version of autoqa ({found}, this one knows "
                "{known}); give another with --store",
                url=_shown(url),
                found=version,
                known=SCHEMA_VERSION,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction that writes; whatever the database says against it is a ``StoreError``.

        Inside another of this database it is part of that one: either all of it is kept or nothing.
        """
        outer = self._current.get()
        if outer is not None:
            yield outer
            return
        with self._writers, self._transaction() as connection:
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
    def _transaction(self, **options: Any) -> Iterator[sa.Connection]:
        try:
            with (
                self._engine.connect().execution_options(**options) as connection,
                connection.begin(),
            ):
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                "the store {url} failed ({reason}); nothing of this recording was kept, "
                "run the command again",
                url=_shown(str(self._engine.url)),
                reason=_reason(error),
            ) from None

    def replace(self, table: sa.Table, row: dict[str, Any], key: tuple[str, ...]) -> None:
        """Writes a row in a transaction of its own; one with the same ``key`` is gone."""
        with self.begin() as connection:
            upsert(connection, table, row, key)


def _upgraded(connection: sa.Connection) -> int:
    """The version of the store, which is this one's where there is a way to it."""
    version = connection.scalar(sa.select(_about.c.schema_version).with_for_update())
    if version is None:
        connection.execute(_about.insert().values(schema_version=SCHEMA_VERSION))
        return SCHEMA_VERSION
    while version in UPGRADES:
        UPGRADES[version](connection)
        version += 1
        connection.execute(_about.update().values(schema_version=version))
    return int(version)


def upsert(
    connection: sa.Connection, table: sa.Table, row: dict[str, Any], key: tuple[str, ...]
) -> None:
    """Writes a row over the one with the same ``key``, if there is one."""
    same = sa.and_(*(table.c[name] == row[name] for name in key))
    changed = connection.execute(table.update().where(same).values(**row)).rowcount
    if not changed:
        connection.execute(table.insert().values(**row))


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args=_connect_args(url), pool_size=CONNECTIONS)
    if engine.dialect.name == "sqlite":
        # The driver's own transactions begin late and lose concurrent updates without an error:
        # take the write lock at once, and let readers go on beside the writer (WAL).
        @sa.event.listens_for(engine, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            reading = connection.get_execution_options().get("reading", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _connect_args(url: str) -> dict[str, Any]:
    return {"timeout": BUSY_TIMEOUT_S} if url.startswith("sqlite") else {}


def in_utc(moment: datetime) -> datetime:
    """A moment as it was written: SQLite forgets the zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shown(url: str) -> str:
    """The URL without its password."""
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "…"


def _reason(error: Exception) -> str:
    """The driver's own words, without the statement and its parameters (personal data)."""
    return str(getattr(error, "orig", None) or type(error).__name__)
