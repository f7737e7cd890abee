"""People sign in and out in a browser, and nobody does it in their place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from autoqa.store import Audit, AuditFilter
from tests.access.issuer import CLIENT, SECRET, Issuer, serving
from tests.api.clients import local, remote
from tests.api.gates import ORIGIN, PASSWORD, access_of, hired, sign_in, signed_in, small_app

NEW = "another horse battery"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    app = small_app(tmp_path, sign_in_tries=3, address_tries=6)
    hired(app)
    return app


def actions(app: FastAPI) -> list[tuple[str, str, str]]:
    """The audit log, oldest first."""
    lines = Audit(app.state.service.store).page(AuditFilter(), limit=100)
    return [(line.who, line.action.value, line.target) for line in reversed(lines)]


def test_the_page_needs_nothing_from_elsewhere_and_no_script(app: FastAPI) -> None:
    response = remote(app).get("/sign-in?next=/ui/calls")
    assert response.status_code == 200
    assert "http" not in response.text.replace('http-equiv="', "")
    assert "<script" not in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert 'autocomplete="current-password"' in response.text


def test_it_is_chinese_unless_somebody_wants_another_language(tmp_path: Path) -> None:
    app = small_app(tmp_path, language="zh_CN")
    hired(app)
    client = remote(app)
    page = client.get("/sign-in")
    assert '<html lang="zh-CN">' in page.text
    assert "用户名" in page.text
    english = client.get("/sign-in?language=en&next=/account")
    assert '<html lang="en">' in english.text
    assert 'value="/account"' in english.text
    assert '<html lang="en">' in client.get("/sign-in").text


def test_signing_in_leads_on_and_out_again(app: FastAPI) -> None:
    client = remote(app)
    assert client.get("/v1/me").status_code == 401
    response = sign_in(client, next="/account")
    assert (response.status_code, response.headers["location"]) == (303, "/account")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-autoqa-session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert client.get("/v1/me").json()["name"] == "王芳"
    assert "王芳" in client.get("/account").text
    form = {"form_token": client.get("/v1/me").json()["form_token"]}
    out = client.post("/sign-out", data=form, headers=ORIGIN)
    assert "you are signed out" in out.text
    assert client.get("/v1/me").status_code == 401
    assert actions(app) == [("王芳", "sign_in.ok", "王芳"), ("王芳", "sign_out", "王芳")]


def test_who_is_signed_in_goes_straight_on(app: FastAPI) -> None:
    response = signed_in(app).get("/sign-in?next=/account", follow_redirects=False)
    assert response.headers["location"] == "/account"


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\n/x"],
)
def test_nobody_is_led_to_another_host(app: FastAPI, next_: str) -> None:
    assert sign_in(remote(app), next=next_).headers["location"] == "/"


def test_what_was_typed_is_shown_as_text(app: FastAPI) -> None:
    text = sign_in(remote(app), name='"><script>alert(1)</script>', next='/"><u>').text
    assert "<script" not in text
    assert "<u>" not in text
    assert "&lt;script&gt;" in text


def test_wrong_and_unknown_look_the_same_and_the_log_does_not_keep_what_was_typed(
    app: FastAPI,
) -> None:
    client = remote(app)
    answers = [sign_in(client, "王芳", "wrong"), sign_in(client, PASSWORD, "wrong")]
    assert {one.status_code for one in answers} == {401}
    assert "name or password is wrong" in answers[0].text
    plain = [one.text.replace("王芳", "").replace(PASSWORD, "") for one in answers]
    assert plain[0] == plain[1]
    assert actions(app) == [("nobody", "sign_in.failed", "王芳"), ("nobody", "sign_in.failed", "")]


def test_a_guesser_is_told_to_wait(app: FastAPI) -> None:
    client = remote(app)
    for _ in range(3):
        assert sign_in(client, password="wrong").status_code == 401
    response = sign_in(client)
    assert response.status_code == 429
    assert 14 * 60 < int(response.headers["retry-after"]) <= 15 * 60
    assert "try again in 15 minutes" in response.text
    assert actions(app)[-1] == ("nobody", "sign_in.locked", "王芳")
    assert len(actions(app)) == 4
    sign_in(client)
    assert len(actions(app)) == 4


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "http://qa.example"},
        {"Origin": "null"},
        {"Origin": "https://qa.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://qa.example", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_signs_nobody_in_or_out(app: FastAPI, headers: dict[str, str]) -> None:
    client = remote(app)
    form = {"name": "王芳", "password": PASSWORD}
    assert client.post("/sign-in", data=form, headers=headers).status_code == 403
    inside = signed_in(app)
    form = {"form_token": inside.get("/v1/me").json()["form_token"]}
    assert inside.post("/sign-out", data=form, headers=headers).status_code == 403
    assert inside.get("/v1/me").status_code == 200


def test_a_form_without_its_token_changes_nothing(app: FastAPI) -> None:
    client = signed_in(app)
    for form in ({}, {"form_token": "0" * 64}):
        assert client.post("/sign-out", data=form, headers=ORIGIN).status_code == 403
        change = {"old": PASSWORD, "new": NEW, "again": NEW, **form}
        assert client.post("/account/password", data=change, headers=ORIGIN).status_code == 403
    assert client.get("/v1/me").status_code == 200
    assert sign_in(remote(app)).status_code == 303


def test_a_planted_session_is_not_used(app: FastAPI) -> None:
    """Session fixation: what a browser brought is never what it leaves with."""
    mallory = signed_in(app)
    planted = mallory.cookies["__Host-autoqa-session"]
    victim = remote(app, cookies={"__Host-autoqa-session": planted})
    response = sign_in(victim)
    assert planted not in response.headers["set-cookie"]
    assert mallory.get("/v1/me").status_code == 401


def test_a_cookie_of_plain_http_does_not_count_over_tls(app: FastAPI) -> None:
    token = signed_in(app).cookies["__Host-autoqa-session"]
    assert remote(app, cookies={"autoqa-session": token}).get("/v1/me").status_code == 401


def change(client: TestClient, **form: str) -> Any:
    fields = {"form_token": client.get("/v1/me").json()["form_token"], **form}
    return client.post("/account/password", data=fields, headers=ORIGIN)


def test_a_new_password_ends_every_other_session(app: FastAPI) -> None:
    here, there = signed_in(app), signed_in(app)
    response = change(here, old=PASSWORD, new=NEW, again=NEW)
    assert "your password is changed" in response.text
    assert here.get("/v1/me").status_code == 200
    assert there.get("/v1/me").status_code == 401
    assert sign_in(remote(app)).status_code == 401
    assert sign_in(remote(app), password=NEW).status_code == 303
    assert ("王芳", "person.password", "王芳") in actions(app)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "name or password is wrong"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "the two new passwords are different"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "12 to 256 characters"),
        ({}, "name or password is wrong"),
    ],
)
def test_a_password_is_not_changed_on_a_guess(
    app: FastAPI, form: dict[str, str], told: str
) -> None:
    response = change(signed_in(app), **form)
    assert response.status_code == 422
    assert told in response.text
    assert sign_in(remote(app)).status_code == 303


def test_a_stolen_session_cannot_guess_the_password_for_ever(app: FastAPI) -> None:
    client = signed_in(app)
    for _ in range(3):
        assert change(client, old="wrong").status_code == 422
    assert change(client, old="wrong").status_code == 429


def test_a_form_that_is_too_long_is_read_no_further(app: FastAPI) -> None:
    response = remote(app).post("/sign-in", content=b"name=" + b"x" * 10_000_000, headers=ORIGIN)
    assert response.status_code == 401


def test_nobody_signs_in_where_nobody_has_an_account(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    assert "autoqa people add" in local(app).get("/sign-in").text
    assert access_of(app).is_open()


def test_the_account_wants_somebody(app: FastAPI) -> None:
    response = remote(app).get("/account", follow_redirects=False)
    assert response.headers["location"] == "/sign-in?next=/account"


# ---------------------------------------------------------------- the bank's own sign-in


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving() as issuer:
        yield issuer


@pytest.fixture
def with_bank(tmp_path: Path, issuer: Issuer) -> FastAPI:
    return small_app(
        tmp_path,
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_duties="qa-staff=reviewer",
    )


def leave(client: TestClient, next_: str = "/account") -> str:
    """Off to the bank: its address."""
    response = client.get(f"/sign-in/bank?next={next_}", follow_redirects=False)
    assert response.status_code == 303
    return str(response.headers["location"])


def come_back(client: TestClient, query: dict[str, str]) -> Any:
    return client.get("/sign-in/bank/back", params=query, follow_redirects=False)


def test_the_bank_signs_somebody_in(with_bank: FastAPI, issuer: Issuer) -> None:
    client = remote(with_bank)
    assert "/sign-in/bank?next=" in client.get("/sign-in").text
    query = issuer.authorize(leave(client))
    response = come_back(client, query)
    assert (response.status_code, response.headers["location"]) == (303, "/account")
    assert client.get("/v1/me").json()["name"] == "王芳"
    assert "/account/password" not in client.get("/account").text
    assert actions(with_bank) == [("王芳", "sign_in.ok", "王芳")]


def test_a_browser_that_did_not_leave_does_not_come_back(
    with_bank: FastAPI, issuer: Issuer
) -> None:
    """Nobody is signed in as somebody else by a link."""
    query = issuer.authorize(leave(remote(with_bank)))
    victim = remote(with_bank)
    assert come_back(victim, query).status_code == 403
    leave(victim)
    assert come_back(victim, query).status_code == 403
    assert victim.get("/v1/me").status_code == 401
    assert actions(with_bank) == [("nobody", "sign_in.failed", "")]


@pytest.mark.parametrize("kept", ["", "x", "bm8=", "WzEsMl0="])
def test_a_cookie_that_is_none_of_ours_is_refused(with_bank: FastAPI, kept: str) -> None:
    client = remote(with_bank, cookies={"__Host-autoqa-bank": kept})
    assert come_back(client, {"state": "x", "code": "y"}).status_code == 403


def test_the_way_back_leads_to_no_other_host(with_bank: FastAPI, issuer: Issuer) -> None:
    client = remote(with_bank)
    query = issuer.authorize(leave(client, "https://evil.example/"))
    assert come_back(client, query).headers["location"] == "/"


def test_without_a_bank_there_is_no_way_to_it(app: FastAPI) -> None:
    assert remote(app).get("/sign-in/bank").status_code == 404
    assert remote(app).get("/sign-in/bank/back").status_code == 404
