"""A service with few rules, and people and keys to come in with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from autoqa.access import Access
from autoqa.settings import Settings
from autoqa.types import Duty, Scope
from tests.api.clients import remote
from tests.databases import url_of
from tests.rulebook.stores import RULES

PASSWORD = "correct horse battery"
ORIGIN = {"Origin": "https://qa.example"}


def small_app(folder: Path, **changes: Any) -> FastAPI:
    """Everything it keeps is in ``folder``; it speaks English."""
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "rules.yaml").write_text(RULES, "utf-8")
    kept = {"store": url_of(folder / "autoqa.db"), "data_dir": folder, "language": "en"}
    return create_app(Settings(**{**kept, **changes}), rules)


def access_of(app: FastAPI) -> Access:
    service: Service = app.state.service
    return service.access


def hired(
    app: FastAPI, name: str = "王芳", duty: Duty = Duty.REVIEWER, agent_ids: Iterable[str] = ()
) -> str:
    """Somebody with ``PASSWORD``; his name."""
    staff = access_of(app).staff
    staff.add(name, [duty], agent_ids)
    return staff.set_password(name, PASSWORD).name


def bearer(app: FastAPI, *scopes: Scope) -> dict[str, str]:
    """Headers with a key."""
    _key, text = access_of(app).keys.make("crm", scopes)
    return {"Authorization": f"Bearer {text}"}


def sign_in(client: TestClient, name: str = "王芳", password: str = PASSWORD, **more: str) -> Any:
    form = {"name": name, "password": password, **more}
    return client.post("/sign-in", data=form, headers=ORIGIN, follow_redirects=False)


def signed_in(app: FastAPI, name: str = "王芳") -> TestClient:
    """A browser on another machine in which somebody has signed in."""
    client = remote(app)
    assert sign_in(client, name).status_code == 303
    return client


def token(client: TestClient) -> dict[str, str]:
    """What a script of ours sends along."""
    return {**ORIGIN, "X-CSRF-Token": client.get("/v1/me").json()["form_token"]}
