"""Which addresses of the web the settings allow."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

_PORTS = {"http": 80, "https": 443}


def is_below(url: str, prefixes: str) -> bool:
    """Whether ``url`` is one of the ``prefixes`` (blanks between) or below it.

    What servers understand differently (``..``, a name before ``@``, a backslash) is below nothing.
    """
    odd = "\\" in url or "@" in url or not url.isascii() or not url.isprintable()
    if odd or (wanted := _place(url)) is None or ".." in wanted[1].split("/"):
        return False
    allowed = filter(None, map(_place, prefixes.split()))
    return any(
        wanted[0] == server and (wanted[1] == path or wanted[1].startswith(path.rstrip("/") + "/"))
        for server, path in allowed
    )


def _place(url: str) -> tuple[tuple[str, str, int], str] | None:
    """Scheme, host and port, and the path; None where it is no URL of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname or "", port), unquote(parts.path) or "/"
