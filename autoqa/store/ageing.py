"""Which recordings, words and scorecards are older than they are to be kept.

A call is as old as the day it began, else as its scorecard; one without a scorecard, as its job.
What somebody waits for or works on is never old.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from autoqa.codec import decode
from autoqa.store.database import Database, metadata
from autoqa.store.deliveries import deliveries
from autoqa.store.job_rows import jobs
from autoqa.store.recordings import recordings
from autoqa.store.standing import overview
from autoqa.types import Contact, DeliveryState, JobState

BATCH = 200
"""So many go in one transaction."""

_UNDONE = [JobState.WAITING.value, JobState.RUNNING.value]
_OPEN = jobs.c.state.in_(_UNDONE)


class Ageing:
    """``Ageing(store).recordings(before)``: of each the next few."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recordings(self, before: datetime) -> list[str]:
        """Ids of recordings whose files are known."""
        return self._due(recordings.c.recording_id, before)

    def words(self, before: datetime) -> list[str]:
        """Ids of recordings of which there is what was heard."""
        return self._due(metadata.tables["calls"].c.recording_id, before)

    def calls(self, before: datetime) -> dict[str, str]:
        """Ids of calls, and of their recordings."""
        scored, unscored = _calls(before)
        with self._database.reading() as connection:
            found = connection.execute(scored).all() or connection.execute(unscored).all()
        return {row.call_id: row.recording_id for row in found}

    def contacts(self, recording_ids: list[str], call_ids: list[str]) -> list[Contact]:
        """The calls of these recordings or ids, as the bank knows them."""
        table = metadata.tables["contacts"].c
        asked = table.recording_id.in_(recording_ids) | table.call_id.in_(call_ids)
        with self._database.reading() as connection:
            rows = connection.scalars(sa.select(table.contact).where(asked))
            return [decode(Contact, row) for row in rows]

    def delete_deliveries(self, before: datetime) -> None:
        """What other systems were told of calls before then."""
        over = deliveries.c.state != DeliveryState.WAITING.value
        with self._database.begin() as connection:
            connection.execute(deliveries.delete().where(over, deliveries.c.made_at < before))

    def _due(self, recording_id: sa.Column[str], before: datetime) -> list[str]:
        """A recording is as old as the youngest call that has it."""
        scored = overview.c.recording_id == recording_id
        asked = jobs.c.recording_id == recording_id
        query = (
            sa.select(recording_id)
            .where(
                ~sa.exists().where(asked, _OPEN),
                ~sa.exists().where(scored, overview.c.at >= before),
                sa.exists().where(scored)
                | (
                    sa.exists().where(asked)
                    & ~sa.exists().where(asked, jobs.c.submitted_at >= before)
                ),
            )
            .distinct()
            .limit(BATCH)
        )
        with self._database.reading() as connection:
            return list(connection.scalars(query))


def _calls(before: datetime) -> tuple[sa.Select[tuple[str, str]], sa.Select[tuple[str, str]]]:
    """Those that stand somewhere, and those that never came so far."""
    is_open = sa.exists().where(jobs.c.call_id == overview.c.call_id, _OPEN)
    scored = sa.select(overview.c.call_id, overview.c.recording_id)
    scored = scored.where(overview.c.at < before, ~is_open).order_by(overview.c.at).limit(BATCH)
    other = jobs.alias()
    again = sa.exists().where(
        other.c.call_id == jobs.c.call_id,
        (other.c.submitted_at >= before) | other.c.state.in_(_UNDONE),
    )
    stands = sa.exists().where(overview.c.call_id == jobs.c.call_id)
    unscored = sa.select(jobs.c.call_id, jobs.c.recording_id)
    unscored = unscored.where(jobs.c.submitted_at < before, ~again, ~stands).limit(BATCH)
    return scored, unscored
