"""Calls go, with everything that is known of them.

Whatever names a call has a column ``call_id``, so a kind of rows that is added later is deleted,
too. The audit log has none: its lines outlive what they tell of.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from autoqa.store import standing
from autoqa.store.database import Database, metadata
from autoqa.store.recordings import Recordings

WORDS = ("calls", "originals", "answers")
"""The tables of what was heard in recordings."""


def delete_calls(database: Database, recordings: Recordings, calls: Mapping[str, str]) -> None:
    """Removes calls and their legs: metadata, scorecards, reviews, jobs.

    ``calls``: the ids of their recordings, by their own. What was heard in these goes, and the
    store's copy of them, unless another call has the same.
    """
    tables = metadata.sorted_tables
    of_call = [table for table in tables if "call_id" in table.c]
    of_recording = [table for table in tables if "recording_id" in table.c]
    with database.begin() as connection:
        recordings.hold(*calls.values())
        call_ids = with_legs(connection, calls)
        standing.remove(connection, call_ids)
        for table in of_call:
            connection.execute(table.delete().where(table.c.call_id.in_(call_ids)))
        left: set[str] = set()
        for table in of_call:
            if table in of_recording:
                column = table.c.recording_id
                same = sa.select(column).where(column.in_(calls.values()))
                left.update(connection.scalars(same))
        gone = sorted(set(calls.values()) - left)
        for recording_id in gone:
            recordings.delete(recording_id)
        for table in of_recording:
            connection.execute(table.delete().where(table.c.recording_id.in_(gone)))


def delete_words(
    database: Database, recordings: Recordings, recording_ids: Collection[str]
) -> None:
    """Removes what was heard in recordings, and all that follows from it but scorecards."""
    contacts, derived = metadata.tables["contacts"].c, metadata.tables["derived"]
    with database.begin() as connection:
        recordings.hold(*recording_ids)
        for name in WORDS:
            table = metadata.tables[name]
            connection.execute(table.delete().where(table.c.recording_id.in_(recording_ids)))
        of_them = sa.select(contacts.call_id).where(contacts.recording_id.in_(recording_ids))
        connection.execute(derived.delete().where(derived.c.call_id.in_(of_them)))


def with_legs(connection: sa.Connection, calls: Mapping[str, str]) -> list[str]:
    """The ids of calls, and those of their further agents' parts."""
    contacts = metadata.tables["contacts"].c
    query = sa.select(contacts.call_id, contacts.recording_id)
    rows = connection.execute(query.where(contacts.recording_id.in_(calls.values())))
    legs = [
        leg
        for leg, recording_id in rows
        if recording_id == calls.get(leg.rpartition("-leg")[0], "")
    ]
    return sorted({*calls, *legs})
