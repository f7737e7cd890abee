"""People say things of findings over HTTP, each only what he may; all of it is written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from autoqa.access.keys import KEY_SCOPES
from autoqa.store import Audit, AuditFilter, Store
from autoqa.types import Action, Duty, Scope
from tests.api.clients import local, remote
from tests.api.gates import bearer, hired, signed_in, small_app, token
from tests.databases import url_of
from tests.store.calls import FATAL, GOOD, PERHAPS, filled

HERE = f"/v1/calls/{quote(FATAL, safe='')}"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    filled(tmp_path).close()
    return small_app(tmp_path, store=url_of(tmp_path / "qa.db"))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with local(app) as client:
        yield client


def post(client: TestClient, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return client.post(path, json=body, headers=headers)


def test_a_correction_changes_the_final_score(client: TestClient) -> None:
    before = client.get(HERE + "/reviews").json()
    assert (before["score"], before["reviews"], before["state"]) == (0, [], "none")
    promise = next(one for one in before["findings"] if one["rule_id"] == "no-promise")
    said = post(
        client,
        HERE + "/reviews",
        rule_id="no-promise",
        kind="correct",
        occurrence=promise["occurrences"][0]["id"],
        outcome="passed",
        reason="说的是不保证",
        rule_version=promise["rule_version"],
    )
    assert said.status_code == 201
    assert said.json()["standing"]["score"] == 100
    after = client.get(HERE + "/reviews").json()
    assert (after["machine_score"], after["score"], after["state"]) == (0, 100, "all")
    (review,) = after["reviews"]
    assert (review["by"], review["machine"], review["outcome"]) == ("local", "failed", "passed")
    promise = next(one for one in after["findings"] if one["rule_id"] == "no-promise")
    assert (promise["machine"], promise["final"], promise["done"]) == ("failed", "passed", True)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (HERE, {"rule_id": "no-promise", "kind": "correct", "reason": "x"}, 409),
        (HERE, {"rule_id": "no-promise", "kind": "comment"}, 409),
        (HERE, {"rule_id": "nothing", "kind": "confirm"}, 404),
        (HERE, {"rule_id": "no-promise", "kind": "confirm", "occurrence": "x"}, 404),
        ("/v1/calls/nothing", {"rule_id": "no-promise", "kind": "confirm"}, 404),
        (HERE, {"rule_id": "no-promise", "kind": "decision"}, 422),
        (HERE, {"rule_id": "no-promise", "kind": "comment", "reason": "长" * 2001}, 422),
        (HERE, {"kind": "confirm"}, 422),
    ],
)
def test_what_cannot_be_said_is_a_problem(
    client: TestClient, path: str, body: dict[str, Any], status: int
) -> None:
    answer = post(client, path + "/reviews", **body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(HERE + "/reviews").json()["reviews"] == []


def test_half_a_character_is_no_text(client: TestClient) -> None:
    body = b'{"rule_id": "no-promise", "kind": "comment", "reason": "\\ud800"}'
    headers = {"Content-Type": "application/json"}
    assert client.post(HERE + "/reviews", content=body, headers=headers).status_code == 422


# ---------------------------------------------------------------- appeals


def staffed(app: FastAPI) -> dict[str, TestClient]:
    """An agent of the call, one of other calls, a reviewer and a supervisor, signed in."""
    hired(app, "张敏", Duty.AGENT, ["801"])
    hired(app, "刘洋", Duty.AGENT, ["800"])
    hired(app, "王芳", Duty.REVIEWER)
    hired(app, "赵主任", Duty.SUPERVISOR)
    return {name: signed_in(app, name) for name in ("张敏", "刘洋", "王芳", "赵主任")}


def test_an_agent_appeals_and_somebody_else_decides(app: FastAPI) -> None:
    people = staffed(app)
    agent, reviewer, head = people["张敏"], people["王芳"], people["赵主任"]
    asked = post(
        agent, HERE + "/appeals", token(agent), rule_id="no-promise", reason="我说的是不保证"
    )
    assert asked.status_code == 201
    number = asked.json()["review"]["number"]
    decision = f"/v1/appeals/{number}/decision"
    body: dict[str, Any] = {"upheld": True, "reason": "听了录音"}
    assert post(reviewer, decision, token(reviewer), **body).status_code == 403
    assert post(agent, decision, token(agent), **body).status_code == 403
    decided = post(head, decision, token(head), **body)
    assert decided.status_code == 201
    assert decided.json()["standing"]["score"] == 100
    assert post(head, decision, token(head), **body).status_code == 409
    (one,) = agent.get("/v1/appeals").json()["appeals"]
    assert (one["number"], one["state"], one["decision"]["by"]) == (number, "decided", "赵主任")


def test_an_agent_sees_and_appeals_only_his_own_calls(app: FastAPI) -> None:
    people = staffed(app)
    own, other = people["张敏"], people["刘洋"]
    post(own, HERE + "/appeals", token(own), rule_id="no-promise", reason="不服")
    assert other.get("/v1/appeals").json()["appeals"] == []
    assert other.get(HERE + "/reviews").status_code == 404
    refused = post(other, HERE + "/appeals", token(other), rule_id="no-promise", reason="不服")
    assert refused.status_code == 404
    assert own.get(HERE + "/reviews").status_code == 200


def test_nobody_decides_about_what_he_reviewed(app: FastAPI) -> None:
    people = staffed(app)
    agent, head = people["张敏"], people["赵主任"]
    confirmed = post(head, HERE + "/reviews", token(head), rule_id="no-promise", kind="confirm")
    assert confirmed.status_code == 201
    asked = post(agent, HERE + "/appeals", token(agent), rule_id="no-promise", reason="不服")
    number = asked.json()["review"]["number"]
    body: dict[str, Any] = {"upheld": False, "reason": "听了录音"}
    refused = post(head, f"/v1/appeals/{number}/decision", token(head), **body)
    assert refused.status_code == 409
    assert "reviewed" in refused.json()["detail"]


def test_pages_of_appeals_follow_each_other(client: TestClient) -> None:
    post(client, HERE + "/appeals", rule_id="no-promise", reason="不服")
    page = client.get("/v1/appeals?limit=1&state=open").json()
    assert len(page["appeals"]) == 1
    after = client.get(f"/v1/appeals?limit=1&after={page['next']}").json()
    assert after == {"appeals": [], "next": None}
    assert client.get("/v1/appeals?state=decided").json()["appeals"] == []
    assert client.get("/v1/appeals/4711/decision").status_code == 405
    body: dict[str, Any] = {"upheld": True, "reason": "好"}
    assert post(client, "/v1/appeals/4711/decision", **body).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", HERE + "/reviews", Scope.REVIEW),
        ("GET", HERE + "/reviews", Scope.READ),
        ("POST", HERE + "/appeals", Scope.APPEAL),
        ("GET", "/v1/appeals", Scope.READ),
        ("POST", "/v1/appeals/1/decision", Scope.DECIDE),
        ("GET", "/v1/queue", Scope.REVIEW),
        ("POST", "/v1/samples", Scope.REVIEW),
        ("GET", "/v1/samples", Scope.REVIEW),
        ("GET", "/v1/samples/1", Scope.REVIEW),
        ("GET", "/v1/samples/1/sheet?call_id=x", Scope.REVIEW),
        ("POST", "/v1/samples/1/judgements", Scope.REVIEW),
        ("GET", "/v1/reports/overview", Scope.READ),
        ("GET", "/v1/reports/agents.csv", Scope.READ),
    ],
)
def test_every_route_asks_for_its_scope(app: FastAPI, method: str, path: str, scope: Scope) -> None:
    client = remote(app)
    assert client.request(method, path).status_code == 401
    others = bearer(app, *(set(KEY_SCOPES) - {scope}))
    assert client.request(method, path, headers=others).status_code == 403


def test_every_word_is_in_the_audit_log_without_what_was_said(
    client: TestClient, tmp_path: Path
) -> None:
    post(client, HERE + "/reviews", rule_id="no-promise", kind="comment", reason="秘密")
    post(client, HERE + "/appeals", rule_id="no-promise", reason="秘密")
    with Store(url_of(tmp_path / "qa.db")) as store:
        lines = Audit(store).page(AuditFilter(target=FATAL), limit=10)
    assert {line.action for line in lines} == {Action.REVIEW, Action.APPEAL}
    assert "秘密" not in str(lines)


# ---------------------------------------------------------------- queue and samples


def test_the_queue_begins_with_what_presses_most(client: TestClient) -> None:
    rows = client.get("/v1/queue").json()["calls"]
    assert [row["worth"] for row in rows] == [5, 4, 4]
    assert rows[0]["call_id"] == FATAL
    post(client, f"/v1/calls/{quote(GOOD, safe='')}/appeals", rule_id="greeting", reason="x")
    post(client, HERE + "/appeals", rule_id="no-promise", reason="不服")
    page = client.get("/v1/queue?limit=1").json()
    assert [(row["call_id"], row["worth"]) for row in page["calls"]] == [(FATAL, 7)]
    rest = client.get("/v1/queue", params={"after": page["next"]}).json()["calls"]
    assert len(rest) == 2
    assert client.get("/v1/queue?after=x").status_code == 422


def test_nothing_that_was_found_is_shown_of_a_call_that_is_to_be_judged_blind(
    client: TestClient,
) -> None:
    number = post(client, "/v1/samples", size=4, rule_id="no-promise").json()["number"]
    sheet = f"/v1/samples/{number}/sheet?call_id={quote(FATAL, safe='')}"
    call = client.get(HERE).json()
    assert (call["to_judge"], call["reviews"]) == (sheet, [])
    assert call["scorecard"] is call["final"] is call["standing"] is None
    assert call["call"]["utterances"]
    for path in ("/v1/calls", "/v1/queue"):
        page = client.get(path).json()
        assert page["calls"] == []
        assert sheet in page["to_judge"]
    for asked in ("fatal=true", "failed_rule=no-promise", "highest=99", "worth=1", "sort=score"):
        page = client.get(f"/v1/calls?{asked}").json()
        assert (page["calls"], page["to_judge"]) == ([], [])
    for path in (HERE + "/reviews", HERE + "/report.html"):
        refused = client.get(path)
        assert refused.status_code == 409
        assert sheet in refused.json()["detail"]
    said: dict[str, Any] = {"rule_id": "no-promise", "kind": "confirm"}
    assert post(client, HERE + "/reviews", **said).json()["type"] == refused.json()["type"]
    judgement: dict[str, Any] = {"call_id": FATAL, "rule_id": "no-promise", "outcome": "failed"}
    assert post(client, f"/v1/samples/{number}/judgements", **judgement).status_code == 201
    assert client.get(HERE).json()["standing"]["fatal"] is True
    assert [one["call_id"] for one in client.get("/v1/calls").json()["calls"]] == [FATAL]


def test_a_sample_is_judged_before_the_machines_outcome_is_shown(client: TestClient) -> None:
    drawn = post(client, "/v1/samples", size=4, rule_id="greeting", seed=1)
    assert drawn.status_code == 201
    sample = drawn.json()
    assert len(sample["calls"]) == sample["population"] == 4
    path = f"/v1/samples/{sample['number']}"
    assert client.get(path).json() == sample
    assert client.get("/v1/samples").json()["samples"] == [sample]
    (line,) = client.get(path + "/sheet", params={"call_id": PERHAPS}).json()["lines"]
    assert (line["judged"], line["machine"]) == (None, None)
    body: dict[str, Any] = {"call_id": PERHAPS, "rule_id": "greeting", "outcome": "failed"}
    judged = post(client, path + "/judgements", **body)
    assert judged.status_code == 201
    (line,) = judged.json()["lines"]
    assert (line["judged"], line["machine"]) == ("failed", "undetermined")
    assert post(client, path + "/judgements", **body).status_code == 409
    assert post(client, path + "/judgements", **body | {"rule_id": "x"}).status_code == 404
    assert client.get("/v1/samples/99").status_code == 404
    assert post(client, "/v1/samples", size=1, teams=["3组"]).status_code == 409
    assert post(client, "/v1/samples", size=0).status_code == 422
