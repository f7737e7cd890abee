"""Personal data: masked for everybody, shown to who may see it, and each look written down."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.service import Service
from autoqa.audio.bleep import bleeped
from autoqa.audio.samples import Audio
from autoqa.codec import decode
from autoqa.store import Audit, AuditFilter
from autoqa.types import Call, Duty, Recording, Scope, Segment
from tests.api.clients import local
from tests.api.gates import bearer, hired, signed_in, small_app
from tests.api.telephone import post, wav, work

SECRETS = "13800138000", "幺三九", "陈志远"
SCRIPT = """
坐席 0.5-2.5 您好，很高兴为您服务，请问您的手机号码是多少？
客户 3.0-4.5 13800138000，不对，最后是幺三九。
客户 5.0-5.9 我叫陈志远。
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = small_app(tmp_path_factory.mktemp("masked"), chore_processes=1)
    with local(app) as client:
        assert post(client, wav(6.0), call_id="one").status_code == 202
        work(app, SCRIPT)
    hired(app, "王芳", Duty.REVIEWER)
    hired(app, "刘洋", Duty.UNMASKER)
    return app


@pytest.fixture(scope="module")
def reader(app: FastAPI) -> Iterator[TestClient]:
    yield signed_in(app, "王芳")


@pytest.fixture(scope="module")
def unmasker(app: FastAPI) -> Iterator[TestClient]:
    yield signed_in(app, "刘洋")


@pytest.mark.parametrize("path", ["", "/report.html", "/reviews"])
def test_nobody_is_told_by_default(reader: TestClient, unmasker: TestClient, path: str) -> None:
    for client in (reader, unmasker):
        response = client.get(f"/v1/calls/one{path}")
        assert response.status_code == 200
        assert not any(secret in response.text for secret in SECRETS)


def test_who_may_see_it_is_told_when_he_asks_and_it_is_written_down(
    app: FastAPI, unmasker: TestClient
) -> None:
    response = unmasker.get("/v1/calls/one", params={"unmasked": "true"})
    assert all(secret in response.text for secret in SECRETS)
    service: Service = app.state.service
    (line, *_) = Audit(service.store).page(AuditFilter(action="call.unmask"), limit=9)
    assert (line.who, line.target) == ("刘洋", "one")


@pytest.mark.parametrize("path", ["", "/audio"])
def test_who_may_not_is_refused(app: FastAPI, reader: TestClient, path: str) -> None:
    asked = f"/v1/calls/one{path}?unmasked=true"
    assert reader.get(asked).status_code == 403
    key = bearer(app, Scope.READ, Scope.ADMIN)
    assert reader.get(asked, headers=key).status_code == 403


def test_the_store_holds_the_original_apart(app: FastAPI, tmp_path: Path) -> None:
    service: Service = app.state.service
    with service.store.reading() as connection:
        shown, original = (
            decode(Call, connection.exec_driver_sql(f"SELECT call FROM {table}").scalar_one())
            for table in ("calls", "originals")
        )
    said = ["".join(one.text for one in call.utterances) for call in (shown, original)]
    assert not any(secret in said[0] for secret in SECRETS)
    assert all(secret in said[1] for secret in SECRETS)


def test_what_was_said_is_bleeped(app: FastAPI, reader: TestClient, unmasker: TestClient) -> None:
    heard = [
        loudest_hz(client.get("/v1/calls/one/audio", params=params).content, 3500, 4000)
        for client, params in ((reader, {}), (unmasker, {"unmasked": "true"}))
    ]
    assert heard[0] == pytest.approx(1000, abs=20)
    assert heard[1] == pytest.approx(320, abs=20)  # what the made recording has


def test_a_transcript_that_is_scored_is_quoted_without_it(reader: TestClient) -> None:
    response = reader.post("/v1/score", json={"dialogue": "坐席: 您好，陈志远先生，很高兴为您服务"})
    assert response.status_code in (200, 403)
    assert "陈志远" not in response.text


def test_a_bleep_covers_all_lines_and_nothing_else() -> None:
    samples = np.full((2, 8000), 1000, np.int16)
    audio = Audio(Recording("a" * 64, 8000, 2, 1000, "pcm"), samples, 8000)
    shown = bleeped(audio, [Segment(250, 500)]).samples
    assert (shown[:, :2000] == 1000).all()
    assert (shown[:, 4000:] == 1000).all()
    assert not (shown[:, 2000:4000] == 1000).all(axis=0).any()
    assert (audio.samples == 1000).all()


def loudest_hz(data: bytes, from_ms: int, to_ms: int) -> float:
    with av.open(io.BytesIO(data), mode="r") as file:
        rate = file.streams.audio[0].rate
        sound = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    part = sound[from_ms * rate // 1000 : to_ms * rate // 1000]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return float(np.argmax(spectrum[1:]) + 1) * rate / len(part)
