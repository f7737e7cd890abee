"""Calls as they were heard, with the personal data that the calls of the store do without.

Rules are matched on these, and those who may see personal data are shown them. A call in which
there is none has no row. The rows may go before the calls do; then what is left is the masked call.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from autoqa.codec import encode
from autoqa.store.database import metadata, upsert
from autoqa.types import Call

originals = sa.Table(
    "originals",
    metadata,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("hearing", sa.String(64), primary_key=True),
    sa.Column("call", sa.LargeBinary, nullable=False),
)


def put_original(
    connection: sa.Connection, recording_id: str, hearing: str, call: Call | None
) -> None:
    """Keeps the call as it was heard; None: it is as the store's other row has it."""
    key = {"recording_id": recording_id, "hearing": hearing}
    if call is not None:
        row = key | {"call": encode(call)}
        upsert(connection, originals, row, ("recording_id", "hearing"))
        return
    same = sa.and_(*(originals.c[name] == value for name, value in key.items()))
    connection.execute(originals.delete().where(same))


def heard(calls: sa.Table, recording_id: str, hearing: str) -> sa.Select[Any]:
    """The original of a call, where there is one, else what ``calls`` has."""
    return _heard(calls, sa.func.coalesce(originals.c.call, calls.c.call)).where(
        calls.c.recording_id == recording_id, calls.c.hearing == hearing
    )


def heard_in(calls: sa.Table, recording_ids: Collection[str]) -> sa.Select[Any]:
    """The same of all calls in these recordings, after recording and hearing."""
    call = sa.func.coalesce(originals.c.call, calls.c.call)
    columns = calls.c.recording_id, calls.c.hearing, call
    return _heard(calls, *columns).where(calls.c.recording_id.in_(recording_ids))


def _heard(calls: sa.Table, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    both = sa.and_(
        originals.c.recording_id == calls.c.recording_id, originals.c.hearing == calls.c.hearing
    )
    return sa.select(*columns).select_from(calls.outerjoin(originals, both))
