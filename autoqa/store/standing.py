"""Where each call stands: what lists, filters, queues and figures read instead of scorecards.

One row for a call, by the scorecard that was put last and the reviews of it, and one for each of
its findings. Written in the transaction that changes either, so they never disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from autoqa.scoring.reviewed import Reviewed, reviewed
from autoqa.store import issue_rows, review_rows, survey_rows, trait_rows
from autoqa.store.alert_rows import ranks_of
from autoqa.store.database import Instant, Number, metadata, upsert
from autoqa.store.days import forget_days
from autoqa.store.rule_names import put_rules
from autoqa.store.worth import appeal_state, certainty, worth
from autoqa.survey.answers import answers_of
from autoqa.survey.facts import facts_of
from autoqa.survey.traits import traits_of
from autoqa.types import Call, Contact, Event, EventKind, Finding, Outcome, Review, Scorecard

NO_SCORE = -1.0
"""Where a call without a score stands when calls are put in order of it."""

overview = sa.Table(
    "overview",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, unique=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("hearing", sa.String(64), nullable=False),
    sa.Column("scorecard_id", Number, nullable=False),
    sa.Column("rule_set_version", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("scored_at", Instant, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("agent_name", sa.Text),
    sa.Column("team", sa.Text),
    sa.Column("direction", sa.String(32)),
    sa.Column("queue", sa.Text),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("form_name", sa.Text, nullable=False),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("machine_score", sa.Float),
    sa.Column("machine_low", sa.Float),
    sa.Column("machine_high", sa.Float),
    sa.Column("score", sa.Float),
    sa.Column("low", sa.Float),
    sa.Column("high", sa.Float),
    sa.Column("score_order", sa.Float, nullable=False),
    sa.Column("passed", sa.Boolean),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("fatal", sa.Boolean, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("undetermined", sa.Integer, nullable=False),
    sa.Column("certainty", sa.Float, nullable=False),
    sa.Column("alert", sa.Integer, nullable=False),
    sa.Column("reviewed", sa.String(8), nullable=False),
    sa.Column("appeal", sa.String(8), nullable=False),
    sa.Column("worth", sa.Integer, nullable=False),
    sa.Column("hold_count", sa.Integer),
    sa.Column("hold_ms", sa.Integer),
    sa.Column("longest_hold_ms", sa.Integer),
    sa.Column("dead_air_count", sa.Integer),
    sa.Column("dead_air_ms", sa.Integer),
    sa.Column("longest_dead_air_ms", sa.Integer),
    sa.Column("talk_over_count", sa.Integer),
    sa.Column("talk_over_ms", sa.Integer),
    sa.Index("overview_by_time", "at", "id"),
    sa.Index("overview_by_score", "score_order", "id"),
    sa.Index("overview_by_duration", "duration_ms", "id"),
    sa.Index("overview_by_worth", "worth", "at", "id"),
    sa.Index("overview_by_agent", "agent_id", "at", "id"),
    sa.Index("overview_by_team", "team", "at", "id"),
    sa.Index("overview_by_day", "day"),
    sa.Index("overview_by_review", "reviewed", "at", "id"),
    sa.Index("overview_by_appeal", "appeal", "at", "id"),
    sa.Index("overview_by_undetermined", "undetermined", "at", "id"),
)
"""``score``, ``low``, ``high`` and all outcomes are final: with what people said. ``at``: when the
call began, else when it was scored; ``day``: of it, as the bank's calendar has it."""

overview_findings = sa.Table(
    "overview_findings",
    metadata,
    sa.Column("overview_id", Number, primary_key=True),
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("machine_outcome", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("lost", sa.Float, nullable=False),
    sa.Column("trial", sa.Boolean, nullable=False),
    # Each holds all that is asked of very many findings, so that the rows need not be read.
    sa.Index(
        "overview_findings_by_rule",
        *("rule_id", "outcome", "day", "overview_id", "machine_outcome", "trial", "lost"),
    ),
    sa.Index(
        "overview_findings_by_day",
        *("day", "rule_id", "outcome", "machine_outcome", "trial", "lost"),
    ),
)


@dataclass(frozen=True, slots=True)
class Before:
    """The findings, by rule id, of a scorecard that was made of this very call before, and the
    scorecard's id; nothing where there is none."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    scorecard_id: int = 0


class Put(NamedTuple):
    """A call as it was interpreted, the scorecard that it stands by from now on, and how that is
    kept: ``scorecard_id``, ``recording_id``, ``hearing``, ``scored_at``. Of a call that stands by
    what was ``before``, nothing is written but what is another since."""

    contact: Contact
    call: Call
    scorecard: Scorecard
    stored: Mapping[str, Any]
    before: Before = Before()


def put_calls(connection: sa.Connection, puts: Sequence[Put]) -> None:
    """Calls as they stand by their scorecards and what people said before; of a call that is there
    twice, the last."""
    latest = {put.contact.call_id: put for put in puts}
    by_call = {call_id: latest[call_id] for call_id in sorted(latest)}
    hold_calls(connection, by_call)
    reviews = review_rows.of_calls(connection, list(by_call))
    ranks = ranks_of(connection, list(by_call))
    said: dict[str, Reviewed] = {}
    rows: dict[str, dict[str, Any]] = {}
    for call_id, (contact, call, scorecard, stored, _) in by_call.items():
        about = reviews.get(call_id, [])
        said[call_id] = reviewed(scorecard, about)
        rows[call_id] = {
            **stored,
            **_of_contact(contact, contact.started_at or stored["scored_at"]),
            "duration_ms": call.duration_ms,
            "alert": ranks.get(call_id, 0),
            **_measures(call),
            **_of_scorecards(said[call_id], about),
        }
    stood = _places(connection, list(rows))
    moved = {call_id for call_id, place in stood.items() if rows[call_id]["day"] != place.day}
    if rows:
        upsert(connection, overview, list(rows.values()), ("call_id",))
    same = {
        call_id: put
        for call_id, put in by_call.items()
        if call_id not in moved | reviews.keys() and _stands_by(stood.get(call_id), put)
    }
    others = {call_id: put for call_id, put in by_call.items() if call_id not in same}
    _put_told(connection, others, said)
    _put_findings(connection, {one: said[one] for one in others}, moved)
    if changed := {rule_id for put in same.values() for rule_id in _changed(put)}:
        _put_findings(connection, {one: said[one] for one in same}, only=changed)
    forget_days(connection, [*(one.day for one in stood.values()), *(rows[c]["day"] for c in rows)])


def _put_told(
    connection: sa.Connection, puts: Mapping[str, Put], said: Mapping[str, Reviewed]
) -> None:
    """What is told of calls beside their scores."""
    places = _places(connection, list(puts))
    by_number = {places[one].number: (said[one].final, put) for one, put in puts.items()}
    answered = {one: answers_of(final, put.call) for one, (final, put) in by_number.items()}
    facts, traits = {}, {}
    for one, (_, put) in by_number.items():
        facts[one] = facts_of(put.call, put.contact)
        traits[one] = traits_of(put.call, put.contact, answered[one])
    survey_rows.put(connection, facts)
    survey_rows.put_answers(connection, answered)
    trait_rows.put(connection, traits)


def _stands_by(place: _Place | None, put: Put) -> bool:
    """Whether a call stands by what was before, and the survey is told nothing else of it."""
    if place is None or place.scorecard_id != put.before.scorecard_id:
        return False
    was = replace(put.scorecard, findings=tuple(put.before.findings.values()))
    return answers_of(put.scorecard) == answers_of(was)


def _changed(put: Put) -> set[str]:
    """The rules of findings that were not taken from before, or are gone."""
    was, now = put.before.findings, {one.rule_id: one for one in put.scorecard.findings}
    return {rule_id for rule_id in {*was, *now} if was.get(rule_id) is not now.get(rule_id)}


def _of_contact(contact: Contact, moment: datetime) -> dict[str, Any]:
    return {
        "call_id": contact.call_id,
        "file": contact.file,
        "at": moment,
        "day": moment.date(),
        "started_at": contact.started_at,
        "agent_id": contact.agent_id,
        "agent_name": contact.agent_name,
        "team": contact.team,
        "direction": contact.direction,
        "queue": contact.queue,
    }


def hold_calls(connection: sa.Connection, call_ids: Collection[str]) -> None:
    """Until the end of the transaction nobody else changes where these calls stand. Everybody
    holds calls in one order, so that no two wait for one another."""
    held = sa.select(overview.c.id).where(overview.c.call_id.in_(call_ids))
    connection.execute(held.order_by(overview.c.call_id).with_for_update())


def put_reviews(connection: sa.Connection, call_id: str, scorecard: Scorecard) -> None:
    """The call as it stands after what was just said. ``scorecard``: the one it stands by."""
    reviews = review_rows.of_call(connection, call_id)
    said = reviewed(scorecard, reviews)
    same = overview.c.call_id == call_id
    connection.execute(overview.update().where(same).values(**_of_scorecards(said, reviews)))
    _put_findings(connection, {call_id: said})
    (place,) = _places(connection, [call_id]).values()
    if answered := answers_of(said.final):
        survey_rows.judge_answers(connection, place.number, answered)
    forget_days(connection, [place.day])


def remove(connection: sa.Connection, call_ids: Sequence[str]) -> None:
    """Nothing is left of the calls but what their rules are called, and the problems that they
    showed."""
    hold_calls(connection, call_ids)
    places = _places(connection, call_ids).values()
    numbers = [place.number for place in places]
    table = overview_findings
    connection.execute(table.delete().where(table.c.overview_id.in_(numbers)))
    survey_rows.remove(connection, numbers)
    trait_rows.remove(connection, numbers)
    issue_rows.forget(connection, call_ids)
    connection.execute(overview.delete().where(overview.c.id.in_(numbers)))
    forget_days(connection, [place.day for place in places])


def _measures(call: Call) -> dict[str, int | None]:
    """None for a kind of event that nobody listened for: unknown, not zero."""
    made: dict[str, int | None] = {}
    for kind in (EventKind.HOLD, EventKind.DEAD_AIR, EventKind.TALK_OVER):
        events = [event for event in call.events if event.kind == kind]
        lengths = [event.duration_ms for event in events] if _is_known(call, kind, events) else None
        made[f"{kind.value}_count"] = None if lengths is None else len(lengths)
        made[f"{kind.value}_ms"] = None if lengths is None else sum(lengths)
        if kind != EventKind.TALK_OVER:
            longest = None if lengths is None else max(lengths, default=0)
            made[f"longest_{kind.value}_ms"] = longest
    return made


def _is_known(call: Call, kind: EventKind, events: Sequence[Event]) -> bool:
    return kind in call.heard or bool(events)


def _of_scorecards(said: Reviewed, reviews: Sequence[Review]) -> dict[str, Any]:
    machine, final = said.machine, said.final
    agent = final.agent
    outcomes = [finding.outcome for finding in final.counted]
    return {
        "rule_set_version": machine.rule_set_version,
        "form": machine.form,
        "form_name": machine.form_name or machine.form,
        "machine_score": _float(machine.agent.score),
        "machine_low": _float(machine.agent.low),
        "machine_high": _float(machine.agent.high),
        "score": _float(agent.score),
        "low": _float(agent.low),
        "high": _float(agent.high),
        "score_order": NO_SCORE if agent.score is None else float(agent.score),
        "passed": final.passed,
        "provisional": final.provisional,
        "fatal": bool(final.fatal_rule_ids),
        "failed": outcomes.count(Outcome.FAILED),
        "undetermined": outcomes.count(Outcome.UNDETERMINED),
        "certainty": certainty(final.counted),
        "reviewed": said.state.value,
        "appeal": appeal_state(reviews).value,
        "worth": worth(said, reviews).value,
    }


class _Place(NamedTuple):
    number: int
    day: date
    scorecard_id: int


def _places(connection: sa.Connection, call_ids: Sequence[str]) -> dict[str, _Place]:
    """Each call that stands somewhere."""
    columns = overview.c.call_id, overview.c.id, overview.c.day, overview.c.scorecard_id
    rows = connection.execute(sa.select(*columns).where(overview.c.call_id.in_(call_ids)))
    return {call_id: _Place(*place) for call_id, *place in rows}


_FINDING = "overview_id", "rule_id"
_JUDGED = "machine_outcome", "outcome", "lost", "trial"


def _put_findings(
    connection: sa.Connection,
    said: Mapping[str, Reviewed],
    moved: Collection[str] = (),
    only: Collection[str] | None = None,
) -> None:
    """Writes what is another than it was, and no more. ``moved``: calls of another day than
    before. ``only``: the rules of which anything may be another; None: of all."""
    table = overview_findings
    places = _places(connection, list(said))
    now = {
        (places[call_id].number, final.rule_id): (
            machine.outcome.value,
            final.outcome.value,
            float(final.points_lost),
            final.trial,
        )
        for call_id, one in said.items()
        for machine, final in zip(one.machine.findings, one.final.findings, strict=True)
        if only is None or final.rule_id in only
    }
    days = {place.number: place.day for place in places.values()}
    before = _findings_of(connection, list(days), only)
    anew = {places[call_id].number for call_id in moved}
    gone = [key for key, was in before.items() if key[0] in anew or now.get(key) != was]
    if gone:
        same = (table.c[name] == sa.bindparam(f"the_{name}") for name in _FINDING)
        keys = [
            {f"the_{name}": part for name, part in zip(_FINDING, key, strict=True)} for key in gone
        ]
        connection.execute(table.delete().where(*same), keys)
    fresh = now.keys() - (before.keys() - gone)
    if fresh:
        names = (*_FINDING, *_JUDGED)
        rows = [
            dict(zip(names, (*key, *now[key]), strict=True), day=days[key[0]])
            for key in sorted(fresh)
        ]
        connection.execute(table.insert(), rows)
    findings = (one for each in said.values() for one in each.final.findings)
    put_rules(connection, (one for one in findings if only is None or one.rule_id in only))


def _findings_of(
    connection: sa.Connection, numbers: Sequence[int], only: Collection[str] | None
) -> dict[tuple[int, str], tuple[str, str, float, bool]]:
    columns = [overview_findings.c[name] for name in (*_FINDING, *_JUDGED)]
    query = sa.select(*columns).where(overview_findings.c.overview_id.in_(numbers))
    if only is not None:
        query = query.where(overview_findings.c.rule_id.in_(only))
    return {
        (number, rule_id): (machine, outcome, lost, trial)
        for number, rule_id, machine, outcome, lost, trial in connection.execute(query)
    }


def _float(score: Decimal | None) -> float | None:
    return None if score is None else float(score)
