"""The service with its workers: what is killed comes back, what is stopped loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from autoqa.settings import Settings, as_environment
from autoqa.store import Jobs, Store, store_url
from autoqa.types import Job, JobState
from tests.builders_service import call_files, post, until
from tests.databases import url_of
from tests.scoring.packs import write_pack

pytestmark = pytest.mark.usefixtures("on_both")

ROOT = Path(__file__).parents[1]

Serve = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = url_of(tmp_path / "qa.db")
    return Settings(data_dir=tmp_path / "qa", store=store, port=port, retries=9, language="en")


@pytest.fixture
def moments(tmp_path: Path) -> Path:
    (tmp_path / "moments").mkdir()
    return tmp_path / "moments"


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store(store_url(settings.store)) as store:
        yield store


@pytest.fixture
def serve(settings: Settings, tmp_path: Path, moments: Path) -> Iterator[Serve]:
    (tmp_path / "rules").mkdir()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    command = [sys.executable, "-m", "tests.builders_service", "serve", "--workers", "1"]
    own = {"TEST_MOMENTS": str(moments), "PYTHONPATH": str(ROOT)}
    started: list[subprocess.Popen[bytes]] = []

    def serve() -> subprocess.Popen[bytes]:
        environment = os.environ | as_environment(settings) | own
        command_line = [*command, "--rules", str(rules)]
        started.append(subprocess.Popen(command_line, cwd=ROOT, env=environment))
        until(lambda: answers(settings.port))
        return started[-1]

    yield serve
    for process in started:
        process.terminate()
        process.wait(60)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live") as response:
            return bool(response.status == 200)
    except URLError:
        return False


def children(pid: int) -> list[int]:
    """The workers of a service, by what the system says."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"worker" in (stat.parent / "cmdline").read_bytes():
                found.append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists() and bool(Path(f"/proc/{pid}/cmdline").read_bytes())


def state(store: Store, job: Job) -> JobState:
    found = Jobs(store).get(job.id)
    assert found is not None
    return found.state


def test_killed_workers_and_services_are_replaced_and_calls_scored_once(
    serve: Serve, store: Store, settings: Settings, moments: Path, tmp_path: Path
) -> None:
    (moments / "wait").touch()
    jobs = [post(store, settings, file) for file in call_files(tmp_path / "calls", 2)]
    service = serve()
    until(lambda: state(store, jobs[0]) is JobState.RUNNING)
    (first,) = children(service.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: children(service.pid) not in ([], [first]))
    until(lambda: state(store, jobs[0]) is JobState.RUNNING)

    (second,) = children(service.pid)
    service.kill()
    service.wait()
    until(lambda: not is_alive(second))
    # It gave its job back before it went: no try is counted for a service that died.
    (given_back,) = Jobs(store).of_call(jobs[0].call_id)
    assert (given_back.state, given_back.attempts) == (JobState.WAITING, 1)

    (moments / "wait").unlink()
    service = serve()
    for job in jobs:
        until(lambda job=job: state(store, job) is JobState.DONE)  # type: ignore[misc]
        assert len(store.scorecards(job.call_id)) == 1
    workers = children(service.pid)
    service.terminate()
    assert service.wait(60) == 0
    assert not any(map(is_alive, workers))


def test_a_service_that_is_stopped_loses_no_job(
    serve: Serve, store: Store, settings: Settings, moments: Path, tmp_path: Path
) -> None:
    (moments / "wait").touch()
    job = post(store, settings, call_files(tmp_path / "calls", 1)[0])
    service = serve()
    until(lambda: state(store, job) is JobState.RUNNING)
    workers = children(service.pid)
    service.terminate()
    assert service.wait(60) == 0
    assert not any(map(is_alive, workers))
    (left,) = Jobs(store).of_call(job.call_id)
    assert (left.state, left.attempts) == (JobState.WAITING, 0)
