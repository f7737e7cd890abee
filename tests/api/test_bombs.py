"""Small files that unfold to hours of sound: one clear answer, and no worker lost by it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from autoqa.settings import Settings, as_environment
from tests.api.clients import local
from tests.api.telephone import post
from tests.builders_service import call_files
from tests.databases import url_of
from tests.scoring.packs import write_pack

ROOT = Path(__file__).parents[2]
HOURS = 1
LIMITS = {"language": "en", "max_duration_s": 900, "worker_memory_mb": 700, "chore_processes": 1}
OPUS = b"\xfb\x06", 5760
"""Six frames of 20 ms that say "as before", in two bytes (RFC 6716, section 3.2.5)."""

BOMBS = {
    "call.flac": ("flac", 8000, "mono"),
    "call.m4a": ("aac", 8000, "mono"),
    "call.ogg": ("libopus", 48000, "mono"),
    "wide.flac": ("flac", 8000, "7.1"),
}


@pytest.fixture(scope="session")
def on_both() -> None:
    """Whatever the store: it is shown once."""


def bomb(path: Path, codec: str, rate_hz: int, layout: str) -> bytes:
    """``HOURS`` of silence: the same packet again and again."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate_hz)
        stream.layout = layout
        silent = np.zeros((1, rate_hz * stream.layout.nb_channels), np.int16)
        frame = av.AudioFrame.from_ndarray(silent, "s16", layout)
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(stream.codec_context.format, layout, rate_hz)
        made = [packet for one in resampler.resample(frame) for packet in stream.encode(one)]
        data, long = OPUS if codec == "libopus" else (bytes(made[-1]), made[-1].duration)
        tick = made[-1].time_base
        for at in range(0, round(HOURS * 3600 / tick), long):
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, tick
            packet.pts = packet.dts = at
            packet.duration = long
            container.mux(packet)
    return path.read_bytes()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("bombs")
    return Settings(store=url_of(folder / "qa.db"), data_dir=folder, **LIMITS)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    (settings.data_dir / "rules").mkdir()
    rules = write_pack(settings.data_dir / "rules", "passes_if: {says: greeting}")
    with local(create_app(settings, rules)) as client:
        yield client


def test_what_unfolds_to_hours_costs_nobody_else(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    for name, (codec, rate_hz, layout) in BOMBS.items():
        data = bomb(tmp_path / name, codec, rate_hz, layout)
        assert len(data) < HOURS * 3600 * rate_hz * 2 / 30
        assert post(client, data, name=name, call_id=name).status_code == 202
    good = call_files(tmp_path / "calls", 1)[0].read_bytes()
    assert post(client, good, call_id="good").status_code == 202
    assert work(client, settings) == 0
    for name in BOMBS:
        job = client.get(f"/v1/calls/{name}").json()["job"]
        assert (job["state"], job["attempts"]) == ("failed", 1)
        assert "is longer than 900 s" in job["error"]["text"]
        heard = client.get(f"/v1/calls/{name}/audio")
        assert (heard.status_code, heard.headers["content-type"]) == (
            422,
            "application/problem+json",
        )
    assert client.get("/v1/calls/good").json()["job"]["state"] == "done"


def test_what_wants_too_much_memory_fails_alone(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    narrow = replace(settings, max_duration_s=6 * 3600)
    data = bomb(tmp_path / "huge.flac", *BOMBS["wide.flac"])
    assert post(client, data + b"\0", name="huge.flac", call_id="huge").status_code == 202
    assert work(client, narrow) == 0
    job = client.get("/v1/calls/huge").json()["job"]
    assert (job["state"], job["attempts"]) == ("failed", 1)
    assert "not enough memory" in job["error"]["text"]


def work(client: TestClient, settings: Settings) -> int:
    """One worker does all that waits, within the limits of ``settings``; how it ended."""
    app: Any = client.app
    service: Service = app.state.service
    command = [sys.executable, "-m", "tests.builders_service", "worker", "--rules"]
    process = subprocess.Popen(
        [*command, str(service.rules.folder)],
        cwd=ROOT,
        env=os.environ | as_environment(settings) | {"PYTHONPATH": str(ROOT)},
    )
    try:
        while process.poll() is None and unfinished(service):
            signal.sigtimedwait([], 0.05)
    finally:
        process.terminate()
        ended = process.wait(30)
    return ended


def unfinished(service: Service) -> int:
    return sum(count for state, count in service.jobs.counts().items() if not state.is_over)
