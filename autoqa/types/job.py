"""Work that waits behind the service, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from autoqa.types.call import Contact
from autoqa.types.words import Message


class JobKind(StrEnum):
    SCORE = "score"
    """Hear a recording and score it."""
    RESCORE = "rescore"
    """Score a stored call by the rules in force."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """``Job.error`` says why; also set aside, after its worker died each time."""

    @property
    def is_over(self) -> bool:
        return self in {JobState.DONE, JobState.FAILED}


class Step(StrEnum):
    """How far a running job is."""

    READING = "reading"
    HEARING = "hearing"
    JUDGING = "judging"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, and for whom.

    ``submitter``: the caller's name; ``key``: his idempotency key, if he gave one. ``raw``: how a
    recording without a header is coded (``alaw:8000:1``). ``notify``: a URL to tell when it is
    over. ``priority``: higher is sooner.
    """

    kind: JobKind
    recording_id: str
    contact: Contact
    submitter: str = "local"
    key: str | None = None
    raw: str = ""
    notify: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """An order and how far it is. ``attempts``: how often a worker has begun it.

    Times are by the database's host, for people to read; nothing is decided by them.
    """

    id: str
    order: Order
    state: JobState
    submitted_at: datetime
    attempts: int = 0
    step: Step | None = None
    error: Message | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def call_id(self) -> str:
        return self.order.contact.call_id


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job in the hands of a worker. ``token``: of this attempt; no other attempt has it."""

    job: Job
    token: str
