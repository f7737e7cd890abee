"""The audit log: lines are added and never changed, and each seals the one before.

A line holds the SHA-256 of the line before it and of itself, so that a line which was changed,
taken out or put in later is found by ``faults``. Lines cut off the end are found by the head, a
row of its own, and for certain by a hash that was written down elsewhere (``autoqa audit verify``
prints the last one).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Database, Number, hold, metadata
from autoqa.types import Action, AuditEntry

_BEFORE_ALL = "0" * 64
_HEAD = 1

_lines = sa.Table(
    "audit",
    metadata,
    sa.Column("number", Number, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False, index=True),
    sa.Column("action", sa.String(32), nullable=False, index=True),
    sa.Column("target", sa.Text, nullable=False, index=True),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", Number, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines; empty fields choose all. ``since`` and ``before``: half-open."""

    who: str = ""
    action: str = ""
    target: str = ""
    since: datetime | None = None
    before: datetime | None = None


class Audit:
    """``Audit(database).add(who="王芳", action=Action.REVIEW, target=call_id)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        who: str,
        action: Action,
        target: str,
        *,
        request_id: str = "",
        detail: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> AuditEntry:
        """Writes a line, in a transaction of its own."""
        row: dict[str, Any] = {
            "at": _text(at or datetime.now(UTC)),
            "who": _plain(who, 128),
            "action": action.value,
            "target": _plain(target, 512),
            "request_id": _plain(request_id, 64),
            "detail": _json(dict(detail or {})),
        }
        with self._database.begin() as connection:
            number, before = self._hold(connection)
            row |= {"number": number + 1, "before": before}
            row["hash"] = _hash(row)
            connection.execute(_lines.insert().values(**row))
            connection.execute(_head.update().values(number=row["number"], hash=row["hash"]))
        return _entry(row)

    def has(self, who: str, action: Action, target: str, within: timedelta) -> bool:
        """Whether the same was written down so recently."""
        since = _text(datetime.now(UTC) - within)
        query = sa.select(_lines.c.number).where(
            _lines.c.target == target[:512],
            _lines.c.who == who[:128],
            _lines.c.action == action.value,
            _lines.c.at >= since,
        )
        with self._database.reading() as connection:
            return connection.scalar(query.limit(1)) is not None

    def page(
        self, wanted: AuditFilter, *, limit: int, below: int | None = None
    ) -> list[AuditEntry]:
        """Lines, the latest first; ``below``: only those with a smaller number."""
        query = sa.select(_lines).order_by(_lines.c.number.desc()).limit(limit)
        for name in ("who", "action", "target"):
            if value := getattr(wanted, name):
                query = query.where(_lines.c[name] == value)
        if wanted.since is not None:
            query = query.where(_lines.c.at >= _text(wanted.since))
        if wanted.before is not None:
            query = query.where(_lines.c.at < _text(wanted.before))
        if below is not None:
            query = query.where(_lines.c.number < below)
        with self._database.reading() as connection:
            return [_entry(row._mapping) for row in connection.execute(query)]

    def last(self) -> tuple[int, str]:
        """Number and hash of the last line; 0 and zeros where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(_head.c.number, _head.c.hash)).one_or_none()
        return (row.number, row.hash) if row else (0, _BEFORE_ALL)

    def has_hash(self, hash_: str) -> bool:
        """Whether a line has this hash: what was last once must be there for ever."""
        query = sa.select(_lines.c.number).where(_lines.c.hash == hash_)
        with self._database.reading() as connection:
            return connection.scalar(query) is not None

    def faults(self) -> Iterator[int]:
        """Numbers of the lines that are not as they were written, or are missing.

        All lines are read, so this takes a second for some hundred thousand.
        """
        number, before = 0, _BEFORE_ALL
        with self._database.reading() as connection:
            head = connection.execute(sa.select(_head.c.number, _head.c.hash)).one_or_none()
            lines = sa.select(_lines).order_by(_lines.c.number)
            for row in connection.execution_options(yield_per=1000).execute(lines):
                if row.number != number + 1:
                    yield number + 1
                elif row.before != before or row.hash != _hash(row._mapping):
                    yield row.number
                number, before = row.number, row.hash
        if (number, before) != ((head.number, head.hash) if head else (0, _BEFORE_ALL)):
            yield number + 1

    def _hold(self, connection: sa.Connection) -> tuple[int, str]:
        """The head, for this line alone: two processes never follow the same line."""
        hold(connection, "audit")
        row = connection.execute(sa.select(_head.c.number, _head.c.hash)).one_or_none()
        if row is None:
            connection.execute(_head.insert().values(id=_HEAD, number=0, hash=_BEFORE_ALL))
            return 0, _BEFORE_ALL
        return row.number, row.hash


def _hash(row: Mapping[Any, Any]) -> str:
    names = ("number", "at", "who", "action", "target", "request_id", "detail", "before")
    return hashlib.sha256(_json([row[name] for name in names]).encode()).hexdigest()


def _entry(row: Mapping[Any, Any]) -> AuditEntry:
    return AuditEntry(
        row["number"],
        datetime.fromisoformat(row["at"]),
        row["who"],
        Action(row["action"]),
        row["target"],
        row["request_id"],
        json.loads(row["detail"]),
    )


def _plain(text: str, most: int) -> str:
    """As every database gives it back, so that the hash fits: PostgreSQL's text has no NUL."""
    return text[:most].replace("\0", "\ufffd")


def _text(at: datetime) -> str:
    """In UTC with microseconds, so that it sorts as text and hashes the same everywhere."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
