"""A folder of recordings that others hear: workers of its store, on any machine.

Each recording becomes a job that names the place of its files, which workers must reach by the same
path. Whoever hears it keeps what he heard and its scorecard; documents and pages are written here,
from the store. All that is known of the run is in the store: one that was broken off is taken up by
running it again, and two on the same folder wait for the same jobs.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial

from autoqa.audio import content_id
from autoqa.folder import Source
from autoqa.i18n import N_, language
from autoqa.scorer import or_fault
from autoqa.store import RECORDINGS, Jobs, Recordings, Store
from autoqa.types import Job, JobKind, JobState, Message, Order
from autoqa.worker import Plan, Scored, Worker, write_failure

POLL_S = 0.5
"""Whoever waits for jobs looks so often."""

PRIORITY = -1
"""Calls that are posted to a service on the same store are heard first."""

_DELETED = N_("the call was deleted before it was heard; run the command again to score it")


def score_elsewhere(sources: Sequence[Source], plan: Plan) -> Iterator[Scored]:
    """Has every source scored by workers of the plan's store, and yields each as it is done.

    Raises ``AutoqaError`` only for what stops them all (faults in the rules, a broken store).
    """
    settings = plan.settings
    with Store(plan.store, wait_s=settings.store_wait_s) as store, language(settings.language):
        yield from _Dispatch(store, plan).score(sources)


class _Dispatch:
    def __init__(self, store: Store, plan: Plan) -> None:
        self._plan = plan
        self._store = store
        self._jobs = Jobs(store, retries=plan.settings.retries)
        self._recordings = Recordings(store, plan.settings.data_dir / RECORDINGS)
        self._writer = Worker(plan, hears=False)

    def score(self, sources: Sequence[Source]) -> Iterator[Scored]:
        most = max(1, self._plan.settings.max_waiting // 2)  # leaves room for calls that are posted
        waiting = deque(sources)
        under_way: dict[str, Source] = {}
        while waiting or under_way:
            while waiting and len(under_way) < most:
                source = waiting.popleft()
                posted = self._post(source)
                if isinstance(posted, Job):
                    under_way[posted.id] = source
                else:
                    yield self._write(source, posted)
            found = self._jobs.some(under_way)
            over = [id_ for id_ in under_way if id_ not in found or found[id_].state.is_over]
            for id_ in over:
                yield self._write(under_way.pop(id_), _fault(found.get(id_)))
            if under_way and not over:
                time.sleep(POLL_S)

    def _post(self, source: Source) -> Job | Message | None:
        """The job of this recording; why there cannot be one; None where there is nothing to do."""
        if source.fault is not None:
            return source.fault
        raw = self._plan.raw
        id_ = or_fault(partial(content_id, source.paths, self._plan.settings, raw))
        if isinstance(id_, Message):
            return id_
        order = Order(JobKind.SCORE, id_, source.contact, raw=str(raw or ""), priority=PRIORITY)
        with self._store.begin():
            self._recordings.hold(id_)
            self._store.hold(f"call {source.contact.call_id}")
            if (job := self._jobs.under_way(order)) is not None:
                return job
            if self._writer.has_scored(source.contact, id_):
                return None
            self._recordings.note(id_, source.paths)
            return self._jobs.submit(order)

    def _write(self, source: Source, fault: Message | None) -> Scored:
        if fault is not None:
            return write_failure(source, fault, self._plan)
        (scored,) = self._writer.score([source])
        return scored


def _fault(job: Job | None) -> Message | None:
    """Why a job that is over has no result."""
    if job is None:
        return Message(_DELETED)
    return job.error if job.state is JobState.FAILED else None
