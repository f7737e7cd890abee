"""What each call tells of the six problems, in rows beside the one that it stands in.

Written with that row (``standing.put_calls``) and gone with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Number, metadata
from autoqa.survey.answers import Answer
from autoqa.survey.facts import CallFacts

facts = sa.Table(
    "survey_calls",
    metadata,
    sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("answer_ms", sa.Integer),
    sa.Column("in_time", sa.Boolean),
    sa.Column("key_count", sa.Integer),
    sa.Column("shallow", sa.Boolean),
    sa.Column("menu_ms", sa.Integer),
    sa.Column("ad_count", sa.Integer),
    sa.Column("ad_ms", sa.Integer),
    sa.Column("hold_count", sa.Integer),
    sa.Column("hold_ms", sa.Integer),
    sa.Column("long_holds", sa.Integer),
    sa.Index("survey_calls_by_bank", "bank"),
)
"""What each call tells; None where nobody could hear it."""

holds = sa.Table(
    "survey_holds",
    metadata,
    sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("cause", sa.String(16), nullable=False),
)
played = sa.Table(
    "survey_played",
    metadata,
    sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("label", sa.String(8), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("path", sa.String(32), nullable=False),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("key_ms", sa.Integer),
)
answers = sa.Table(
    "survey_answers",
    metadata,
    sa.Column("overview_id", Number, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("away_ms", sa.Integer, nullable=False),
)
TABLES = (facts, holds, played, answers)


def put(connection: sa.Connection, found: Mapping[int, CallFacts]) -> None:
    """What calls tell, by their number in ``overview``; what they told before is gone."""
    remove(connection, found)
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        facts: [_facts(number, one) for number, one in found.items()],
        holds: [
            {"overview_id": number, "number": at} | {"duration_ms": h.duration_ms, "cause": h.cause}
            for number, one in found.items()
            for at, h in enumerate(one.holds or ())
        ],
        played: [
            {
                "overview_id": number,
                "number": at,
                "label": p.label,
                "name": p.name,
                "path": p.path[:32],
                "options": json.dumps(p.options, ensure_ascii=False) if p.options else "",
                "duration_ms": p.duration_ms,
                "key_ms": p.key_ms,
            }
            for number, one in found.items()
            for at, p in enumerate(one.played or ())
        ],
    }
    for table, those in rows.items():
        if those:
            connection.execute(table.insert(), those)


def put_answers(connection: sa.Connection, found: Mapping[int, Sequence[Answer]]) -> None:
    """What was answered in calls, after ``put``."""
    rows = [
        {
            "overview_id": number,
            "number": at,
            "entry": one.entry,
            "topic": one.topic,
            "outcome": one.outcome.value,
            "kind": one.kind,
            "away_ms": one.away_ms,
        }
        for number, those in found.items()
        for at, one in enumerate(those)
    ]
    if rows:
        connection.execute(answers.insert(), rows)


def judge_answers(connection: sa.Connection, number: int, found: Sequence[Answer]) -> None:
    """What people made of the answers in a call."""
    for at, one in enumerate(found):
        same = sa.and_(answers.c.overview_id == number, answers.c.number == at)
        connection.execute(answers.update().where(same).values(outcome=one.outcome.value))


def remove(connection: sa.Connection, numbers: Iterable[int]) -> None:
    for table in TABLES:
        connection.execute(table.delete().where(table.c.overview_id.in_(list(numbers))))


def _facts(number: int, one: CallFacts) -> dict[str, Any]:
    return {
        "overview_id": number,
        "bank": one.bank,
        "answer_ms": one.answer_ms,
        "in_time": one.in_time,
        "key_count": one.keys,
        "shallow": one.shallow,
        "menu_ms": one.menu_ms,
        "ad_count": one.ad_count,
        "ad_ms": one.ad_ms,
        "hold_count": one.hold_count,
        "hold_ms": one.hold_ms,
        "long_holds": one.long_holds,
    }
