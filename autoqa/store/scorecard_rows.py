"""The rows of scorecards: added, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode
from autoqa.store.database import Instant, Number, insert_new, metadata
from autoqa.store.standing import overview
from autoqa.types import Scorecard

_SCORED = "call_id", "recording_id", "hearing", "rule_set_version", "digest"
scorecards = sa.Table(
    "scorecards",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("recording_id", sa.String(64), nullable=False),
    sa.Column("hearing", sa.String(64), nullable=False),
    sa.Column("rule_set_version", sa.String(64), nullable=False, index=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("scored_at", Instant, nullable=False),
    sa.Column("scorecard", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint(*_SCORED),
)


def current_scorecard(connection: sa.Connection, call_id: str) -> Scorecard | None:
    """The scorecard that a call stands by, or None where there is no such call."""
    query = (
        sa.select(scorecards.c.scorecard)
        .join(overview, overview.c.scorecard_id == scorecards.c.id)
        .where(overview.c.call_id == call_id)
    )
    data = connection.scalar(query)
    return None if data is None else decode(Scorecard, data)


def current_scorecards(connection: sa.Connection, call_ids: Sequence[str]) -> dict[str, Scorecard]:
    """The same of several calls, by call."""
    query = (
        sa.select(overview.c.call_id, scorecards.c.scorecard)
        .join(overview, overview.c.scorecard_id == scorecards.c.id)
        .where(overview.c.call_id.in_(call_ids))
    )
    return {call_id: decode(Scorecard, data) for call_id, data in connection.execute(query)}


def add(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The ids of scorecards, which are written unless they are there already."""
    known = _ids_of(connection, rows)
    new = {key: row for row in rows if (key := _key(row)) not in known}
    if new:
        # In one order, so that no two who write the same wait for one another.
        insert_new(connection, scorecards, [new[key] for key in sorted(new)])
        known |= _ids_of(connection, list(new.values()))
    return [known[_key(row)] for row in rows]


def _ids_of(
    connection: sa.Connection, rows: Sequence[dict[str, Any]]
) -> dict[tuple[Any, ...], int]:
    columns = [scorecards.c[name] for name in _SCORED]
    wanted = (
        scorecards.c[name].in_({row[name] for row in rows})
        for name in ("call_id", "rule_set_version")
    )
    query = sa.select(scorecards.c.id, *columns).where(*wanted)
    return {tuple(key): id_ for id_, *key in connection.execute(query)}


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _SCORED)
