"""Letters with reports, sent to a server of the test's own."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autoqa.cli import app as command
from autoqa.errors import UsageError
from autoqa.mailing import Attachment, send
from autoqa.settings import Settings
from autoqa.store import Overview
from tests.databases import url_of
from tests.store.calls import filled

PAGE = Attachment("周报.html", "text/html", "<p>得分 96</p>".encode())


class Server(socketserver.TCPServer):
    """Takes every letter, but for ``nobody``; offers neither TLS nor a login."""

    allow_reuse_address = True
    letters: list[bytes]


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline().strip():
            word = line.split(b" ")[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            refused = word == b"RCPT" and b"nobody" in line
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"550 no such box\r\n" if refused else b"250 ok\r\n")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Talk) as made:
        made.letters = []
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def settings(server: Server, user: str = "") -> Settings:
    return Settings(
        smtp=f"smtp://{user}127.0.0.1:{server.server_address[1]}", smtp_password="geheim"
    )


def test_a_letter_arrives_with_what_is_attached(server: Server) -> None:
    send(settings(server), ["a@bank.example", "b@bank.example"], "周报", "见附件。", [PAGE])
    (letter,) = (message_from_bytes(one, policy=default) for one in server.letters)
    assert (letter["subject"], letter["to"]) == ("周报", "a@bank.example, b@bank.example")
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "周报.html"
    assert "得分 96" in attached.get_content()


def test_a_password_is_not_sent_without_tls(server: Server) -> None:
    with pytest.raises(UsageError, match="no TLS"):
        send(settings(server, "qa@"), ["a@bank.example"], "x", "x", [])
    assert server.letters == []


def test_what_the_server_refuses_is_said(server: Server) -> None:
    with pytest.raises(UsageError, match="nobody@bank"):
        send(settings(server), ["nobody@bank.example"], "x", "x", [])


@pytest.mark.parametrize("smtp", ["", "mail.bank", "http://mail.bank", "smtp://127.0.0.1:1"])
def test_where_no_server_is_one_sentence_says_so(smtp: str) -> None:
    with pytest.raises(UsageError):
        send(Settings(smtp=smtp), ["a@bank.example"], "x", "x", [])


def test_a_line_break_in_an_address_makes_no_other_head(server: Server) -> None:
    with pytest.raises(UsageError):
        send(settings(server), ["a@bank.example\r\nBcc: x@y.example"], "x", "x", [])
    assert server.letters == []


def test_a_report_is_sent_with_both_files_and_names_nobody(server: Server, tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        (row, *_) = Overview(store).page().rows
    run = CliRunner().invoke(
        command,
        [
            *("report", "--store", url_of(tmp_path / "qa.db"), "--since", f"{row.day}"),
            *("--of", "agent", "--agent", f"{row.agent_id}", "--mail-to", "a@bank.example"),
        ],
        env={"AUTOQA_SMTP": settings(server).smtp},
    )
    assert run.exit_code == 0, run.stderr
    (letter,) = (message_from_bytes(one, policy=default) for one in server.letters)
    names = [f"{part.get_filename()}" for part in letter.iter_attachments()]
    assert [name.rpartition(".")[2] for name in names] == ["html", "xlsx"]
    body = letter.get_body()
    assert body is not None
    told = letter["subject"] + body.get_content()
    assert str(row.agent_id) not in told.replace(f"{row.day}", "")
