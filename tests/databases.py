"""The databases that tests of the store and the service run on: each test on SQLite, and again on
PostgreSQL where ``pytest -m postgres`` asks for it.

``url_of(file)`` is the URL of a store that belongs to this file: the file itself on SQLite, a
database of its own on PostgreSQL. Folders whose tests run on both have ``on_both`` in their
``conftest.py``, and a module of them may have it alone.
"""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from autoqa.store import Store, store_url
from tests.postgres import Cluster

SQLITE, POSTGRES = "sqlite", "postgresql"

_kind = SQLITE
_known: dict[str, str] = {}


@contextmanager
def running_on(kind: str) -> Iterator[None]:
    """Stores are of this kind meanwhile."""
    global _kind  # noqa: PLW0603 (one test runs at a time)
    before, _kind = _kind, kind
    try:
        yield
    finally:
        _kind = before


def url_of(file: Path | str) -> str:
    """The store of this file, which is made when it is first asked for."""
    if _kind == SQLITE:
        return store_url(str(file))
    name = hashlib.sha256(str(Path(file).resolve()).encode()).hexdigest()[:32]
    if name not in _known:
        _known[name] = cluster().make(name, _template())
    return _known[name]


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    """What somebody does to a store who knows its tables."""
    made = sa.make_url(url)
    if made.drivername == POSTGRES:
        made = made.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(made, poolclass=sa.NullPool)
    with engine.begin() as connection:
        done = connection.exec_driver_sql(statement)
        return [tuple(row) for row in done] if done.returns_rows else []


def kept(file: Path) -> bytes:
    """All that somebody finds who has the store of this file: its files, or every row."""
    if _kind == SQLITE:
        return b"".join(path.read_bytes() for path in file.parent.iterdir() if path.is_file())
    url = url_of(file)
    tables = execute(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = (row for (name,) in tables for row in execute(url, f'SELECT * FROM "{name}"'))
    values = (value for row in rows for value in row)
    return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in values)


@cache
def cluster() -> Cluster:
    """The server of this process, started when the first test needs it."""
    made = Cluster()
    atexit.register(made.close)
    return made


@cache
def _template() -> str:
    Store(cluster().make("blank")).close()
    return "blank"
