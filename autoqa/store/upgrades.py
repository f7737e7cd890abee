"""What makes an older store one of this version, once, when it is opened."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.store import survey_rows, trait_rows
from autoqa.store.database import Instant, metadata
from autoqa.store.days import day_sums
from autoqa.store.originals import put_original
from autoqa.store.scorecard_rows import current_scorecard
from autoqa.store.standing import Put, overview, put_calls
from autoqa.survey.answers import answers_of
from autoqa.survey.facts import facts_of
from autoqa.survey.traits import traits_of
from autoqa.types import Call, Contact, Scorecard


def put_overview(connection: sa.Connection) -> None:
    """Where each call stands, by its latest scorecard: stores of version 1 did not say."""
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
        put_calls(connection, [Put(contact, call, scorecard, stored)])


def mask_calls(connection: sa.Connection) -> None:
    """Calls lose their personal data to the originals. Scorecards stay as they were made."""
    from autoqa.privacy import masked

    calls = metadata.tables["calls"]
    keys = connection.execute(sa.select(calls.c.recording_id, calls.c.hearing)).all()
    for recording_id, hearing in keys:
        same = sa.and_(calls.c.recording_id == recording_id, calls.c.hearing == hearing)
        call = decode(Call, connection.execute(sa.select(calls.c.call).where(same)).scalar_one())
        shown = masked(call)
        if shown is not call:
            put_original(connection, recording_id, hearing, call)
            connection.execute(calls.update().where(same).values(call=encode(shown)))


def put_survey(connection: sa.Connection) -> None:
    """What each call tells of the six problems: stores before 0003 did not say."""
    connection.execute(day_sums.delete())
    for number, call, contact in _stand(connection):
        survey_rows.put(connection, {number: facts_of(call, contact)})


def put_traits(connection: sa.Connection) -> None:
    """What each call tells of its line and its customer: stores before 0006 did not say."""
    for number, call, contact in _stand(connection):
        card = current_scorecard(connection, contact.call_id)
        answers = answers_of(card) if card else ()
        trait_rows.put(connection, {number: traits_of(call, contact, answers)})


def _stand(connection: sa.Connection) -> Iterator[tuple[int, Call, Contact]]:
    """Every call that stands somewhere, one at a time, but for those whose recording is gone."""
    from autoqa.events import interpret

    calls, contacts = metadata.tables["calls"], metadata.tables["contacts"]
    heard = sa.and_(
        calls.c.recording_id == overview.c.recording_id, calls.c.hearing == overview.c.hearing
    )
    query = (
        sa.select(overview.c.id, contacts.c.contact, calls.c.call)
        .join(contacts, contacts.c.call_id == overview.c.call_id)
        .join(calls, heard)
    )
    for number in connection.scalars(sa.select(overview.c.id)).all():
        row = connection.execute(query.where(overview.c.id == number)).first()
        if row is not None:
            contact = decode(Contact, row.contact)
            yield number, interpret(decode(Call, row.call), contact), contact
