"""The log is a line of JSON each, and quotes nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from autoqa import logs

log = logging.getLogger("autoqa.some")


@pytest.fixture(autouse=True)
def _afterwards_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    log.info("answered %d", 3, extra={logs.TOLD: {"status": 200}})
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["from"], line["message"]) == ("info", "autoqa.some", "answered 3")
    assert line["status"] == 200


def test_an_exception_is_told_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    words = "what somebody said on the line"
    try:
        int(words)
    except ValueError:
        log.exception("it failed\nbadly")
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "said on the line" not in written
    line = json.loads(written)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["where"]
