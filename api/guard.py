"""Who asks, and whether he may: every route names the scope it needs.

@router.get("/v1/calls")
def calls(caller: Annotated[Caller, needs(Scope.READ)]) -> ...
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.problems import Problem
from autoqa.i18n import N_
from autoqa.types import Caller, Message, Scope, Value

LOCAL = Caller("local", frozenset(Scope))
"""Whoever reaches a service without keys or people: it listens on the loopback only."""

_FORWARDED = "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"

_UNKNOWN = N_("nobody is known by this request; sign in, or send a key (Authorization: Bearer …)")
_MAY_NOT = N_("this needs the scope {scope}, which {name} does not have")


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks. ``Problem`` 401 where nobody is known by what the request carries."""
    if is_local(connection):
        return LOCAL
    raise Problem(401, "sign_in", Message(_UNKNOWN), headers={"WWW-Authenticate": "Bearer"})


def needs(scope: Scope) -> Any:
    """A dependency: who asks, if he has the scope; ``Problem`` 403 if not."""

    def check(connection: HTTPConnection) -> Caller:
        caller = caller_of(connection)
        if not caller.may(scope):
            params: dict[str, Value] = {"scope": scope.value, "name": caller.name}
            raise Problem(403, "scope", Message(_MAY_NOT, params))
        return caller

    return Depends(check)


def is_local(connection: HTTPConnection) -> bool:
    """Whether it comes from this machine and means this machine.

    The name in ``Host`` counts, too: a page of another site, whose name was made to point here,
    has the browser of somebody on this machine ask in that name. What came through a proxy comes
    from elsewhere.
    """
    if connection.client is None or any(name in connection.headers for name in _FORWARDED):
        return False
    return _is_loopback(connection.client.host) and _is_loopback(connection.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
