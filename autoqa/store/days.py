"""Sums of a day's calls, kept from one time they are asked for to the next.

What many calls come to is counted day by day and added up. A day's sums are kept beside the rows
that they were counted from; whoever changes where a call of the day stands removes them in the
same transaction (``forget_days``), so what is kept is what would be counted.

Whoever counts has seen each day in some version. His sums are kept only if the day still has it,
which nobody can change meanwhile: no one who counted before a change ever keeps his sums after it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import uuid4

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.errors import StoreError
from autoqa.store.database import Database, metadata, upsert

log = logging.getLogger(__name__)

days = sa.Table(
    "days",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("version", sa.String(32), nullable=False),
)
"""Every day that has or had calls; another version whenever one of them changes."""

day_sums = sa.Table(
    "day_sums",
    metadata,
    sa.Column("what", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True, index=True),
    sa.Column("sums", sa.LargeBinary, nullable=False),
)

Rows: TypeAlias = list[list[Any]]


def forget_days(connection: sa.Connection, of: Iterable[date]) -> None:
    """Calls of these days stand elsewhere from now on. Last in a transaction: others wait for it;
    everybody goes by the calendar, so that no two wait for one another."""
    rows = [{"day": day, "version": uuid4().hex} for day in sorted(set(of))]
    if rows:
        upsert(connection, days, rows, ("day",))
        gone = day_sums.c.day.in_([row["day"] for row in rows])
        connection.execute(day_sums.delete().where(gone))


def rows_by_day(
    database: Database,
    query: sa.Select[Any],
    day: sa.ColumnElement[date],
    first: date | None,
    last: date | None,
    *,
    keep: bool = True,
) -> list[tuple[date, Sequence[Any]]]:
    """The rows of ``query``, in order of their days.

    ``query``: sums over groups of calls, of whatever day; the groups of each day are told apart
    here, by its column ``day``. ``first``, ``last``: both included. ``keep``: whether the same is
    likely to be asked again.
    """
    daily = query.add_columns(day.label("of_day")).group_by(day)
    if not keep:
        within = [limit for limit in (_from(day, first), _to(day, last)) if limit is not None]
        with database.reading() as connection:
            found = _counted(connection, daily.where(*within), ())
        return [(of, row) for of in sorted(found) for row in found[of]]

    def count(connection: sa.Connection, missing: Sequence[date]) -> dict[date, Rows]:
        within = [day >= missing[0], day <= missing[-1]]
        if missing[-1].toordinal() - missing[0].toordinal() >= len(missing):
            within.append(day.in_(missing))
        return _counted(connection, daily.where(*within), missing)

    sums = kept_by_day(database, _name(daily), count, first, last)
    return [(of, row) for of in sorted(sums) for row in sums[of]]


def kept_by_day(
    database: Database,
    what: str,
    count: Callable[[sa.Connection, Sequence[date]], dict[date, Rows]],
    first: date | None,
    last: date | None,
) -> dict[date, Rows]:
    """What ``count`` makes of each day from ``first`` to ``last``, both included; counted for those
    days alone that have changed since it was last asked for. ``what``: names it."""
    with database.reading() as connection:
        # Versions first: sums may only be newer than what they are taken for.
        versions = _read(connection, days.c.version, days, first, last)
        kept = _read(connection, day_sums.c.sums, day_sums, first, last, day_sums.c.what == what)
        missing = sorted(versions.keys() - kept.keys())
        found = count(connection, missing) if missing else {}
    sums: dict[date, Rows] = {
        of: decode(list, content) for of, content in kept.items() if of in versions
    }
    if found:
        _keep(database, what, found, versions)
    return sums | found


def _read(
    connection: sa.Connection,
    column: sa.Column[Any],
    table: sa.Table,
    first: date | None,
    last: date | None,
    *more: sa.ColumnElement[bool],
) -> dict[date, Any]:
    limits = (_from(table.c.day, first), _to(table.c.day, last), *more)
    query = sa.select(table.c.day, column).where(*(one for one in limits if one is not None))
    return {row[0]: row[1] for row in connection.execute(query)}


def _counted(
    connection: sa.Connection, query: sa.Select[Any], of: Iterable[date]
) -> dict[date, Rows]:
    """The rows of each day; an empty list for days ``of`` which there are none."""
    found: dict[date, Rows] = {day: [] for day in of}
    for *values, day in connection.execute(query):
        found.setdefault(day, []).append([_plain(value) for value in values])
    return found


def _keep(
    database: Database, what: str, found: Mapping[date, Rows], versions: Mapping[date, str]
) -> None:
    """As far as nobody has changed a day since."""
    try:
        with database.begin() as connection:
            query = sa.select(days).where(days.c.day.in_(list(found))).order_by(days.c.day)
            same = connection.execute(query.with_for_update(read=True)).all()
            rows = [
                {"what": what, "day": day, "sums": encode(found[day])}
                for day, version in same
                if versions.get(day) == version
            ]
            if rows:
                upsert(connection, day_sums, rows, ("what", "day"))
    except StoreError:
        log.warning("sums of days could not be kept; they are counted again when they are wanted")


def _name(query: sa.Select[Any]) -> str:
    """What is asked, parameters and all."""
    compiled = query.compile()
    asked = f"{compiled} {sorted(compiled.params.items())}"
    return hashlib.sha256(asked.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """PostgreSQL sums whole numbers in a kind that JSON has not."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return str(value) if isinstance(value, date) else value


def _from(day: sa.ColumnElement[date], first: date | None) -> sa.ColumnElement[bool] | None:
    return None if first is None else day >= first


def _to(day: sa.ColumnElement[date], last: date | None) -> sa.ColumnElement[bool] | None:
    return None if last is None else day <= last
