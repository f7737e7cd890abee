"""What makes an older store one of this version, once, when it is opened."""

from __future__ import annotations

import sqlalchemy as sa

from autoqa.codec import decode
from autoqa.store.database import UPGRADES, Instant, metadata
from autoqa.store.standing import put_calls
from autoqa.types import Call, Contact, Scorecard


def put_overview(connection: sa.Connection) -> None:
    """From 1 to 2: where each call stands, by its latest scorecard."""
    from autoqa.events import interpret

    calls, contacts, cards = (metadata.tables[n] for n in ("calls", "contacts", "scorecards"))
    heard = sa.and_(
        calls.c.recording_id == cards.c.recording_id, calls.c.hearing == cards.c.hearing
    )
    query = (
        sa.select(
            cards.c.id,
            cards.c.recording_id,
            cards.c.hearing,
            sa.type_coerce(cards.c.scored_at, Instant).label("scored_at"),
            cards.c.scorecard,
            contacts.c.contact,
            calls.c.call,
        )
        .join(contacts, contacts.c.call_id == cards.c.call_id)
        .join(calls, heard)
    )
    latest = sa.select(sa.func.max(cards.c.id)).group_by(cards.c.call_id)
    for number in connection.scalars(latest).all():
        row = connection.execute(query.where(cards.c.id == number)).first()
        if row is None:  # its recording was removed
            continue
        contact = decode(Contact, row.contact)
        call = interpret(decode(Call, row.call), contact)
        stored = {
            "scorecard_id": row.id,
            "recording_id": row.recording_id,
            "hearing": row.hearing,
            "scored_at": row.scored_at,
        }
        scorecard = decode(Scorecard, row.scorecard)
        put_calls(connection, [(contact, call, scorecard, stored)])


def drop_readings(connection: sa.Connection) -> None:
    """From 2 to 3: what follows from calls is kept otherwise, and made anew."""
    connection.execute(sa.text("DROP TABLE IF EXISTS readings"))


UPGRADES[1] = put_overview
UPGRADES[2] = drop_readings
