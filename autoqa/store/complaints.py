"""Calls in which the customer complained, and what they are about by their metadata.

Which they are, rules of the staff tell that are decided in no other calls. A call in which such a
rule is left to a person is none: who speaks may not be known in it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import Filter, conditions
from autoqa.store.standing import overview, overview_findings
from autoqa.store.survey_rows import facts
from autoqa.types import Outcome


@dataclass(frozen=True, slots=True)
class Complaint:
    """``about``: the queue, else the bank or hotline, as the metadata name it; may be empty."""

    call_id: str
    about: str


class Complaints:
    """``Complaints(store).of(rule_ids, chosen)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, rule_ids: Collection[str], chosen: Filter) -> list[Complaint]:
        """The latest first."""
        finding = overview_findings.c
        decided = [Outcome.PASSED.value, Outcome.FAILED.value]
        complained = sa.select(finding.overview_id).where(
            finding.rule_id.in_(sorted(rule_ids)), finding.outcome.in_(decided)
        )
        query = (
            sa.select(overview.c.call_id, _ABOUT)
            .select_from(_BOTH)
            .where(overview.c.id.in_(complained), *conditions(chosen))
            .order_by(overview.c.at.desc(), overview.c.call_id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [Complaint(call_id, about or "") for call_id, about in rows]

    def calls(self, chosen: Filter) -> dict[str, int]:
        """All calls by what they are about."""
        query = (
            sa.select(_ABOUT, sa.func.count())
            .select_from(_BOTH)
            .where(*conditions(chosen))
            .group_by(_ABOUT)
        )
        with self._database.reading() as connection:
            found: dict[str, int] = {}
            for about, count in connection.execute(query):
                found[about or ""] = found.get(about or "", 0) + count
        return found


_BOTH = overview.outerjoin(facts, facts.c.overview_id == overview.c.id)
_ABOUT = sa.func.coalesce(sa.func.nullif(overview.c.queue, ""), facts.c.bank, "")
