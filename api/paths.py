"""Call ids in paths: any id is one segment, percent-encoded, slashes and all.

A call from a folder is known by its path in it (``2026-01/night 1.wav``), so its resource is
``/v1/calls/2026-01%2Fnight%201.wav`` and its page ``…%2Fnight%201.wav/report.html``. Servers decode
a path before anybody sees it, after which nobody can tell one slash from the other;
``WholeSegments`` keeps those that were encoded apart until the route has been found::

    @router.get(CALL + "/report.html")
    def report(call_id: CallId, ...): ...
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Path
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send

_KEPT_SLASH = "\U000f002f"
"""A private character that no id has, for a slash inside a segment."""

CALL = "/v1/calls/{call_id:whole}"

CallId = Annotated[
    str,
    Path(
        description="The call's id, percent-encoded as one segment: `/` is `%2F`.",
        max_length=512,
        examples=["2026-11-20%2F0001.wav"],
    ),
]


class _WholeSegment(StringConvertor):
    def convert(self, value: str) -> str:
        return value.replace(_KEPT_SLASH, "/")

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


register_url_convertor("whole", _WholeSegment())


def call_path(call_id: str, rest: str = "") -> str:
    """The path of a call's resource, or of one below it: ``call_path("a/b", "/audio")``."""
    return f"/v1/calls/{quote(call_id, safe='')}{rest}"


class WholeSegments:
    """Keeps an encoded slash in a path of the interface from becoming one that divides."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and raw.startswith(b"/v1/"):
            segments = raw.decode("ascii", "replace").split("?")[0].split("/")
            path = "/".join(unquote(one).replace("/", _KEPT_SLASH) for one in segments)
            scope["path"] = path
        await self._app(scope, receive, send)


def shown_path(scope: Scope) -> str:
    """The path as it was asked for, for people."""
    path: str = scope["path"]
    return path.replace(_KEPT_SLASH, "%2F")
