"""``autoqa serve``: the application under uvicorn with its workers, on the loopback unless it is
told otherwise."""

from __future__ import annotations

import signal
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from api.app import create_app
from api.housekeeping import Housekeeping
from api.service import Service
from api.watch import Watching
from api.webhooks import Webhooks
from autoqa import logs
from autoqa.cluster import crew_on
from autoqa.console import stderr
from autoqa.crew import Crew
from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.limits import share_memory
from autoqa.models import resolve
from autoqa.settings import Settings
from autoqa.store import Deliveries

CLOSING_S = 10
"""Requests that are being answered when the service is told to stop have so long."""

IDLE_S = 75
"""A connection without a request stays open so long: longer than clients and proxies keep theirs
(httpx 5 s, nginx 60 s), for a request that meets the closing of its connection is lost."""

_HALF_TLS = N_("of AUTOQA_TLS_CERTIFICATE and AUTOQA_TLS_KEY one is set; set both, or neither")
_OPEN = N_(
    "{host} is reached from other machines, and nobody is known who may ask: make a key with "
    "autoqa keys make, or people with autoqa people add, or listen on 127.0.0.1"
)
_BARE = N_(
    "{host} is reached from other machines, and whoever listens on the line could read along: set "
    "AUTOQA_TLS_CERTIFICATE and AUTOQA_TLS_KEY, or AUTOQA_TRUSTED_PROXIES to the address of the "
    "proxy that does TLS, or listen on 127.0.0.1"
)
_SERVES = N_("serving {url} with {workers} workers; Ctrl-C stops it")
_ON_CLUSTER = N_("serving {url}, heard by the cluster {address}; Ctrl-C stops it")
_ONLY_HERE = N_("nobody has a key or an account: whoever asks from this machine may do all")


def serve(settings: Settings, rules: Path, workers: int, cluster: str = "") -> None:
    """Serves until it is told to stop. Raises ``AutoqaError`` where there is nothing to serve, or
    it would be open to whom it should not be.

    ``cluster``: where others hear, instead of ``workers`` processes of this machine.
    """
    logs.set_up()
    share_memory()
    has_tls = check_line(settings)
    if workers and not cluster:
        resolve(settings.model, settings.cache_dir)  # else every worker would say it
    app = create_app(settings, rules)
    service: Service = app.state.service
    check_door(settings, is_open=service.access.is_open())
    service.recordings.sweep()
    heard_by = (
        crew_on(cluster, settings, rules, service.jobs)
        if cluster
        else Crew(workers, settings, rules, service.jobs)
    )
    # uvicorn hands the signal on when it has closed; there is more to be closed then.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with (
        Webhooks(Deliveries(service.store), settings),
        Housekeeping(service.retention, settings),
        Watching(service.store, service.rules, settings),
        heard_by,
    ):
        url = f"{'https' if has_tls else 'http'}://{_in_url(settings.host)}:{settings.port}/"
        said = _ON_CLUSTER if cluster else _SERVES
        stderr.print(_(said).format(url=url, workers=workers, address=cluster), markup=False)
        if service.access.is_open():
            stderr.print(_(_ONLY_HERE), markup=False)
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            ssl_certfile=settings.tls_certificate if has_tls else None,
            ssl_keyfile=settings.tls_key if has_tls else None,
            proxy_headers=False,  # the application reads those of trusted proxies
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=CLOSING_S,
            server_header=False,
            log_config=None,
        )


def check_line(settings: Settings) -> bool:
    """Whether there is TLS. Raises ``UsageError`` where somebody could read along."""
    has_tls = settings.tls_certificate != Path()
    if has_tls != (settings.tls_key != Path()):
        raise UsageError(_HALF_TLS)
    if not (is_loopback(settings.host) or has_tls or settings.trusted_proxies):
        raise UsageError(_BARE, host=settings.host)
    return has_tls


def check_door(settings: Settings, *, is_open: bool) -> None:
    """Raises ``UsageError`` where others could come in and nobody is known.

    ``is_open``: nobody was ever given a key or an account.
    """
    if is_open and not is_loopback(settings.host):
        raise UsageError(_OPEN, host=settings.host)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
