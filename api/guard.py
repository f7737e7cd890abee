"""Who asks, and whether he may: every route names the scope it needs.

@router.get("/v1/calls")
def calls(caller: Annotated[Caller, needs(Scope.READ)]) -> ...

Who asks is told by a key (``Authorization: Bearer``), else by the session of somebody who signed
in, else it is whoever sits at this machine, as long as nobody was given a key or an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from math import ceil
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from api.cookies import is_secure, session_token
from api.problems import Problem, busy
from api.service import service_of
from autoqa.access.signed_in import form_token, is_form_token
from autoqa.i18n import N_
from autoqa.types import Caller, Message, Person, Scope, Value

LOCAL = Caller("local", frozenset(Scope))
"""Whoever reaches a service without keys or people: it listens on the loopback only."""

TOKEN_HEADER = "x-csrf-token"
"""A script of ours sends the form token (``GET /v1/me``) in it with whatever changes something."""

_SAFE = ("GET", "HEAD", "OPTIONS")
_FORWARDED = "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"

_UNKNOWN = N_("nobody is known by this request; sign in, or send a key (Authorization: Bearer …)")
_BAD_KEY = N_("this key opens nothing: it is wrong, revoked or has expired")
_MAY_NOT = N_("this needs the scope {scope}, which {name} does not have")
_TOO_OFTEN = N_("{name} asks too often; try again in {seconds} s (AUTOQA_REQUESTS_A_MINUTE)")
_FORGED = N_("this did not come from a page of this service; load the page again and repeat it")

_bearer = HTTPBearer(
    auto_error=False, description="A key of `autoqa keys make`; people use their session instead."
)


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks. ``Problem`` 401 where nobody is known by what the request carries, 403 where
    another site made a browser send it."""
    return _caller(connection, with_token=True)


def visitor_of(connection: HTTPConnection) -> Caller:
    """As ``caller_of`` for the pages, whose own scripts know no form token: their requests must
    come from the same origin."""
    return _caller(connection, with_token=False)


def person_of(connection: HTTPConnection) -> Person | None:
    """Who is signed in, or None."""
    token = session_token(connection)
    return service_of(connection).access.signed_in.find(token) if token else None


def form_token_of(connection: HTTPConnection) -> str:
    """For forms and scripts of a page: with ``TOKEN_HEADER``, what they send is believed."""
    token = session_token(connection)
    return form_token(token) if token else ""


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency: who asks, if he has the scope; ``Problem`` 403 if not, 429 if he asks more
    often than ``Settings.requests_a_minute``."""

    scope: Scope

    def __call__(
        self, connection: HTTPConnection, _shown: Annotated[Any, Depends(_bearer)]
    ) -> Caller:
        caller = caller_of(connection)
        demand(caller, self.scope)
        if wait_s := service_of(connection).pace.wait_s(caller.name):
            seconds = ceil(wait_s)
            raise busy(Message(_TOO_OFTEN, {"name": caller.name, "seconds": seconds}), seconds)
        return caller


def demand(caller: Caller, scope: Scope) -> None:
    """``Problem`` 403 for who has not this scope."""
    if not caller.may(scope):
        params: dict[str, Value] = {"scope": scope.value, "name": caller.name}
        raise Problem(403, "scope", Message(_MAY_NOT, params))


def needs(scope: Scope) -> Any:
    """For ``Annotated[Caller, needs(...)]``."""
    return Depends(Needs(scope))


def is_same_origin(connection: HTTPConnection, *, must_say: bool) -> bool:
    """Whether a page of this service sent the request, as the browser says.

    ``must_say``: a request that says nothing does not pass; programs say nothing.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = connection.headers.get("origin")
    if origin is None:
        return not must_say
    scheme = "https" if is_secure(connection) else "http"
    return origin == f"{scheme}://{connection.headers.get('host', '')}"


def is_local(connection: HTTPConnection) -> bool:
    """Whether it comes from this machine and means this machine.

    The name in ``Host`` counts, too: a page of another site, whose name was made to point here,
    has the browser of somebody on this machine ask in that name. What came through a proxy comes
    from elsewhere.
    """
    if connection.client is None or any(name in connection.headers for name in _FORWARDED):
        return False
    host = _hostname(connection.headers.get("host", ""))
    return _is_loopback(connection.client.host) and _is_loopback(host)


def _caller(connection: HTTPConnection, *, with_token: bool) -> Caller:
    access = service_of(connection).access
    if (header := connection.headers.get("authorization")) is not None:
        kind, _, text = header.partition(" ")
        caller = access.keys.caller(text.strip()) if kind.lower() == "bearer" else None
        if caller is None:
            raise _unknown(_BAD_KEY)
        return caller
    person = person_of(connection)
    if person is not None:
        _check_origin(connection, session_token(connection) if with_token else "")
        return person.caller
    if is_local(connection) and access.is_open():
        if not is_same_origin(connection, must_say=False) and _changes(connection):
            raise Problem(403, "forgery", Message(_FORGED))
        return LOCAL
    raise _unknown(_UNKNOWN)


def _check_origin(connection: HTTPConnection, token: str) -> None:
    """A browser sends the cookie whoever asks it to: ``Problem`` 403 unless a page of ours did."""
    if not _changes(connection):
        return
    good = is_same_origin(connection, must_say=True)
    if good and token and connection.scope["type"] == "http":
        good = is_form_token(connection.headers.get(TOKEN_HEADER, ""), token)
    if not good:
        raise Problem(403, "forgery", Message(_FORGED))


def _changes(connection: HTTPConnection) -> bool:
    """Whether something may be changed by it; a web socket carries whatever comes later."""
    return connection.scope["type"] == "websocket" or connection.scope["method"] not in _SAFE


def _unknown(template: str) -> Problem:
    headers = {"WWW-Authenticate": 'Bearer realm="autoqa"'}
    return Problem(401, "sign_in", Message(template), headers=headers)


def _hostname(host: str) -> str:
    """Without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
