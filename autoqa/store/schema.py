"""The tables of a store are made, and brought from an older version to this one, by revisions.

The same revisions (Alembic, ``autoqa/store/revisions``) make a store on SQLite and on PostgreSQL.
Several processes may open a new store at once: one makes it, the others wait.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:  # it takes long to import, and a store that is as it should be needs it not
    from alembic.script import ScriptDirectory

HEAD = "0007"
"""The revision that this version of autoqa works with."""

_LOCK = 0x6175746F7161
"""Held on PostgreSQL by whoever makes or changes tables ("autoqa")."""

_FOLDER = Path(__file__).with_name("revisions")
_NONE, _BEFORE = "", ("1", "2", "3")
"""Of a new store, and of those made before there were revisions; calls stand somewhere since 2."""

_UNMASKED = "0001"
"""Of the last stores whose calls hold personal data."""

_UNSURVEYED = "0002"
"""Of the last stores that do not say what calls tell of the six problems."""

_UNTOLD = "0005"
"""Of the last stores that do not say what calls tell of their lines and customers."""


class UnknownRevision(Exception):
    """The store is of a revision that this version of autoqa does not have."""


def bring_up(engine: sa.Engine, to: str = HEAD) -> None:
    """Makes the store one of ``HEAD``, or a new one of an earlier revision.

    Raises ``UnknownRevision`` and ``SQLAlchemyError``.
    """
    with engine.connect().execution_options(reading=True) as connection:
        if _revision(connection) == to:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        found = _revision(connection)
        if found != to:
            _upgrade(connection, found, to)


def _revision(connection: sa.Connection) -> str:
    """Of the store; empty where there is nothing yet."""
    there = sa.inspect(connection)
    for table, column in (("alembic_version", "version_num"), ("about", "schema_version")):
        if there.has_table(table):
            version = connection.scalar(sa.select(sa.column(column)).select_from(sa.table(table)))
            return _NONE if version is None else str(version)
    return _NONE


def _upgrade(connection: sa.Connection, found: str, to: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.util import CommandError

    script = _revisions()
    for one in (found, to):
        if one not in (_NONE, *_BEFORE):
            try:
                script.get_revision(one)
            except CommandError:
                raise UnknownRevision(one) from None
    with EnvironmentContext(Config(), script) as environment:
        environment.configure(
            connection=connection, fn=lambda now, _: script._upgrade_revs(to, now)
        )
        environment.run_migrations()
    from autoqa.store import upgrades  # they need the tables, which need this

    if found == _BEFORE[0]:
        upgrades.put_overview(connection)
    if found in (*_BEFORE, _UNMASKED):
        upgrades.mask_calls(connection)
    if found in (*_BEFORE, _UNMASKED, _UNSURVEYED):
        upgrades.put_survey(connection)
    if found in _BEFORE or _NONE < found <= _UNTOLD:
        upgrades.put_traits(connection)


@cache
def _revisions() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_FOLDER))
