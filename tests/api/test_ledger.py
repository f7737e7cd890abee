"""The ledger of problems and the alerts over HTTP: opened, changed, exported, read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.service import Service
from api.watch import Watching
from autoqa.ledger.workbook import MEDIA
from autoqa.store import Alerts, Deliveries
from autoqa.store.alert_rows import alerts
from autoqa.types import FATAL_ONLY, DeliveryKind
from tests.api.clients import local
from tests.api.gates import small_app
from tests.databases import url_of
from tests.store.calls import FATAL, MORNING, filled


@pytest.fixture(scope="module")
def ledger(on_both: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Four calls, one of them alerted."""
    folder = tmp_path_factory.mktemp("ledger")
    with filled(folder) as store:
        Alerts(store).look(FATAL_ONLY, MORNING)
    with local(small_app(folder, store=url_of(folder / "qa.db"), language="en")) as client:
        yield client


def test_who_has_to_judge_a_call_blind_is_not_told_of_its_alert(ledger: TestClient) -> None:
    sample = ledger.post("/v1/samples", json={"size": 4, "rule_id": "no-promise"}).json()
    assert ledger.get("/v1/alerts").json() == {"alerts": []}
    refused = ledger.post("/v1/alerts/1/acknowledgement")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:autoqa:problem:to_judge")
    assert FATAL not in ledger.get("/ui/alerts").text
    for call in sample["calls"]:
        judgement = {"call_id": call["call_id"], "rule_id": "no-promise", "outcome": "failed"}
        path = f"/v1/samples/{sample['number']}/judgements"
        assert ledger.post(path, json=judgement).status_code == 201
    (one,) = ledger.get("/v1/alerts").json()["alerts"]
    assert (one["call_id"], one["state"]) == (FATAL, "open")
    assert FATAL in ledger.get("/ui/alerts").text


def test_an_alert_is_seen_to_once(ledger: TestClient) -> None:
    (one,) = ledger.get("/v1/alerts").json()["alerts"]
    assert (one["call_id"], one["state"], one["level"]) == (FATAL, "open", "warning")
    seen = ledger.post(f"/v1/alerts/{one['number']}/acknowledgement")
    assert (seen.json()["state"], seen.json()["acknowledged_by"]) == ("acknowledged", "local")
    assert ledger.post(f"/v1/alerts/{one['number']}/acknowledgement").status_code == 409
    assert ledger.post("/v1/alerts/99/done").status_code == 404
    assert ledger.get("/v1/alerts?state=open").json() == {"alerts": []}
    assert ledger.get("/v1/calls?alert=2").json()["calls"][0]["call_id"] == FATAL


def test_a_problem_is_opened_changed_and_read_with_its_history(ledger: TestClient) -> None:
    body = {"title": "承诺收益", "rule_id": "no-promise", "call_id": FATAL, "due": "2026-03-01"}
    made = ledger.post("/v1/ledger", json=body)
    assert made.status_code == 201
    address = made.headers["location"]
    told = {"version": 1, "state": "in_work", "owner": "王芳", "due": None}
    assert ledger.patch(address, json=told).json()["version"] == 2
    late = ledger.patch(address, json={"version": 1, "owner": "李明"})
    assert (late.status_code, late.json()["type"]) == (409, "urn:autoqa:problem:issue_changed")
    found = ledger.get(address).json()
    assert (found["owner"], found["due"], found["title"]) == ("王芳", None, "承诺收益")
    assert [one["version"] for one in found["history"]] == [1, 2]
    assert found["number"] in [one["number"] for one in listed(ledger, owner="王芳")]
    assert listed(ledger, owner="nobody") == []


def listed(client: TestClient, **asked: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get("/v1/ledger", params=asked).json()["issues"]
    return found


def test_the_service_looks_and_tells(ledger: TestClient) -> None:
    service: Service = ledger.app.state.service  # type: ignore[attr-defined]
    settings = replace(service.settings, alerts_to="https://crm.bank/alerts")
    with service.store.begin() as connection:
        connection.execute(alerts.delete())
    watching = Watching(service.store, service.rules, settings)
    for _ in range(2):
        watching.step(MORNING)
    (told,) = Deliveries(service.store).newest()
    assert (told.url, told.kind) == (settings.alerts_to, DeliveryKind.ALERT)
    assert FATAL in told.body


def test_what_is_not_there_is_not_named(ledger: TestClient) -> None:
    assert ledger.get("/v1/ledger/99").status_code == 404
    assert ledger.patch("/v1/ledger/99", json={"version": 1}).status_code == 404
    for source in ({"call_id": "no-such"}, {"alert": 99}):
        assert ledger.post("/v1/ledger", json={"title": "x"} | source).status_code == 404
    assert ledger.post("/v1/ledger", json={"title": " "}).status_code == 422


def test_the_workbook_goes_out_and_comes_back(ledger: TestClient) -> None:
    ledger.post("/v1/ledger", json={"title": "漏报工号"})
    book = ledger.get("/v1/ledger.xlsx")
    assert book.headers["content-type"] == MEDIA
    again = ledger.post("/v1/ledger/import", content=book.content)
    assert again.json() == {"added": [], "changed": [], "conflicts": []}
    wrong = ledger.post("/v1/ledger/import", content=b"no workbook")
    assert wrong.status_code == 422


@pytest.mark.parametrize("page", ["alerts", "alerts?view=all", "ledger", "ledger/1"])
def test_the_pages_are_there(ledger: TestClient, page: str) -> None:
    ledger.post("/v1/ledger", json={"title": "漏报工号"})
    assert ledger.get(f"/ui/{page}").status_code == 200
