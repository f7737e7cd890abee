"""Changes of rules that somebody proposes and somebody else approves or returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.store.database import Database, Instant, Number, metadata
from autoqa.store.drafts import Edit


class ProposalState(StrEnum):
    """``RETURNED``: by whom it was to be approved; ``WITHDRAWN``: by whom it was made."""

    OPEN = "open"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


_table = sa.Table(
    "rule_proposals",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("remark", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class _Content:
    reason: str
    edits: Mapping[str, Edit]


@dataclass(frozen=True, slots=True)
class _Remark:
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """``edits``: by file. ``remark``: of whoever decided."""

    id: int
    author: str
    reason: str
    proposed_at: datetime
    edits: Mapping[str, Edit]
    state: ProposalState = ProposalState.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    remark: str = ""


class Proposals:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, author: str, reason: str, edits: Mapping[str, Edit]) -> Proposal:
        at = datetime.now(UTC)
        row = {
            "author": author,
            "proposed_at": at,
            "state": ProposalState.OPEN.value,
            "decided_by": "",
            "content": encode(_Content(reason, edits)),
            "remark": encode(_Remark("")),
        }
        with self._database.begin() as connection:
            key = connection.execute(_table.insert().values(**row)).inserted_primary_key
        return Proposal(int(key[0]) if key else 0, author, reason, at, edits)

    def find(self, id_: int) -> Proposal | None:
        found = self._found(sa.select(_table).where(_table.c.id == id_))
        return found[0] if found else None

    def all(self, state: ProposalState | None = None, limit: int = 100) -> list[Proposal]:
        """The latest first; ``state``: only these."""
        query = sa.select(_table).order_by(_table.c.id.desc()).limit(limit)
        return self._found(query if state is None else query.where(_table.c.state == state.value))

    def count(self, state: ProposalState) -> int:
        query = sa.select(sa.func.count()).where(_table.c.state == state.value)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def decide(self, id_: int, state: ProposalState, by: str, remark: str = "") -> bool:
        """Whether it was open until now, and is what ``state`` says from now on."""
        is_open = sa.and_(_table.c.id == id_, _table.c.state == ProposalState.OPEN.value)
        row = {
            "state": state.value,
            "decided_by": by,
            "decided_at": datetime.now(UTC),
            "remark": encode(_Remark(remark)),
        }
        with self._database.begin() as connection:
            return connection.execute(_table.update().where(is_open).values(**row)).rowcount == 1

    def _found(self, query: sa.Select[Any]) -> list[Proposal]:
        with self._database.reading() as connection:
            return [_proposal(row._mapping) for row in connection.execute(query)]


def _proposal(row: Mapping[Any, Any]) -> Proposal:
    content = decode(_Content, row["content"])
    return Proposal(
        row["id"],
        row["author"],
        content.reason,
        row["proposed_at"],
        content.edits,
        ProposalState(row["state"]),
        row["decided_by"],
        row["decided_at"],
        decode(_Remark, row["remark"]).text,
    )
