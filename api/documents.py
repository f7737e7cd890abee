"""What the interface answers: frozen dataclasses, written as the documents of the command line are.

A route names what it answers with ``shows``, and answers with ``answer``::

    @router.get("/v1/rules", responses=shows(RulesDocument, "the rules in force"))
    def rules(...) -> Response:
        return answer(RulesDocument(...))

So the OpenAPI document and the answers come from one place, the types.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi.responses import JSONResponse

from autoqa.reports.result import plain, schemas_of

SCHEMAS = "#/components/schemas/{model}"

_kinds: list[type] = []


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A domain value, a document or a mapping of them as JSON."""
    return JSONResponse(plain(value), status, headers)


def shows(kind: type, description: str, status: int = 200) -> dict[int | str, Any]:
    """The ``responses`` of a route that answers with a ``kind`` of document."""
    if kind not in _kinds:
        _kinds.append(kind)
        definitions.cache_clear()
    reference = {"$ref": SCHEMAS.format(model=kind.__name__)}
    content = {"application/json": {"schema": reference}}
    return {status: {"description": description, "content": content}}


@cache
def definitions() -> Mapping[str, Any]:
    """The schemas of all documents that are shown, and of their parts."""
    return schemas_of(_kinds, SCHEMAS)
