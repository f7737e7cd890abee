"""All rows of a store as lines of JSON, and back into an empty one: on SQLite or PostgreSQL,
whichever it was before.

The first line of a table has the names of its columns, each other one a row. What is encrypted
stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from autoqa.errors import StoreError
from autoqa.store import engine as engines
from autoqa.store.database import Database, metadata
from autoqa.store.schema import HEAD, UnknownRevision, bring_up

_PASSING = frozenset({"sessions", "tries", "workers", "day_sums"})
"""Who is signed in or at work just now, and what is counted again when it is asked for."""
_REVISION = "alembic_version"
_ROWS = 500
"""Read and written at a time."""

Table = tuple[str, Iterable[bytes]]


def tables(database: Database) -> Iterator[Table]:
    """Every table, with its lines, as it is at the moment of the first."""
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name not in _PASSING:
                yield str(table.name), _lines(connection, table)


def restore(url: str, revision: str, given: Iterable[Table], expected: Mapping[str, int]) -> None:
    """Makes an empty store of ``revision``, puts the rows of ``tables`` into it, and brings it to
    this version. ``expected``: how many rows each table has.

    What is given is taken in one transaction: what goes wrong meanwhile leaves nothing behind.
    Raises ``StoreError`` for a store that holds anything, and for rows that do not fit.
    """
    try:
        engine = engines.make_engine(url)
        try:
            _restore(engine, revision, given, expected)
        finally:
            engine.dispose()
    except UnknownRevision as error:
        raise StoreError(
            "the backup was made by another version of autoqa ({found}, this one knows {known}); "
            "restore it with that version",
            found=str(error),
            known=HEAD,
        ) from None
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(
            "the store {url} cannot be restored ({reason}); nothing of the backup was kept",
            url=engines.shown(url),
            reason=engines.reason(error),
        ) from None
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError):
        raise StoreError("the backup is damaged; nothing of it was kept") from None


def _lines(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    yield encode([str(column.name) for column in table.columns]) + b"\n"
    rows = connection.execution_options(yield_per=_ROWS).execute(sa.select(table))
    for row in rows:
        yield encode(tuple(row)) + b"\n"


def _restore(
    engine: sa.Engine, revision: str, given: Iterable[Table], expected: Mapping[str, int]
) -> None:
    _clear(engine)
    bring_up(engine, revision)
    there = sa.MetaData()
    there.reflect(engine)
    with engine.begin() as connection:
        counts = {name: _put(connection, there.tables[name], iter(lines)) for name, lines in given}
        if counts != expected:
            raise ValueError("rows are missing")
    bring_up(engine)


def _clear(engine: sa.Engine) -> None:
    """Takes the tables away of a store without rows, which may be of any revision."""
    there = sa.MetaData()
    there.reflect(engine, only=lambda name, _: name in metadata.tables or name == _REVISION)
    with engine.begin() as connection:
        for table in there.sorted_tables:
            passing = table.name in _PASSING or table.name == _REVISION
            one = sa.select(sa.literal(1)).select_from(table).limit(1)
            if not passing and connection.execute(one).first():
                raise StoreError(
                    "the store {url} is in use already; restore into a new one (--data, --store)",
                    url=engines.shown(str(engine.url)),
                )
        there.drop_all(connection)


def _put(connection: sa.Connection, table: sa.Table, lines: Iterator[bytes]) -> int:
    decode = msgspec.json.Decoder().decode
    names = decode(next(lines, b""))
    read = [_reader(table.columns[name], connection.dialect.name) for name in names]
    count = 0
    while part := list(islice(lines, _ROWS)):
        values = (zip(names, read, decode(line), strict=True) for line in part)
        rows = [{name: as_kept(value) for name, as_kept, value in row} for row in values]
        connection.execute(table.insert(), rows)
        count += len(rows)
    if connection.dialect.name == "postgresql":
        _count_on(connection, table)
    return count


def _reader(column: sa.Column[Any], dialect: str) -> Callable[[Any], Any]:
    """What makes a value of a line one of the column."""
    kind = column.type.python_type

    def read(value: Any) -> Any:
        if value is None or kind not in (bytes, datetime, date):
            return value
        made = msgspec.convert(value, kind)
        if kind is not datetime:
            return made
        moment = made if made.tzinfo else made.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(tzinfo=None) if dialect == "sqlite" else moment

    return read


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """New rows are numbered after those that were put."""
    for column in table.primary_key.columns:
        asked = sa.func.pg_get_serial_sequence(table.name, column.name)
        if sequence := connection.scalar(sa.select(asked)):
            top = connection.scalar(sa.select(sa.func.max(column)))
            connection.execute(sa.select(sa.func.setval(sequence, top or 1, top is not None)))
