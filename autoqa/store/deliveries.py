"""What other systems are to be told, until they took it or nobody tries any longer.

A delivery is written in the transaction that makes it true, so that none is forgotten. A receiver
may get one twice, where the sender died after sending: it knows it again by its id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from autoqa.store.database import Database, Instant, Number, metadata
from autoqa.types import Delivery, DeliveryKind, DeliveryState

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("number", Number, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("trouble", sa.Text, nullable=False),
    sa.Column("ended_at", Instant),
)


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: DeliveryKind, url: str, told: Mapping[str, Any]) -> None:
        """To be sent to ``url``. ``told``: ids and states, nothing that was said,
        or a report, which is masked."""
        id_, now = uuid4().hex, datetime.now(UTC)
        body = {"id": id_, "kind": kind.value, "at": now.isoformat(timespec="seconds"), **told}
        row = {
            "id": id_,
            "kind": kind.value,
            "url": url,
            "body": json.dumps(body, ensure_ascii=False),
            "state": DeliveryState.WAITING.value,
            "made_at": now,
            "attempts": 0,
            "trouble": "",
        }
        with self._database.begin() as connection:
            connection.execute(deliveries.insert(), row)

    def waiting(self, limit: int = 1000) -> list[Delivery]:
        """Those to be sent, first those that were tried least."""
        query = (
            sa.select(deliveries)
            .where(deliveries.c.state == DeliveryState.WAITING.value)
            .order_by(deliveries.c.attempts, deliveries.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def newest(self, state: DeliveryState | None = None, limit: int = 100) -> list[Delivery]:
        query = sa.select(deliveries).order_by(deliveries.c.number.desc()).limit(limit)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        with self._database.reading() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def begin(self, delivery: Delivery) -> bool:
        """One more attempt begins; False where another sender was quicker."""
        as_read = deliveries.c.attempts == delivery.attempts
        return self._set(delivery, as_read, attempts=delivery.attempts + 1)

    def sent(self, delivery: Delivery, status: int) -> None:
        """The receiver took it."""
        over = {"state": DeliveryState.SENT.value, "ended_at": datetime.now(UTC)}
        self._set(delivery, status=status, trouble="", **over)

    def missed(self, delivery: Delivery, status: int | None, trouble: str) -> None:
        """The receiver did not take it; it will be tried again."""
        self._set(delivery, status=status, trouble=trouble[:128])

    def give_up(self, delivery: Delivery, status: int | None, trouble: str) -> None:
        """The receiver did not take it, and nobody tries again."""
        over = {"state": DeliveryState.GIVEN_UP.value, "ended_at": datetime.now(UTC)}
        self._set(delivery, status=status, trouble=trouble[:128], **over)

    def _set(self, delivery: Delivery, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
        waits = deliveries.c.state == DeliveryState.WAITING.value
        same = deliveries.c.id == delivery.id
        change = deliveries.update().where(same, waits, *conditions).values(**values)
        with self._database.begin() as connection:
            return bool(connection.execute(change).rowcount)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        kind=DeliveryKind(row.kind),
        url=row.url,
        body=row.body,
        state=DeliveryState(row.state),
        made_at=row.made_at,
        attempts=row.attempts,
        status=row.status,
        trouble=row.trouble,
        ended_at=row.ended_at,
    )
