"""What every answer has: an id, headers that protect a browser, limits, a line in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from autoqa.logs import TOLD
from tests.api.clients import local
from tests.api.conftest import RULES, settings_in


@pytest.fixture(scope="session")
def on_both() -> None:
    """Whatever the store: it is shown once."""


def test_a_sane_id_comes_back(client: TestClient) -> None:
    response = client.get("/health/live", headers={"X-Request-Id": "pbx-7.1"})
    assert response.headers["x-request-id"] == "pbx-7.1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"},{"', "甲".encode().decode("latin-1")])
def test_another_is_replaced(client: TestClient, given: str) -> None:
    response = client.get("/health/live", headers={b"X-Request-Id": given.encode("latin-1")})
    assert len(response.headers["x-request-id"]) == 32


@pytest.mark.parametrize("path", ["/health/live", "/v1/nothing", "/openapi.json", "/docs", "/x"])
def test_no_answer_lets_a_browser_be_talked_into_anything(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]


def test_the_documentation_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "swagger-ui" in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_log_has_a_line_of_json_and_no_word_of_the_request(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api"):
        client.post(
            "/v1/score?secret=1", json={"dialogue": "坐席: 机密"}, headers={"X-Request-Id": "r1"}
        )
    (line,) = (vars(one)[TOLD] for one in caplog.records if one.name == "api.envelope")
    assert line.pop("ms") >= 0
    assert line == {"request_id": "r1", "method": "POST", "route": "/v1/score", "status": 200}


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[TestClient]:
    """A service with a limit of one megabyte and no patience."""
    settings = settings_in(tmp_path, language="en", max_json_mb=1, body_timeout_s=0.05)
    with local(create_app(settings, RULES)) as client:
        yield client


def test_a_large_body_is_cut(narrow: TestClient) -> None:
    response = narrow.post("/v1/score", content=b" " * 1_100_000)
    assert response.status_code == 413
    assert response.json()["type"] == "urn:autoqa:problem:too_large"


class Dripping:
    """A client that goes on sending, and the status that it gets."""

    def __init__(self, part: bytes, pause_s: float) -> None:
        self.status, self._part, self._pause_s = 0, part, pause_s

    async def receive(self) -> Message:
        await asyncio.sleep(self._pause_s)
        return {"type": "http.request", "body": self._part, "more_body": True}

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)


@pytest.mark.parametrize(
    ("part", "pause_s", "status"), [(b" " * 65_536, 0.0, 413), (b" ", 0.001, 408)]
)
def test_a_body_that_never_ends_is_cut(
    narrow: TestClient, part: bytes, pause_s: float, status: int
) -> None:
    client = Dripping(part, pause_s)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/score",
        "raw_path": b"/v1/score",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }

    async def ask() -> None:
        await narrow.app(scope, client.receive, client.send)

    asyncio.run(ask())
    assert client.status == status


def test_what_nobody_foresaw_is_a_problem_document_without_its_words(
    narrow: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "坐席: 机密"

    def broken(*_: object) -> bool:
        raise RuntimeError(words)

    monkeypatch.setattr("api.health.at_hand", broken)
    response = narrow.get("/health/ready")
    assert response.status_code == 500
    assert response.json()["type"] == "urn:autoqa:problem:failed"
    assert response.headers["x-request-id"] in response.json()["detail"]
    assert words not in response.text + caplog.text
