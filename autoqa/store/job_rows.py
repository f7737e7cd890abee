"""The rows of jobs, and what a row tells."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode
from autoqa.store.database import Instant, Number, metadata
from autoqa.types import Contact, Job, JobKind, JobState, Message, Order, Step

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("number", Number, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("contact", sa.LargeBinary, nullable=False),
    sa.Column("raw", sa.String(64), nullable=False),
    sa.Column("notify", sa.Text, nullable=False),
    sa.Column("submitter", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("submitted_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Column("token", sa.String(32)),
    sa.Column("beats", sa.Integer, nullable=False),
    sa.Column("step", sa.String(16)),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("error", sa.LargeBinary),
    sa.UniqueConstraint("submitter", "key"),
    sa.Index("ix_jobs_queue", "state", "priority", "number"),
)
RUNNING = jobs.c.state == JobState.RUNNING.value
# Two who claim at once do not see one another; neither gets past these.
for _name in ("recording_id", "call_id"):
    sa.Index(
        f"ix_jobs_running_{_name}",
        jobs.c[_name],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )


def job_of(row: Any) -> Job:
    return Job(
        id=row.id,
        order=Order(
            kind=JobKind(row.kind),
            recording_id=row.recording_id,
            contact=decode(Contact, row.contact),
            submitter=row.submitter,
            key=row.key,
            raw=row.raw,
            notify=row.notify,
            priority=row.priority,
        ),
        state=JobState(row.state),
        submitted_at=row.submitted_at,
        attempts=row.attempts,
        step=None if row.step is None else Step(row.step),
        error=None if row.error is None else decode(Message, row.error),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
