"""Connections to SQLite and PostgreSQL, so that both keep what the store promises.

Who writes on SQLite has the file for himself. On PostgreSQL many write at once: what must not
happen twice is kept apart by keys, by rows that are locked, and by names that are held
(``Database.hold``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

BUSY_TIMEOUT_S = 60
"""So long whoever writes to SQLite waits for another to end."""

CONNECT_TIMEOUT_S = 10
SILENCE_S = 30
"""A PostgreSQL that is not heard of for so long is gone."""

CONNECTIONS = 40
"""Kept open at most: one for each thread of the service, which are as many. Opening one anew for
each request costs more than what is asked."""

_POSTGRES = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": SILENCE_S,
    "keepalives_interval": 5,
    "tcp_user_timeout": SILENCE_S * 1000,
    "application_name": "autoqa",
}
_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_SECRET = ("password", "sslpassword")
_GONE = ("08", "57P", "40001", "40P01")
"""States of a connection that broke, of a server that is stopped or starts, and of two that got in
one another's way, of which this one gave in."""


def store_url(store: str) -> str:
    """``store`` as a URL; a plain path is a SQLite file."""
    return store if "://" in store else f"sqlite:///{Path(store).resolve()}"


def make_engine(url: str) -> sa.Engine:
    """Raises ``SQLAlchemyError`` or ``ImportError`` where there is no such kind of database."""
    made = sa.make_url(url)
    if made.drivername in ("postgres", "postgresql"):
        made = made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() == "postgresql":
        engine = sa.create_engine(
            made, connect_args=_POSTGRES, pool_pre_ping=True, pool_size=CONNECTIONS
        )
        sa.event.listen(engine, "before_cursor_execute", _with_plain_text, retval=True)
        return engine
    engine = sa.create_engine(made, connect_args={"timeout": BUSY_TIMEOUT_S}, pool_size=CONNECTIONS)
    _set_up_sqlite(engine)
    return engine


def options(engine: sa.Engine, *, reading: bool) -> dict[str, Any]:
    """Of a connection for one transaction. One that reads sees what was there as it began."""
    if engine.dialect.name == "postgresql":
        return _READING if reading else {}
    return {"reading": reading}


def is_gone(error: SQLAlchemyError) -> bool:
    """Whether the database went away while it was used, or would do the same if asked again."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", "none of SQLite's has one")
    # An error without a state is none that the server has told of.
    lost = state is None and isinstance(error, OperationalError)
    return lost or str(state).startswith(_GONE)


def shown(url: str) -> str:
    """The URL without its passwords."""
    try:
        plain = sa.make_url(url).difference_update_query(_SECRET)
        return plain.render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "…"


def reason(error: Exception) -> str:
    """The driver's own words, without the statement and its parameters (personal data)."""
    words = str(getattr(error, "orig", None) or "").strip()
    return words.splitlines()[0] if words else type(error).__name__


def _with_plain_text(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """PostgreSQL's text has no NUL: what is kept has a mark there, and nothing is found by one."""
    return statement, _plain(parameters)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def scrub(engine: sa.Engine) -> None:
    """Space of rows that are gone is given back; on SQLite their bytes are gone from the files."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return
    bare = engine.raw_connection()
    try:
        bare.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        bare.close()


def _set_up_sqlite(engine: sa.Engine) -> None:
    """The driver's own transactions begin late and lose concurrent updates without an error: take
    the write lock at once, and let readers go on beside the writer (WAL)."""

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=ON")  # what goes is overwritten

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
