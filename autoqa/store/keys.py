"""Keys of programs. Of a secret only its hash is kept, and a revoked key stays in the list."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from autoqa.store.database import Database, Instant, metadata
from autoqa.types import Key, Scope

_keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Column("used_at", Instant),
)


class Keys:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: Key, secret_hash: str) -> None:
        row = {
            "id": key.id,
            "name": key.name,
            "scopes": " ".join(sorted(key.scopes)),
            "secret_hash": secret_hash,
            "made_at": key.made_at,
            "expires_at": key.expires_at,
        }
        with self._database.begin() as connection:
            connection.execute(_keys.insert().values(**row))

    def find(self, id_: str) -> tuple[Key, str] | None:
        """The key with the hash of its secret."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(_keys).where(_keys.c.id == id_)).one_or_none()
        return None if row is None else (_key(row), row.secret_hash)

    def all(self) -> list[Key]:
        """Also those that are revoked or have expired, oldest first."""
        query = sa.select(_keys).order_by(_keys.c.made_at, _keys.c.id)
        with self._database.reading() as connection:
            return [_key(row) for row in connection.execute(query)]

    def revoke(self, id_: str, at: datetime) -> bool:
        """Whether there was such a key, not revoked before."""
        change = _keys.update().where(_keys.c.id == id_, _keys.c.revoked_at.is_(None))
        with self._database.begin() as connection:
            return connection.execute(change.values(revoked_at=at)).rowcount == 1

    def touch(self, id_: str, at: datetime) -> None:
        with self._database.begin() as connection:
            connection.execute(_keys.update().where(_keys.c.id == id_).values(used_at=at))


def _key(row: sa.Row[tuple[object, ...]]) -> Key:
    return Key(
        row.id,
        row.name,
        frozenset(map(Scope, row.scopes.split())),
        row.made_at,
        row.expires_at,
        row.revoked_at,
        row.used_at,
    )
