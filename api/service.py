"""What the routes of the service share, made once a process and found on ``request.app.state``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from autoqa.access import Access
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.settings import Settings
from autoqa.store import Store


@dataclass(frozen=True, slots=True)
class Service:
    """``rules``: what is in force; it reloads when the folder changes."""

    settings: Settings
    store: Store
    rules: RuleKeeper
    access: Access


def service_of(connection: HTTPConnection) -> Service:
    return cast(Service, connection.app.state.service)


TheService = Annotated[Service, Depends(service_of)]
"""A parameter of a route that wants the service."""
