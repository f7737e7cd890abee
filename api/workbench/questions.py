"""What customers ask that the knowledge has no entry for, for those who write the entries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from nicegui import ui

from api import drafting
from api.problems import Problem
from api.workbench import rule_views
from api.workbench.frame import Viewer, call_address, draw, frame, page
from api.workbench.rules import RULES, add_style
from autoqa.errors import AutoqaError
from autoqa.i18n import N_, _, language, render
from autoqa.reports import wording
from autoqa.rulebook.asking import Group, Questions
from autoqa.rulebook.drafting import texts_of
from autoqa.rulebook.outline import outline
from autoqa.store.offered import Offered
from autoqa.types import Scope

PERIODS = {7: N_("7 days"), 30: N_("30 days"), 90: N_("90 days")}
MOST, MOST_WAYS, MOST_PLACES = 100, 5, 3


@dataclass(frozen=True, slots=True)
class Row:
    """``near``: name of the nearest entry, where it stands, and how near. ``places``: what to
    call each, and where it is."""

    text: str
    ways: list[str]
    calls: int
    seconds: int
    near: tuple[str, str, int] | None
    places: list[tuple[str, str]]


@page("/rules/questions", Scope.RULES)
async def questions_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.RULES)
    asked = viewer.request.query_params.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in PERIODS else 30
    add_style()
    with frame(viewer, "rules", _("What customers ask")):
        ui.html(rule_views.tabs(viewer.service, "questions"), sanitize=False)
        with ui.element("div").classes("review"):
            shown = ui.html(_drawn(days), sanitize=False)

    async def look() -> None:
        with language(viewer.tongue):
            try:
                since = await asyncio.to_thread(_first, viewer, days)
                found = await drafting.asked(viewer.service, caller, since)
                places = await asyncio.to_thread(_entries, viewer)
                shown.set_content(_drawn(days, found, places))
            except (Problem, AutoqaError) as error:
                shown.set_content(_drawn(days, why=render(error.message)))

    ui.timer(0.05, look, once=True)


def _first(viewer: Viewer, days: int) -> datetime | None:
    """When the last so many days began that have calls; None where no call says when it was."""
    newest = Offered(viewer.service.store).last_day()
    if newest is None:
        return None
    zone = ZoneInfo(viewer.service.settings.time_zone)
    return datetime.combine(newest - timedelta(days=days - 1), time(), zone)


def _entries(viewer: Viewer) -> dict[str, str]:
    """Where each entry of the knowledge is edited, by id."""
    return {
        one.key: RULES + rule_views.address(file, one.kind, one.key)
        for file, found in outline(texts_of(viewer.service.rules.folder)).items()
        for one in found
        if one.kind == "knowledge"
    }


def _drawn(
    days: int,
    found: Questions | None = None,
    entries: dict[str, str] | None = None,
    why: str = "",
) -> str:
    groups = found.groups if found else ()
    return draw(
        "questions.html",
        periods=[(_(name), f"?days={count}", count == days) for count, name in PERIODS.items()],
        found=found,
        rows=[_row(group, entries or {}) for group in groups[:MOST]],
        more=max(0, len(groups) - MOST),
        why=why,
    )


def _row(group: Group, entries: dict[str, str]) -> Row:
    near = group.near
    return Row(
        text=group.text,
        ways=group.other_ways[:MOST_WAYS],
        calls=group.calls,
        seconds=round(group.away_ms / 1000),
        near=(near.name, entries.get(near.id, ""), round(100 * group.likeness)) if near else None,
        places=[
            (f"{one.file} {wording.clock(one.start_ms)}", call_address(one.call_id))
            for one in group.asked[:MOST_PLACES]
        ],
    )
