"""What the routes of the service share, made once a process and found on ``request.app.state``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.chores import Chores
from api.figures import Figures
from api.pace import Pace
from autoqa.access import Access
from autoqa.events import interpret
from autoqa.retention import Retention
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.rulebook.past_calls import library_of
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Jobs, Overview, Recordings, Store, Stored, store_url
from autoqa.types import Call, Segment

if TYPE_CHECKING:  # it knows sounds, which a service without known recordings never loads
    from autoqa.prompts import Library


@dataclass(frozen=True, slots=True)
class Service:
    """``rules``: what is in force; it reloads when the folder changes. ``library``: the known
    recordings as they were labelled when the service began."""

    settings: Settings
    store: Store
    rules: RuleKeeper
    access: Access
    jobs: Jobs
    recordings: Recordings
    chores: Chores
    figures: Figures
    pace: Pace
    library: Library | None

    def heard(self, stored: Stored, *, unmasked: bool = False) -> Call:
        """A stored call as it is interpreted now; without personal data unless ``unmasked``."""
        call = self.interpreted(stored)
        if unmasked or not self.settings.mask:
            return call
        from autoqa.privacy import masked

        return masked(call)

    def interpreted(self, stored: Stored) -> Call:
        """As ``heard``, with personal data: not to be shown."""
        call = stored.call
        if self.library is not None:
            from autoqa.prompts import with_prompts

            call = with_prompts(call, self.library)
        return interpret(call, stored.contact)

    def unheard(self, call_id: str) -> tuple[Segment, ...]:
        """What of a call is bleeped for those who may not hear personal data."""
        if not self.settings.mask:
            return ()
        stored = next(iter(self.store.stored([call_id])), None)
        if stored is None:
            standing = Overview(self.store).call(call_id)
            # Nobody knows any more where personal data is said.
            return (Segment(0, standing.duration_ms),) if standing else ()
        from autoqa.audio.bleep import AROUND_MS
        from autoqa.privacy import Masks

        return Masks(self.interpreted(stored)).unheard(AROUND_MS)

    @property
    def retention(self) -> Retention:
        return Retention(self.store, self.settings.data_dir)

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
        Pace(settings.requests_a_minute),
        library_of(rules, settings),
    )


def service_of(connection: HTTPConnection) -> Service:
    return cast(Service, connection.app.state.service)


TheService = Annotated[Service, Depends(service_of)]
"""A parameter of a route that wants the service."""
