"""Calls over HTTP: posted, read, heard, printed, scored again, deleted."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.workbench.listening import heard
from autoqa.bundle.verifying import verify
from autoqa.i18n import N_
from autoqa.retention import Kind
from autoqa.settings import Settings
from autoqa.store import Audit, AuditFilter
from autoqa.types import Action, Message
from tests.api.clients import local
from tests.api.conftest import RULES, settings_in
from tests.api.telephone import post, wav, work

HOSTILE = [
    "2026-11/a b.wav",
    "audio",
    "a/audio",
    "a/report.html",
    "a/bundle.html",
    "../../etc/passwd",
    "%2e%2e%2f",
    "a%2Fb",
    "?x=1#y",
    "<script>alert(1)</script>",
    "'; DROP TABLE calls; --",
    "通话 一",
    "a//b",
    "/",
    "a\\b",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("calls")
    return create_app(settings_in(folder, language="en"), RULES)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with local(app) as client:
        yield client


def path_of(call_id: str, rest: str = "") -> str:
    return f"/v1/calls/{quote(call_id, safe='')}{rest}"


def test_a_posted_call_waits_and_is_scored(app: FastAPI, client: TestClient) -> None:
    response = post(client, call_id="first", agent_id="8026", direction="呼入")
    assert response.status_code == 202
    assert response.headers["location"] == "/v1/calls/first"
    waiting = response.json()
    assert (waiting["state"], waiting["scorecard"]) == ("waiting", None)
    assert waiting["contact"]["direction"] == "inbound"
    assert work(app) == 1
    done = client.get(response.headers["location"]).json()
    assert done["state"] == "done"
    assert done["scorecard"]["findings"]
    assert done["final"] == done["scorecard"]
    assert done["call"]["turns"][0]["role"] == "agent"
    assert done["standing"]["agent_id"] == "8026"


def test_the_same_call_again_is_not_heard_again(app: FastAPI, client: TestClient) -> None:
    post(client, call_id="again")
    work(app)
    again = post(client, call_id="again")
    assert again.status_code == 200
    assert again.json()["scorecard"]
    assert work(app) == 0


def test_without_an_id_the_same_call_has_the_same(client: TestClient) -> None:
    first, second = post(client, agent_id="1").json(), post(client, agent_id="1").json()
    assert first["id"] == second["id"]
    assert first["job"]["id"] == second["job"]["id"]
    assert post(client, agent_id="2").json()["id"] != first["id"]


def test_an_id_has_one_recording(client: TestClient) -> None:
    post(client, call_id="one")
    response = post(client, wav(tone=2), call_id="one")
    assert response.status_code == 409
    assert response.json()["type"] == "urn:autoqa:problem:other_recording"


def test_a_key_makes_a_repeated_request_the_same_job(client: TestClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = post(client, call_id="keyed", headers=key).json()
    assert post(client, call_id="keyed", headers=key).json()["job"]["id"] == first["job"]["id"]
    other = post(client, call_id="keyed", agent_id="9", headers=key)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:autoqa:problem:key_reused"
    assert post(client, headers={"Idempotency-Key": "a b"}).status_code == 422


def test_who_waits_gets_the_scorecard(app: FastAPI, client: TestClient) -> None:
    def later() -> None:
        while not work(app):
            time.sleep(0.01)  # until the call has been posted

    work(app)
    worker = threading.Thread(target=later)
    worker.start()
    response = post(client, call_id="waited", params={"wait": 30})
    worker.join()
    assert response.status_code == 200
    assert response.json()["scorecard"]


def test_a_recording_that_cannot_be_heard_says_why(app: FastAPI, client: TestClient) -> None:
    work(app)
    post(client, call_id="broken")
    template = N_("{file} is empty (0 bytes); export the recording again")
    work(app, error=Message(template, {"file": "call.wav"}))
    response = client.get("/v1/calls/broken").json()
    assert response["state"] == "failed"
    assert response["job"]["error"]["text"].startswith("call.wav is empty")
    failed = client.get("/v1/jobs", params={"state": "failed"}).json()["jobs"]
    assert failed[0][0] == "broken"


def test_two_files_are_agent_and_customer(app: FastAPI, client: TestClient) -> None:
    files = {"recording": ("a.wav", wav(channels=1)), "second": ("c.wav", wav(tone=3, channels=1))}
    response = client.post("/v1/calls", files=files, data={"metadata": '{"call_id": "pair"}'})
    assert response.json()["contact"]["channel_roles"] == ["agent", "customer"]
    assert work(app)
    assert client.get("/v1/calls/pair/audio").status_code == 200


@pytest.mark.parametrize("call_id", HOSTILE)
def test_any_id_is_a_call_of_its_own(app: FastAPI, client: TestClient, call_id: str) -> None:
    posted = post(client, call_id=call_id)
    assert posted.status_code in {200, 202}
    work(app)
    document = client.get(posted.headers["location"]).json()
    assert document["id"] == call_id.strip()
    assert document["links"]["self"] == posted.headers["location"]
    page = client.get(document["links"]["report"])
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert client.delete(posted.headers["location"]).status_code == 204
    assert client.get(posted.headers["location"]).status_code == 404


@pytest.mark.parametrize("call_id", [".", "..", "a\nb", "x" * 501, "\ue000"])
def test_some_ids_are_refused(client: TestClient, call_id: str) -> None:
    response = post(client, call_id=call_id)
    assert response.status_code == 422
    assert response.json()["errors"][0]["at"] == ["metadata", "call_id"]


def test_a_copy_is_played_from_anywhere(app: FastAPI, client: TestClient) -> None:
    post(client, wav(3, tone=4), call_id="played")
    work(app)
    whole = client.get("/v1/calls/played/audio")
    assert whole.headers["content-type"] == "audio/ogg"
    assert whole.content.startswith(b"OggS")
    part = client.get("/v1/calls/played/audio", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, whole.content[4:8])
    line = client.get("/v1/calls/played/audio", params={"channel": 1})
    assert line.content != whole.content
    assert client.get("/v1/calls/played/audio", params={"channel": 5}).status_code == 404


def test_what_cannot_be_decoded_costs_nothing(app: FastAPI, client: TestClient) -> None:
    post(client, b"RIFF....WAVE not audio", call_id="noise")
    work(app)
    assert client.get("/v1/calls/noise/audio").status_code == 422
    assert client.get("/v1/calls/noise/report.html").status_code == 200
    assert client.get("/health/live").status_code == 200


def test_the_evidence_of_a_score_is_taken_along(
    app: FastAPI, client: TestClient, tmp_path: Path
) -> None:
    post(client, wav(tone=81), call_id="三月/bundled.wav", agent_id="8026")
    where = path_of("三月/bundled.wav", "/bundle.html")
    assert client.get(where).status_code == 409  # nothing was scored yet
    work(app)
    answer = client.get(where)
    assert answer.status_code == 200
    assert quote("三月_bundled.wav.bundle.html") in answer.headers["content-disposition"]
    file = tmp_path / "bundle.html"
    file.write_text(answer.text, "utf-8")
    verdict = verify(file, Settings(data_dir=tmp_path))
    assert verdict.stands, verdict.sentence
    assert client.get("/v1/calls/nobody/bundle.html").status_code == 404
    wanted = AuditFilter(action=Action.BUNDLE, target="三月/bundled.wav")
    assert len(Audit(app.state.service.store).page(wanted, limit=9)) == 1


def test_a_browser_is_told_what_is_wrong_on_a_page(client: TestClient) -> None:
    where = path_of("<script>alert(1)</script>", "/bundle.html")
    page = client.get(where, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "This did not work" in page.text
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    program = client.get(where)
    assert program.headers["content-type"] == "application/problem+json"


def test_calls_are_listed_page_by_page(app: FastAPI, client: TestClient) -> None:
    for number in range(5):
        post(client, call_id=f"list-{number}", team="甲", started_at=f"2026-03-0{number + 1} 09:00")
    work(app)
    seen = []
    path: str | None = "/v1/calls?team=甲&limit=2"
    while path:
        page = client.get(path).json()
        seen += [one["call_id"] for one in page["calls"]]
        path = page["next"]
    assert seen == [f"list-{number}" for number in (4, 3, 2, 1, 0)]
    days = {"first_day": "2026-03-02", "last_day": "2026-03-03"}
    found = client.get("/v1/calls", params=days).json()["calls"]
    assert [one["call_id"] for one in found] == ["list-2", "list-1"]
    assert client.get("/v1/calls", params={"after": "x"}).status_code == 422


def test_a_call_is_scored_again_by_the_rules_in_force(app: FastAPI, client: TestClient) -> None:
    post(client, call_id="rescored")
    assert client.post("/v1/calls/rescored/rescore").status_code == 409
    work(app)
    response = client.post("/v1/calls/rescored/rescore")
    assert response.status_code == 202
    assert response.json()["job"]["kind"] == "rescore"
    assert response.json()["scorecard"]


def test_a_deleted_call_leaves_nothing_but_lines_of_the_audit(
    app: FastAPI, client: TestClient, tmp_path: Path
) -> None:
    data = wav(tone=77)
    post(client, data, call_id="gone", agent_name="张三丰")
    post(client, data, call_id="stays", agent_name="李四")
    work(app)
    client.get("/v1/calls/gone/audio")
    service = app.state.service
    folder, recording_id = (
        service.settings.data_dir,
        client.get("/v1/calls/gone").json()["call"]["recording"]["id"],
    )
    assert client.delete("/v1/calls/gone").status_code == 204
    assert client.get("/v1/calls/stays/audio").status_code == 200
    assert client.delete("/v1/calls/stays").status_code == 204
    left = [path for path in folder.rglob("*") if recording_id in path.name]
    assert left == []
    assert service.store.call_ids() == [one for one in service.store.call_ids() if one != "stays"]
    assert client.delete("/v1/calls/stays").status_code == 404


def test_a_call_whose_words_were_kept_for_their_time_is_still_shown(
    app: FastAPI, client: TestClient
) -> None:
    post(client, wav(tone=78), call_id="wordless", started_at="2000-01-01T10:00:00Z")
    work(app)
    before = client.get("/v1/calls/wordless").json()
    retention = app.state.service.retention
    limit = timedelta(days=365 * 20)
    assert retention.purge({Kind.WORDS: limit}, datetime.now(UTC), "test") == {Kind.WORDS: 1}
    after = client.get("/v1/calls/wordless").json()
    assert after["call"] is None
    assert (after["scorecard"], after["contact"]) == (before["scorecard"], before["contact"])
    assert client.get("/v1/calls/wordless/report.html").status_code == 409
    # Nobody knows any more where personal data is said.
    (bleeped,) = app.state.service.unheard("wordless")
    assert (bleeped.start_ms, bleeped.end_ms) == (0, after["standing"]["duration_ms"])
    assert heard(app.state.service, "wordless").call.utterances == ()
    assert client.delete("/v1/calls/wordless").status_code == 204


def test_what_the_disk_cannot_hold_is_refused_and_leaves_nothing(
    app: FastAPI, client: TestClient
) -> None:
    large, (soft, hard) = wav(100, tone=79), resource.getrlimit(resource.RLIMIT_FSIZE)
    folder = app.state.service.settings.data_dir
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(large) - 1, hard))
    try:
        refused = post(client, large, call_id="large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.status_code == 503
    assert "check the disk" in refused.json()["detail"]
    assert list((folder / "recordings" / "incoming").iterdir()) == []
    assert client.get("/v1/calls/large").status_code == 404
    assert post(client, large, call_id="large").status_code == 202


def test_where_too_much_waits_no_more_is_taken(tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path, max_waiting=1), RULES)
    with local(app) as client:
        assert post(client).status_code == 202
        refused = post(client, wav(tone=9))
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
