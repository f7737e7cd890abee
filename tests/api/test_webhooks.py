"""Other systems are told what is true, signed, until they take it, and nobody else is."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.app import create_app
from api.webhooks import PAUSES_S, Webhooks
from autoqa.cli import app as command
from autoqa.errors import UsageError
from autoqa.settings import Settings
from autoqa.store import Deliveries, Overview, Store
from autoqa.types import DeliveryKind, DeliveryState
from tests.api.clients import local
from tests.databases import url_of
from tests.scoring.packs import write_pack
from tests.store.calls import filled

SECRET = "between the two of us"


@dataclass(slots=True)
class Receiver:
    """Another system; ``statuses``: what it answers next, then 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.headers.append(dict(self.headers.items()))
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks/done"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deliveries(tmp_path: Path) -> Iterator[Deliveries]:
    with Store(url_of(tmp_path / "qa.db")) as store:
        yield Deliveries(store)


@pytest.fixture
def settings(receiver: Receiver) -> Settings:
    prefix = receiver.url.removesuffix("done")
    return Settings(callbacks_to=prefix, callback_secret=SECRET, callbacks_private=True)


@pytest.fixture
def webhooks(deliveries: Deliveries, settings: Settings, clock: Clock) -> Webhooks:
    return Webhooks(deliveries, settings, clock=clock)


def tell(deliveries: Deliveries, url: str) -> None:
    deliveries.add(DeliveryKind.CALL_DONE, url, {"call_id": "呼叫 1"})


def test_what_is_told_is_signed(
    webhooks: Webhooks, deliveries: Deliveries, receiver: Receiver
) -> None:
    tell(deliveries, receiver.url)
    webhooks.step()
    (body,), (headers,) = receiver.bodies, receiver.headers
    assert json.loads(body)["call_id"] == "呼叫 1"
    at, mark = headers["X-Autoqa-Signature"].removeprefix("t=").split(",v1=")
    expected = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert mark == expected
    assert headers["X-Autoqa-Delivery"] == json.loads(body)["id"]
    assert SECRET not in str(headers) + body.decode()


def test_what_was_taken_is_not_told_again(
    webhooks: Webhooks, deliveries: Deliveries, receiver: Receiver, clock: Clock
) -> None:
    tell(deliveries, receiver.url)
    for _ in range(3):
        webhooks.step()
        clock.now_s += max(PAUSES_S)
    assert len(receiver.bodies) == 1
    (delivery,) = deliveries.newest(DeliveryState.SENT)
    assert (delivery.status, delivery.attempts) == (204, 1)


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_was_refused_is_told_later_each_time_and_given_up_at_last(
    status: int, webhooks: Webhooks, deliveries: Deliveries, receiver: Receiver, clock: Clock
) -> None:
    receiver.statuses += [status] * 100
    tell(deliveries, receiver.url)
    webhooks.step()
    for number, pause_s in enumerate(PAUSES_S, start=1):
        clock.now_s += pause_s - 0.1
        webhooks.step()
        assert len(receiver.bodies) == number
        clock.now_s += 0.1
        webhooks.step()
    assert len(receiver.bodies) == len(PAUSES_S) + 1
    (delivery,) = deliveries.newest()
    assert (delivery.state, delivery.status) == (DeliveryState.GIVEN_UP, status)
    clock.now_s += 10 * max(PAUSES_S)
    webhooks.step()
    assert len(receiver.bodies) == len(PAUSES_S) + 1


def test_what_one_refuses_does_not_keep_the_others_waiting(
    webhooks: Webhooks, deliveries: Deliveries, receiver: Receiver
) -> None:
    receiver.statuses.append(500)
    for _ in range(3):
        tell(deliveries, receiver.url)
    webhooks.step()
    assert len(receiver.bodies) == 3
    assert len(deliveries.waiting()) == 1


def test_who_does_not_answer_is_asked_once_for_all(
    deliveries: Deliveries, settings: Settings, clock: Clock
) -> None:
    nobody = "http://127.0.0.1:9/hooks/"
    webhooks = Webhooks(deliveries, replace(settings, callbacks_to=nobody), clock=clock)
    for _ in range(3):
        tell(deliveries, nobody + "done")
    webhooks.step()
    assert sorted(one.attempts for one in deliveries.waiting()) == [0, 0, 1]
    assert {one.status for one in deliveries.waiting()} == {None}


@pytest.mark.parametrize(
    ("url", "changes"),
    [
        ("http://127.0.0.1:1/elsewhere", {}),
        ("http://localhost:1/hooks/", {"callbacks_to": "http://localhost:1/"}),
        ("http://127.0.0.1:1/a", {"callbacks_to": "http://127.0.0.1:1/"}),
        ("http://[::1]:1/a", {"callbacks_to": "http://[::1]:1/"}),
        ("http://0x7f000001:1/a", {"callbacks_to": "http://0x7f000001:1/"}),
    ],
)
def test_nobody_inside_is_told_unless_it_is_allowed(
    url: str, changes: dict[str, str], deliveries: Deliveries, settings: Settings
) -> None:
    closed = replace(settings, callbacks_private=False, **changes)  # type: ignore[arg-type]
    tell(deliveries, url)
    Webhooks(deliveries, closed).step()
    (delivery,) = deliveries.waiting()
    assert delivery.status is None
    assert delivery.trouble in ("not allowed any more", "address inside a network")


def test_two_senders_do_not_send_the_same(
    deliveries: Deliveries, settings: Settings, receiver: Receiver
) -> None:
    tell(deliveries, receiver.url)
    (as_read,) = deliveries.waiting()
    assert deliveries.begin(as_read)
    assert not deliveries.begin(as_read)


def test_without_a_secret_nothing_can_be_sent(deliveries: Deliveries, settings: Settings) -> None:
    with pytest.raises(UsageError, match="AUTOQA_CALLBACK_SECRET"):
        Webhooks(deliveries, replace(settings, callback_secret=""))


def test_alerts_go_to_those_who_may_be_told_only(
    deliveries: Deliveries, settings: Settings
) -> None:
    with pytest.raises(UsageError, match="AUTOQA_ALERTS_TO"):
        Webhooks(deliveries, replace(settings, alerts_to="https://evil.example/"))


def test_an_administrator_sees_what_was_given_up(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    app = create_app(Settings(store=url_of(tmp_path / "qa.db")), rules)
    deliveries = Deliveries(app.state.service.store)
    tell(deliveries, "https://pbx.example/a")
    deliveries.give_up(deliveries.waiting()[0], 500, "refused")
    tell(deliveries, "https://pbx.example/b")
    with local(app) as client:
        every = client.get("/v1/deliveries").json()["deliveries"]
        (given_up,) = client.get("/v1/deliveries?state=given_up").json()["deliveries"]
    assert [one["url"] for one in every] == ["https://pbx.example/b", "https://pbx.example/a"]
    assert (given_up["status"], given_up["trouble"]) == (500, "refused")


def report(store: Path, receiver: Receiver, allowed: str, day: str = "2026-11-20") -> Result:
    given = ("report", "--store", url_of(store), "--since", day, "--post-to", receiver.url)
    return CliRunner().invoke(command, given, env={"AUTOQA_CALLBACKS_TO": allowed})


def test_a_report_is_left_with_the_service_and_posted(
    webhooks: Webhooks, settings: Settings, receiver: Receiver, tmp_path: Path
) -> None:
    with filled(tmp_path) as store:
        day = str(Overview(store).page().rows[0].day)
    run = report(tmp_path / "qa.db", receiver, settings.callbacks_to, day)
    assert run.exit_code == 0, run.stderr
    webhooks.step()
    (body,) = map(json.loads, receiver.bodies)
    assert body["kind"] == "report"
    assert body["report"]["period"]["first"] == day


def test_a_report_is_posted_below_the_prefixes_only(receiver: Receiver, tmp_path: Path) -> None:
    run = report(tmp_path / "qa.db", receiver, "https://bi.bank/")
    assert run.exit_code == 2
    assert receiver.url in run.stderr
