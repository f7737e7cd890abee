"""A call goes, with everything that is known of it.

Whatever names a call has a column ``call_id``, so a kind of rows that is added later is deleted,
too. The audit log has none: its lines outlive what they tell of.
"""

from __future__ import annotations

import sqlalchemy as sa

from autoqa.store import standing
from autoqa.store.database import Database, metadata
from autoqa.store.recordings import Recordings


def delete_call(
    database: Database, recordings: Recordings, call_id: str, recording_id: str
) -> bool:
    """Removes the call and its legs: metadata, scorecards, reviews, jobs.

    What was heard in its recording goes, and the store's copy of it, unless another call has the
    same; returns whether it went.
    """
    tables = metadata.sorted_tables
    of_call = [table for table in tables if "call_id" in table.c]
    of_recording = [table for table in tables if "recording_id" in table.c]
    with database.begin() as connection:
        recordings.hold(recording_id)
        for one in _with_legs(connection, call_id, recording_id):
            standing.remove(connection, one)
            for table in of_call:
                connection.execute(table.delete().where(table.c.call_id == one))
        for table in of_recording:
            same = sa.exists().where(table.c.recording_id == recording_id)
            if table in of_call and connection.scalar(sa.select(same)):
                return False
        recordings.delete(recording_id)
        for table in of_recording:
            connection.execute(table.delete().where(table.c.recording_id == recording_id))
    return True


def _with_legs(connection: sa.Connection, call_id: str, recording_id: str) -> list[str]:
    """The call's id and those of its further agents' parts."""
    contacts = metadata.tables["contacts"].c
    legs = sa.select(contacts.call_id).where(
        contacts.recording_id == recording_id,
        contacts.call_id.startswith(f"{call_id}-leg", autoescape=True),
    )
    return [call_id, *connection.scalars(legs)]
