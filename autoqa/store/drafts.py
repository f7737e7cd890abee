"""What people have typed into rule files and not yet proposed: it outlives page and service.

A draft belongs to one person and one file. It knows the text that it began with, so that nobody's
work is overwritten by what was published meanwhile, and counts its revisions, so that one of two
windows of the same person is told of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.store.database import Database, Instant, hold, metadata

_table = sa.Table(
    "rule_drafts",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("edit", sa.LargeBinary, nullable=False),
)

_ELSEWHERE = N_(
    "{file} was changed in another window of yours since this one read it; load this page again"
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A file before and after; None: there is no such file."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """``edit.before``: what was in force when it was begun. ``revision``: from 1."""

    person: str
    file: str
    edit: Edit
    revision: int
    changed_at: datetime


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, person: str) -> Mapping[str, Draft]:
        """His, by file."""
        return {one.file: one for one in self._found(_table.c.person == person)}

    def others(self, person: str, file: str) -> list[Draft]:
        """Those of everybody else of this file, the latest first."""
        found = self._found(_table.c.file == file, _table.c.person != person)
        return sorted(found, key=lambda one: one.changed_at, reverse=True)

    def keep(self, person: str, file: str, edit: Edit, revision: int | None) -> Draft:
        """His draft of a file as it is now.

        ``revision``: the one that was read, 0 for none; None: whichever, it is to be replaced.
        Raises ``UsageError`` where another window has kept a later one.
        """
        same = sa.and_(_table.c.person == person, _table.c.file == file)
        with self._database.begin() as connection:
            hold(connection, f"draft {person} {file}")
            known = connection.scalar(sa.select(_table.c.revision).where(same)) or 0
            if revision is not None and revision != known:
                raise UsageError(_ELSEWHERE, file=file)
            draft = Draft(person, file, edit, known + 1, datetime.now(UTC))
            row = {"revision": draft.revision, "changed_at": draft.changed_at, "edit": encode(edit)}
            if known:
                connection.execute(_table.update().where(same).values(**row))
            else:
                connection.execute(_table.insert().values(person=person, file=file, **row))
        return draft

    def drop(self, person: str, *files: str) -> None:
        """Those of these files; of all where none is named."""
        gone = _table.delete().where(_table.c.person == person)
        with self._database.begin() as connection:
            connection.execute(gone.where(_table.c.file.in_(files)) if files else gone)

    def _found(self, *which: sa.ColumnElement[bool]) -> list[Draft]:
        query = sa.select(_table).where(*which).order_by(_table.c.file)
        with self._database.reading() as connection:
            return [_draft(row._mapping) for row in connection.execute(query)]


def _draft(row: Mapping[Any, Any]) -> Draft:
    edit = decode(Edit, row["edit"])
    return Draft(row["person"], row["file"], edit, row["revision"], row["changed_at"])
