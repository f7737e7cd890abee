"""The rows of second listens: what was asked of a recording again, and what these ears answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from autoqa.codec import decode, digest, encode
from autoqa.store.database import metadata, upsert
from autoqa.types import Answer, Question

_KEY = "recording_id", "hearing", "question"
answers = sa.Table(
    "answers",
    metadata,
    *(sa.Column(name, sa.String(64), primary_key=True) for name in _KEY),
    sa.Column("answer", sa.LargeBinary, nullable=False),
)


def answers_to(
    connection: sa.Connection, recording_id: str, hearing: str, questions: Sequence[Question]
) -> list[Answer]:
    """The stored answers among those of ``questions``, in their order."""
    keys = [_key(question) for question in questions]
    query = sa.select(answers.c.question, answers.c.answer).where(
        answers.c.recording_id == recording_id,
        answers.c.hearing == hearing,
        answers.c.question.in_(keys),
    )
    found = {row.question: row.answer for row in connection.execute(query)}
    return [decode(Answer, found[key]) for key in keys if key in found]


def put_answers(
    connection: sa.Connection, recording_id: str, hearing: str, given: Sequence[Answer]
) -> None:
    for one in given:
        key = {"recording_id": recording_id, "hearing": hearing, "question": _key(one.question)}
        upsert(connection, answers, key | {"answer": encode(one)}, _KEY)


def answers_of(
    connection: sa.Connection, heard: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[bytes]]:
    """All second listens to these recordings by these ears."""
    query = sa.select(answers.c.recording_id, answers.c.hearing, answers.c.answer).where(
        answers.c.recording_id.in_({recording_id for recording_id, _ in heard})
    )
    found: dict[tuple[str, str], list[bytes]] = {key: [] for key in heard}
    for row in connection.execute(query):
        if (row.recording_id, row.hearing) in found:
            found[row.recording_id, row.hearing].append(row.answer)
    return found


def _key(question: Question) -> str:
    return digest([sorted(question.phrases), question.role, question.start_ms, question.end_ms])
