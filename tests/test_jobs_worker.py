"""What a worker process does with a job, and what is left when it dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from autoqa import pipeline
from autoqa.errors import ModelMissing
from autoqa.i18n import language, render
from autoqa.jobs_worker import JobsWorker
from autoqa.pipeline import Models
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.scorer import Scorer
from autoqa.settings import Settings, as_environment
from autoqa.store import Deliveries, Jobs, Recordings, Store, Workers, store_url
from autoqa.types import Contact, DeliveryKind, Job, JobKind, JobState, Order
from tests.builders_service import MOMENTS, Ears, call_files, ears_of, post
from tests.databases import url_of
from tests.scoring.packs import write_pack

pytestmark = pytest.mark.usefixtures("on_both")

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Place:
    """A store with its jobs, its rules, and how its workers are set up."""

    settings: Settings
    store: Store
    rules: Path

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.store, retries=self.settings.retries)

    def post(self, file: Path, **fields: Any) -> Job:
        return post(self.store, self.settings, file, **fields)

    def again(self, job: Job) -> Job:
        found = self.jobs.get(job.id)
        assert found is not None
        return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    for name in ("moments", "rules"):
        (tmp_path / name).mkdir()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    settings = Settings(data_dir=tmp_path / "qa", store=url_of(tmp_path / "qa.db"), language="en")
    with Store(store_url(settings.store)) as store:
        yield Place(settings, store, rules)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return call_files(tmp_path / "calls", 1)[0]


@pytest.fixture
def ears(place: Place, monkeypatch: pytest.MonkeyPatch) -> Ears:
    ears = ears_of(place.settings)
    monkeypatch.setattr(pipeline, "load_models", lambda _, library: Models(ears, library))
    return ears


@pytest.fixture
def worker(place: Place, ears: Ears) -> JobsWorker:
    return JobsWorker(place.settings, place.store, RuleKeeper(place.rules), "w")


def do_all(worker: JobsWorker) -> None:
    while (held := worker.jobs.claim("w")) is not None:
        worker.work(held)


def told(job: Job) -> str:
    assert job.error is not None
    with language("en"):
        return render(job.error)


# ---------------------------------------------------------------- one job after the other


def test_a_posted_call_gets_its_scorecard(worker: JobsWorker, place: Place, file: Path) -> None:
    job = place.post(file)
    do_all(worker)
    assert place.again(job).state is JobState.DONE
    (scorecard,) = place.store.scorecards(job.call_id)
    assert scorecard.rule_set_version == RuleKeeper(place.rules).rule_set.version
    (stored,) = place.store.stored([job.call_id])
    assert stored.contact == job.order.contact


def test_the_same_bytes_are_heard_once(
    worker: JobsWorker, place: Place, file: Path, ears: Ears
) -> None:
    first = place.post(file)
    do_all(worker)
    other = replace(first.order, contact=replace(first.order.contact, call_id="other"))
    second = place.jobs.submit(other)
    do_all(worker)
    assert place.again(second).state is JobState.DONE
    assert ears.heard == 1
    assert len(place.store.scorecards("other")) == 1


def test_a_call_is_scored_again_by_the_rules_in_force(
    worker: JobsWorker, place: Place, file: Path, ears: Ears
) -> None:
    first = place.post(file)
    do_all(worker)
    again = place.jobs.submit(replace(first.order, kind=JobKind.RESCORE))
    do_all(worker)
    assert place.again(again).state is JobState.DONE
    assert ears.heard == 1
    assert len(place.store.scorecards(first.call_id)) == 1  # the same rules say the same


def test_a_call_that_is_gone_cannot_be_scored_again(worker: JobsWorker, place: Place) -> None:
    order = post_order("a")
    job = place.jobs.submit(replace(order, kind=JobKind.RESCORE))
    do_all(worker)
    assert "post it again" in told(place.again(job))


def test_a_recording_that_is_gone_is_said_to_be(worker: JobsWorker, place: Place) -> None:
    job = place.jobs.submit(post_order("a"))
    do_all(worker)
    assert "not there any more" in told(place.again(job))


def test_a_recording_that_has_changed_is_not_taken_for_the_posted_one(
    worker: JobsWorker, place: Place, file: Path, tmp_path: Path
) -> None:
    job = place.post(file)
    (kept,) = Recordings(place.store, place.settings.data_dir / "recordings").paths(
        job.order.recording_id
    )
    kept.write_bytes(call_files(tmp_path / "more", 2)[1].read_bytes())
    do_all(worker)
    assert "not as it was" in told(place.again(job))


def test_what_is_no_recording_fails_under_its_own_name(
    worker: JobsWorker, place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "letter.wav"
    file.write_bytes(b"Dear Sir or Madam, " * 100)
    job = place.post(file)
    do_all(worker)
    failed = place.again(job)
    assert failed.state is JobState.FAILED
    assert told(failed).startswith("letter.wav")


def test_of_a_call_that_was_deleted_meanwhile_nothing_is_kept(
    worker: JobsWorker, place: Place, file: Path, ears: Ears
) -> None:
    job = place.post(file)
    ears.meanwhile = lambda: place.jobs.delete(job.call_id)
    do_all(worker)
    assert place.store.scorecards(job.call_id) == []
    assert place.store.call_ids() == []
    with place.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM calls").scalar() == 0


def test_what_a_worker_does_is_counted(
    worker: JobsWorker, place: Place, file: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.wav"
    letter.write_bytes(b"Dear Sir or Madam, " * 100)
    for one in (file, letter):
        place.post(one)
    do_all(worker)
    worker.sign(leaving=True)
    worker.sign()  # who has left says nothing any more
    workers = Workers(place.store)
    assert workers.living() == 0
    done = workers.done()
    assert done["audio_ms",] == 2000
    assert sum(count for what, count in done.items() if what[0] == "outcome") == 1
    assert sum(count for what, count in done.items() if what[0] == "failed") == 1


def test_an_alert_is_raised_once_for_a_fatal_rule(
    place: Place, file: Path, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fatally(*args: Any) -> tuple[pipeline.Judged, ...]:
        (one,) = judge(*args)
        return (replace(one, scorecard=replace(one.scorecard, fatal_rule_ids=("it",))),)

    judge = Scorer.judge
    monkeypatch.setattr(Scorer, "judge", fatally)
    worker = JobsWorker(place.settings, place.store, RuleKeeper(place.rules), "w")
    first = place.post(file, notify="https://crm.bank/alerts")
    do_all(worker)
    place.jobs.submit(replace(first.order, kind=JobKind.RESCORE))
    do_all(worker)
    told, *others = [
        one for one in Deliveries(place.store).newest() if one.kind is DeliveryKind.ALERT
    ]
    assert (told.url, others) == (first.order.notify, [])
    body = json.loads(told.body)
    assert (body["call_id"], body["rules"]) == (first.call_id, ["it"])


def test_what_stops_every_job_alike_costs_none_of_them_a_try(
    worker: JobsWorker, place: Place, file: Path, ears: Ears
) -> None:
    def missing() -> None:
        raise ModelMissing("no weights")

    ears.meanwhile = missing
    job = place.post(file)
    with pytest.raises(ModelMissing):
        do_all(worker)
    assert place.again(job).state is JobState.WAITING
    assert place.again(job).attempts == 0


def post_order(name: str) -> Order:
    return Order(JobKind.SCORE, "0" * 64, Contact(name, f"{name}.wav"))


# ---------------------------------------------------------------- processes


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(place: Place, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, **changes: object) -> subprocess.Popen[bytes]:
        settings = replace(place.settings, **changes)  # type: ignore[arg-type]
        command = [sys.executable, "-m", "tests.builders_service", "worker", "--name", name]
        own = {"TEST_MOMENTS": str(tmp_path / "moments"), "PYTHONPATH": str(ROOT)}
        started.append(
            subprocess.Popen(
                [*command, "--rules", str(place.rules)],
                cwd=ROOT,
                env=os.environ | as_environment(settings) | own,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(place: Place, *states: JobState, of: Job) -> Job:
    """Waits for the job to be in one of the states."""
    for _ in range(600):
        job = place.again(of)
        if job.state in states:
            return job
        signal.sigtimedwait([], 0.05)
    raise AssertionError(f"still {place.again(of)}")


def test_killed_at_any_moment_each_call_is_scored_once(
    place: Place, tmp_path: Path, start: Start
) -> None:
    """The first call kills one worker after the other, each a moment later."""
    jobs = [place.post(file) for file in call_files(tmp_path / "calls", 3)]
    for moment in MOMENTS:
        (tmp_path / "moments" / moment).touch()
        assert start(moment, retries=len(MOMENTS)).wait(60) == -signal.SIGKILL
        written = len(place.store.scorecards(jobs[0].call_id))
        assert written == (moment == "finished")
        Jobs(place.store, retries=len(MOMENTS)).bury(moment)
    worker = start("last")
    for job in jobs:
        until(place, JobState.DONE, of=job)
        assert len(place.store.scorecards(job.call_id)) == 1
    worker.terminate()
    assert worker.wait(30) == 0


def test_a_worker_that_is_told_to_go_gives_its_job_back(
    place: Place, tmp_path: Path, file: Path, start: Start
) -> None:
    (tmp_path / "moments" / "wait").touch()
    job = place.post(file)
    worker = start("w")
    until(place, JobState.RUNNING, of=job)
    worker.terminate()
    assert worker.wait(30) == 0
    assert place.again(job).state is JobState.WAITING
    assert place.again(job).attempts == 0


def test_a_job_that_takes_too_long_is_set_aside(
    place: Place, tmp_path: Path, file: Path, start: Start
) -> None:
    (tmp_path / "moments" / "wait").touch()
    job = place.post(file)
    worker = start("w", shortest_timeout_s=0.1, timeout_factor=0.1, retries=0)
    assert worker.wait(30) == 1
    assert place.again(job).state is JobState.FAILED
    assert "too long" in told(place.again(job))
