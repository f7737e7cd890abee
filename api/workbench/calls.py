"""The list of calls."""

from __future__ import annotations

from nicegui import ui

from api.workbench.frame import ENTRIES, Entry, Viewer, frame, page
from autoqa.i18n import N_, _
from autoqa.types import Scope

ENTRIES.append(Entry("calls", N_("Call list"), "/ui/calls", Scope.READ))


@page("/calls", Scope.READ, scripts=("calls.js",))
async def calls_page(viewer: Viewer) -> None:
    with frame(viewer, "calls", _("Call list")):
        for id_ in viewer.service.store.call_ids():
            ui.link(id_, f"/ui/calls/{id_}")
