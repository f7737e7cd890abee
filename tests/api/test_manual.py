"""The commands of docs/http.md do what the manual says, in its order."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from api.app import create_app
from tests.api.clients import local
from tests.api.conftest import RULES, settings_in
from tests.api.telephone import wav, work

MANUAL = Path(__file__).parents[2] / "docs" / "http.md"
_CURL = re.compile(r"^curl (.*)$", re.MULTILINE)


def request_of(command: str) -> dict[str, Any]:
    """What the options of curl that the manual uses mean."""
    words = iter(shlex.split(command))
    form: dict[str, str] = {}
    request: dict[str, Any] = {"method": "GET"}
    for word in words:
        if word == "-F":
            name, _, value = next(words).partition("=")
            form[name] = value
        elif word == "--json":
            request |= {"method": "POST", "json": json.loads(next(words))}
        elif word == "-X":
            request["method"] = next(words)
        elif word == "-o":
            next(words)
        elif word != "-s":
            request["url"] = word.removeprefix("http://127.0.0.1:8080")
    if form:
        assert form.pop("recording") == "@call.wav"
        files = {"recording": ("call.wav", wav())}
        request |= {"method": "POST", "data": form, "files": files}
    return request


def test_every_command_is_answered(tmp_path: Path) -> None:
    app = create_app(settings_in(tmp_path, language="en"), RULES)
    with local(app) as client:
        for command in _CURL.findall(MANUAL.read_text("utf-8")):
            response = client.request(**request_of(command))
            assert response.is_success, (command, response.text)
            work(app)
