"""The pages for QA staff: NiceGUI on the same application, under ``/ui``.

A page is a module here: a function under ``@page`` that loads what it shows, draws it from its
template inside ``frame`` and says what its events do. Scripts in ``static/`` do what must not wait
for the server (sound, keys, search); everything that is kept goes through the server, which asks
each time who it is.
"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from nicegui import core, ui

from api.service import Service
from api.workbench import (
    alerts,
    call,
    calls,
    cases,
    coaching,
    dashboards,
    ledger,
    proposals,
    questions,
    rules,
    samples,
    sound,
    survey,
)
from api.workbench.assets import add_assets
from api.workbench.frame import ENTRIES, HOME, Policy, nowhere

__all__ = ["mount"]

PAGES = (
    calls,
    call,
    samples,
    dashboards,
    survey,
    alerts,
    ledger,
    coaching,
    cases,
    rules,
    proposals,
    questions,
)
"""Each registers its page when it is imported, and is shown in the navigation if it says how, in
this order."""

_PLACES = {page.__name__: place for place, page in enumerate(PAGES)}
ENTRIES.sort(key=lambda entry: _PLACES[f"{__name__}.{entry.name}"])


def mount(app: FastAPI) -> None:
    """Adds the workbench to the service. One service of a process serves pages: the last one."""
    service: Service = app.state.service
    pages = core.app
    pages.state.service = service
    # A second application in one process (tests) finds the pages started already.
    pages.middleware_stack = None
    pages.user_middleware.clear()
    pages.add_middleware(Policy)
    add_assets(pages)
    app.include_router(sound.router)
    app.add_api_route("/", _home, include_in_schema=False)
    ui.run_with(
        app,
        mount_path="/ui",
        title="autoqa",
        language="en-US" if service.settings.language == "en" else "zh-CN",
        tailwind=False,
        show_welcome_message=False,
        root=nowhere,
        reconnect_timeout=30,
    )


def _home() -> RedirectResponse:
    return RedirectResponse(HOME)
