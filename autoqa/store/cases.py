"""``Cases``: findings that supervisors have put up as examples to learn from, good or bad.

A case is about a finding of a call, and goes with the call. It is shown while the finding is what
it was put up as: passed or failed for sure. Notes and tags pass the codec.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.errors import NothingThere, ReviewRefused
from autoqa.i18n import N_
from autoqa.store.database import Database, Instant, Number, metadata
from autoqa.store.reviews import MOST_CHARACTERS
from autoqa.store.rule_names import overview_rules
from autoqa.store.standing import overview, overview_findings
from autoqa.types import AppealState, Outcome

MOST_TAGS, LONGEST_TAG = 10, 40

_NO_CASE = N_("there is no case {number}")
_NO_FINDING = N_("there is no finding of the rule {rule_id} in a call {call_id}")
_OTHER = N_("a good example has to have passed, a bad one to have failed; this one is neither")
_APPEALED = N_("an appeal about this call waits to be decided; put it up after that")
_TOO_LONG = N_("a note has at most {most} characters, and at most {tags} tags of {length} each")

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("number", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("is_good", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
    sa.Column("tags", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("call_id", "rule_id"),
    sa.Index("cases_by_rule", "rule_id", "is_good", "number"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """``by``: who put it up. ``agent_id``, ``agent_name``: of the call."""

    number: int
    call_id: str
    rule_id: str
    rule_name: str
    is_good: bool
    by: str
    at: datetime
    note: str
    tags: tuple[str, ...]
    agent_id: str | None
    agent_name: str | None


class Cases:
    """``Cases(store).put("2026-11-20/0001.wav", "greeting", by="李强")``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        call_id: str,
        rule_id: str,
        *,
        by: str,
        note: str = "",
        tags: Collection[str] = (),
        is_good: bool = True,
    ) -> Case:
        """Puts a finding up, or says something else of one that is.

        ``NothingThere`` where there is none; ``ReviewRefused`` where it is not such an example.
        """
        tags = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        note = note.strip()
        if (
            len(note) > MOST_CHARACTERS
            or len(tags) > MOST_TAGS
            or any(len(tag) > LONGEST_TAG for tag in tags)
        ):
            raise ReviewRefused(_TOO_LONG, most=MOST_CHARACTERS, tags=MOST_TAGS, length=LONGEST_TAG)
        row = {
            "is_good": is_good,
            "by": by,
            "at": datetime.now(UTC),
            "note": encode(note),
            "tags": encode(tags),
        }
        own = cases.c.call_id == call_id, cases.c.rule_id == rule_id
        with self._database.begin() as connection:
            _check(connection, call_id, rule_id, is_good=is_good)
            if not connection.execute(cases.update().where(*own).values(**row)).rowcount:
                names = {"call_id": call_id, "rule_id": rule_id}
                connection.execute(cases.insert().values(**names, **row))
        return self.found(*own)[0]

    def remove(self, number: int) -> None:
        """``NothingThere`` where there is none of this number."""
        with self._database.begin() as connection:
            gone = connection.execute(cases.delete().where(cases.c.number == number))
        if not gone.rowcount:
            raise NothingThere(_NO_CASE, number=number)

    def case(self, number: int) -> Case:
        """``NothingThere`` where there is none of this number."""
        for found in self.found(cases.c.number == number):
            return found
        raise NothingThere(_NO_CASE, number=number)

    def of_rules(self, rule_ids: Collection[str]) -> list[Case]:
        """The good ones, the newest first."""
        return self.found(cases.c.rule_id.in_(rule_ids), cases.c.is_good.is_(True))

    def all(self, *, is_good: bool | None = None) -> list[Case]:
        """The newest first."""
        return self.found(*([] if is_good is None else [cases.c.is_good.is_(is_good)]))

    def found(self, *chosen: sa.ColumnElement[bool]) -> list[Case]:
        """Those that are still what they were put up as."""
        finding, at = overview_findings.c, overview.c
        wanted = sa.case((cases.c.is_good, Outcome.PASSED.value), else_=Outcome.FAILED.value)
        query = (
            sa.select(cases, at.agent_id, at.agent_name, overview_rules.c.name.label("rule_name"))
            .join(overview, at.call_id == cases.c.call_id)
            .join(
                overview_findings,
                sa.and_(finding.overview_id == at.id, finding.rule_id == cases.c.rule_id),
            )
            .join(overview_rules, overview_rules.c.rule_id == cases.c.rule_id)
            .where(finding.outcome == wanted, *chosen)
            .where(at.appeal != AppealState.OPEN.value)
            .order_by(cases.c.number.desc())
        )
        with self._database.reading() as connection:
            return [_case(row) for row in connection.execute(query)]


def _check(connection: sa.Connection, call_id: str, rule_id: str, *, is_good: bool) -> None:
    finding = overview_findings.c
    query = (
        sa.select(finding.outcome, overview.c.appeal)
        .join(overview, overview.c.id == finding.overview_id)
        .where(overview.c.call_id == call_id, finding.rule_id == rule_id)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NothingThere(_NO_FINDING, rule_id=rule_id, call_id=call_id)
    if row.outcome != (Outcome.PASSED if is_good else Outcome.FAILED).value:
        raise ReviewRefused(_OTHER)
    if row.appeal == AppealState.OPEN.value:
        raise ReviewRefused(_APPEALED)


def _case(row: sa.Row[Any]) -> Case:
    return Case(
        number=row.number,
        call_id=row.call_id,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        is_good=row.is_good,
        by=row.by,
        at=row.at,
        note=decode(str, row.note),
        tags=tuple(decode(list[str], row.tags)),
        agent_id=row.agent_id,
        agent_name=row.agent_name,
    )
