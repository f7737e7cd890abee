"""A folder of recordings on this machine: worker processes of one thread each.

A worker hears a few recordings together (their speech fills one batch), scores them and writes
their files; the parent only counts. A worker that dies or overruns its time costs its recordings a
retry, each alone; one that does so again is set aside with its reason, and the run goes on. What
the store holds from an earlier run is not heard again, so a run that was broken off is taken up by
running it again.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait

from autoqa.folder import Source
from autoqa.i18n import N_, language
from autoqa.limits import byte_count, time_limit_s
from autoqa.machine import ONE_THREAD, worker_count
from autoqa.settings import Settings
from autoqa.types import Message
from autoqa.worker import Plan, Scored, Worker, write_failure

GROUP_RECORDINGS = 4
GROUP_BYTES = 64_000_000
"""A worker hears so many recordings together, and no more bytes than that: enough speech to fill
the model's batches, and little enough to hold in memory."""

Start = Callable[[Plan], None]
Work = Callable[[tuple[Source, ...]], list[Scored]]


def score_all(
    sources: Sequence[Source], plan: Plan, *, start: Start | None = None, work: Work | None = None
) -> Iterator[Scored]:
    """Scores every source and yields each as it is done, in no particular order.

    ``start`` is run once in each process, ``work`` for each group; by default a ``Worker`` does it.
    Raises ``AutoqaError`` only for what stops them all (no model, a broken store).
    """
    from pebble import ProcessPool

    workers = max(1, min(worker_count(plan.settings), len(sources)))
    waiting = deque(_groups(sources, workers))
    tries: dict[str, int] = {}
    running: dict[Future[list[Scored]], tuple[Source, ...]] = {}
    os.environ.update(ONE_THREAD)
    pool = ProcessPool(
        max_workers=workers,
        max_tasks=max(1, plan.settings.worker_recordings // GROUP_RECORDINGS),
        context=multiprocessing.get_context("spawn"),
        initializer=start or _start_worker,
        initargs=(plan,),
    )
    try:
        while waiting or running:
            while waiting and len(running) < 2 * workers:
                group = waiting.popleft()
                future: Future[list[Scored]] = pool.schedule(
                    work or _score_group, args=[group], timeout=_timeout_s(group, plan.settings)
                )
                running[future] = group
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                group = running.pop(future)
                died = _death(future)
                if died is None:
                    yield from future.result()
                    continue
                for source in group:
                    # Innocent neighbours of a recording that kills its worker get a try alone.
                    tries[source.file] = tries.get(source.file, 0) + (len(group) == 1)
                    if tries[source.file] > plan.settings.retries:
                        yield _set_aside(source, died, plan)
                    else:
                        waiting.append((source,))
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _death(future: Future[list[Scored]]) -> Message | None:
    """Why the worker is no more, or None where it answered (with an error or without)."""
    from pebble import ProcessExpired

    error = future.exception()
    if isinstance(error, TimeoutError):
        return Message(N_("hearing it took too long and was stopped; raise AUTOQA_TIMEOUT_FACTOR"))
    if isinstance(error, ProcessExpired):
        return Message(
            N_("the process that heard it died each time ({code}); the file may be damaged"),
            {"code": error.exitcode},
        )
    return None


def _groups(sources: Sequence[Source], workers: int) -> Iterator[tuple[Source, ...]]:
    """Neighbours together, but never fewer groups than keep all workers busy to the end."""
    most = max(1, min(GROUP_RECORDINGS, len(sources) // (2 * workers)))
    group: list[Source] = []
    size = 0
    for source in sources:
        length = byte_count(source.paths)
        if group and (len(group) == most or size + length > GROUP_BYTES):
            yield tuple(group)
            group, size = [], 0
        group.append(source)
        size += length
    if group:
        yield tuple(group)


def _timeout_s(group: Sequence[Source], settings: Settings) -> float:
    paths = [path for source in group for path in source.paths]
    return time_limit_s(paths, settings, recordings=len(group))


def _set_aside(source: Source, reason: Message, plan: Plan) -> Scored:
    with language(plan.settings.language):
        return write_failure(source, reason, plan)


# ---------------------------------------------------------------- in a worker process

_worker: Worker


def _start_worker(plan: Plan) -> None:
    global _worker  # noqa: PLW0603 (a process of the pool has one, made before its first task)
    _worker = Worker(plan)


def _score_group(group: tuple[Source, ...]) -> list[Scored]:
    return _worker.score(group)
