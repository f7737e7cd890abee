"""Every route is for those who may, whoever asks and however."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.guard import needs
from autoqa.store import Audit, AuditFilter
from autoqa.types import Caller, Duty, Scope
from tests.api.clients import local, remote
from tests.api.gates import ORIGIN, access_of, bearer, hired, signed_in, small_app, token
from tests.api.test_scopes import ROUTES, ask, kind


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Closed: there is a key and there are people."""
    app = small_app(tmp_path_factory.mktemp("service"))
    hired(app)
    hired(app, "赵敏", Duty.ADMIN)
    hired(app, "张三", Duty.AGENT, ["A1"])
    return app


def test_who_asks_is_told(app: FastAPI) -> None:
    client = remote(app)
    key = bearer(app, Scope.READ, Scope.SUBMIT)
    assert client.get("/v1/me", headers=key).json() == {
        "name": "key:crm",
        "scopes": ["read", "submit"],
        "agent_ids": None,
        "form_token": "",
    }
    agent = signed_in(app, "张三").get("/v1/me").json()
    assert (agent["name"], agent["agent_ids"]) == ("张三", ["A1"])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Bearer aqa_1_2", "Basic YTpi", "aqa_1_2", "ü"]
)
def test_a_bad_key_is_refused_even_with_a_good_session(app: FastAPI, header: str) -> None:
    response = signed_in(app).get("/v1/me", headers={b"Authorization": header.encode("latin-1")})
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["type"] == "urn:autoqa:problem:sign_in"


def test_a_key_is_good_until_it_is_revoked(app: FastAPI) -> None:
    key, text = access_of(app).keys.make("short-lived", [Scope.READ])
    client, headers = remote(app), {"Authorization": f"bearer {text}"}
    assert client.get("/v1/me", headers=headers).status_code == 200
    access_of(app).keys.revoke(key.id)
    assert client.get("/v1/me", headers=headers).status_code == 401


# ---------------------------------------------------------------- forgery


@pytest.fixture(scope="module")
def target(app: FastAPI) -> str:
    """A route that changes something, for whoever may review."""

    @app.post("/v1/test-change", include_in_schema=False)
    def change(caller: Annotated[Caller, needs(Scope.REVIEW)]) -> str:
        return caller.name

    return "/v1/test-change"


def test_our_own_script_changes_something(app: FastAPI, target: str) -> None:
    client = signed_in(app)
    assert client.post(target, headers=token(client)).json() == "王芳"
    fetched = {**token(client), "Sec-Fetch-Site": "same-origin"}
    fetched.pop("Origin")
    assert client.post(target, headers=fetched).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://qa.example.evil.example"},
        {"Origin": "https://qa.example:8443"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_changes_nothing(app: FastAPI, target: str, wrong: dict[str, str]) -> None:
    client = signed_in(app)
    response = client.post(target, headers={**token(client), **wrong})
    assert response.status_code == 403
    assert response.json()["type"] == "urn:autoqa:problem:forgery"


def test_a_token_of_another_session_does_not_count(app: FastAPI, target: str) -> None:
    other = token(signed_in(app))
    assert signed_in(app).post(target, headers=other).status_code == 403


def test_a_program_with_a_key_needs_no_token(app: FastAPI, target: str) -> None:
    headers = {**bearer(app, Scope.REVIEW), "Origin": "https://evil.example"}
    assert remote(app).post(target, headers=headers).status_code == 200


# ---------------------------------------------------------------- nobody there yet


@pytest.fixture
def fresh(tmp_path: Path) -> FastAPI:
    return small_app(tmp_path)


def test_this_machine_may_do_all_until_somebody_is_there(fresh: FastAPI) -> None:
    client = local(fresh)
    assert client.get("/v1/me").json()["name"] == "local"
    assert client.get("/v1/audit").status_code == 200
    access_of(fresh).staff.add("王芳", [Duty.REVIEWER])
    assert client.get("/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("peer", "url", "headers"),
    [
        ("192.0.2.7", "http://127.0.0.1", {}),
        ("192.0.2.7", "http://localhost", {}),
        ("127.0.0.1", "http://evil.example", {}),
        ("127.0.0.1", "http://127.0.0.1.evil.example", {}),
        ("127.0.0.1", "http://127.0.0.1", {"Host": "rebound.example:8080"}),
        ("127.0.0.1", "http://127.0.0.1", {"Host": ""}),
        ("127.0.0.1", "http://127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", "http://127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
        ("::ffff:192.0.2.7", "http://[::1]", {}),
    ],
)
def test_others_may_do_nothing(
    fresh: FastAPI, peer: str, url: str, headers: dict[str, str]
) -> None:
    client = TestClient(fresh, url, client=(peer, 50000))
    assert client.get("/v1/me", headers=headers).status_code == 401


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]"])
def test_this_machine_has_several_names(fresh: FastAPI, url: str) -> None:
    client = TestClient(fresh, url, client=("::1", 50000))
    assert client.get("/v1/me").json()["name"] == "local"


def test_a_page_of_another_site_changes_nothing_on_this_machine(fresh: FastAPI) -> None:
    client = local(fresh, raise_server_exceptions=False)
    evil = {"Origin": "https://evil.example"}
    changing = [route for route in ROUTES if not route.startswith("get")]
    assert {kind(ask(client, route, evil)) for route in changing} == {"forgery"}


# ---------------------------------------------------------------- behind a proxy


def test_a_trusted_proxy_tells_who_asks_and_how(tmp_path: Path) -> None:
    app = small_app(tmp_path, trusted_proxies="10.0.0.0/8, 192.0.2.1", sign_in_tries=1)
    hired(app)
    client = TestClient(app, "http://qa.example", client=("10.1.2.3", 50000))
    headers = {**ORIGIN, "X-Forwarded-For": "198.51.100.4", "X-Forwarded-Proto": "https"}
    response = client.post("/sign-in", data={"name": "王芳", "password": "no"}, headers=headers)
    assert response.status_code == 401
    (line,) = Audit(app.state.service.store).page(AuditFilter(), limit=9)
    assert line.detail["address"] == "198.51.100.4"
    good = {"name": "赵敏", "password": "correct horse battery"}
    hired(app, "赵敏")
    response = client.post("/sign-in", data=good, headers=headers, follow_redirects=False)
    assert response.headers["set-cookie"].startswith("__Host-")


def test_who_is_no_trusted_proxy_is_not_believed(tmp_path: Path) -> None:
    app = small_app(tmp_path, trusted_proxies="10.0.0.1")
    hired(app)
    client = TestClient(app, "http://qa.example", client=("192.0.2.7", 50000))
    headers = {**ORIGIN, "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https"}
    form = {"name": "王芳", "password": "correct horse battery"}
    assert client.post("/sign-in", data=form, headers=headers).status_code == 403


# ---------------------------------------------------------------- the workbench


def test_a_page_sends_a_stranger_to_the_sign_in_page(app: FastAPI) -> None:
    page = {"Accept": "text/html,*/*"}
    response = remote(app).get("/ui/calls?team=a", headers=page, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/ui/calls%3Fteam%3Da"


def test_what_is_no_page_is_a_problem(app: FastAPI) -> None:
    client = remote(app)
    assert client.get("/ui/static/frame.js").status_code == 401
    assert client.post("/ui/_nicegui/client/x/upload/1").status_code == 401
    assert signed_in(app).post("/ui/upload", headers={"Origin": "null"}).status_code == 403


def connect(client: TestClient, headers: dict[str, str]) -> Any:
    path = "wss://qa.example/ui/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    return client.websocket_connect(path, headers={"Upgrade": "websocket", **headers})


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_another_site_opens_no_web_socket(app: FastAPI, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), connect(signed_in(app), headers):
        pass


def test_a_stranger_opens_no_web_socket(app: FastAPI) -> None:
    with pytest.raises(WebSocketDisconnect), connect(remote(app), ORIGIN):
        pass


def test_a_page_of_ours_opens_its_web_socket(app: FastAPI) -> None:
    with connect(signed_in(app), ORIGIN) as socket:
        assert socket.receive_text().startswith("0")
