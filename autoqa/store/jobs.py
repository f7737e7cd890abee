"""Work that waits for a worker process: nothing is lost, and nothing done by two.

A worker *claims* a job, which gives it a token, and *beats* now and then as long as it lives. All
that it writes about the job is written in one transaction with the check that the token is still
the job's (``holding``), so a worker that was taken for dead, or whose call was deleted meanwhile,
changes nothing any more.

Whether a worker is dead is never decided by comparing clocks, which may be set back or differ
between machines. Whoever claims watches the others: a job whose count of beats has not changed for
``lease_s`` of the watcher's own monotonic clock is given back. Who has only just begun to watch
waits that long, and so does who found the database gone meanwhile, since nobody could beat then;
whoever knows better, because the dead process was his child, says so (``bury``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from autoqa.codec import decode, encode, plain
from autoqa.errors import StoreError, UsageError
from autoqa.i18n import N_
from autoqa.sealing import name_of
from autoqa.store.database import Database
from autoqa.store.deliveries import Deliveries
from autoqa.store.job_rows import RUNNING, job_of, jobs
from autoqa.store.workers import Workers
from autoqa.types import DeliveryKind, HeldJob, Job, JobState, Message, Order, Step

LEASE_S = 30.0
"""A worker that has not beaten for so long is taken for dead; it beats every second."""
LOOKS = 10
"""So often in a lease whoever claims looks whether others beat."""

_KEY_REUSED = N_(
    "the idempotency key {key} was used for another request; use a new one for each call"
)
_LOST = N_("the job {id} is in other hands or was deleted; this attempt writes nothing")
_DIED = N_("the process that heard it died each time; the file may be damaged")


class KeyReused(UsageError):
    """The same idempotency key for another request."""


class JobLost(StoreError):
    """The job is no longer this worker's."""


class Jobs:
    """``retries``: how often a job is tried again after its worker died; then it is set aside.

    ``clock``: monotonic, in seconds; see above.
    """

    def __init__(
        self,
        database: Database,
        *,
        retries: int = 2,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._retries = retries
        self._lease_s = lease_s
        self._clock = clock
        self._watched: dict[int, tuple[str, int, float]] = {}
        self._looked_s = float("-inf")
        self._breaks = 0

    # ------------------------------------------------------------ those who want something done

    def submit(self, order: Order, *, is_done: bool = False) -> Job:
        """The job of this order; the one there is where the submitter repeats himself by his key.

        ``is_done``: there is nothing to do, since it was done before. Raises ``KeyReused``.
        """
        now = datetime.now(UTC)
        row = {
            "id": uuid4().hex,
            "kind": order.kind.value,
            "state": (JobState.DONE if is_done else JobState.WAITING).value,
            "priority": order.priority,
            "recording_id": order.recording_id,
            "call_id": order.contact.call_id,
            "contact": encode(order.contact),
            "raw": order.raw,
            "notify": order.notify,
            "submitter": order.submitter,
            "key": order.key,
            "digest": _digest(order),
            "submitted_at": now,
            "ended_at": now if is_done else None,
            "attempts": 0,
            "beats": 0,
        }
        with self._database.begin() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(jobs.insert(), row)
            except IntegrityError:
                return _repeated(connection, order)
            made = _one(connection, jobs.c.id == row["id"])
            if is_done:
                self._tell(made, JobState.DONE)
            return job_of(made)

    def get(self, id_: str) -> Job | None:
        with self._database.reading() as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == id_)).first()
        return None if row is None else job_of(row)

    def of_call(self, call_id: str) -> list[Job]:
        """All jobs of a call, newest first."""
        query = sa.select(jobs).where(jobs.c.call_id == call_id)
        with self._database.reading() as connection:
            return [job_of(row) for row in connection.execute(query.order_by(jobs.c.number.desc()))]

    def some(self, ids: Iterable[str]) -> dict[str, Job]:
        """These jobs by id, but for those that were deleted."""
        query = sa.select(jobs).where(jobs.c.id.in_(list(ids)))
        with self._database.reading() as connection:
            return {row.id: job_of(row) for row in connection.execute(query)}

    def under_way(self, order: Order) -> Job | None:
        """A job that waits or runs for the same thing, whoever asked for it."""
        for job in self.of_call(order.contact.call_id):
            asked = replace(job.order, submitter=order.submitter, key=order.key)
            if not job.state.is_over and asked == order:
                return job
        return None

    def newest(self, state: JobState, limit: int = 100) -> list[Job]:
        """The jobs in this state, newest first."""
        query = sa.select(jobs).where(jobs.c.state == state.value)
        query = query.order_by(jobs.c.number.desc()).limit(limit)
        with self._database.reading() as connection:
            return [job_of(row) for row in connection.execute(query)]

    def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state."""
        query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        with self._database.reading() as connection:
            found = {JobState(state): count for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def queue_length(self) -> int:
        """How many wait."""
        query = sa.select(sa.func.count()).where(jobs.c.state == JobState.WAITING.value)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def waiting_since(self) -> datetime | None:
        """When the oldest of those that wait was submitted; None where none waits."""
        query = sa.select(jobs.c.submitted_at).where(jobs.c.state == JobState.WAITING.value)
        with self._database.reading() as connection:
            return connection.scalar(query.order_by(jobs.c.submitted_at).limit(1))

    def delete(self, call_id: str) -> int:
        """Removes all jobs of a call; a worker that has one of them in hand writes nothing more."""
        with self._database.begin() as connection:
            return connection.execute(jobs.delete().where(jobs.c.call_id == call_id)).rowcount

    # ------------------------------------------------------------ workers

    def claim(self, worker: str) -> HeldJob | None:
        """The next job: the highest priority, then the oldest; None where nothing is to be done.

        Neither the same recording nor the same call is ever in the hands of two.
        """
        with self._database.reading() as connection:
            silent = self._silent(connection) if self._is_time_to_look() else []
            if not silent and connection.scalar(_next(jobs.c.number)) is None:
                return None
        with self._database.begin() as connection:
            for row in silent:
                same = (jobs.c.token == row.token) & (jobs.c.beats == row.beats)
                self._give_back(connection, same, Message(_DIED))
            query = _next(jobs).with_for_update(of=jobs, skip_locked=True)
            while (row := connection.execute(query).first()) is not None:
                if (held := _taken(connection, row, worker)) is not None:
                    return held
            return None

    def beat(self, held: HeldJob, step: Step | None = None) -> None:
        """The worker lives, and is at this step. Raises ``JobLost``."""
        values: dict[str, Any] = {} if step is None else {"step": step.value}
        self._change(held, beats=jobs.c.beats + 1, **values)

    @contextmanager
    def holding(self, held: HeldJob) -> Iterator[None]:
        """A transaction in which the job stays this worker's. Raises ``JobLost``."""
        with self._database.begin():
            self._change(held, beats=jobs.c.beats + 1)
            yield

    def finish(self, held: HeldJob) -> None:
        """It is done. Raises ``JobLost``."""
        self._end(held, JobState.DONE)

    def fail(self, held: HeldJob, reason: Message) -> None:
        """It cannot be done. Raises ``JobLost``."""
        self._end(held, JobState.FAILED, error=encode(reason))

    def release(self, held: HeldJob) -> None:
        """The worker has to go; somebody else may do it, and no try is counted."""
        self._change(held, **_IDLE, attempts=jobs.c.attempts - 1)

    def bury(self, worker: str, reason: Message | None = None) -> None:
        """This worker's process is gone for sure: what it had in hand is free at once."""
        with self._database.begin() as connection:
            self._give_back(connection, jobs.c.worker == worker, reason or Message(_DIED))
            Workers(self._database).gone(worker)

    # ------------------------------------------------------------ inside

    def _is_time_to_look(self) -> bool:
        """A few times a lease: very many may ask very often."""
        now_s = self._clock()
        if now_s - self._looked_s < self._lease_s / LOOKS:
            return False
        self._looked_s = now_s
        return True

    def _silent(self, connection: sa.Connection) -> list[Any]:
        """The running jobs whose workers have not beaten for a lease."""
        query = sa.select(jobs.c.number, jobs.c.token, jobs.c.beats).where(RUNNING)
        rows = connection.execute(query).all()
        now = self._clock()
        if self._breaks != self._database.breaks:
            self._breaks, self._watched = self._database.breaks, {}
        watched = {}
        for row in rows:
            token, beats, since = self._watched.get(row.number, ("", 0, now))
            if (token, beats) != (row.token, row.beats):
                since = now
            watched[row.number] = row.token, row.beats, since
        self._watched = watched
        return [row for row in rows if now - watched[row.number][2] >= self._lease_s]

    def _give_back(
        self, connection: sa.Connection, which: sa.ColumnElement[bool], reason: Message
    ) -> None:
        last = jobs.c.attempts > self._retries
        connection.execute(jobs.update().where(RUNNING, which, ~last).values(**_IDLE))
        self._set_over(connection, which & last, JobState.FAILED, error=encode(reason))

    def _change(self, held: HeldJob, **values: Any) -> None:
        with self._database.begin() as connection:
            change = jobs.update().where(RUNNING, _mine(held)).values(**values)
            if not connection.execute(change).rowcount:
                raise JobLost(_LOST, id=held.job.id)

    def _end(self, held: HeldJob, state: JobState, **values: Any) -> None:
        with self._database.begin() as connection:
            if not self._set_over(connection, _mine(held), state, **values):
                raise JobLost(_LOST, id=held.job.id)

    def _set_over(
        self,
        connection: sa.Connection,
        which: sa.ColumnElement[bool],
        state: JobState,
        **values: Any,
    ) -> int:
        """Running jobs end: the one place where they do. Returns how many."""
        over = {"state": state.value, "token": None, "step": None, "ended_at": datetime.now(UTC)}
        rows = connection.execute(sa.select(jobs).where(RUNNING, which)).all()
        ended = [
            row
            for row in rows
            if connection.execute(
                jobs.update().where(RUNNING, jobs.c.token == row.token).values(**over, **values)
            ).rowcount
        ]
        for row in ended:
            self._tell(row, state)
            if state is JobState.FAILED:
                Workers(self._database).count("failed", decode(Message, values["error"]).template)
        return len(ended)

    def _tell(self, row: Any, state: JobState) -> None:
        if row.notify:
            kind = DeliveryKind.CALL_DONE if state is JobState.DONE else DeliveryKind.CALL_FAILED
            told = {"call_id": row.call_id, "job": row.id, "state": state.value}
            Deliveries(self._database).add(kind, row.notify, told)


_IDLE: Mapping[str, Any] = {
    "state": JobState.WAITING.value,
    "worker": None,
    "token": None,
    "step": None,
    "started_at": None,
}


def _next(*columns: Any) -> sa.Select[Any]:
    """The job to take next."""
    busy = jobs.alias()
    runs = busy.c.state == JobState.RUNNING.value
    same_recording = sa.exists().where(runs, busy.c.recording_id == jobs.c.recording_id)
    same_call = sa.exists().where(runs, busy.c.call_id == jobs.c.call_id)
    return (
        sa.select(*columns)
        .where(jobs.c.state == JobState.WAITING.value, ~same_recording, ~same_call)
        .order_by(jobs.c.priority.desc(), jobs.c.number)
        .limit(1)
    )


def _taken(connection: sa.Connection, row: Any, worker: str) -> HeldJob | None:
    """The job in this worker's hands; None where another took its call or recording just now."""
    token = uuid4().hex
    taken = {
        "state": JobState.RUNNING.value,
        "attempts": row.attempts + 1,
        "worker": worker,
        "token": token,
        "beats": 0,
        "step": None,
        "started_at": datetime.now(UTC),
    }
    try:
        with connection.begin_nested():
            connection.execute(jobs.update().where(jobs.c.number == row.number).values(**taken))
    except IntegrityError:
        return None
    return HeldJob(job_of(_one(connection, jobs.c.number == row.number)), token)


def _mine(held: HeldJob) -> sa.ColumnElement[bool]:
    return (jobs.c.id == held.job.id) & (jobs.c.token == held.token)


def _one(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Any:
    return connection.execute(sa.select(jobs).where(which)).one()


def _repeated(connection: sa.Connection, order: Order) -> Job:
    row = _one(connection, (jobs.c.submitter == order.submitter) & (jobs.c.key == order.key))
    if row.digest != _digest(order):
        raise KeyReused(_KEY_REUSED, key=order.key or "")
    return job_of(row)


def _digest(order: Order) -> str:
    """Of what an order asks for, whoever gives it."""
    texts = order.kind.value, order.recording_id, order.raw, order.notify
    return name_of(b"\0".join((plain(order.contact), *(text.encode() for text in texts))))
