"""The alerts: what waits, who sees to it, who called back, what is overdue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from nicegui import ui

from api.alerts import see_to, told_to
from api.audited import audited
from api.workbench.assets import asset_url
from api.workbench.frame import (
    ENTRIES,
    HOME,
    Entry,
    Viewer,
    call_address,
    draw,
    frame,
    issue_address,
    page,
    say,
)
from autoqa.i18n import N_, _
from autoqa.ledger.alerts import LEVEL_NAMES, about, name_of, state_of
from autoqa.store import Alerts
from autoqa.types import RANKS, Action, Alert, AlertState, Caller, Level, Scope

ALERTS = "/ui/alerts"
ENTRIES.append(Entry("alerts", N_("Alerts"), ALERTS, Scope.REVIEW))

MOST = 200
_WAITING = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
_VIEWS = {
    "waiting": N_("to be seen to"),
    "overdue": N_("overdue"),
    "all": N_("all of them"),
}
_PATTERN = "%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Row:
    """An alert of the list. ``href``: the call, or the calls behind a rise."""

    number: int
    level: str
    level_name: str
    name: str
    about: str
    href: str
    place: str
    raised: str
    until: str
    is_overdue: bool
    by: str
    state: str
    state_name: str
    ledger: str


@page("/alerts", Scope.REVIEW, scripts=("ledger.js",))
async def alerts_page(viewer: Viewer) -> None:
    query = viewer.request.url.query
    shown = await asyncio.to_thread(_drawn, viewer, query)
    ui.add_head_html(f'<link rel="stylesheet" href="{asset_url("ledger.css")}">')
    with frame(viewer, "alerts", _("Alerts")):
        content = ui.html(shown, sanitize=False)

    async def seen(caller: Caller, value: Any) -> None:
        await asyncio.to_thread(_see_to, viewer, caller, value)
        content.set_content(await asyncio.to_thread(_drawn, viewer, query))
        say(_("kept"))

    viewer.on("alert", Scope.REVIEW, seen)


def _see_to(viewer: Viewer, caller: Caller, value: Any) -> None:
    alerts = Alerts(viewer.service.store)
    change = alerts.done if value.get("act") == "done" else alerts.acknowledge
    found = see_to(viewer.service, caller, int(value.get("number", 0)), change)
    audited(viewer.request, caller, Action.ALERT, str(found.number), state=found.state.value)


def _drawn(viewer: Viewer, query: str) -> str:
    given = parse_qs(query[:2048])
    view = given.get("view", ["waiting"])[-1]
    level = given.get("level", [""])[-1]
    chosen = Level(level) if level in set(Level) else None
    now = datetime.now(UTC)
    alerts = Alerts(viewer.service.store)
    states = () if view == "all" else _WAITING
    found = alerts.chosen(states, chosen, overdue_at=now if view == "overdue" else None, limit=MOST)
    found = told_to(viewer.service, viewer.caller(Scope.REVIEW), found)
    if view != "all":
        found = [one for one in found if one.stands]
        found.sort(key=lambda one: -RANKS[one.level])  # the most pressing first, then the latest
    late = alerts.chosen(_WAITING, overdue_at=now, limit=MOST)
    overdue = told_to(viewer.service, viewer.caller(Scope.REVIEW), late)
    zone = ZoneInfo(viewer.service.settings.time_zone)
    kept = {"level": level} if chosen else {}
    return draw(
        "alerts.html",
        rows=[_row(one, now, zone) for one in found],
        overdue=len(overdue),
        views=[
            (_(label), f"?{urlencode({**kept, 'view': name})}", name == view)
            for name, label in _VIEWS.items()
        ],
        levels=[
            (_(label), f"?{urlencode({'view': view, 'level': one})}", one is chosen)
            for one, label in reversed(LEVEL_NAMES.items())
        ],
        whole=f"?{urlencode({'view': view})}",
        is_whole=chosen is None,
    )


def _row(one: Alert, now: datetime, zone: ZoneInfo) -> Row:
    day = one.day.isoformat()
    behind = {"first": day, "last": day, "failed_rule": one.rule_id, "team": one.team}
    asked = {name: text for name, text in behind.items() if text}
    ledger = issue_address(alert=one.number, title=_title(one), rule_id=one.rule_id, team=one.team)
    return Row(
        number=one.number,
        level=one.level.value,
        level_name=_(LEVEL_NAMES[one.level]),
        name=name_of(one),
        about=about(one),
        href=call_address(one.call_id, one.rule_id)
        if one.call_id
        else f"{HOME}?{urlencode(asked)}",
        place=one.call_id or _("the calls of {day}").format(day=day),
        raised=one.raised_at.astimezone(zone).strftime(_PATTERN),
        until=one.due_at.astimezone(zone).strftime(_PATTERN) if one.due_at else "–",
        is_overdue=one.is_overdue(now),
        by=one.by,
        state=one.state.value,
        state_name=state_of(one),
        ledger=ledger,
    )


def _title(one: Alert) -> str:
    return f"{name_of(one)}：{about(one)}"[:120]
