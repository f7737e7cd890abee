"""Rows of reviews: added, never changed. What was said in words passes the codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.store.database import Instant, Number, metadata
from autoqa.types import Outcome, Review, ReviewKind, Settled

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("number", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("occurrence", sa.String(32), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("machine", sa.String(16)),
    sa.Column("reason", sa.LargeBinary, nullable=False),
    sa.Column("appeal", Number, unique=True),
    sa.Column("upheld", sa.Boolean),
    sa.Column("sample", Number, index=True),
    sa.Column("settled", sa.LargeBinary),
    sa.Index("reviews_by_kind", "kind", "number"),
    sa.Index("reviews_by_rule", "rule_id", "kind", "at"),
)
"""``appeal``: of a decision; unique, so that an appeal is decided once."""


def add(connection: sa.Connection, review: Review) -> Review:
    """The review with the number it got."""
    row = {
        "call_id": review.call_id,
        "rule_id": review.rule_id,
        "rule_version": review.rule_version,
        "kind": review.kind.value,
        "by": review.by,
        "at": review.at,
        "occurrence": review.occurrence,
        "outcome": review.outcome and review.outcome.value,
        "machine": review.machine and review.machine.value,
        "reason": encode(review.reason),
        "appeal": review.appeal,
        "upheld": review.upheld,
        "sample": review.sample,
        "settled": review.settled and encode(review.settled),
    }
    made = connection.execute(reviews.insert().values(**row)).inserted_primary_key
    assert made is not None
    return replace(review, number=int(made[0]))


def of_call(connection: sa.Connection, call_id: str) -> list[Review]:
    """All of a call, in the order in which they were said."""
    return found(connection, sa.select(reviews).where(reviews.c.call_id == call_id))


def of_calls(connection: sa.Connection, call_ids: Sequence[str]) -> dict[str, list[Review]]:
    """The same of several calls, by call; those of which nobody said anything are left out."""
    said: dict[str, list[Review]] = {}
    for one in found(connection, sa.select(reviews).where(reviews.c.call_id.in_(call_ids))):
        said.setdefault(one.call_id, []).append(one)
    return said


def found(connection: sa.Connection, query: sa.Select[Any]) -> list[Review]:
    """What a query of whole rows chooses, by number."""
    return [_review(row) for row in connection.execute(query.order_by(reviews.c.number))]


def _review(row: sa.Row[Any]) -> Review:
    return Review(
        number=row.number,
        call_id=row.call_id,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        kind=ReviewKind(row.kind),
        by=row.by,
        at=row.at,
        occurrence=row.occurrence,
        outcome=row.outcome and Outcome(row.outcome),
        machine=row.machine and Outcome(row.machine),
        reason=decode(str, row.reason),
        appeal=row.appeal,
        upheld=row.upheld,
        sample=row.sample,
        settled=row.settled and decode(Settled, row.settled),
    )
