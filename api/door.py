"""Nobody gets at the pages, their scripts or their web socket who is not let in.

A page asks who it is once more, and at every event; this keeps out whatever does not begin with a
page: uploads, and sockets that another site opens in the name of a signed-in browser.
"""

from __future__ import annotations

from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from api import problems
from api.guard import visitor_of
from api.problems import Problem
from api.sign_in import sign_in_url


class Door:
    """Middleware before everything under ``path``."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or not (path + "/").startswith(self._path + "/"):
            await self._app(scope, receive, send)
            return
        try:
            await run_in_threadpool(visitor_of, HTTPConnection(scope))
        except Problem as problem:
            await _refused(problem, scope)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refused(problem: Problem, scope: Scope) -> Response | WebSocketClose:
    if scope["type"] == "websocket":
        return WebSocketClose(1008)
    request = Request(scope)
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if problem.status == 401 and wants_page:
        return RedirectResponse(sign_in_url(request), 303)
    return problems.document(problem, request)
