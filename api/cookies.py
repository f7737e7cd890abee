"""The cookies of the service: no script reads them, and no other site's form sends them along.

Over TLS their names begin with ``__Host-``: then a browser takes them from this host alone.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION = "autoqa-session"
BANK = "autoqa-bank"
"""Between leaving for the bank's sign-in and coming back."""


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser came by TLS, as far as this process or a trusted proxy knows."""
    return connection.url.scheme in ("https", "wss")


def session_token(connection: HTTPConnection) -> str:
    return read(connection, SESSION)


def read(connection: HTTPConnection, name: str) -> str:
    """Empty where there is none."""
    return connection.cookies.get(_named(connection, name), "")


def write(
    connection: HTTPConnection, response: Response, name: str, value: str, *, max_age_s: int
) -> None:
    response.set_cookie(
        _named(connection, name),
        value,
        max_age=max_age_s,
        secure=is_secure(connection),
        httponly=True,
        samesite="lax",
    )


def remove(connection: HTTPConnection, response: Response, name: str) -> None:
    write(connection, response, name, "", max_age_s=0)


def _named(connection: HTTPConnection, name: str) -> str:
    return f"__Host-{name}" if is_secure(connection) else name
