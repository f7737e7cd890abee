"""A recording from a URL, for those systems that would rather be asked than send.

Only URLs below the prefixes of the settings are fetched, and no redirect leads elsewhere. The name
is looked up once, every address that it has is checked (a name of the outside may point into the
bank's own network), and the connection goes to the address that was checked, under the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from api.problems import Problem
from api.uploads import Received, bare_name, ending, gathered, in_time, too_large
from autoqa.addresses import is_below
from autoqa.i18n import N_
from autoqa.sealing import create
from autoqa.settings import Settings
from autoqa.types import Message, Value

MOST_REDIRECTS = 3
CONNECT_S = 10.0
_PORTS = {"http": 80, "https": 443}

_NOT_ALLOWED = N_("recordings are not fetched from {url}; AUTOQA_FETCH_FROM has the prefixes")
_PRIVATE = N_("{host} is an address inside a network; nothing is fetched from there")
_UNKNOWN_HOST = N_("nobody knows the address of {host}; check the URL")
_REFUSED = N_("{host} answered {status} instead of the recording; check the URL")
_FAILED = N_("the recording could not be fetched from {host} ({reason}); check the URL")
_ROUND = N_("{host} leads from one URL to the next; give the last one")

Address = IPv4Address | IPv6Address


async def fetch(url: str, folder: Path, name: str, settings: Settings) -> Received:
    """The recording at ``url``, as the file ``name`` in ``folder``.

    Raises ``Problem`` 422 (not allowed, not there), 408 (too slow) or 413 (too large).
    """
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(settings.stall_timeout_s, connect=CONNECT_S),
        trust_env=False,
        follow_redirects=False,
    ) as client:
        for _ in range(MOST_REDIRECTS + 1):
            request = await _request(client, url, settings)
            host = urlsplit(url).hostname or ""
            try:
                answer = await client.send(request, stream=True)
            except httpx.HTTPError as error:
                params = {"host": host, "reason": type(error).__name__}
                raise Problem(422, "fetch", Message(_FAILED, params)) from None
            try:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers["location"])
                    continue
                if answer.status_code != 200:
                    refused: dict[str, Value] = {"host": host, "status": answer.status_code}
                    raise Problem(422, "fetch", Message(_REFUSED, refused))
                return await _save(answer, url, folder, name, settings)
            finally:
                await answer.aclose()
    raise Problem(422, "fetch", Message(_ROUND, {"host": host}))


async def _request(client: httpx.AsyncClient, url: str, settings: Settings) -> httpx.Request:
    """For the address that the name has now, if that may be asked."""
    if not is_below(url, settings.fetch_from):
        raise Problem(422, "url", Message(_NOT_ALLOWED, {"url": url[:200]}))
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    address = await _address(host, port, is_private_fine=settings.fetch_private)
    there = httpx.URL(url).copy_with(host=str(address))
    headers = {"Host": parts.netloc, "Accept-Encoding": "identity"}
    request = client.build_request("GET", there, headers=headers)
    request.extensions["sni_hostname"] = host
    return request


async def _address(host: str, port: int, *, is_private_fine: bool) -> Address:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Problem(422, "fetch", Message(_UNKNOWN_HOST, {"host": host})) from None
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not is_private_fine and not all(map(is_public, addresses)):
        raise Problem(422, "url", Message(_PRIVATE, {"host": host}))
    return addresses[0]


def is_public(address: Address) -> bool:
    """Whether it is an address of the internet at large, however it is written."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast


async def _save(
    answer: httpx.Response, url: str, folder: Path, name: str, settings: Settings
) -> Received:
    own = bare_name(unquote(urlsplit(url).path)) or name
    path = folder / (name + ending(own))
    size = 0
    host = urlsplit(url).hostname or ""
    try:
        with create(path) as file:
            async for piece in gathered(in_time(_pieces(answer), settings)):
                size += len(piece)
                if size > settings.max_file_mb * 1024 * 1024:
                    raise too_large(settings.max_file_mb)
                await asyncio.to_thread(file.write, piece)
    except httpx.HTTPError as error:
        params = {"host": host, "reason": type(error).__name__}
        raise Problem(422, "fetch", Message(_FAILED, params)) from None
    return Received(own, path)


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    """As they come over the line: what is compressed stays so, and cannot unfold without end."""
    async for piece in answer.aiter_raw():
        yield piece
