"""The six problems of bank hotlines, of the calls that are chosen, beside the survey's figures.

What is drawn is what ``autoqa survey --html`` writes; here each figure opens the calls behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

from nicegui import ui

from api.service import Service
from api.workbench.assets import asset_url
from api.workbench.choosing import Choice, choice
from api.workbench.dashboards import PERIODS
from api.workbench.frame import ENTRIES, HOME, Entry, Viewer, draw, frame, page
from autoqa.i18n import N_, _
from autoqa.reports.solved import Board as Solved
from autoqa.reports.solved import board as solved_board
from autoqa.reports.survey_board import GROUPINGS, Board, board, drawn
from autoqa.store import Filter, Overview, Store
from autoqa.store.offered import Offered
from autoqa.store.solved import Solved as SolvedCalls
from autoqa.store.survey import Survey
from autoqa.survey.menus import levels
from autoqa.survey.sums import By
from autoqa.types import Caller, Scope

SURVEY = "/ui/survey"
ENTRIES.append(Entry("survey", N_("Six problems"), SURVEY, Scope.READ))

_USUAL = "30"
_FIELDS = ("first", "last", "team", "bank")


@page("/survey", Scope.READ, scripts=("dashboards.js",))
async def survey_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.READ)
    for sheet in ("dashboards.css", "survey.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="{asset_url(sheet)}">')
    query = viewer.request.url.query
    shown = await asyncio.to_thread(_drawn, viewer.service, query, caller)
    with frame(viewer, "survey", _("Six problems")):
        ui.html(shown, sanitize=False)


def _drawn(service: Service, query: str, caller: Caller) -> str:
    store = service.store
    chosen, period, by = survey_choice(store, query)
    found = board_of(store, chosen, by, caller)
    nothing = draw(
        "problem.html",
        title=_("No calls"),
        text=_("No call is like that; choose less narrowly."),
        href=f"{SURVEY}?period=all",
        label=_("all days"),
    )

    def href(link: Mapping[str, str]) -> str:
        return f"{HOME}?{chosen.query(**link)}"

    body = nothing
    if found:
        solved = solved_of(service, chosen.filter(caller))
        body = draw("survey_board.html", **drawn(found), href=href)
        body += draw("solved_board.html", **drawn(found, solved))
    return _form(store, chosen, period, by, caller) + draw("survey_frame.html", body=body)


def survey_choice(store: Store, query: str) -> tuple[Choice, str, By]:
    """The calls that an address asks for, by which period, and how they are put together."""
    asked, given = choice(query), parse_qs(query[:8192])
    values = {name: asked[name] for name in _FIELDS if asked[name]}
    wanted = given.get("by", [By.TEAM])[-1]
    by = By(wanted) if wanted in set(By) else By.TEAM
    if "first" in values or "last" in values:
        return Choice(values), "", by
    period = given.get("period", [_USUAL])[-1]
    period = period if period in PERIODS else _USUAL
    newest = None if period == "all" else Offered(store).last_day()
    if newest is not None:
        first = newest - timedelta(days=int(period) - 1)
        values |= {"first": first.isoformat(), "last": newest.isoformat()}
    return Choice(values), period, by


def board_of(store: Store, chosen: Choice, by: By, caller: Caller) -> Board | None:
    """What ``caller`` may see of it; None without calls. Who sees only the calls of some agents
    sees no groups but weeks."""
    if caller.agent_ids is not None and by is not By.ALL:
        by = By.WEEK
    asked, wanted = Survey(store), chosen.filter(caller)
    total = next(iter(asked.sums(By.ALL, wanted)), None)
    if total is None:
        return None
    groups = () if by is By.ALL else asked.sums(by, wanted)
    return board(total, levels(asked.heard(wanted)), by, groups)


def solved_of(service: Service, wanted: Filter) -> Solved:
    """Whose customers were helped at once."""
    asked, keys = SolvedCalls(service.store), service.settings.satisfied_keys
    return solved_board(asked.sums(wanted), asked.seconds(wanted), keys)


def _form(store: Store, chosen: Choice, period: str, by: By, caller: Caller) -> str:
    kept = {name: chosen[name] for name in _FIELDS[2:] if chosen[name]}
    days = {"period": period} if period else {n: chosen[n] for n in _FIELDS[:2] if chosen[n]}
    is_whole = caller.agent_ids is None
    groupings = GROUPINGS if is_whole else {By.WEEK: GROUPINGS[By.WEEK]}
    return draw(
        "survey_form.html",
        chosen=chosen,
        periods=[
            (_(label), f"?{urlencode({**kept, 'by': by, 'period': name})}", name == period)
            for name, label in PERIODS.items()
        ],
        groupings=[
            (_(label), f"?{urlencode({**kept, **days, 'by': one})}", one is by)
            for one, label in groupings.items()
        ],
        by=by.value,
        teams=Overview(store).teams() if is_whole else [],
        banks=Survey(store).banks() if is_whole else [],
        is_own=not is_whole,
    )
