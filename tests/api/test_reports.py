"""Figures over HTTP: as JSON, as CSV that no spreadsheet runs, and only what one may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.reports import REPORTS
from autoqa.cells import FORMULA_STARTS
from autoqa.store import Store
from autoqa.types import Duty
from tests.api.clients import local
from tests.api.gates import hired, signed_in, small_app
from tests.databases import url_of
from tests.store.calls import FATAL, filled

NAMES = [report.name for report in REPORTS]
_ROWS = ("days", "groups", "rules", "figures", "tables")


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    filled(tmp_path).close()
    return small_app(tmp_path, store=url_of(tmp_path / "qa.db"))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with local(app) as client:
        yield client


def rows_of(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def test_the_overview_has_all_calls_days_and_measures(client: TestClient) -> None:
    shown = client.get("/v1/reports/overview").json()
    assert (shown["total"]["calls"], shown["total"]["score"]) == (4, 75)
    assert [one["key"] for one in shown["days"]] == [
        "2026-01-31",
        "2026-02-01",
        "2026-02-02",
        "2026-02-03",
    ]
    spread = {one["measure"]: one for one in shown["distributions"]}
    assert spread["score"]["bins"] == [[0, 1], [95, 3]]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_the_rows_of_the_document(client: TestClient, name: str) -> None:
    sample = client.post("/v1/samples", json={"size": 4, "rule_id": "no-promise"}).json()
    client.post(
        f"/v1/samples/{sample['number']}/judgements",
        json={"call_id": FATAL, "rule_id": "no-promise", "outcome": "failed"},
    )
    path = f"/v1/reports/{name}"
    document = client.get(path).json()
    rows = next(one for key, one in document.items() if key in _ROWS)
    rows += [one for side in document.get("sides", ()) for one in side["beside"]]
    by_ending = client.get(path + ".csv")
    by_accept = client.get(path, headers={"Accept": "text/csv"})
    assert by_ending.content == by_accept.content
    assert by_ending.headers["content-type"].startswith("text/csv")
    assert len(rows_of(by_ending.content)) == len(rows)
    assert rows or name == "fairness"  # these calls have lines of one kind


def test_no_cell_is_a_formula(client: TestClient, tmp_path: Path) -> None:
    with Store(url_of(tmp_path / "qa.db")) as store:
        (stored,) = store.stored([FATAL])
        scorecard = store.current_scorecard(FATAL)
        assert scorecard is not None
        contact = replace(stored.contact, agent_name="=cmd|' /C calc'!A1", team="@SUM(A1)")
        findings = tuple(replace(one, section="=1+1") for one in scorecard.findings)
        scorecard = replace(scorecard, findings=findings)
        store.put_scorecards([(contact, stored.call, scorecard)])
    for name in NAMES:
        for row in rows_of(client.get(f"/v1/reports/{name}.csv").content):
            assert not any(cell.startswith(FORMULA_STARTS) for cell in row.values())
    assert "'=1+1" in client.get("/v1/reports/rules.csv").text
    assert "'@SUM(A1)" in client.get("/v1/reports/teams.csv").text


def test_filters_choose_and_what_is_no_day_is_refused(client: TestClient) -> None:
    path = "/v1/reports/agents"
    (only,) = client.get(path, params={"agent_id": "800"}).json()["groups"]
    assert (only["key"], only["calls"]) == ("800", 2)
    assert client.get(path, params={"first_day": "2027-01-01"}).json()["groups"] == []
    assert client.get(path, params={"first_day": "soon"}).status_code == 422
    assert client.get("/v1/reports/overview?form=other").json()["total"] is None


def test_an_agent_has_only_his_own_figures(app: FastAPI) -> None:
    hired(app, "张敏", Duty.AGENT, ["801"])
    agent = signed_in(app, "张敏")
    assert [one["key"] for one in agent.get("/v1/reports/agents").json()["groups"]] == ["801"]
    assert agent.get("/v1/reports/agents?agent_id=800").json()["groups"] == []
    assert agent.get("/v1/reports/overview").json()["total"]["calls"] == 2
