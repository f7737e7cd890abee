"""The OpenAPI document tells the truth: whatever is sent, no 5xx and no undocumented answer.

Against the real server on the loopback, with requests that schemathesis makes up: one by one, and
in chains in which what one answers is asked of the next. ``SCHEMA_EXAMPLES=50`` makes up so many
for each operation, and as many chains.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from autoqa.reports.period_workbook import XLSX
from autoqa.store import Workers, workers
from tests.api.conftest import RULES, settings_in
from tests.api.telephone import post, work

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schemathesis.serializer.alias(XLSX, "application/octet-stream")
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
SHORT = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def on_both() -> None:
    """Whatever the store: it is shown once."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The schema of a service with a call in it."""
    folder = tmp_path_factory.mktemp("schema")
    app = create_app(settings_in(folder, language="en", max_wait_s=0, chore_timeout_s=20), RULES)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)  # until the server says so
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        post(client, call_id="0001")
        work(app)
        post(client, call_id="0002")
    Workers(app.state.service.store).beat("a worker", {})
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(workers, "ALIVE_S", 24 * 3600.0)  # it says no more, however long this takes
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json")
    monkeypatch.undo()
    server.should_exit = True
    thread.join()


def test_every_answer_is_documented(served: Any) -> None:
    for found in served.get_all_operations():
        operation = found.ok()

        @SHORT
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        ask()


def test_chains_of_requests_hold(served: Any) -> None:
    class Chains(served.as_state_machine()):  # type: ignore[misc]
        def validate_response(self, response: Any, case: Any, **options: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    chains = settings(SHORT, max_examples=EXAMPLES + 2, stateful_step_count=5)
    run_state_machine_as_test(Chains, settings=chains)
