"""Other systems are told when a call is done or alarming, and get reports; what came of that can be
seen.

What is sent is JSON (``Delivery.body``), signed so that the receiver knows who
sent it and when::

    X-Autoqa-Delivery: the delivery's id, the same in each attempt
    X-Autoqa-Signature: t=SECONDS,v1=HEX     HMAC-SHA256 of "SECONDS.BODY" with the shared secret

Only URLs below the prefixes of the settings are told, no redirect is followed, and a name is looked
up once: the connection goes to an address that was checked. A receiver that does not answer at all
is left alone for a while; what it answers with an error is tried again, later each time, until it
is given up.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Self
from urllib.parse import urlsplit

import httpx
from fastapi import APIRouter, Query, Response

from api.documents import answer, shows
from api.fetching import is_public
from api.guard import needs
from api.service import TheService
from autoqa.addresses import is_below
from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_
from autoqa.settings import Settings
from autoqa.store import Deliveries
from autoqa.types import Caller, Delivery, DeliveryState, Scope

router = APIRouter(tags=["operation"])
log = logging.getLogger(__name__)

POLL_S = 1.0
ANSWER_S = 10.0
"""From the first step of the connection to the status."""
PAUSES_S = (10.0, 60.0, 300.0, 900.0, 3600.0, 3600.0, 10800.0)
"""Before each further attempt; after the last one a delivery is given up: six hours in all."""

_NO_SECRET = N_(
    "AUTOQA_CALLBACKS_TO is set, and what is sent there has to be signed: set "
    "AUTOQA_CALLBACK_SECRET, too"
)
_NOT_BELOW = N_("AUTOQA_ALERTS_TO is {url}, which is below no prefix of AUTOQA_CALLBACKS_TO")


@dataclass(frozen=True, slots=True)
class DeliveriesDocument:
    """Newest first."""

    deliveries: tuple[Delivery, ...]


@router.get(
    "/v1/deliveries",
    summary="See what other systems were told",
    responses=shows(DeliveriesDocument, "Deliveries, newest first."),
)
def list_deliveries(
    service: TheService,
    _caller: Annotated[Caller, needs(Scope.ADMIN)],
    state: DeliveryState | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """What waits, what was sent, and what was given up, with the receiver's last answer."""
    return answer(DeliveriesDocument(tuple(Deliveries(service.store).newest(state, limit))))


class Missed(Exception):
    """No receiver took it: ``trouble`` says in a word why, ``status`` what it answered."""

    def __init__(self, trouble: str, status: int | None = None) -> None:
        super().__init__(trouble)
        self.trouble, self.status = trouble, status


class Webhooks:
    """``with Webhooks(deliveries, settings): …`` sends meanwhile, in a thread of its own.

    ``clock``: monotonic; the pauses are kept in memory, so a new start tries all at once.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if settings.callbacks_to and not settings.callback_secret:
            raise UsageError(_NO_SECRET)
        if settings.alerts_to and not is_below(settings.alerts_to, settings.callbacks_to):
            raise UsageError(_NOT_BELOW, url=settings.alerts_to)
        self._deliveries = deliveries
        self._settings = settings
        self._clock = clock
        self._due_s: dict[str, float] = {}
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(ANSWER_S + POLL_S)

    def step(self) -> None:
        """Sends what is due."""
        waiting = self._deliveries.waiting()
        hosts = {_host(delivery) for delivery in waiting}
        known = hosts.union(delivery.id for delivery in waiting)
        self._due_s = {name: due_s for name, due_s in self._due_s.items() if name in known}
        for delivery in waiting:
            due_s = max(self._due_s.get(one, 0.0) for one in (delivery.id, _host(delivery)))
            if self._leaving.is_set():
                return
            if self._clock() >= due_s and self._deliveries.begin(delivery):
                self._attempt(delivery)

    def _run(self) -> None:
        while not self._leaving.wait(POLL_S):
            try:
                self.step()
            except AutoqaError:
                log.warning("the store did not say what is to be sent")

    def _attempt(self, delivery: Delivery) -> None:
        try:
            status = asyncio.run(self._send(delivery))
        except Missed as missed:
            self._missed(delivery, missed)
        else:
            self._deliveries.sent(delivery, status)

    def _missed(self, delivery: Delivery, missed: Missed) -> None:
        if delivery.attempts >= len(PAUSES_S):
            log.warning("delivery %s is given up: %s", delivery.id, missed.trouble)
            self._deliveries.give_up(delivery, missed.status, missed.trouble)
            return
        self._deliveries.missed(delivery, missed.status, missed.trouble)
        # Who answers has something against this one; who does not is spared the others, too.
        name = delivery.id if missed.status is not None else _host(delivery)
        self._due_s[name] = self._clock() + PAUSES_S[delivery.attempts]

    async def _send(self, delivery: Delivery) -> int:
        """The status of a receiver that took it. Raises ``Missed``."""
        if not is_below(delivery.url, self._settings.callbacks_to):
            raise Missed("not allowed any more")
        body = delivery.body.encode()
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "X-Autoqa-Delivery": delivery.id,
            "X-Autoqa-Signature": signature(self._settings.callback_secret, body, int(time.time())),
        }
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                httpx.AsyncClient(trust_env=False, follow_redirects=False) as client,
            ):
                request = await self._request(client, delivery.url, body, headers)
                reply = await client.send(request, stream=True)
                await reply.aclose()  # what it says besides is of no interest
        except TimeoutError:
            raise Missed("no answer in time") from None
        except httpx.HTTPError as error:
            raise Missed(type(error).__name__) from None
        if not reply.is_success:
            raise Missed("refused", reply.status_code)
        return reply.status_code

    async def _request(
        self, client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Request:
        """To an address that the host has now, if it may be one of those."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, parts.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Missed("unknown host") from None
        addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not (self._settings.callbacks_private or all(map(is_public, addresses))):
            raise Missed("address inside a network")
        there = httpx.URL(url).copy_with(host=str(addresses[0]))
        request = client.build_request(
            "POST", there, content=body, headers={**headers, "Host": parts.netloc}
        )
        request.extensions["sni_hostname"] = host
        return request


def signature(secret: str, body: bytes, at_s: int) -> str:
    """The header that shows who sent ``body``, and when (seconds since 1970)."""
    signed = f"{at_s}.".encode() + body
    return f"t={at_s},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _host(delivery: Delivery) -> str:
    return "//" + urlsplit(delivery.url).netloc
