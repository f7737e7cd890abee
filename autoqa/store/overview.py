"""``Overview``: the calls as they stand, thousands of them, a page at a time.

Pages go on from the last row of the one before (keyset), so the hundredth costs what the first
does, and a call that arrives meanwhile moves nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.store.database import Database, Instant
from autoqa.store.days import rows_by_day
from autoqa.store.rule_names import overview_rules
from autoqa.store.standing import NO_SCORE, overview, overview_findings
from autoqa.store.survey_rows import answers, facts
from autoqa.types import AppealState, Outcome, ReviewState, Worth

_NO_CURSOR = N_("this cursor is not one that an earlier page gave; begin at the first page")

MOST_ROWS = 1000
"""In one page."""


class Sort(StrEnum):
    """What calls may be put in order of."""

    TIME = "time"
    SCORE = "score"
    DURATION = "duration"
    WORTH = "worth"


class Trouble(StrEnum):
    """What a caller met, of the survey's six problems."""

    LATE = "late"
    DEEP = "deep"
    AD = "ad"
    HELD = "held"
    LONG = "long"
    WRONG = "wrong"


_TROUBLES: dict[Trouble, sa.ColumnElement[bool]] = {
    Trouble.LATE: facts.c.in_time.is_(False),
    Trouble.DEEP: facts.c.shallow.is_(False),
    Trouble.AD: facts.c.ad_count > 0,
    Trouble.HELD: facts.c.hold_count > 0,
    Trouble.LONG: facts.c.long_holds > 0,
    Trouble.WRONG: facts.c.overview_id.in_(
        sa.select(answers.c.overview_id).where(answers.c.outcome == Outcome.FAILED.value)
    ),
}

_COLUMNS: dict[Sort, tuple[sa.Column[Any], ...]] = {
    Sort.TIME: (overview.c.at,),
    Sort.SCORE: (overview.c.score_order,),
    Sort.DURATION: (overview.c.duration_ms,),
    Sort.WORTH: (overview.c.worth, overview.c.at),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls; what is left as it is lets every call through.

    ``first_day``, ``last_day``: of the call, both included. ``agent_ids``: None for all.
    ``lowest``, ``highest``: final score, both included. ``failed_rule``: id of a rule that failed
    in the end; ``passed_rule``: of one that passed; ``undetermined_rule``: of one left to a person.
    ``undetermined``, ``fatal``, ``passed``: whether it is so; a call whose verdict is open is
    neither passed nor not. ``reviewed``: any of these. ``alert``: at least this level. ``worth``:
    at least this. ``text``: a part of the call's id. ``forms``: ids. ``bank``: as the metadata name
    it. ``problem``: one of the survey's that the call has. ``without``: ids of calls.
    """

    first_day: date | None = None
    last_day: date | None = None
    teams: Collection[str] = ()
    agent_ids: Collection[str] | None = None
    lowest: float | None = None
    highest: float | None = None
    failed_rule: str = ""
    passed_rule: str = ""
    undetermined_rule: str = ""
    undetermined: bool | None = None
    fatal: bool | None = None
    passed: bool | None = None
    reviewed: Collection[ReviewState] = ()
    appeal: AppealState | None = None
    alert: int = 0
    worth: Worth = Worth.NOTHING
    text: str = ""
    directions: Collection[str] = ()
    forms: Collection[str] = ()
    bank: str = ""
    problem: Trouble | None = None
    without: Collection[str] = ()

    @property
    def tells(self) -> bool:
        """Whether who learns that a call is among these learns what was found in it: they are
        chosen by more than when, whose and which call it is."""
        known = {name: getattr(ALL, name) for name in _NOT_FOUND}
        return replace(self, **known) != ALL


_NOT_FOUND = (
    "first_day", "last_day", "teams", "agent_ids", "text", "directions", "forms", "bank", "without",
)  # fmt: skip
ALL = Filter()


@dataclass(frozen=True, slots=True)
class Standing:
    """A call as it stands. ``score``, ``low``, ``high`` (0 to 100, None without a score), verdict
    and counts are final, with what people said; ``machine_…`` without.

    ``at``: when it began, else when it was scored; ``day``: of it in the bank's calendar.
    ``certainty``: of the least sure words by which something failed, 1 where nothing did.
    ``fatal``: a fatal rule failed. ``failed``, ``undetermined``: findings. Counts and lengths of
    holds, silences and talk-overs are None where nobody listened for them.
    """

    call_id: str
    file: str
    recording_id: str
    hearing: str
    scorecard_id: int
    rule_set_version: str
    at: datetime
    day: date
    started_at: datetime | None
    scored_at: datetime
    agent_id: str | None
    agent_name: str | None
    team: str | None
    direction: str | None
    queue: str | None
    form: str
    form_name: str
    duration_ms: int
    machine_score: float | None
    machine_low: float | None
    machine_high: float | None
    score: float | None
    low: float | None
    high: float | None
    passed: bool | None
    provisional: bool
    fatal: bool
    failed: int
    undetermined: int
    certainty: float
    alert: int
    reviewed: ReviewState
    appeal: AppealState
    worth: Worth
    hold_count: int | None
    hold_ms: int | None
    longest_hold_ms: int | None
    dead_air_count: int | None
    dead_air_ms: int | None
    longest_dead_air_ms: int | None
    talk_over_count: int | None
    talk_over_ms: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """``next``: where the next page begins; None on the last."""

    rows: tuple[Standing, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RuleName:
    """A rule that some scorecard has a finding of, as it was called last."""

    rule_id: str
    name: str
    section: str
    counts_for: str
    fatal: bool


class Overview:
    """Reads where calls stand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        chosen: Filter = ALL,
        *,
        sort: Sort = Sort.TIME,
        descending: bool = True,
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """A page of the chosen calls. ``after``: ``Page.next`` of the page before.

        Raises ``UsageError`` for a cursor that is none, or of another order.
        """
        limit = max(1, min(limit, MOST_ROWS))
        columns = (*_COLUMNS[sort], overview.c.id)
        query = _SELECTED.add_columns(*columns).where(*conditions(chosen))
        if after is not None:
            place = sa.tuple_(*columns)
            values = sa.tuple_(
                *(
                    sa.literal(value, column.type)
                    for column, value in zip(columns, _read_cursor(after, columns), strict=True)
                )
            )
            query = query.where(place < values if descending else place > values)
        order = [column.desc() if descending else column.asc() for column in columns]
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
        full = len(rows) > limit
        rows = rows[:limit]
        cursor = _cursor(rows[-1][-len(columns) :]) if full else None
        return Page(tuple(_standing(row) for row in rows), cursor)

    def count(self, chosen: Filter = ALL) -> int:
        """How many calls these are."""
        query = sa.select(sa.func.count()).select_from(overview).where(*conditions(chosen))
        with self._database.reading() as connection:
            return int(connection.scalar(query) or 0)

    def call(self, call_id: str) -> Standing | None:
        """One call, or None where none of this id was scored."""
        query = _SELECTED.where(overview.c.call_id == call_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _standing(row)

    def teams(self) -> list[str]:
        """Every team that has calls, by name."""
        return self._distinct(overview.c.team)

    def agent_ids(self) -> list[str]:
        """Every agent who has calls, by id."""
        return self._distinct(overview.c.agent_id)

    def rules(self) -> list[RuleName]:
        """Every rule that some finding is of, by section and name."""
        table = overview_rules
        query = sa.select(table).order_by(table.c.counts_for, table.c.section, table.c.name)
        with self._database.reading() as connection:
            return [RuleName(**row._asdict()) for row in connection.execute(query)]

    def _distinct(self, column: sa.Column[Any]) -> list[str]:
        return [name for (name,) in distinct(self._database, column) if name is not None]


def distinct(database: Database, *columns: sa.Column[Any]) -> list[tuple[Any, ...]]:
    """What calls have in these columns, each once, in order."""
    query = sa.select(*columns).group_by(*columns)
    found = {tuple(row) for _, row in rows_of(database, query, overview.c.day, ALL)}
    return sorted(found, key=lambda row: [str(value) for value in row])


def of_any_day(chosen: Filter) -> Filter:
    """The filter but for its days."""
    return replace(chosen, first_day=None, last_day=None)


def rows_of(
    database: Database, query: sa.Select[Any], day: sa.ColumnElement[date], chosen: Filter
) -> list[tuple[date, Sequence[Any]]]:
    """``rows_by_day`` of the chosen days. ``query``: with the rest of the filter. Sums over many
    calls are kept, those over an agent's or of a search are soon counted."""
    wide = replace(of_any_day(chosen), teams=(), directions=(), forms=(), bank="") == ALL
    return rows_by_day(database, query, day, chosen.first_day, chosen.last_day, keep=wide)


def conditions(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    """The filter as conditions on ``overview``."""
    table, found = overview.c, _of_numbers(chosen)
    if chosen.teams:
        found.append(table.team.in_(chosen.teams))
    if chosen.directions:
        found.append(table.direction.in_(chosen.directions))
    if chosen.forms:
        found.append(table.form.in_(chosen.forms))
    if chosen.agent_ids is not None:
        found.append(table.agent_id.in_(chosen.agent_ids))
    if chosen.reviewed:
        found.append(table.reviewed.in_([state.value for state in chosen.reviewed]))
    if chosen.appeal is not None:
        found.append(table.appeal == chosen.appeal.value)
    if chosen.text:
        # Looked for in the index of ids, which is far smaller than the rows.
        other = overview.alias()
        has_it = sa.func.lower(other.c.call_id).contains(chosen.text.lower(), autoescape=True)
        found.append(table.id.in_(sa.select(other.c.id).where(has_it)))
    told = [facts.c.bank == chosen.bank] if chosen.bank else []
    told += [_TROUBLES[chosen.problem]] if chosen.problem else []
    if told:
        found.append(table.id.in_(sa.select(facts.c.overview_id).where(*told)))
    for rule_id, outcome in (
        (chosen.failed_rule, Outcome.FAILED),
        (chosen.passed_rule, Outcome.PASSED),
        (chosen.undetermined_rule, Outcome.UNDETERMINED),
    ):
        if rule_id:
            rule = overview_findings.c
            of_rule = sa.select(rule.overview_id)
            of_rule = of_rule.where(rule.rule_id == rule_id, rule.outcome == outcome.value)
            found.append(table.id.in_(of_rule))
    return found


def _of_numbers(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    table = overview.c
    limits = (
        (chosen.first_day, table.day.__ge__),
        (chosen.last_day, table.day.__le__),
        (chosen.lowest, table.score_order.__ge__),
        (chosen.highest, table.score_order.__le__),
        (chosen.alert or None, table.alert.__ge__),
        (chosen.worth or None, table.worth.__ge__),
        (chosen.fatal, table.fatal.is_),
        (chosen.passed, table.passed.is_),
    )
    found = [compare(limit) for limit, compare in limits if limit is not None]
    if chosen.without:
        found.append(table.call_id.not_in(chosen.without))
    if chosen.highest is not None or chosen.lowest is not None:
        found.append(table.score_order > NO_SCORE)
    # A day of the bank lies within these times whatever its zone, and calls are in order of time.
    if chosen.first_day is not None:
        found.append(table.at >= _midnight(chosen.first_day) - timedelta(hours=14))
    if chosen.last_day is not None:
        found.append(table.at < _midnight(chosen.last_day) + timedelta(hours=24 + 12))
    if chosen.undetermined is not None:
        some = table.undetermined > 0
        found.append(some if chosen.undetermined else sa.not_(some))
    return found


def _midnight(day: date) -> datetime:
    """Of UTC; days at the ends of the calendar are as good as a year inside it."""
    inside = min(max(day, date(2, 1, 1)), date(9998, 1, 1))
    return datetime(inside.year, inside.month, inside.day, tzinfo=UTC)


_SELECTED = sa.select(*(overview.c[name] for name in Standing.__dataclass_fields__))


def _standing(row: sa.Row[Any]) -> Standing:
    values = dict(zip(Standing.__dataclass_fields__, row, strict=False))
    return Standing(
        **values
        | {
            "reviewed": ReviewState(values["reviewed"]),
            "appeal": AppealState(values["appeal"]),
            "worth": Worth(values["worth"]),
        }
    )


def _cursor(values: Sequence[Any]) -> str:
    plain = [one.isoformat() if isinstance(one, datetime) else one for one in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, columns: Collection[sa.Column[Any]]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [
            datetime.fromisoformat(value)
            if isinstance(column.type, Instant)
            else column.type.python_type(value)
            for column, value in zip(columns, values, strict=True)
        ]
    except (ValueError, TypeError, OverflowError):
        raise UsageError(_NO_CURSOR) from None
