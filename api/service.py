"""What the routes of the service share, made once a process and found on ``request.app.state``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.chores import Chores
from api.figures import Figures
from autoqa.access import Access
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Jobs, Recordings, Store, store_url


@dataclass(frozen=True, slots=True)
class Service:
    """``rules``: what is in force; it reloads when the folder changes."""

    settings: Settings
    store: Store
    rules: RuleKeeper
    access: Access
    jobs: Jobs
    recordings: Recordings
    chores: Chores
    figures: Figures

    def close(self) -> None:
        self.chores.close()
        self.store.close()


def open_service(settings: Settings, rules: Path) -> Service:
    """Raises ``AutoqaError`` where there is nothing to serve: no good rules, no store."""
    store = Store(store_url(settings.store))
    return Service(
        settings,
        store,
        RuleKeeper(rules),
        Access(settings, store),
        Jobs(store, retries=settings.retries),
        Recordings(store, settings.data_dir / RECORDINGS),
        Chores(settings),
        Figures(store),
    )


def service_of(connection: HTTPConnection) -> Service:
    return cast(Service, connection.app.state.service)


TheService = Annotated[Service, Depends(service_of)]
"""A parameter of a route that wants the service."""
