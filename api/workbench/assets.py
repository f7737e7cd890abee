"""Scripts and style of the workbench, served from the package, named by their content."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from fastapi import FastAPI, Response

from autoqa.reports.pages import style_sheet

_TYPES = {"css": "text/css", "js": "text/javascript"}
_SHARED = ("palette.css", "common.css", "call.css")
"""Of the reports: a call looks the same in both."""
_REPORTS = frozenset({"survey.css", "coaching.css", "fairness.css"})
"""The same boards are in reports of their own."""


def asset_url(name: str) -> str:
    """Where a page finds a file of ``static/``; another content is another address."""
    digest = hashlib.sha256(_content(name).encode()).hexdigest()[:12]
    return f"/ui/static/{name}?{digest}"


def add_assets(app: FastAPI) -> None:
    app.add_api_route("/static/{name}", _serve, include_in_schema=False)


def _serve(name: str) -> Response:
    if name not in _names():
        return Response(status_code=404)
    return Response(
        _content(name),
        media_type=_TYPES[name.rpartition(".")[2]],
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )


@cache
def _names() -> frozenset[str]:
    return frozenset({entry.name for entry in _folder().iterdir()} | _REPORTS)


@cache
def _content(name: str) -> str:
    if name in _REPORTS:
        return style_sheet(name)
    text = (_folder() / name).read_text("utf-8")
    if name == "rules.css":
        return f"{text}.changes {{ {style_sheet('changes.css')} }}"
    return style_sheet(*_SHARED) + text if name == "workbench.css" else text


def _folder() -> resources.abc.Traversable:
    return resources.files("api.workbench") / "static"
