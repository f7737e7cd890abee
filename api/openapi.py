"""The OpenAPI document: what FastAPI finds in the routes, and what every route has in common."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.documents import definitions
from api.problems import MEDIA_TYPE
from autoqa import __version__

DESCRIPTION = """\
Recordings of calls go in, scorecards come out.

Every error is a problem document (RFC 9457, `application/problem+json`): `detail` is one sentence
that says what is wrong and what to do, `type` a stable name for programs. All times are
milliseconds from the start of a recording, half-open; moments are ISO 8601 with their zone.
Send an API key as `Authorization: Bearer …`; where neither keys nor people are set up, whoever is
on the same machine may do all without one.
"""

PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "A stable name of the kind of error."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "errors": {
            "type": "array",
            "description": "Where there are several: each by its place.",
            "items": {"type": "object"},
        },
    },
    "required": ["type", "title", "status", "detail", "instance"],
    "example": {
        "type": "urn:autoqa:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "这里没有 /v1/calls/0001.wav",
        "instance": "/v1/calls/0001.wav",
    },
}

ALWAYS = {
    400: "The request is no HTTP that can be read.",
    401: "Nobody is known by what the request carries.",
    403: "The caller does not have the scope that this needs.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    422: "Something in the request is not as it should be; the document says what.",
    429: "Too much at once; `Retry-After` says when to try again.",
    503: "The store or the model is not ready.",
}
"""What any route may answer."""


def problem(description: str) -> dict[str, Any]:
    """A response that is a problem document."""
    reference = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": reference}}}


def problems_at(**statuses: str) -> dict[int | str, Any]:
    """``problems_at(_404="…", _409="…")``: the ``responses`` of a route for its own errors."""
    return {int(name.removeprefix("_")): problem(text) for name, text in statuses.items()}


def install(app: FastAPI) -> None:
    """Has ``app`` describe itself so."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="autoqa", version=__version__, description=DESCRIPTION, routes=app.routes
    )
    for path, methods in document["paths"].items():
        for operation in methods.values() if path.startswith("/v1/") else ():
            responses = operation["responses"]
            for status, text in ALWAYS.items():
                own = responses.get(str(status), {})
                if MEDIA_TYPE not in own.get("content", {}):
                    responses[str(status)] = problem(text)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {**definitions(), "Problem": PROBLEM}
    return document
