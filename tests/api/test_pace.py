"""A caller may ask so many times a minute, and is told when he may again."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from api.pace import Pace
from autoqa.settings import Settings
from tests.databases import url_of

RULES = Path(__file__).parents[2] / "rules" / "retail-bank"


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_minutes_requests_may_come_at_once_and_the_next_in_its_turn() -> None:
    clock = Clock()
    pace = Pace(6, clock)
    assert [pace.wait_s("crm") for _ in range(6)] == [0] * 6
    assert pace.wait_s("crm") == 10
    assert pace.wait_s("other") == 0
    clock.now_s += 10
    assert pace.wait_s("crm") == 0
    assert pace.wait_s("crm") == 10
    clock.now_s += 3600
    assert [pace.wait_s("crm") for _ in range(6)] == [0] * 6


def test_without_a_limit_nobody_waits() -> None:
    pace = Pace(0)
    assert not any(pace.wait_s("crm") for _ in range(1000))


def test_who_asks_too_often_is_told_when_he_may_again(tmp_path: Path) -> None:
    settings = Settings(store=url_of(tmp_path / "autoqa.db"), requests_a_minute=2)
    app = create_app(settings, RULES)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        answers = [client.get("/v1/calls") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30
    assert answers[2].json()["type"] == "urn:autoqa:problem:busy"
