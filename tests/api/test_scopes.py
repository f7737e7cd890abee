"""Every route of the interface asks for its scope, and what it changes is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import Workbook

from api import guard
from autoqa.store import Alerts, Audit, AuditFilter
from autoqa.types import FATAL_ONLY, SCOPES, Action, Duty, Scope
from tests.api.clients import local, remote
from tests.api.gates import bearer, hired, signed_in, small_app, token
from tests.api.telephone import wav
from tests.databases import url_of
from tests.rulebook.stores import RULES
from tests.store.calls import FATAL, GOOD, LATE, filled

READ, REVIEW, EDIT = Scope.READ, Scope.REVIEW, Scope.RULES

ROUTES: dict[str, Scope | None] = {
    "post /v1/calls": Scope.SUBMIT,
    "get /v1/calls": READ,
    "get /v1/calls/{call_id}": READ,
    "delete /v1/calls/{call_id}": Scope.ADMIN,
    "get /v1/calls/{call_id}/audio": READ,
    "get /v1/calls/{call_id}/report.html": READ,
    "get /v1/calls/{call_id}/bundle.html": READ,
    "post /v1/calls/{call_id}/rescore": EDIT,
    "post /v1/calls/{call_id}/reviews": REVIEW,
    "get /v1/calls/{call_id}/reviews": READ,
    "post /v1/calls/{call_id}/appeals": Scope.APPEAL,
    "get /v1/jobs": READ,
    "post /v1/score": READ,
    "get /v1/appeals": READ,
    "post /v1/appeals/{number}/decision": Scope.DECIDE,
    "get /v1/queue": REVIEW,
    "get /v1/samples": REVIEW,
    "post /v1/samples": REVIEW,
    "get /v1/samples/{number}": REVIEW,
    "get /v1/samples/{number}/sheet": REVIEW,
    "post /v1/samples/{number}/judgements": REVIEW,
    "get /v1/reports/overview": READ,
    "get /v1/reports/overview.csv": READ,
    "get /v1/reports/teams": READ,
    "get /v1/reports/teams.csv": READ,
    "get /v1/reports/agents": READ,
    "get /v1/reports/agents.csv": READ,
    "get /v1/reports/rules": READ,
    "get /v1/reports/rules.csv": READ,
    "get /v1/reports/fairness": READ,
    "get /v1/reports/fairness.csv": READ,
    "get /v1/reports/solved": READ,
    "get /v1/reports/solved.csv": READ,
    "get /v1/reports/period": READ,
    "get /v1/reports/period.html": READ,
    "get /v1/reports/period.xlsx": READ,
    "get /v1/reports/agreement": READ,
    "get /v1/reports/agreement.csv": READ,
    "get /v1/agents/{agent_id}/coaching": READ,
    "get /v1/cases": READ,
    "post /v1/cases": Scope.DECIDE,
    "delete /v1/cases/{number}": Scope.DECIDE,
    "get /v1/cases/{number}/audio": READ,
    "get /v1/rules": READ,
    "get /v1/rules/files": READ,
    "get /v1/rules/{rule_id}": READ,
    "post /v1/rules/check": EDIT,
    "post /v1/rules/test": EDIT,
    "post /v1/rules/try": EDIT,
    "post /v1/rules/diff": EDIT,
    "get /v1/publications": READ,
    "get /v1/publications/{version}": READ,
    "get /v1/proposals": READ,
    "post /v1/proposals": EDIT,
    "get /v1/proposals/{number}": READ,
    "post /v1/proposals/{number}/approval": Scope.DECIDE,
    "post /v1/proposals/{number}/return": Scope.DECIDE,
    "post /v1/proposals/{number}/withdrawal": EDIT,
    "get /v1/alerts": REVIEW,
    "post /v1/alerts/{number}/acknowledgement": REVIEW,
    "post /v1/alerts/{number}/done": REVIEW,
    "get /v1/ledger": REVIEW,
    "post /v1/ledger": REVIEW,
    "get /v1/ledger.xlsx": REVIEW,
    "post /v1/ledger/import": Scope.DECIDE,
    "get /v1/ledger/{number}": REVIEW,
    "patch /v1/ledger/{number}": Scope.DECIDE,
    "get /v1/me": None,
    "get /v1/audit": Scope.ADMIN,
    "get /v1/deliveries": Scope.ADMIN,
}
"""The scope of each route; whoever is known may ask who he is."""

KEEPS_NOTHING = {"post /v1/score"} | {
    f"post /v1/rules/{it}" for it in ("check", "test", "try", "diff")
}
KEY_SCOPES = (Scope.SUBMIT, Scope.READ, Scope.REVIEW, Scope.RULES, Scope.ADMIN)
PEOPLE = {
    Duty.REVIEWER: "王芳",
    Duty.ADMIN: "赵敏",
    Duty.SUPERVISOR: "李强",
    Duty.RULE_EDITOR: "陈静",
    Duty.AGENT: "张三",
    Duty.UNMASKER: "刘洋",
}
PLACE = {"call_id": quote(FATAL, safe=""), "number": "1", "rule_id": "greeting", "version": "1"}
PLACE |= {"agent_id": "800"}


@pytest.fixture(scope="session")
def on_both() -> None:
    """Whatever the store: it is shown once."""


def ask(client: TestClient, route: str, headers: dict[str, str] | None = None) -> Any:
    """An answer to a request of this route that says nothing of use."""
    method, path = route.split()
    return client.request(method, path.format(**PLACE), headers=headers, json={})


def kind(response: Any) -> str:
    is_problem = response.headers.get("content-type") == "application/problem+json"
    return str(response.json()["type"].rsplit(":", 1)[-1]) if is_problem else ""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Closed: there are people."""
    app = small_app(tmp_path_factory.mktemp("service"), chore_processes=1)
    for duty, name in PEOPLE.items():
        hired(app, name, duty, ["A1"] if duty is Duty.AGENT else [])
    return app


@pytest.fixture(scope="module")
def open_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Of a service with four calls and nobody set up: who asks is ``guard.LOCAL``."""
    folder = tmp_path_factory.mktemp("open")
    with filled(folder) as store:
        Alerts(store).look(FATAL_ONLY, LATE + timedelta(days=4))
    (folder / "new.wav").write_bytes(wav())
    app = small_app(folder, store=url_of(folder / "qa.db"), take_from=folder, chore_processes=1)
    with local(app) as client:
        yield client


def test_the_table_has_every_route(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    described = {f"{method} {path}" for path, methods in paths.items() for method in methods}
    assert {route for route in described if " /v1/" in route} == set(ROUTES)


def test_no_route_answers_a_stranger(app: FastAPI) -> None:
    client = remote(app, raise_server_exceptions=False)
    assert {ask(client, route).status_code for route in ROUTES} == {401}


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_is_closed_to_every_scope_but_its_own(
    open_client: TestClient, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    own = ROUTES[route]
    others = frozenset(Scope) - {own}
    monkeypatch.setattr(guard, "LOCAL", replace(guard.LOCAL, scopes=others))
    assert (kind(ask(open_client, route)) == "scope") == (own is not None)


@pytest.mark.parametrize("scope", KEY_SCOPES)
def test_a_key_opens_what_its_scope_opens_and_nothing_else(app: FastAPI, scope: Scope) -> None:
    client = remote(app, raise_server_exceptions=False)
    headers = bearer(app, scope)
    for route, needed in ROUTES.items():
        is_refused = kind(ask(client, route, headers)) == "scope"
        assert is_refused == (needed not in {scope, None}), route


@pytest.mark.parametrize("duty", Duty)
def test_people_open_what_their_duty_opens(app: FastAPI, duty: Duty) -> None:
    client = signed_in(app, PEOPLE[duty])
    headers = token(client)
    for route, needed in ROUTES.items():
        is_refused = kind(ask(client, route, headers)) == "scope"
        assert is_refused == (needed is not None and needed not in SCOPES[duty]), route


# ---------------------------------------------------------------- the audit log


def proposal(number: int) -> dict[str, Any]:
    return {"files": {"rules.yaml": f"{RULES}# {number}\n"}, "reason": "说明"}


def one_row() -> bytes:
    """A workbook with a problem that no ledger has yet."""
    written = BytesIO()
    book = Workbook()
    book.active.title = "问题台账"
    book.active.append(["#", "问题"])
    book.active.append(["", "新问题"])
    book.save(written)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Step:
    who: str
    route: str
    action: Action
    body: dict[str, Any] = field(default_factory=dict)
    number: int = 1
    content: bytes | None = None


PROMISE = {"rule_id": "no-promise"}
STEPS = (
    Step("key:crm", "post /v1/calls", Action.CALL_SUBMIT, {"path": "new.wav"}),
    Step("王芳", "post /v1/calls/{call_id}/rescore", Action.CALL_RESCORE),
    Step("王芳", "post /v1/calls/{call_id}/reviews", Action.REVIEW, PROMISE | {"kind": "confirm"}),
    Step("张三", "post /v1/calls/{call_id}/appeals", Action.APPEAL, PROMISE | {"reason": "没有"}),
    Step(
        "李强",
        "post /v1/appeals/{number}/decision",
        Action.DECIDE,
        {"upheld": False, "reason": "录音中有"},
        2,
    ),
    Step("王芳", "post /v1/alerts/{number}/acknowledgement", Action.ALERT),
    Step("王芳", "post /v1/alerts/{number}/done", Action.ALERT),
    Step("王芳", "post /v1/samples", Action.SAMPLE, {"size": 4}),
    Step(
        "王芳",
        "post /v1/samples/{number}/judgements",
        Action.REVIEW,
        {"call_id": GOOD, "rule_id": "greeting", "outcome": "passed"},
    ),
    Step("李强", "post /v1/cases", Action.CASE, {"call_id": GOOD, "rule_id": "greeting"}),
    Step("李强", "delete /v1/cases/{number}", Action.CASE),
    Step("王芳", "post /v1/ledger", Action.ISSUE_OPEN, {"title": "承诺收益", "call_id": FATAL}),
    Step("李强", "patch /v1/ledger/{number}", Action.ISSUE_CHANGE, {"version": 1, "owner": "王芳"}),
    Step("李强", "post /v1/ledger/import", Action.ISSUE_OPEN, content=one_row()),
    Step("陈静", "post /v1/proposals", Action.RULES_PROPOSE, proposal(1)),
    Step("李强", "post /v1/proposals/{number}/approval", Action.RULES_PUBLISH),
    Step("陈静", "post /v1/proposals", Action.RULES_PROPOSE, proposal(2)),
    Step(
        "李强",
        "post /v1/proposals/{number}/return",
        Action.RULES_PROPOSE,
        {"remark": "不"},
        2,
    ),
    Step("陈静", "post /v1/proposals", Action.RULES_PROPOSE, proposal(3)),
    Step("陈静", "post /v1/proposals/{number}/withdrawal", Action.RULES_PROPOSE, {}, 3),
    Step("赵敏", "delete /v1/calls/{call_id}", Action.CALL_DELETE),
)


def test_what_a_route_changes_is_written_down(
    open_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = open_client.app
    audit = Audit(app.state.service.store)
    changing = {route for route in ROUTES if not route.startswith("get")}
    assert {step.route for step in STEPS} == changing - KEEPS_NOTHING
    for step in STEPS:
        monkeypatch.setattr(guard, "LOCAL", replace(guard.LOCAL, name=step.who))
        before = len(audit.page(AuditFilter(), limit=1000))
        method, path = step.route.split()
        place = PLACE | {"number": str(step.number)}
        sent: Any = {"content": step.content} if step.content else {"json": step.body}
        answer = open_client.request(method, path.format(**place), **sent)
        assert answer.is_success, (step, answer.text)
        line, *rest = audit.page(AuditFilter(), limit=1000)
        assert (line.who, line.action, len(rest)) == (step.who, step.action, before), step
