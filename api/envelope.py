"""What every request and answer has, whatever the route.

An id (the caller's ``X-Request-Id`` where it is sane, else a new one) that is in the answer and in
the log; headers that keep a browser from being talked into anything; a limit on the body, in bytes
and in seconds; one line of JSON in the log, without a word of what was said or asked for; and a
problem document where something failed that nobody foresaw.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable
from traceback import format_tb

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.problems import Problem
from autoqa.i18n import N_
from autoqa.logs import TOLD
from autoqa.settings import Settings
from autoqa.types import Message as Sentence

log = logging.getLogger(__name__)

UPLOADS = {("POST", "/v1/calls")}
"""Routes that read their own bodies, with limits of their own."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Set where the route has not set them itself."""

CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content security policy of an answer that is no page."""
PAGES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob: data:; "
    "font-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'"
)
"""Of a page: nothing from another host. NiceGUI compiles its templates in the browser."""
_DATA = "/v1/", "/health/", "/metrics", "/openapi.json"

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TOO_LARGE = N_("the body has more than {limit} MB; send less")
_TOO_SLOW = N_("the body did not arrive within {limit} s; send it faster")

Seen = Callable[[str, str, int, float], None]
"""Told of each answer: method, the route's path, status, seconds."""


class Envelope:
    """The outermost layer. ``seen``: what counts requests."""

    def __init__(self, app: ASGIApp, settings: Settings, seen: Seen) -> None:
        self._app, self._settings, self._seen = app, settings, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        given = Request(scope).headers.get("x-request-id", "")
        request_id = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                is_data = scope["path"].startswith(_DATA)
                headers.setdefault("Content-Security-Policy", CLOSED if is_data else PAGES)
            await send(message)

        try:
            await self._answer(scope, receive, sent)
        except Exception as error:  # noqa: BLE001 (whatever it was, the caller gets an answer)
            # Where it happened, but not the exception's words: they may quote a transcript.
            trace = "".join(format_tb(error.__traceback__))
            log.error("%s failed: %s\n%s", request_id, type(error).__name__, trace)
            if not status:
                await problems.failed(Request(scope))(scope, receive, sent)
        finally:
            self._tell(scope, request_id, status, time.monotonic() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, limit_mb = scope["path"], self._settings.max_json_mb
        if not path.startswith("/v1/") or (scope["method"], path) in UPLOADS:
            await self._app(scope, receive, send)
            return
        limit_s = self._settings.body_timeout_s
        try:
            async with asyncio.timeout(limit_s):
                body = await _body(receive, limit_mb * 1024 * 1024)
        except TimeoutError:
            problem = Problem(408, "too_slow", Sentence(_TOO_SLOW, {"limit": limit_s}))
            await problems.document(problem, Request(scope))(scope, receive, send)
            return
        if body is None:
            problem = Problem(413, "too_large", Sentence(_TOO_LARGE, {"limit": limit_mb}))
            await problems.document(problem, Request(scope))(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, again, send)

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", "") or "–"
        told = {
            "request_id": request_id,
            "method": scope["method"],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000),
        }
        log.info("answered", extra={TOLD: told})
        self._seen(scope["method"], route, status, seconds)


async def _body(receive: Receive, limit: int) -> bytes | None:
    """All of it, or None where it is longer than ``limit``."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
