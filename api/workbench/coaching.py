"""Coaching of an agent: his own page for him, and for supervisors anybody's.

What is drawn is what ``autoqa coach --html`` writes; here places are heard from the recording, and
lead to the call.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

from nicegui import ui

from api.audited import audited
from api.coaching import case_sound, coaching_of, is_heard
from api.paths import call_path
from api.service import Service
from api.workbench.assets import asset_url
from api.workbench.choosing import Choice, choice
from api.workbench.dashboards import PERIODS
from api.workbench.frame import ENTRIES, Entry, Viewer, call_address, draw, frame, page
from autoqa.i18n import N_, _
from autoqa.reports.coaching import Coaching, drawn
from autoqa.sounding import span_of
from autoqa.store import Cases, Overview
from autoqa.store.offered import Offered
from autoqa.types import Action, Caller, Scope

COACHING, CASES = "/ui/coaching", "/ui/cases"
ENTRIES.append(Entry("coaching", N_("Coaching"), COACHING, Scope.READ))

_USUAL = "30"


@page("/coaching", Scope.READ, scripts=("dashboards.js",))
async def coaching_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.READ)
    for sheet in ("dashboards.css", "coaching.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="{asset_url(sheet)}">')
    shown = await asyncio.to_thread(_drawn, viewer, caller)
    with frame(viewer, "coaching", _("Coaching")):
        ui.html(shown, sanitize=False)


def cases_address(call_id: str, rule_id: str) -> str:
    """Where a finding is put into the case library."""
    return f"{CASES}?{urlencode({'call': call_id, 'rule': rule_id})}"


def _drawn(viewer: Viewer, caller: Caller) -> str:
    service = viewer.service
    chosen, period = coaching_choice(service, viewer.request.url.query, caller)
    agents = _agents(service, caller)
    form = draw(
        "coaching_form.html",
        chosen=chosen,
        agents=agents,
        periods=[
            (
                _(label),
                "?" + urlencode({"agent": chosen["agent"], "period": name}),
                name == period,
            )
            for name, label in PERIODS.items()
        ],
        cases=CASES,
        is_own=caller.agent_ids is not None,
    )
    if not chosen["agent"]:
        text = _("Choose an agent: his three rules that cost most are shown, with places to hear.")
        return form + draw("hint.html", text=text)
    found = coaching_of(service, caller, chosen["agent"], chosen.filter(caller))
    if found is None:
        text = _("No call of this agent is of these days.")
        return form + draw("hint.html", text=text)
    audited(viewer.request, caller, Action.CALL_READ, f"coaching/{found.agent_id}")
    board = draw("coaching_board.html", **_values(service, caller, found))
    return form + draw("coaching_frame.html", board=board, found=found)


def coaching_choice(service: Service, query: str, caller: Caller) -> tuple[Choice, str]:
    """Whose calls of which days an address asks for, and by which period."""
    given = choice(query)
    values = {name: given[name] for name in ("first", "last", "agent") if given[name]}
    if caller.agent_ids is not None and values.get("agent") not in caller.agent_ids:
        values["agent"] = min(caller.agent_ids, default="")
    if "first" in values or "last" in values:
        return Choice(values), ""
    period = parse_qs(query[:8192]).get("period", [_USUAL])[-1]
    period = period if period in PERIODS else _USUAL
    newest = None if period == "all" else Offered(service.store).last_day()
    if newest is not None:
        first = newest - timedelta(days=int(period) - 1)
        values |= {"first": first.isoformat(), "last": newest.isoformat()}
    return Choice(values), period


def _agents(service: Service, caller: Caller) -> list[str]:
    if caller.agent_ids is not None:
        return sorted(caller.agent_ids)
    return Overview(service.store).agent_ids()


def _values(service: Service, caller: Caller, found: Coaching) -> dict[str, object]:
    own = {moment.call_id for one in found.advice for moment in (*one.moments, *one.candidates)}
    heard = {one for one in own if is_heard(service, one)}
    sounds = {
        (moment.call_id, moment.start_ms): _sound(moment.call_id, moment.start_ms, moment.end_ms)
        for one in found.advice
        for moment in (*one.moments, *one.candidates)
        if moment.call_id in heard
    }
    return drawn(
        found,
        call_href=call_address,
        sounds=sounds,
        example_sound=lambda number: case_sound(service, Cases(service.store).case(number)),
        put_href=cases_address if caller.may(Scope.DECIDE) else None,
    )


def _sound(call_id: str, start_ms: int, end_ms: int) -> str:
    """Players begin and end there (Media Fragments URI 1.0)."""
    start, end = span_of(start_ms, end_ms)
    return f"{call_path(call_id, '/audio')}#t={start / 1000:.1f},{end / 1000:.1f}"
