"""Health and figures, for those who run the service."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from autoqa.store import Workers
from tests.api.clients import local, remote
from tests.api.conftest import RULES, settings_in
from tests.api.telephone import post


def test_it_lives(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"ready": True, "checks": []}


def test_ready_says_what_is_missing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, language="en", model=str(tmp_path), max_waiting=0)
    with local(create_app(settings, RULES)) as client:
        response = client.get("/health/ready")
    assert response.status_code == 503
    checks = {check["name"]: check for check in response.json()["checks"]}
    assert checks["store"] == {"name": "store", "ok": True, "detail": ""}
    assert checks["rules"]["ok"]
    assert str(tmp_path) in checks["model"]["detail"]
    assert "no worker" in checks["workers"]["detail"]
    assert "0 calls wait" in checks["queue"]["detail"]


def test_figures_tell_of_requests_and_of_the_queue(client: TestClient) -> None:
    client.get("/health/live")
    text = client.get("/metrics").text
    assert 'autoqa_jobs{state="waiting"} 0.0' in text
    assert 'autoqa_http_requests_total{method="GET",route="/health/live",status="200"}' in text


def test_with_a_living_worker_calls_are_scored(tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path), RULES)
    Workers(app.state.service.store).beat("a", {})
    with local(app) as client:
        checks = {one["name"]: one for one in client.get("/health/ready").json()["checks"]}
    assert checks["workers"] == {"name": "workers", "ok": True, "detail": ""}


def test_figures_tell_what_workers_have_done(tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path), RULES)
    workers = Workers(app.state.service.store)
    greeted = ("outcome", "greeting", "passed")
    workers.beat("a", {("audio_ms",): 60_000, ("work_ms",): 3_000, greeted: 2})
    workers.count("failed", "{file} is empty")
    with local(app) as client:
        post(client)
        lines = client.get("/metrics").text.splitlines()
    assert {
        "autoqa_workers 1.0",
        "autoqa_audio_heard_seconds_total 60.0",
        "autoqa_work_seconds_total 3.0",
        "autoqa_real_time_factor 0.05",
        'autoqa_jobs_failed_total{reason="{file} is empty"} 1.0',
        'autoqa_rule_outcomes_total{outcome="passed",rule="greeting"} 2.0',
        'autoqa_jobs{state="waiting"} 1.0',
    } <= set(lines)
    (waited,) = (line for line in lines if line.startswith("autoqa_oldest_waiting_seconds "))
    assert float(waited.split()[1]) > 0


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [("", "", 403), ("s3", "", 403), ("s3", "Bearer s4", 403), ("s3", "Bearer s3", 200)],
)
def test_figures_are_not_for_everybody(tmp_path: Path, token: str, sent: str, status: int) -> None:
    app = create_app(settings_in(tmp_path, metrics_token=token), RULES)
    with remote(app) as client:
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == status
