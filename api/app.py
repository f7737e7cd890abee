"""``create_app(settings, rules)``: the whole service as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from api import problems, workbench
from api.languages import Languages
from api.service import Service
from autoqa import __version__
from autoqa.access import Access
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.settings import Settings
from autoqa.store import Store, store_url


def create_app(settings: Settings, rules: Path) -> FastAPI:
    """The service on the store of the settings and a folder of rules.

    Raises ``AutoqaError`` where there is nothing to serve: no good rules, no store.
    """
    store = Store(store_url(settings.store))
    service = Service(settings, store, RuleKeeper(rules), Access(settings, store))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        service.store.close()

    app = FastAPI(title="autoqa", version=__version__, lifespan=lifespan)
    app.state.service = service
    problems.install(app)
    workbench.mount(app)
    app.add_middleware(Languages, usual=settings.language, by_browser=settings.browser_language)
    return app
