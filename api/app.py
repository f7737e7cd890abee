"""``create_app(settings, rules)``: the whole service as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import (
    alerts,
    audit,
    calls,
    coaching,
    health,
    ledger,
    me,
    metrics,
    openapi,
    period_reports,
    problems,
    publications,
    reports,
    reviews,
    samples,
    score,
    sign_in,
    submission,
    webhooks,
    workbench,
)
from api import rules as rule_routes
from api.door import Door
from api.envelope import Envelope
from api.languages import Languages
from api.paths import WholeSegments
from api.service import open_service
from autoqa.settings import Settings

ROUTES = (
    submission,
    calls,
    score,
    reviews,
    samples,
    coaching,
    reports,
    period_reports,
    rule_routes,
    publications,
    alerts,
    ledger,
    me,
    audit,
    sign_in,
    webhooks,
    health,
    metrics,
)


def create_app(settings: Settings, rules: Path) -> FastAPI:
    """The service on the store of the settings and a folder of rules.

    Raises ``AutoqaError`` where there is nothing to serve: no good rules, no store.
    """
    service = open_service(settings, rules)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPIOffline(lifespan=lifespan, redoc_url=None)
    app.state.service = service
    for module in ROUTES:
        app.include_router(module.router)
    openapi.install(app)
    problems.install(app)
    workbench.mount(app)
    # The last one added is the outermost.
    app.add_middleware(Door, path="/ui")
    app.add_middleware(WholeSegments)
    app.add_middleware(Envelope, settings=settings, seen=service.figures.seen)
    app.add_middleware(Languages, usual=settings.language, by_browser=settings.browser_language)
    if settings.trusted_proxies:
        hosts = [host.strip() for host in settings.trusted_proxies.split(",")]
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=hosts)
    return app
