"""Reports of a period over HTTP: who gets which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from autoqa.store import Overview
from autoqa.types import Duty
from tests.api.gates import hired, signed_in, small_app, token
from tests.databases import url_of
from tests.store.calls import filled

PATH = "/v1/reports/period"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, str]]:
    folder = tmp_path_factory.mktemp("reports")
    with filled(folder) as store:
        day = Overview(store).page().rows[0].day
    app = small_app(folder, store=url_of(folder / "qa.db"), complaint_rules="greeting")
    hired(app, "李强", Duty.SUPERVISOR)
    hired(app, "李四", Duty.AGENT, ["801"])
    hired(app, "王芳", Duty.REVIEWER)
    yield app, f"?length=month&day={day}"


def test_a_supervisor_gets_every_report_in_three_forms(place: tuple[FastAPI, str]) -> None:
    app, when = place
    person = signed_in(app, "李强")
    found = person.get(PATH + when)
    assert (found.status_code, found.json()["of"]) == (200, "management")
    page = person.get(f"{PATH}.html{when}")
    assert "/ui/calls/" in page.text
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert "style-src &#39;sha256-" in page.text
    assert person.get(f"{PATH}.xlsx{when}").content.startswith(b"PK")
    assert person.get(f"{PATH}{when}&of=agent&agent_id=801").status_code == 200
    assert person.get(f"{PATH}{when}&of=team").status_code == 422
    assert person.get(f"{PATH}?day=1999-01-01").status_code == 404


def test_an_agent_gets_his_own_alone(place: tuple[FastAPI, str]) -> None:
    app, when = place
    agent = signed_in(app, "李四")
    assert agent.get(f"{PATH}{when}&of=agent&agent_id=801").status_code == 200
    for other in ("", "&of=agent&agent_id=800", "&of=team&team=x", "&of=agent"):
        assert agent.get(f"{PATH}{when}{other}").status_code == 403


def test_who_has_to_judge_a_call_blind_is_not_told_of_it(place: tuple[FastAPI, str]) -> None:
    app, when = place
    judge = signed_in(app, "王芳")
    asked = f"{PATH}{when}&of=agent&agent_id=801"
    before = judge.get(asked).json()
    assert before["outstanding"]
    assert any(one["moments"] for one in before["coaching"]["advice"])
    whole = judge.get(PATH + when).json()["complaints"]
    assert whole["queues"][0]["calls"]
    judge.post("/v1/samples", json={"size": 100}, headers=token(judge))
    after = judge.get(asked).json()
    assert after["outstanding"] == []
    assert not any(one["moments"] for one in after["coaching"]["advice"])
    blind = judge.get(PATH + when).json()["complaints"]
    assert blind["now"] == whole["now"]
    assert not any(one["calls"] for one in (*blind["queues"], *blind["words"]))
    assert signed_in(app, "李强").get(asked).json()["outstanding"]
