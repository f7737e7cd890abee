"""Who asks, and whether he may: every route names the scope it needs.

@router.get("/v1/calls")
def calls(caller: Annotated[Caller, needs(Scope.READ)]) -> ...
"""

from __future__ import annotations

from typing import Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.problems import Problem
from autoqa.i18n import N_
from autoqa.types import Caller, Message, Scope, Value

LOCAL = Caller("local", frozenset(Scope))
"""Whoever reaches a service without keys or people: it listens on the loopback only."""

_MAY_NOT = N_("this needs the scope {scope}, which {name} does not have")


def caller_of(_connection: HTTPConnection) -> Caller:
    """Who asks. ``Problem`` 401 where nobody is known by what the request carries."""
    return LOCAL


def needs(scope: Scope) -> Any:
    """A dependency: who asks, if he has the scope; ``Problem`` 403 if not."""

    def check(connection: HTTPConnection) -> Caller:
        caller = caller_of(connection)
        if not caller.may(scope):
            params: dict[str, Value] = {"scope": scope.value, "name": caller.name}
            raise Problem(403, "scope", Message(_MAY_NOT, params))
        return caller

    return Depends(check)
