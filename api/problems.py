"""Errors as RFC 9457 problem documents: ``application/problem+json``; to browsers as a page.

A route raises ``Problem``, or lets an ``AutoqaError`` through; both become one document with one
sentence that says what is wrong and what to do, in the language that the request asks for. What
nobody foresaw becomes a 500 with the request's id and not a word of what was being done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.gate_page import gate_page
from api.paths import shown_path
from autoqa.errors import (
    AutoqaError,
    MetadataError,
    ModelMissing,
    NothingThere,
    RecordingError,
    ReviewRefused,
    StoreError,
)
from autoqa.i18n import N_, _, render
from autoqa.store import KeyReused
from autoqa.types import Message, Value

MEDIA_TYPE = "application/problem+json"

NOT_FOUND = N_("there is nothing at {path}")
_NOT_ALLOWED = N_("{method} is not possible at {path}")
_NOT_VALID = N_("the request is not as it should be; see errors")
_FAILED = N_("autoqa failed on this request; please report it with its id {id} and the log")


class Problem(Exception):
    """``Problem(409, "call_exists", Message(N_("the call {id} is here already"), {"id": id_}))``.

    ``kind`` is a stable word for programs; it ends the document's ``type``.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        message: Message,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(status, kind, message, headers, errors)
        self.status, self.kind, self.message = status, kind, message
        self.headers, self.errors = dict(headers or {}), tuple(errors)


def busy(message: Message, seconds: int) -> Problem:
    """``Problem`` 429: try again after so many seconds."""
    return Problem(429, "busy", message, headers={"Retry-After": str(seconds)})


def not_valid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """For what pydantic found. What was sent is not repeated: it may be a transcript."""
    found = tuple({"at": list(one["loc"]), "what": one["msg"]} for one in errors)
    return Problem(422, "validation", Message(_NOT_VALID), errors=found)


def document(problem: Problem, request: Request) -> Response:
    """The response for a problem."""
    # What somebody sent may hold halves of characters, which no answer can.
    told = render(problem.message).encode("utf-8", "replace").decode()
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        page = gate_page("problem.html", problem.status, title=_("This did not work"), told=told)
        page.headers.update(problem.headers)
        return page
    body: dict[str, Any] = {
        "type": f"urn:autoqa:problem:{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": told,
        "instance": shown_path(request.scope),
    }
    if problem.errors:
        body["errors"] = list(problem.errors)
    return JSONResponse(body, problem.status, problem.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every error of ``app`` a problem document."""
    app.add_exception_handler(Problem, _of_problem)
    app.add_exception_handler(AutoqaError, _of_autoqa)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)


def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return document(error, request)


def of_error(error: AutoqaError) -> Problem:
    """The problem for an error that the command line would show."""
    status, kind = 422, "not_usable"
    if isinstance(error, NothingThere):
        status, kind = 404, "not_found"
    elif isinstance(error, ReviewRefused):
        status, kind = 409, "review"
    elif isinstance(error, KeyReused):
        kind = "key_reused"
    elif isinstance(error, StoreError | ModelMissing):
        status, kind = 503, "not_ready"
    elif isinstance(error, RecordingError):
        kind = "recording"
    elif isinstance(error, MetadataError):
        kind = "metadata"
    return Problem(status, kind, error.message)


def _of_autoqa(request: Request, error: Exception) -> Response:
    assert isinstance(error, AutoqaError)
    return document(of_error(error), request)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    params: dict[str, Value] = {"path": shown_path(request.scope), "method": request.method}
    template = {404: NOT_FOUND, 405: _NOT_ALLOWED}.get(error.status_code, str(error.detail))
    kind = HTTPStatus(error.status_code).name.lower()
    problem = Problem(error.status_code, kind, Message(template, params), headers=error.headers)
    return document(problem, request)


def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return document(not_valid(error.errors()), request)


def failed(request: Request) -> Response:
    """The document for what nobody foresaw."""
    params: dict[str, Value] = {"id": request.state.request_id}
    return document(Problem(500, "failed", Message(_FAILED, params)), request)
