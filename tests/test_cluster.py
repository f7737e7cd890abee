"""A folder heard by the machines of a cluster: each recording once, whatever is lost meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from autoqa.cluster import check
from autoqa.errors import UsageError
from autoqa.i18n import language, render
from autoqa.settings import Settings
from autoqa.store import Jobs, Store
from autoqa.types import JobState
from tests.builders_service import call_files, until
from tests.databases import POSTGRES, running_on, url_of
from tests.ray_nodes import ADDRESS, ROOT, Nodes, own_network
from tests.scoring.packs import write_pack

CALLS = 20
SERVICE = "http://127.0.0.1:8080"

Run = Callable[[], "subprocess.Popen[bytes]"]


@pytest.mark.parametrize(
    ("address", "store", "said"),
    [
        ("127.0.0.1:1", "qa/autoqa.db", "--store postgresql://"),
        ("127.0.0.1:1", "", "--store postgresql://"),
        ("head", "postgresql://db/autoqa", "HOST:PORT"),
        ("127.0.0.1:1", "postgresql://db/autoqa", "not reached"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_begun(
    address: str, store: str, said: str
) -> None:
    with pytest.raises(UsageError) as raised:
        check(address, Settings(store=store))
    with language("en"):
        assert said in render(raised.value.message)


@pytest.fixture
def moments(tmp_path: Path) -> Path:
    (tmp_path / "moments").mkdir()
    return tmp_path / "moments"


@pytest.fixture
def nodes(tmp_path: Path, moments: Path) -> Iterator[Nodes]:
    """The head alone."""
    nodes = Nodes(tmp_path, TEST_MOMENTS=str(moments), TEST_HEARING_S="0.5", TEST_LEASE_S="10")
    with own_network():
        try:
            nodes.start(0)
            yield nodes
        finally:
            nodes.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with running_on(POSTGRES), Store(url_of(tmp_path / "qa.db")) as store:
        yield store


@pytest.fixture
def run(tmp_path: Path, nodes: Nodes, store: Store) -> Iterator[Run]:
    """``autoqa score FOLDER --cluster …``, with ears that need no model."""
    (tmp_path / "rules").mkdir()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    call_files(tmp_path / "calls", CALLS)
    command = [sys.executable, "-m", "tests.builders_service", "score", str(tmp_path / "calls")]
    command += ["--rules", str(rules), "--out", str(tmp_path / "qa"), "--cluster", ADDRESS]
    with running_on(POSTGRES):
        command += ["--store", url_of(tmp_path / "qa.db"), "--lang", "en"]
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        more = nodes.environment | {"AUTOQA_RETRIES": "9"}
        started.append(subprocess.Popen(command, cwd=ROOT, env=more, stdin=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait()


@pytest.fixture
def service(tmp_path: Path, nodes: Nodes, store: Store) -> Iterator[subprocess.Popen[bytes]]:
    """``autoqa serve --cluster …``, which hears nothing itself."""
    (tmp_path / "rules").mkdir()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    command = [sys.executable, "-m", "tests.builders_service", "serve", "--rules", str(rules)]
    command += ["--data", str(tmp_path / "qa"), "--port", SERVICE.rpartition(":")[2]]
    with running_on(POSTGRES):
        command += ["--store", url_of(tmp_path / "qa.db"), "--cluster", ADDRESS]
    process = subprocess.Popen(command, cwd=ROOT, env=nodes.environment, stdin=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


def is_ready() -> bool:
    """The service answers, and somebody lives who hears."""
    try:
        return httpx.get(f"{SERVICE}/health/ready").status_code == HTTPStatus.OK
    except httpx.TransportError:
        return False


def wait_for(store: Store, state: JobState, count: int) -> None:
    until(lambda: Jobs(store).counts()[state] >= count)


def each_is_there_once(folder: Path, store: Store) -> None:
    counts = {state: count for state, count in Jobs(store).counts().items() if count}
    assert counts == {JobState.DONE: CALLS}
    for number in range(CALLS):
        name = f"{number:03}.wav"
        assert len(store.scorecards(name)) == 1
        assert (folder / "qa" / f"{name}.json").is_file()


@pytest.mark.cluster
def test_workers_machines_the_head_and_whoever_asked_are_lost(
    run: Run, nodes: Nodes, store: Store, moments: Path, tmp_path: Path
) -> None:
    for number in (1, 2):
        nodes.start(number)
    (moments / "wait").touch()
    first = run()
    wait_for(store, JobState.RUNNING, 3)  # a call in the hands of each of three machines
    nodes.kill_place()
    nodes.kill(2)
    (moments / "wait").unlink()
    wait_for(store, JobState.DONE, 3)
    first.kill()
    nodes.kill(0)
    nodes.start(0)
    assert run().wait() == 0
    each_is_there_once(tmp_path, store)


@pytest.mark.cluster
def test_what_is_posted_is_heard_by_the_cluster(
    service: subprocess.Popen[bytes], store: Store, tmp_path: Path
) -> None:
    until(is_ready)
    for file in call_files(tmp_path / "calls", 2):
        with file.open("rb") as opened:
            files = {"recording": (file.name, opened)}
            answer = httpx.post(f"{SERVICE}/v1/calls?wait=60", files=files, timeout=90)
        assert (answer.status_code, answer.json()["job"]["state"]) == (HTTPStatus.OK, "done")
    assert len(store.call_ids()) == 2
    service.terminate()
    assert service.wait() in (0, -signal.SIGTERM)
