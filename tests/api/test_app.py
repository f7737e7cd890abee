"""The application as a whole: it starts, and every error is a problem document."""

from __future__ import annotations

from pathlib import Path

from api.app import create_app
from autoqa.settings import Settings
from tests.api.clients import local
from tests.databases import url_of

RULES = Path(__file__).parents[2] / "rules" / "retail-bank"


def test_an_unknown_path_is_a_problem_document(tmp_path: Path) -> None:
    app = create_app(Settings(store=url_of(tmp_path / "autoqa.db")), RULES)
    with local(app) as client:
        response = client.get("/v1/nothing")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:autoqa:problem:not_found"
    assert "/v1/nothing" in response.json()["detail"]
