"""Each request in the language of who reads the answer."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from autoqa.i18n import LANGUAGES, language

COOKIE = "autoqa_language"
"""What somebody chose on a page; one of ``LANGUAGES``."""


class Languages:
    """Middleware: by the cookie, else by ``Accept-Language`` if ``by_browser``, else ``usual``."""

    def __init__(self, app: ASGIApp, usual: str, by_browser: bool) -> None:
        self._app, self._usual, self._by_browser = app, usual, by_browser

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        with language(self._of(HTTPConnection(scope))):
            await self._app(scope, receive, send)

    def _of(self, connection: HTTPConnection) -> str:
        if (chosen := connection.cookies.get(COOKIE)) in LANGUAGES:
            return str(chosen)
        if self._by_browser:
            return _accepted(connection.headers.get("accept-language", "")) or self._usual
        return self._usual


def _accepted(header: str) -> str:
    """The first of our languages among those that a browser lists, best first; else empty."""
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";")
        if weight.replace(" ", "") in ("q=0", "q=0.0"):
            continue
        primary = tag.partition("-")[0].lower()
        for name in LANGUAGES:
            if name.partition("_")[0] == primary:
                return name
    return ""
