"""The audit log is for administrators, and tells who did what."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from api.audited import audited
from autoqa.errors import StoreError
from autoqa.store import Audit, AuditFilter
from autoqa.types import Action, Caller, Scope
from tests.api.clients import remote
from tests.api.gates import bearer, small_app

WHO = Caller("王芳", frozenset({Scope.READ}))


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return small_app(tmp_path)


def request(app: FastAPI) -> Request:
    return Request({"type": "http", "app": app, "headers": [], "state": {"request_id": "r-1"}})


def test_a_line_tells_who_did_what_in_which_request(app: FastAPI) -> None:
    audited(request(app), WHO, Action.REVIEW, "2026/a.wav", rule="greeting")
    body = remote(app).get("/v1/audit", headers=bearer(app, Scope.ADMIN)).json()
    (line,) = body["entries"]
    at = line.pop("at")
    assert at.endswith("Z")
    assert line == {
        "number": 1,
        "who": "王芳",
        "action": "review.add",
        "target": "2026/a.wav",
        "request_id": "r-1",
        "detail": {"rule": "greeting"},
    }
    assert body["next"] is None


def test_lines_come_in_pages_and_by_choice(app: FastAPI) -> None:
    for number in range(5):
        audited(request(app), WHO, Action.REVIEW, f"call-{number}")
    audited(request(app), Caller("赵敏", frozenset()), Action.CALL_DELETE, "call-3")
    client, key = remote(app), bearer(app, Scope.ADMIN)

    def asked(query: str) -> tuple[list[int], int | None]:
        body = client.get(f"/v1/audit?{query}", headers=key).json()
        return [line["number"] for line in body["entries"]], body["next"]

    assert asked("limit=4") == ([6, 5, 4, 3], 3)
    assert asked("limit=4&below=3") == ([2, 1], None)
    assert asked("who=赵敏") == ([6], None)
    assert asked("action=call.delete") == ([6], None)
    assert asked("target=call-3") == ([6, 4], None)
    assert asked("before=2020-01-01T00:00:00Z") == ([], None)
    assert asked("since=2020-01-01T00:00:00%2B08:00")[0] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "action=x", "since=today", "since=2020-01-01", "below=0"]
)
def test_a_question_that_makes_no_sense_is_refused(app: FastAPI, query: str) -> None:
    response = remote(app).get(f"/v1/audit?{query}", headers=bearer(app, Scope.ADMIN))
    assert response.status_code == 422


def test_a_recording_that_is_fetched_in_pieces_is_read_once(app: FastAPI) -> None:
    for who in ("王芳", "王芳", "李强"):
        for _ in range(3):
            audited(request(app), Caller(who, frozenset()), Action.RECORDING_READ, "a.wav")
    lines = Audit(app.state.service.store).page(AuditFilter(), limit=99)
    assert sorted(line.who for line in lines) == ["李强", "王芳"]


def test_what_cannot_be_written_down_is_not_shown(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise StoreError("the store is gone")

    monkeypatch.setattr(Audit, "add", broken)
    with pytest.raises(StoreError):
        audited(request(app), WHO, Action.RECORDING_READ, "a.wav")
