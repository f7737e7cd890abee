"""Calls in which the customer complained: whose they were, and which words were said in them.

Which they are, rules of the staff tell that are decided in no other calls. A call in which such a
rule is left to a person is none: who speaks may not be known in it. Masked text only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from autoqa.store.calls import said_in
from autoqa.store.database import Database, metadata
from autoqa.store.overview import Filter, conditions
from autoqa.store.spoken_words import words_of
from autoqa.store.standing import overview, overview_findings
from autoqa.store.survey_rows import facts
from autoqa.types import Outcome

_READ = 200
"""Calls at a time."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """``about``: the queue, else the bank or hotline, as the metadata name it; may be empty."""

    call_id: str
    about: str
    words: frozenset[str]


class Complaints:
    """``Complaints(store).of(rule_ids, chosen)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, rule_ids: Collection[str], chosen: Filter) -> Iterator[Complaint]:
        """The latest first."""
        calls, finding = metadata.tables["calls"], overview_findings.c
        heard = sa.and_(
            calls.c.recording_id == overview.c.recording_id, calls.c.hearing == overview.c.hearing
        )
        decided = [Outcome.PASSED.value, Outcome.FAILED.value]
        complained = sa.select(finding.overview_id).where(
            finding.rule_id.in_(sorted(rule_ids)), finding.outcome.in_(decided)
        )
        query = (
            sa.select(overview.c.call_id, _ABOUT, calls.c.call)
            .select_from(overview)
            .join(calls, heard)
            .outerjoin(facts, facts.c.overview_id == overview.c.id)
            .where(overview.c.id.in_(complained), *conditions(chosen))
            .order_by(overview.c.at.desc(), overview.c.call_id)
        )
        with self._database.reading() as connection:
            rows = connection.execution_options(yield_per=_READ).execute(query)
            for call_id, about, data in rows:
                words = (words_of(one.text) for one in said_in(data))
                yield Complaint(call_id, about or "", frozenset[str]().union(*words))

    def calls(self, chosen: Filter) -> dict[str, int]:
        """All calls by what they are about."""
        query = (
            sa.select(_ABOUT, sa.func.count())
            .select_from(overview)
            .outerjoin(facts, facts.c.overview_id == overview.c.id)
            .where(*conditions(chosen))
            .group_by(_ABOUT)
        )
        with self._database.reading() as connection:
            found: dict[str, int] = {}
            for about, count in connection.execute(query):
                found[about or ""] = found.get(about or "", 0) + count
        return found


_ABOUT = sa.func.coalesce(sa.func.nullif(overview.c.queue, ""), facts.c.bank, "")
