"""A process of the service that hears: claim a job → load → analyze → judge → store → finish.

The thread that works may be deep in a decoder for minutes, so a second one, the *guardian*, looks
after everything else: it beats for the job in hand, and ends the process when it is told to, when
the service that started it is gone, when the job takes longer than it may, and when it was taken
away. Whatever is lost with the process is done again by another; what is written is written once,
in one transaction with the end of the job.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from uuid import uuid4

from autoqa import logs
from autoqa.audio import Audio, RawFormat
from autoqa.ending import told_to_go
from autoqa.errors import AutoqaError, StoreError
from autoqa.i18n import N_, language
from autoqa.limits import limit_memory, time_limit_s
from autoqa.pipeline import Judged
from autoqa.prompts import beside
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.scorer import Scorer, or_fault
from autoqa.settings import Settings
from autoqa.store import (
    RECORDINGS,
    Deliveries,
    JobLost,
    Jobs,
    Recordings,
    Store,
    StoreGone,
    Workers,
    store_url,
)
from autoqa.types import Contact, DeliveryKind, HeldJob, JobKind, Message, Order, Step

log = logging.getLogger(__name__)

BESIDE_PEOPLE = 10
"""The niceness of a worker of the service: those who read its pages come first."""

POLL_S = 0.5
"""A worker that has nothing to do looks so often."""

BEAT_S = 1.0
"""The guardian looks so often."""

SIGN_S = 5.0
"""A worker says so often that it lives, and what it has done."""

GRACE_S = 10.0
"""A worker that is told to go may go on with its job for so long; then it gives it back."""

BACKSTOP_S = 30.0
"""So long after the guardian should have ended the process the kernel does, whatever it does."""

_GONE = N_("the recording is not there any more; post it again")
_CHANGED = N_("the recording is not as it was when it was posted; post it again")
_NO_CALL = N_("the call is not there any more; post it again")
_TOO_LONG = N_("hearing it took too long and was stopped; raise AUTOQA_TIMEOUT_FACTOR")


def run_worker(
    settings: Settings, rules: Path, *, name: str = "", parent: int | None = None
) -> None:
    """Works until it is told to go (SIGTERM), or has done its share
    (``worker_recordings``).

    ``name``: by which whoever started it may bury it. ``parent``: the process without which it
    shall not go on. Raises ``AutoqaError`` where it cannot work at all.
    """
    logs.set_up()
    told = told_to_go()
    if parent is not None:
        os.nice(BESIDE_PEOPLE)
    limit_memory(settings.worker_memory_mb)
    settings = beside(rules, settings)
    name = name or f"{os.uname().nodename[:64]}/{os.getpid()}/{uuid4().hex[:8]}"
    with language(settings.language), _store(settings) as store:
        worker = JobsWorker(settings, store, RuleKeeper(rules), name)
        Guardian(worker, told, parent).start()
        try:
            worker.run()
        finally:
            worker.sign(leaving=True)


def _store(settings: Settings) -> Store:
    return Store(store_url(settings.store), wait_s=settings.store_wait_s)


class JobsWorker:
    """Does one job after the other. ``work`` does one; ``held`` is the one in hand; ``done`` counts
    what was done (``figures`` of the service name the counts).

    ``pulse``: the jobs for whoever cannot wait for a store that is gone.
    """

    def __init__(self, settings: Settings, store: Store, rules: RuleKeeper, name: str) -> None:
        self.name = name
        self.done: Counter[tuple[str, ...]] = Counter()
        self._signing = threading.Lock()
        self._has_left = False
        self.jobs = Jobs(store, retries=settings.retries)
        self.pulse = Jobs(store.at_once(), retries=settings.retries)
        self.held: HeldJob | None = None
        self.ends_at_s = float("inf")
        self.leaving = threading.Event()
        self._settings = settings
        self._store = store
        self._rules = rules
        self._recordings = Recordings(store, settings.data_dir / RECORDINGS)
        self._scorer = Scorer(settings, store, self._writing)

    def run(self, most: int | None = None) -> None:
        self._scorer.load_models()  # where it cannot be loaded, jobs wait and do not fail
        for _ in range(self._settings.worker_recordings if most is None else most):
            while (held := self._claimed()) is None:
                if self.leaving.wait(POLL_S):
                    return
            self.work(held)
            if self.leaving.is_set():
                return

    def _claimed(self) -> HeldJob | None:
        try:
            return self.jobs.claim(self.name)
        except StoreGone:
            log.warning("the store is gone")
            return None

    def work(self, held: HeldJob) -> None:
        """Does the job, and says so in the store: done, or failed with its reason.

        Raises what stops every job alike: no model, a broken store. Then the job is given back; so
        it is where the store was gone for too long, and nothing is raised.
        """
        began_s = time.monotonic()
        try:
            self._take(held)
            done = or_fault(lambda: self._do(held))
            with self.jobs.holding(held):
                if isinstance(done, Message):
                    self.jobs.fail(held, _named(done, held.job.order.contact))
                else:
                    for one in done:
                        self._alert(held.job.order, one)
                        self._scorer.keep(one)
                    self.jobs.finish(held)
                    self._count(held, done, time.monotonic() - began_s)
        except JobLost:
            log.warning("job %s was taken away", held.job.id)
        except AutoqaError as error:
            with suppress(StoreError):
                self.jobs.release(held)
            if not isinstance(error, StoreGone):
                raise
            log.warning("the store was gone; job %s is done again", held.job.id)
        finally:
            self._take(None)

    def _alert(self, order: Order, one: Judged) -> None:
        """Has the sender told of fatal rules that failed, but not of one twice. Everybody else is
        told by ``store.alerts``, however the call was scored."""
        call_id = one.contact.call_id
        before = self._store.current_scorecard(call_id)
        known = before.fatal_rule_ids if before else ()
        rules = [rule_id for rule_id in one.scorecard.fatal_rule_ids if rule_id not in known]
        if rules and order.notify:
            told = {"call_id": call_id, "rules": rules}
            Deliveries(self._store).add(DeliveryKind.ALERT, order.notify, told)

    def sign(self, *, leaving: bool = False) -> None:
        """Says in the store that the worker lives, or that it goes, and what it has done."""
        workers = Workers(self._store.at_once())
        with self._signing, suppress(StoreError):
            if not self._has_left:
                workers.beat(self.name, self.done.copy())
            if leaving:
                workers.gone(self.name)
                self._has_left = True

    def _count(self, held: HeldJob, done: tuple[Judged, ...], seconds: float) -> None:
        for one in done:
            for finding in one.scorecard.findings:
                self.done["outcome", finding.rule_id, finding.outcome.value] += 1
        if held.job.order.kind is JobKind.SCORE:
            self.done["audio_ms",] += done[0].call.recording.duration_ms
            self.done["work_ms",] += round(seconds * 1000)

    def _take(self, held: HeldJob | None) -> None:
        """The job in hand, and by when it has to be done."""
        limit_s = 0.0
        if held is not None:
            paths = self._recordings.paths(held.job.order.recording_id)
            limit_s = time_limit_s(paths, self._settings)
        self.ends_at_s = time.monotonic() + limit_s if held else float("inf")
        self.held = held
        if threading.current_thread() is threading.main_thread():
            # Its default is to end the process, which needs no thread of it to be able to run.
            signal.setitimer(signal.ITIMER_REAL, limit_s + BACKSTOP_S if held else 0)

    def _do(self, held: HeldJob) -> tuple[Judged, ...] | Message:
        if held.job.order.kind is JobKind.RESCORE:
            return self._rescore(held)
        return self._score(held)

    def _score(self, held: HeldJob) -> tuple[Judged, ...] | Message:
        order = held.job.order
        self.jobs.beat(held, Step.READING)
        audio = self._load(held)
        if isinstance(audio, Message):
            return audio
        self.jobs.beat(held, Step.HEARING)
        call = self._scorer.hear([audio])[audio.recording.id]
        if isinstance(call, Message):
            return call
        self.jobs.beat(held, Step.JUDGING)
        return self._scorer.judge(call, order.contact, self._rules.rule_set, lambda: audio)

    def _rescore(self, held: HeldJob) -> tuple[Judged, ...] | Message:
        """Where something has to be heard again that nobody has asked before, and the recording is
        still there, it is; else what hangs on it stays undetermined."""
        stored = self._store.stored([held.job.call_id])
        if not stored:
            return Message(_NO_CALL)

        def sound() -> Audio | None:
            audio = self._load(held)
            return audio if isinstance(audio, Audio) else None

        self.jobs.beat(held, Step.JUDGING)
        one = stored[0]
        return self._scorer.judge(one.call, one.contact, self._rules.rule_set, sound)

    def _load(self, held: HeldJob) -> Audio | Message:
        order = held.job.order
        paths = self._recordings.paths(order.recording_id)
        if not paths:
            return Message(_GONE)
        audio = self._scorer.load(paths, RawFormat.parse(order.raw) if order.raw else None)
        if isinstance(audio, Audio) and audio.recording.id != order.recording_id:
            return Message(_CHANGED)
        return audio

    def _writing(self) -> AbstractContextManager[object]:
        assert self.held is not None, "something is heard for no job"
        return self.jobs.holding(self.held)


class Guardian(threading.Thread):
    """``told``: a file that can be read from when the process has to go."""

    def __init__(self, worker: JobsWorker, told: int, parent: int | None) -> None:
        super().__init__(name="guardian", daemon=True)
        self._worker = worker
        self._told = told
        self._parent = parent
        self._lost: HeldJob | None = None
        self._signed_s = -SIGN_S

    def run(self) -> None:
        worker = self._worker
        while not select.select([self._told], [], [], BEAT_S)[0] and not self._is_orphan():
            self._beat()
        worker.leaving.set()
        until_s = time.monotonic() + (0.0 if self._is_orphan() else GRACE_S)
        while True:  # the process ends meanwhile, if it has nothing in hand
            if time.monotonic() >= until_s:
                if (held := worker.held) is not None:
                    with suppress(StoreError):
                        worker.pulse.release(held)
                os._exit(0)
            time.sleep(BEAT_S)
            self._beat()

    def _beat(self) -> None:
        worker = self._worker
        if time.monotonic() - self._signed_s >= SIGN_S:
            worker.sign()
            self._signed_s = time.monotonic()
        if (held := worker.held) is None:
            return
        try:
            if time.monotonic() > worker.ends_at_s:
                worker.pulse.bury(worker.name, Message(_TOO_LONG))
                os._exit(1)
            worker.pulse.beat(held)
        except JobLost:
            if self._lost is held:  # still in hand, so it has not just been finished
                os._exit(0)
            self._lost = held
        except StoreError:
            log.warning("the store did not take a beat of job %s", held.job.id)

    def _is_orphan(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent


def _named(reason: Message, contact: Contact) -> Message:
    """With the name that the recording had where it came from, not that of the store's copy."""
    if "file" not in reason.params:
        return reason
    return Message(reason.template, {**reason.params, "file": contact.file})
