"""Where the bank has a key no recording lies open on the disk, and all works as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from api.app import create_app
from api.playing import played
from autoqa.backup import back_up, put_back
from autoqa.files import write_whole
from autoqa.sealing import KEY
from tests.api.clients import local
from tests.api.conftest import RULES, settings_in
from tests.api.telephone import post, wav, work
from tests.databases import url_of

SOUND = wav(3, tone=9)
WINDOW = SOUND[44 : 44 + 96]


def _lies_open(folder: Path) -> list[str]:
    """Names of files in which the sound can be read, as it was posted or as a copy."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [
        path.name
        for path in files
        if WINDOW in (data := path.read_bytes()) or data.startswith((b"RIFF", b"OggS"))
    ]


@pytest.mark.parametrize("way", ["posted", "named"])
def test_nothing_of_a_recording_lies_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    monkeypatch.setenv(KEY, "0c" * 32)
    folder, given = tmp_path / "qa", tmp_path / "given"
    for each in (folder, given):
        each.mkdir()
    (given / "night.wav").write_bytes(SOUND)
    app = create_app(settings_in(folder, take_from=given), RULES)
    with local(app) as client:
        if way == "posted":
            assert post(client, SOUND, call_id="a").status_code == 202
        else:
            body = {"path": "night.wav", "call_id": "a"}
            assert client.post("/v1/calls", json=body).status_code == 202
        work(app)
        whole = client.get("/v1/calls/a/audio")
        assert whole.content.startswith(b"OggS")
        again = client.get("/v1/calls/a/audio")  # the copy that was kept
        part = client.get("/v1/calls/a/audio", headers={"Range": "bytes=-5"})
        peaks = [client.get("/workbench/peaks/a").content for _ in range(2)]
        report = client.get("/v1/calls/a/report.html")
    assert again.content == whole.content
    assert part.content == whole.content[-5:]
    assert part.headers["content-range"].startswith(f"bytes {len(whole.content) - 5}-")
    assert peaks[0] == peaks[1] != b""
    assert report.status_code == 200
    assert len(list((folder / "playback").rglob("*.ogg"))) == 1
    assert _lies_open(folder) == []


def test_a_backup_is_as_closed_and_comes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEY, "0c" * 32)
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        each.mkdir()
    app = create_app(settings_in(one), RULES)
    with local(app) as client:
        post(client, SOUND, call_id="a")
        back_up(app.state.service.store, one, tmp_path / "backup.zip")
    put_back(tmp_path / "backup.zip", url_of(other / "autoqa.db"), other)
    assert _lies_open(tmp_path) == []
    moved = create_app(settings_in(other), RULES)
    with local(moved) as client:
        work(moved)
        assert client.get("/v1/calls/a/audio").content.startswith(b"OggS")


@pytest.mark.parametrize(
    ("wanted", "status", "at"),
    [
        ("bytes=0-", 206, slice(0, None)),
        ("bytes=2-3", 206, slice(2, 4)),
        ("bytes=3-999999", 206, slice(3, None)),
        ("bytes=-999999", 206, slice(0, None)),
        ("bytes=999999-", 416, None),
        ("bytes=3-2", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=-", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("seconds=0-1", 200, slice(None)),
    ],
)
def test_a_range_is_what_the_standard_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: str, status: int, at: slice | None
) -> None:
    monkeypatch.setenv(KEY, "0c" * 32)
    data = bytes(range(200))
    write_whole(tmp_path / "a.ogg", data, sealed=True)
    app = FastAPI()

    @app.get("/")
    def hear(request: Request) -> Response:
        return played(tmp_path / "a.ogg", "audio/ogg", request.headers.get("range"))

    answer = local(app).get("/", headers={"Range": wanted})
    assert answer.status_code == status
    assert answer.content == (b"" if at is None else data[at])
