"""Nothing is lost and nothing is done by two, whoever dies when."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from autoqa.i18n import language, render
from autoqa.store import Deliveries, JobLost, Jobs, KeyReused, Store
from autoqa.types import (
    Contact,
    DeliveryKind,
    HeldJob,
    Job,
    JobKind,
    JobState,
    Message,
    Order,
    Step,
)
from tests.databases import url_of

LEASE_S = 30.0


def order(name: str, **fields: Any) -> Order:
    return replace(
        Order(JobKind.SCORE, f"recording-{name}", Contact(name, f"{name}.wav")), **fields
    )


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(url_of(tmp_path / "qa.db")) as store:
        yield store


@pytest.fixture
def jobs(store: Store, clock: Clock) -> Jobs:
    return Jobs(store, retries=1, lease_s=LEASE_S, clock=clock)


def claimed(jobs: Jobs, worker: str = "w") -> HeldJob:
    held = jobs.claim(worker)
    assert held is not None
    return held


def state(jobs: Jobs, job: Job) -> JobState:
    found = jobs.get(job.id)
    assert found is not None
    return found.state


def test_an_order_comes_back_whole(jobs: Jobs) -> None:
    wanted = order(
        "a", submitter="pbx", key="k", raw="alaw:8000:1", notify="https://x/", priority=3
    )
    job = jobs.submit(wanted)
    assert job.order == wanted
    assert job == jobs.get(job.id)
    assert jobs.of_call("a") == [job]
    assert jobs.get("nobody") is None


def test_the_highest_priority_first_then_the_oldest(jobs: Jobs) -> None:
    for name, priority in (("old", 0), ("new", 0), ("urgent", 1)):
        jobs.submit(order(name, priority=priority))
    assert [claimed(jobs).job.call_id for _ in range(3)] == ["urgent", "old", "new"]
    assert jobs.claim("w") is None


def test_a_job_is_counted_where_it_is(jobs: Jobs) -> None:
    for name in "abcd":
        jobs.submit(order(name))
    jobs.finish(claimed(jobs))
    jobs.fail(claimed(jobs), Message("no"))
    jobs.beat(claimed(jobs), Step.HEARING)
    assert set(jobs.counts().values()) == {1}
    assert jobs.queue_length() == 1
    (running,) = jobs.newest(JobState.RUNNING)
    assert running.step is Step.HEARING
    (failed,) = jobs.newest(JobState.FAILED)
    assert failed.error == Message("no")


def test_the_same_key_and_body_is_the_same_job(jobs: Jobs) -> None:
    first = jobs.submit(order("a", submitter="pbx", key="k"))
    assert jobs.submit(order("a", submitter="pbx", key="k")) == first
    assert jobs.submit(order("a", submitter="other", key="k")) != first
    assert jobs.submit(order("a", submitter="pbx")) != first
    with pytest.raises(KeyReused, match="k"):
        jobs.submit(order("b", submitter="pbx", key="k"))


@pytest.mark.parametrize("end", ["finish", "fail", "bury", "repeat"])
def test_whoever_asked_is_told_once_of_its_end(store: Store, jobs: Jobs, end: str) -> None:
    wanted = order("a", notify="https://pbx.example/done")
    job = jobs.submit(wanted, is_done=end == "repeat")
    if end == "finish":
        jobs.finish(claimed(jobs))
    elif end == "fail":
        jobs.fail(claimed(jobs), Message("no"))
    elif end == "bury":
        for _ in range(2):
            claimed(jobs)
            jobs.bury("w")
    (delivery,) = Deliveries(store).waiting()
    done = end in ("finish", "repeat")
    assert delivery.url == wanted.notify
    assert delivery.kind is (DeliveryKind.CALL_DONE if done else DeliveryKind.CALL_FAILED)
    told = json.loads(delivery.body)
    assert (told["call_id"], told["job"], told["id"]) == ("a", job.id, delivery.id)


def test_an_end_that_is_not_kept_is_not_told(store: Store, jobs: Jobs) -> None:
    jobs.submit(order("a", notify="https://pbx.example/done"))
    held = claimed(jobs)
    with pytest.raises(RuntimeError), jobs.holding(held):
        jobs.finish(held)
        raise RuntimeError
    assert Deliveries(store).newest() == []


def test_what_was_done_before_is_over_at_once(jobs: Jobs) -> None:
    job = jobs.submit(order("a"), is_done=True)
    assert job.state is JobState.DONE
    assert jobs.claim("w") is None


@pytest.mark.parametrize("shared", ["recording_id", "contact"])
def test_one_recording_and_one_call_is_never_in_two_hands(jobs: Jobs, shared: str) -> None:
    first, other = order("a"), order("b")
    jobs.submit(first)
    jobs.submit(replace(other, **{shared: getattr(first, shared)}))
    held = claimed(jobs)
    assert jobs.claim("w") is None
    jobs.finish(held)
    assert jobs.claim("w") is not None


def test_who_has_lost_a_job_writes_nothing(jobs: Jobs) -> None:
    jobs.submit(order("a"))
    held = claimed(jobs, "slow")
    jobs.bury("slow")
    again = claimed(jobs, "quick")
    for late in (jobs.beat, jobs.finish, jobs.release, lambda one: jobs.fail(one, Message("no"))):
        with pytest.raises(JobLost):
            late(held)
    with pytest.raises(JobLost), jobs.holding(held):
        pytest.fail("it wrote")
    jobs.finish(again)


def test_what_is_written_while_the_work_fails_is_not_kept(store: Store, jobs: Jobs) -> None:
    jobs.submit(order("a"))
    held = claimed(jobs)
    with pytest.raises(RuntimeError), jobs.holding(held):
        jobs.submit(order("b"))
        raise RuntimeError
    assert jobs.of_call("b") == []


def test_of_a_deleted_call_nothing_more_is_written(jobs: Jobs) -> None:
    jobs.submit(order("a"))
    held = claimed(jobs)
    assert jobs.delete("a") == 1
    with pytest.raises(JobLost):
        jobs.finish(held)


def test_a_silent_worker_is_given_up_after_its_lease(jobs: Jobs, clock: Clock) -> None:
    job = jobs.submit(order("a"))
    held = claimed(jobs)
    for _ in range(3):  # as long as it beats it keeps its job
        assert jobs.claim("other") is None
        clock.now_s += LEASE_S - 1
        jobs.beat(held)
    assert jobs.claim("other") is None
    clock.now_s += LEASE_S
    assert claimed(jobs, "other").job.id == job.id


def test_who_has_just_come_gives_nobody_up(store: Store, jobs: Jobs, clock: Clock) -> None:
    jobs.submit(order("a"))
    claimed(jobs)
    clock.now_s += 10 * LEASE_S
    newcomer = Jobs(store, lease_s=LEASE_S, clock=clock)
    assert newcomer.claim("other") is None


def test_a_killer_is_set_aside_with_the_reason(jobs: Jobs) -> None:
    job = jobs.submit(order("a"))
    for _ in range(2):
        assert state(jobs, job) is JobState.WAITING
        claimed(jobs)
        jobs.bury("w", Message("it took too long"))
    failed = jobs.get(job.id)
    assert failed is not None and failed.error is not None
    assert failed.state is JobState.FAILED
    with language("en"):
        assert render(failed.error) == "it took too long"


def test_a_worker_that_has_to_go_costs_its_job_no_try(jobs: Jobs) -> None:
    job = jobs.submit(order("a"))
    for _ in range(5):
        jobs.release(claimed(jobs))
    assert state(jobs, job) is JobState.WAITING


def test_many_at_once_never_claim_the_same(tmp_path: Path) -> None:
    url = url_of(tmp_path / "qa.db")
    with Store(url) as store:
        for number in range(60):
            Jobs(store).submit(order(str(number)))
    taken: list[str] = []

    def work(name: str) -> None:
        with Store(url) as store:
            jobs = Jobs(store)
            while (held := jobs.claim(name)) is not None:
                taken.append(held.job.call_id)
                jobs.finish(held)

    workers = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(taken) == Counter(str(number) for number in range(60))


class Crashes(RuleBasedStateMachine):
    """Workers begin, beat, write, die and come back late, the service is started again, in any
    order: each job ends once, and what it writes is written once."""

    held = Bundle("held")
    RETRIES = 2
    number = itertools.count()
    folder: Path

    @initialize(count=st.integers(1, 5))
    def fill(self, count: int) -> None:
        self.clock = Clock()
        self.store = Store(url_of(self.folder / f"{next(self.number)}.db"))
        self.restart()
        self.ids = [self.jobs.submit(order(str(number))).id for number in range(count)]
        self.finished: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()

    @rule()
    def restart(self) -> None:
        self.jobs = Jobs(self.store, retries=self.RETRIES, lease_s=LEASE_S, clock=self.clock)

    @rule(target=held, worker=st.sampled_from("abc"))
    def claim(self, worker: str) -> HeldJob | None:
        return self.jobs.claim(worker)

    @rule(held=held)
    def beat(self, held: HeldJob | None) -> None:
        self.late(held, self.jobs.beat)

    @rule(held=held)
    def finish(self, held: HeldJob | None) -> None:
        """Also by a worker that was taken for dead, or for the second time."""
        if self.late(held, self.jobs.finish):
            assert held is not None
            self.finished[held.job.id] += 1

    @rule(held=consumes(held))
    def release(self, held: HeldJob | None) -> None:
        self.late(held, self.jobs.release)

    @rule(worker=st.sampled_from("abc"))
    def die_seen(self, worker: str) -> None:
        self.jobs.bury(worker)

    @rule(passed_s=st.sampled_from([1.0, LEASE_S / 2, LEASE_S, 10 * LEASE_S]))
    def wait(self, passed_s: float) -> None:
        self.clock.now_s += passed_s

    def late(self, held: HeldJob | None, act) -> bool:
        if held is None:
            return False
        try:
            act(held)
        except JobLost:
            return False
        return True

    @invariant()
    @precondition(lambda self: hasattr(self, "ids"))
    def each_is_one_job_and_ends_once(self) -> None:
        assert sum(self.jobs.counts().values()) == len(self.ids)
        for id_ in self.ids:
            job = self.jobs.get(id_)
            assert job is not None
            assert job.attempts <= self.RETRIES + 1
            assert self.finished[id_] == (job.state is JobState.DONE)

    def teardown(self) -> None:
        """Whatever happened: a worker that works well, and patience, end all of them."""
        if not hasattr(self, "ids"):
            return
        for _ in range(2 * len(self.ids) + 2):
            while (held := self.jobs.claim("good")) is not None:
                self.jobs.finish(held)
            self.clock.now_s += LEASE_S
        counts = self.jobs.counts()
        assert counts[JobState.WAITING] == counts[JobState.RUNNING] == 0
        self.store.close()


def test_whatever_happens_each_job_ends_once(tmp_path: Path) -> None:
    Crashes.folder = tmp_path
    run_state_machine_as_test(
        Crashes,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
