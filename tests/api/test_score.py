"""POST /v1/score: a transcript in, a scorecard out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.score import EXAMPLE, MOST_CHARACTERS
from autoqa.reports.result import call_json
from autoqa.scoring.dialogue import read_dialogue


@pytest.fixture(scope="session")
def on_both() -> None:
    """Whatever the store: it is shown once."""


def test_a_dialogue_gets_its_scorecard(client: TestClient) -> None:
    response = client.post("/v1/score", json=EXAMPLE)
    assert response.status_code == 200
    card = response.json()["scorecard"]
    outcomes = {finding["rule_id"]: finding["outcome"] for finding in card["findings"]}
    assert outcomes["hold-thanked"] == "passed"
    assert isinstance(card["agent"]["score"], int | float)


def test_what_analyze_prints_is_scored_as_the_dialogue_is(client: TestClient) -> None:
    call, contact = read_dialogue(EXAMPLE["dialogue"])
    document = json.loads(call_json(call, contact))
    by_call = client.post("/v1/score", json=document)
    assert by_call.json() == client.post("/v1/score", json=EXAMPLE).json()


CALL: dict[str, Any] = json.loads(call_json(*read_dialogue(EXAMPLE["dialogue"])))["call"]


def call_with(**changes: Any) -> dict[str, Any]:
    return {"call": CALL | changes}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "transcript"),
        (EXAMPLE | call_with(), "transcript"),
        ({"dialogue": "谁: 您好"}, "not_usable"),
        ({"dialogue": "坐席: " + "啊" * MOST_CHARACTERS}, "too_long"),
        ({"call": {"recording": 7}}, "validation"),
        (
            call_with(turns=[{**call_with()["call"]["turns"][0], "utterances": [99]}]),
            "contradiction",
        ),
        (call_with(events=[{"kind": "hold", "start_ms": 9, "end_ms": 3}]), "contradiction"),
        ([], "validation"),
    ],
)
def test_what_is_no_transcript_is_refused(client: TestClient, body: Any, kind: str) -> None:
    response = client.post("/v1/score", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"urn:autoqa:problem:{kind}"


def test_what_is_no_json_is_refused(client: TestClient) -> None:
    response = client.post("/v1/score", content=b"\xff{", headers={"content-type": "text/plain"})
    assert response.status_code == 422
