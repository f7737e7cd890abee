"""Rules over HTTP: read, checked, tried, compared, published by two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import guard
from api.app import create_app
from api.rules import EXAMPLE as GREETING
from tests.api.clients import local
from tests.api.conftest import settings_in
from tests.api.telephone import post, work

FORM = """\
form:
  id: small
  name: 小表
  pass_mark: 80
  sections:
    - name: 礼貌
      rules:
        greeting: 5
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("rules")
    (made / "form.yaml").write_text(FORM, "utf-8")
    (made / "greeting.yaml").write_text(GREETING, "utf-8")
    return made


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> FastAPI:
    settings = settings_in(tmp_path_factory.mktemp("s"), language="en", chore_timeout_s=30)
    return create_app(settings, folder)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with local(app) as client:
        yield client


def send(client: TestClient, what: str, text: str = GREETING, **more: Any) -> Any:
    return client.post(f"/v1/rules/{what}", json={"files": {"greeting.yaml": text}, **more})


def test_rules_in_force_are_read(client: TestClient) -> None:
    document = client.get("/v1/rules").json()
    assert [rule["id"] for rule in document["rules"]] == ["greeting"]
    assert document["forms"][0]["rules"] == {"greeting": 5}
    assert client.get("/v1/rules/greeting").json()["examples"] == 2
    assert client.get("/v1/rules/nothing").status_code == 404
    assert client.get("/v1/rules/files").json()["files"]["form.yaml"] == FORM


def test_every_fault_has_its_place(client: TestClient) -> None:
    document = send(client, "check", GREETING.replace("says:", "sayz:")).json()
    assert not document["usable"]
    assert (document["faults"][0]["file"], document["faults"][0]["line"]) == ("greeting.yaml", 6)
    assert send(client, "check").json() == {"usable": True, "faults": []}


def test_examples_are_run(client: TestClient) -> None:
    assert send(client, "test").json() == {"examples": 2, "faults": [], "untried": []}
    wrong = send(client, "test", GREETING.replace("[您好]", "[您早]")).json()
    assert len(wrong["faults"]) == 1
    assert wrong["faults"][0]["line"] == 10


def test_rules_are_tried_and_compared_on_stored_calls(app: FastAPI, client: TestClient) -> None:
    assert send(client, "try", rule_id="greeting").status_code == 422
    post(client, call_id="tried")
    work(app)
    tried = send(client, "try", rule_id="greeting").json()
    assert tried["counts"]["passed"] == 1
    assert tried["calls"][0]["call_id"] == "tried"
    stricter = GREETING.replace("[您好]", "[您早]")
    changes = send(client, "diff", stricter).json()
    assert (changes["calls"], changes["changed"]) == (1, 1)
    assert changes["changes"][0]["rules"] == ["greeting"]
    assert send(client, "diff").json()["changed"] == 0


ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        ALIASES,
        "rules: " + "[" * 5000,
        "{" * 400_000,
        GREETING.replace("[您好]", "['(" + "您|" * 2000 + "好)']"),
        GREETING.replace("says: hello", "matches: '(a+)+$'"),
        GREETING.replace("[您好]", "['" + "[您]" * 15 + "好']"),
        "\x00",
        "!!python/object/apply:os.system ['id']",
        "",
    ],
)
def test_hostile_files_get_an_answer(client: TestClient, text: str) -> None:
    response = send(client, "check", text)
    assert response.status_code in {200, 422}
    if response.status_code == 200:
        assert not response.json()["usable"] or "matches" in text or "[您]" in text
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    "name",
    ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml", "x.py", "a\\..\\x.yaml", ".x.yaml", "x.yaml\n"],
)
def test_no_file_leads_out_of_the_folder(client: TestClient, name: str) -> None:
    response = client.post("/v1/rules/check", json={"files": {name: ""}})
    assert response.status_code == 422


def test_two_people_publish(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = GREETING.replace("[您好]", "[您好, 早上好]")
    body = {"files": {"greeting.yaml": new}, "reason": "早上也问候"}
    assert client.post("/v1/proposals", json=body | {"reason": " "}).status_code == 422
    broken = body | {"files": {"greeting.yaml": GREETING.replace("[您好]", "[您早]")}}
    assert client.post("/v1/proposals", json=broken).json()["errors"][0]["at"][1] == 10
    made = client.post("/v1/proposals", json=body)
    assert made.status_code == 201
    assert made.json()["files"] == {"greeting.yaml": new}
    path = made.headers["location"]
    assert client.post(path + "/approval").json()["type"].endswith("own_proposal")
    assert (folder / "greeting.yaml").read_text("utf-8") == GREETING

    monkeypatch.setattr(guard, "LOCAL", replace(guard.LOCAL, name="second"))
    approved = client.post(path + "/approval")
    assert approved.json()["state"] == "approved"
    assert (folder / "greeting.yaml").read_text("utf-8") == new
    (entry,) = client.get("/v1/publications").json()["publications"]
    assert (entry["author"], entry["approver"]) == ("local", "second")
    whole = client.get(f"/v1/publications/{entry['version']}").json()
    assert whole["files"]["greeting.yaml"] == new
    assert client.post(path + "/approval").status_code == 409
    assert client.post(path + "/return", json={"remark": "不"}).status_code == 409


def test_what_was_proposed_for_other_rules_is_not_approved(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"files": {"greeting.yaml": GREETING.replace("开头问候", "问候")}, "reason": "改名"}
    path = client.post("/v1/proposals", json=body).headers["location"]
    (folder / "greeting.yaml").write_text(GREETING + "# later\n", "utf-8")
    monkeypatch.setattr(guard, "LOCAL", replace(guard.LOCAL, name="second"))
    response = client.post(path + "/approval")
    assert response.status_code == 422
    assert "greeting.yaml was changed" in response.json()["detail"]
    returned = client.post(path + "/return", json={"remark": "再看看"}).json()
    assert (returned["state"], returned["remark"]) == ("returned", "再看看")
    assert client.get("/v1/proposals").json()["proposals"][0]["decided_by"] == "second"
