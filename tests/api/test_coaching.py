"""Coaching and the case library over HTTP: who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from api.workbench.coaching import coaching_choice
from autoqa.store import Reviews
from autoqa.types import Caller, Draft, Duty, Outcome, ReviewKind, Scope
from tests.acoustics.signals import audio, sentence
from tests.api.gates import hired, signed_in, small_app, token
from tests.audio.sounds import write_wav
from tests.databases import url_of
from tests.store.calls import FATAL, GOOD, filled


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("coaching")
    with filled(folder) as store:
        said = ReviewKind.CORRECT
        word = Draft(
            "a/other-words.wav", "greeting", said, "王芳", outcome=Outcome.FAILED, reason="无"
        )
        Reviews(store).add(word)
    app = small_app(folder, store=url_of(folder / "qa.db"))
    hired(app, "李强", Duty.SUPERVISOR)
    hired(app, "王芳", Duty.REVIEWER)
    hired(app, "张三", Duty.AGENT, ["800"])
    hired(app, "李四", Duty.AGENT, ["801"])
    yield app


def test_an_agent_is_told_of_his_own_calls_only(app: FastAPI) -> None:
    own = signed_in(app, "李四").get("/v1/agents/801/coaching")
    assert own.status_code == 200
    assert [one["rule_id"] for one in own.json()["advice"]] == ["no-promise", "greeting"]
    assert own.json()["advice"][0]["moments"][0]["call_id"] == FATAL
    other = signed_in(app, "张三").get("/v1/agents/801/coaching")
    nobody = signed_in(app, "李强").get("/v1/agents/999/coaching")
    assert (other.status_code, nobody.status_code) == (404, 404)
    later = signed_in(app, "李四").get("/v1/agents/801/coaching?first_day=2027-01-01")
    assert later.status_code == 404


def test_supervisors_keep_the_library_and_agents_learn_from_it_without_names(app: FastAPI) -> None:
    supervisor, agent = signed_in(app, "李强"), signed_in(app, "李四")
    body = {"call_id": GOOD, "rule_id": "greeting", "note": "先问好", "tags": ["开头"]}
    refused = signed_in(app, "王芳").post("/v1/cases", json=body)
    assert refused.status_code == 403
    made = supervisor.post("/v1/cases", json=body, headers=token(supervisor))
    assert (made.status_code, made.json()["moment"]["call_id"]) == (201, GOOD)
    wrong = supervisor.post("/v1/cases", json=body | {"is_good": False}, headers=token(supervisor))
    assert wrong.status_code == 409
    bad = supervisor.post(
        "/v1/cases",
        json={"call_id": FATAL, "rule_id": "no-promise", "is_good": False},
        headers=token(supervisor),
    )
    (seen,) = agent.get("/v1/cases").json()["cases"]
    assert (seen["note"], seen["call_id"], seen["agent_id"], seen["by"]) == ("先问好", "", None, "")
    assert seen["moment"]["call_id"] == ""
    assert len(supervisor.get("/v1/cases").json()["cases"]) == 2
    assert supervisor.get("/v1/cases?tag=no").json()["cases"] == []
    assert supervisor.get("/v1/cases?rule_id=greeting").json()["cases"][0]["agent_id"] == "800"
    advice = agent.get("/v1/agents/801/coaching").json()["advice"]
    (example,) = next(one["examples"] for one in advice if one["rule_id"] == "greeting")
    assert (example["note"], example["agent"], example["moment"]["call_id"]) == ("先问好", "", "")
    assert (bad.json()["audio"], seen["audio"]) == ("", "")  # nobody has posted a recording
    heard = (agent.get(f"/v1/cases/{one['number']}/audio") for one in (bad.json(), seen))
    kinds = [one.json()["type"].rsplit(":")[-1] for one in heard]
    assert kinds == ["nothing_there", "no_audio"]
    assert agent.get(f"/v1/calls/{quote(GOOD, safe='')}").status_code == 404
    gone = supervisor.delete(f"/v1/cases/{seen['number']}", headers=token(supervisor))
    assert gone.status_code == 204
    assert agent.get("/v1/cases").json()["cases"] == []


def test_an_address_shows_an_agent_himself_whoever_it_asks_for(app: FastAPI) -> None:
    service = app.state.service
    own = Caller("李四", frozenset({Scope.READ}), frozenset({"801"}))
    everybody = Caller("李强", frozenset({Scope.READ}))
    chosen, period = coaching_choice(service, "agent=800&period=7", own)
    assert (chosen["agent"], chosen["last"], period) == ("801", "2026-02-03", "7")
    chosen, period = coaching_choice(service, "agent=800&first=2026-01-01", everybody)
    assert (chosen["agent"], chosen["first"], period) == ("800", "2026-01-01", "")
    assert coaching_choice(service, "period=all", everybody)[0].values == {}


def test_a_case_is_heard_where_its_recording_is(app: FastAPI, tmp_path: Path) -> None:
    samples = audio(sentence(0, 500, 2500), sentence(1, 3000, 5000)).samples
    write_wav(tmp_path / "a.wav", samples)
    recordings = app.state.service.recordings
    with recordings.incoming() as folder:
        part = folder / "a.wav"
        part.write_bytes((tmp_path / "a.wav").read_bytes())
        recordings.keep("0" * 64, [part])
    supervisor = signed_in(app, "李强")
    body = {"call_id": GOOD, "rule_id": "greeting"}
    made = supervisor.post("/v1/cases", json=body, headers=token(supervisor)).json()
    clip = signed_in(app, "李四").get(made["audio"])
    assert (clip.status_code, clip.headers["content-type"]) == (200, "audio/ogg")
    assert clip.content.startswith(b"OggS")
