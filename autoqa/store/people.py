"""People who sign in. Nobody is ever deleted: the audit log and reviews name them."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Database, insert_new, metadata
from autoqa.types import Duty, Person

_people = sa.Table(
    "people",
    metadata,
    # As ``folded`` makes it, so that no two names look alike.
    sa.Column("folded", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("duties", sa.Text, nullable=False),
    sa.Column("agent_ids", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, unique=True),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
)


def folded(name: str) -> str:
    """The name as it is looked up: width, case and spaces at its ends make no difference."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", plain).strip()


class People:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person: Person) -> bool:
        """Adds somebody without a password; False where the name is taken."""
        with self._database.begin() as connection:
            row = {"folded": folded(person.name), "password_hash": "", **_row(person)}
            return insert_new(connection, _people, row)

    def change(self, person: Person) -> bool:
        """Keeps duties, agent ids, subject and whether he is disabled; False: no such person."""
        change = _people.update().where(_is(person.name)).values(**_row(person))
        with self._database.begin() as connection:
            return connection.execute(change).rowcount == 1

    def find(self, name: str) -> Person | None:
        return self._one(_is(name))

    def find_subject(self, subject: str) -> Person | None:
        return self._one(_people.c.subject == subject)

    def all(self) -> list[Person]:
        """By name, the disabled too."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(_people).order_by(_people.c.folded))
            return [_person(row) for row in rows]

    def password_hash(self, name: str) -> str:
        """Empty for nobody, and for somebody without a password."""
        query = sa.select(_people.c.password_hash).where(_is(name))
        with self._database.reading() as connection:
            return connection.scalar(query) or ""

    def set_password_hash(self, name: str, password_hash: str) -> None:
        change = _people.update().where(_is(name)).values(password_hash=password_hash)
        with self._database.begin() as connection:
            connection.execute(change)

    def _one(self, where: sa.ColumnElement[bool]) -> Person | None:
        with self._database.reading() as connection:
            row = connection.execute(sa.select(_people).where(where)).one_or_none()
        return None if row is None else _person(row)


def _is(name: str) -> sa.ColumnElement[bool]:
    return _people.c.folded == folded(name)


def _row(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "duties": " ".join(sorted(person.duties)),
        "agent_ids": json.dumps(sorted(person.agent_ids), ensure_ascii=False),
        "subject": person.subject or None,
        "disabled": person.disabled,
    }


def _person(row: sa.Row[tuple[object, ...]]) -> Person:
    return Person(
        row.name,
        frozenset(map(Duty, row.duties.split())),
        frozenset(json.loads(row.agent_ids)),
        row.subject or "",
        row.disabled,
    )
