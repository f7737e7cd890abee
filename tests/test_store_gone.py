"""The database goes away and comes back: nothing is lost, and nothing done twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.jobs_worker import JobsWorker
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.settings import Settings, as_environment
from autoqa.store import Jobs, Store, StoreGone
from autoqa.types import JobState
from tests.builders_service import call_files, post, until
from tests.postgres import Cluster
from tests.scoring.packs import write_pack
from tests.store.test_jobs import LEASE_S, Clock, claimed, order

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[1]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """One that may be stopped."""
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def store(cluster: Cluster) -> Iterator[Store]:
    with Store(cluster.make("qa")) as store:
        yield store


def test_workers_wait_for_it_and_go_on(cluster: Cluster, store: Store, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "qa", store=cluster.place("qa"), language="en")
    (tmp_path / "rules").mkdir()
    (tmp_path / "moments").mkdir()
    wait = tmp_path / "moments" / "wait"
    wait.touch()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    jobs = [post(store, settings, file) for file in call_files(tmp_path / "calls", 4)]
    own = {"TEST_MOMENTS": str(wait.parent), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.builders_service", "worker", "--rules", str(rules)]
    environment = os.environ | as_environment(settings) | own
    workers = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    try:
        until(lambda: len(list(wait.parent.glob("waits-*"))) == 2)
        cluster.stop()
        wait.unlink()  # what they have heard they cannot write now
        with pytest.raises(StoreGone):
            Jobs(store).counts()
        cluster.start()
        until(lambda: Jobs(store).counts()[JobState.DONE] == len(jobs))
        for job in jobs:
            done = Jobs(store).get(job.id)
            assert done is not None
            assert done.attempts == 1
            assert len(store.scorecards(job.call_id)) == 1
        assert [worker.poll() for worker in workers] == [None, None]
    finally:
        for worker in workers:
            worker.terminate()
        assert [worker.wait(60) for worker in workers] == [0, 0]


def test_a_worker_goes_on_where_it_goes_away_as_a_job_begins(
    cluster: Cluster, store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "qa")
    job = post(store, settings, *call_files(tmp_path / "calls", 1))
    rules = write_pack(tmp_path, "passes_if: {says: greeting}")
    worker = JobsWorker(settings, store, RuleKeeper(rules), "one")
    held = claimed(worker.jobs, "one")
    cluster.stop()
    worker.work(held)
    cluster.start()
    worker.jobs.bury("one")
    assert claimed(worker.jobs, "another").job.id == job.id


def test_nobody_who_could_not_beat_is_taken_for_dead(cluster: Cluster, store: Store) -> None:
    clock = Clock()
    jobs = Jobs(store, lease_s=LEASE_S, clock=clock)
    job = jobs.submit(order("a"))
    claimed(jobs)
    assert jobs.claim("other") is None
    cluster.stop()
    cluster.start()
    clock.now_s += 10 * LEASE_S
    assert jobs.claim("other") is None
    clock.now_s += LEASE_S
    assert claimed(jobs, "other").job.id == job.id


def test_what_was_under_way_is_not_kept(cluster: Cluster, store: Store) -> None:
    with pytest.raises(StoreGone), store.begin():
        Jobs(store).submit(order("a"))
        cluster.stop()
    cluster.start()
    assert Jobs(store).of_call("a") == []
