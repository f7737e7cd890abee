"""What somebody may try who means no good: it costs him an answer, and nobody else anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import fetching
from api.app import create_app
from api.fetching import is_public
from api.problems import Problem
from api.uploads import read_form
from autoqa.addresses import is_below
from autoqa.settings import Settings
from tests.api.clients import local
from tests.api.conftest import RULES, settings_in
from tests.api.telephone import GREETING, post, wav, work

INSIDE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0", "::1", "fe80::1"]
INSIDE += ["::ffff:127.0.0.1", "fd00::1", "100.64.0.1", "224.0.0.1", "2002:7f00:1::"]


@pytest.fixture(scope="session")
def on_both() -> None:
    """Whatever the store: it is shown once."""


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_of_a_network_inside_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "below"),
    [
        ("https://pbx.bank/rec/1.wav", True),
        ("https://PBX.bank:443/rec/1.wav", True),
        ("https://pbx.bank/rec", False),
        ("https://pbx.bank/record/1.wav", False),
        ("https://pbx.bank/rec/../x", False),
        ("https://pbx.bank/rec/%2e%2e/x", False),
        ("https://pbx.bank@evil.example/rec/1.wav", False),
        ("https://pbx.bank.evil.example/rec/1.wav", False),
        ("https://pbx.bank\\@evil.example/rec/1.wav", False),
        ("http://pbx.bank/rec/1.wav", False),
        ("https://pbx.bank:8443/rec/1.wav", False),
        ("file:///etc/passwd", False),
        ("https://pbx.bank/rec/\r\nX: y", False),
        ("", False),
    ],
)
def test_only_what_is_below_a_prefix_is_fetched(url: str, below: bool) -> None:
    assert is_below(url, "https://other.bank https://pbx.bank/rec/") is below


class Recorder(BaseHTTPRequestHandler):
    """``/rec/1.wav`` is there; ``/rec/away`` leads elsewhere; ``/rec/round`` to itself;
    ``/rec/inside`` to an address of another network."""

    def do_GET(self) -> None:
        leads = {"/rec/away": "/secret", "/rec/round": "/rec/round", "/rec/on": "/rec/1.wav"}
        leads["/rec/inside"] = f"http://127.0.0.2:{self.connection.getsockname()[1]}/rec/1.wav"
        if self.path in leads:
            self.send_response(302)
            self.send_header("Location", leads[self.path])
            self.end_headers()
        elif self.path in {"/rec/1.wav", "/secret"}:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(wav(tone=21))
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def recorder() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings may be taken from ``in``."""
    made = tmp_path_factory.mktemp("attacks")
    (made / "in").mkdir()
    (made / "in" / "a.wav").write_bytes(wav(tone=22))
    (made / "secret.wav").write_bytes(wav(tone=23))
    (made / "in" / "link.wav").symlink_to(made / "secret.wav")
    return made


@pytest.fixture(scope="module")
def client(folder: Path, recorder: str) -> Iterator[TestClient]:
    settings = settings_in(
        folder / "data",
        language="en",
        max_file_mb=1,
        fetch_from=f"{recorder}/rec/",
        fetch_private=True,
        take_from=folder / "in",
        callbacks_to="https://crm.bank/hooks/",
    )
    (folder / "data").mkdir()
    with local(create_app(settings, RULES)) as client:
        yield client


def kind_of(response: Any) -> str:
    return str(response.json()["type"].rsplit(":", 1)[-1])


@pytest.mark.parametrize(("path", "status"), [("1.wav", 202), ("on", 202)])
def test_a_recording_is_fetched(client: TestClient, recorder: str, path: str, status: int) -> None:
    body = {"url": f"{recorder}/rec/{path}", "call_id": f"fetched-{path}"}
    assert client.post("/v1/calls", json=body).status_code == status


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/rec/away", "url"), ("/rec/round", "fetch"), ("/rec/none", "fetch"), ("/secret", "url")],
)
def test_nothing_else_is_fetched(client: TestClient, recorder: str, path: str, kind: str) -> None:
    response = client.post("/v1/calls", json={"url": recorder + path})
    assert (response.status_code, kind_of(response)) == (422, kind)


def test_a_name_that_points_inside_is_not_asked(tmp_path: Path, recorder: str) -> None:
    settings = settings_in(tmp_path, fetch_from=f"{recorder}/rec/")
    with local(create_app(settings, RULES)) as client:
        response = client.post("/v1/calls", json={"url": f"{recorder}/rec/1.wav"})
    assert kind_of(response) == "url"


def test_no_redirect_leads_inside(
    tmp_path: Path, recorder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = {"127.0.0.1", "::1"}
    monkeypatch.setattr(fetching, "is_public", lambda address: str(address) in outside)
    inside = recorder.replace("localhost", "127.0.0.2")
    settings = settings_in(tmp_path, fetch_from=f"{recorder}/rec/ {inside}/rec/")
    with local(create_app(settings, RULES)) as client:
        good = client.post("/v1/calls", json={"url": f"{recorder}/rec/on"})
        bad = client.post("/v1/calls", json={"url": f"{recorder}/rec/inside"})
    assert (good.status_code, bad.status_code, kind_of(bad)) == (202, 422, "url")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("a.wav", 202),
        ("link.wav", 422),
        ("../secret.wav", 422),
        ("/etc/passwd", 422),
        ("a.wav\x00", 422),
        ("", 422),
        (".", 422),
    ],
)
def test_only_files_of_the_allowed_folder_are_taken(
    client: TestClient, path: str, status: int
) -> None:
    assert client.post("/v1/calls", json={"path": path}).status_code == status


def test_a_large_upload_is_cut(client: TestClient, folder: Path) -> None:
    response = post(client, b"x" * 1_100_000)
    assert (response.status_code, kind_of(response)) == (413, "too_large")
    assert list((folder / "data" / "recordings" / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "data"),
    [
        ({"other": ("a.wav", b"x")}, {}),
        ({"second": ("a.wav", b"x")}, {}),
        ({"recording": ("a.wav", b"")}, {}),
        ({"recording": ("a.wav", wav())}, {"metadata": "[" * 100_000}),
        ({"recording": ("a.wav", wav())}, {"metadata": "[]"}),
        ({"recording": ("a.wav", wav())}, {"started_at": "yesterday"}),
        ({"recording": ("a.wav", wav())}, {"started_at": "0001-01-01 00:00"}),
        ({"recording": ("a.wav", wav())}, {"direction": "sideways"}),
        ({"recording": ("a.wav", wav())}, {"agent_id": "x" * 1000}),
        ({"recording": ("a.wav", wav())}, {"callback": "https://evil.example/"}),
        ({"recording": ("a.wav", wav())}, {"raw": "nonsense"}),
        ({"recording": ("a.wav", wav())}, {f"f{n}": "1" for n in range(70)}),
    ],
)
def test_a_bad_form_is_told_what_is_wrong(client: TestClient, files: Any, data: Any) -> None:
    response = client.post("/v1/calls", files=files, data=data)
    assert response.status_code in {413, 422}
    assert response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"no form", "multipart/form-data; boundary=x"),
        (b"no form", "multipart/form-data"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"url": "\\ud800"}', "application/json"),
        (b"", "text/plain"),
    ],
)
def test_a_bad_body_is_told_what_is_wrong(
    client: TestClient, body: bytes, content_type: str
) -> None:
    response = client.post("/v1/calls", content=body, headers={"Content-Type": content_type})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "name", ["../../x.wav", "a\r\nX-Evil: 1.wav", "<script>.wav", "\u202e.wav"]
)
def test_a_file_name_is_only_a_name(client: TestClient, name: str) -> None:
    response = post(client, wav(tone=31), name=name, call_id="named")
    assert response.status_code in {200, 202, 422}
    assert "x-evil" not in response.headers
    if response.status_code != 422:
        assert "/" not in response.json()["contact"]["file"]


def test_a_container_that_claims_hours_costs_nobody_else(client: TestClient) -> None:
    data = bytearray(wav(1))
    data[40:44] = (0x7FFFFFF0).to_bytes(4, "little")
    post(client, bytes(data), call_id="hours")
    work(client.app)  # type: ignore[arg-type]
    assert client.get("/v1/calls/hours/audio").status_code in {200, 422}
    assert client.get("/health/live").status_code == 200


def test_script_in_names_and_words_is_text_on_the_page(client: TestClient) -> None:
    evil = "</script><script>alert(1)</script>"
    names = dict.fromkeys(("agent_name", "agent_id", "team", "product", "queue"), evil)
    post(client, wav(tone=41), name=f"{evil}.wav", call_id="evil", **names)
    work(client.app, GREETING + f"坐席 5.0-6.0 {evil}\n")  # type: ignore[arg-type]
    page = client.get("/v1/calls/evil/report.html")
    assert page.status_code == 200
    assert "alert(1)" in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(("pause_s", "part"), [(10.0, b"x"), (0.01, b"x")])
def test_an_upload_that_never_ends_is_cut(tmp_path: Path, pause_s: float, part: bytes) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="recording"; filename="a"\r\n\r\n'
        while True:
            await asyncio.sleep(pause_s)
            yield part

    limits = Settings(stall_timeout_s=0.1, upload_timeout_s=0.3)
    with pytest.raises(Problem) as raised:
        asyncio.run(read_form(dripping(), "multipart/form-data; boundary=x", tmp_path, limits))
    assert raised.value.status == 408
