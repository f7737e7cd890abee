"""The ledger of problems: a list to choose from, a page for each, and the way to open one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from nicegui import ui

from api.ledger import changed, found_issue, opened, today
from api.workbench.assets import asset_url
from api.workbench.frame import (
    ENTRIES,
    LEDGER,
    Entry,
    Viewer,
    call_address,
    draw,
    frame,
    name_of,
    page,
    say,
)
from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.ledger.effect import Effect, effect
from autoqa.ledger.workbook import STATE_NAMES
from autoqa.reports.wording import moment
from autoqa.store import Issues, Overview
from autoqa.store.issues import FIELD_NAMES, IssueFilter, from_texts
from autoqa.types import FIELDS, UNFINISHED, Caller, Change, Issue, IssueState, Plan, Scope

ENTRIES.append(Entry("ledger", N_("Problems"), LEDGER, Scope.REVIEW))

_NOT_SAID = N_("the page sent something that nobody can say; load it again")
_UNFINISHED = "unfinished"
_ASKED = "department", "owner", "q", "overdue"
"""What the list is chosen by."""
_FROM = "call_id", "alert"
"""What a problem is opened from."""


@dataclass(frozen=True, slots=True)
class Row:
    """A problem of the list."""

    issue: Issue
    href: str
    state_name: str
    is_overdue: bool
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the history. ``fields``: name, before, after."""

    at: str
    who: str
    is_first: bool
    fields: tuple[tuple[str, str, str], ...]


@page("/ledger", Scope.REVIEW, scripts=("ledger.js",))
async def ledger_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.REVIEW)
    given = {k: v[-1] for k, v in parse_qs(viewer.request.url.query[:4096]).items()}
    shown = await asyncio.to_thread(_list, viewer, caller, given)
    _add_style()
    with frame(viewer, "ledger", _("Ledger of problems")):
        ui.html(shown, sanitize=False)

    async def do_open(caller: Caller, value: Any) -> None:
        def work() -> Issue:
            plan, call_id, alert = _written(value), str(value.get("call_id", "")), _alert(value)
            return opened(
                viewer.request, viewer.service, caller, plan, call_id=call_id, alert=alert
            )

        issue = await asyncio.to_thread(work)
        ui.navigate.to(f"/ledger/{issue.number}")  # it puts /ui before it

    viewer.on("open", Scope.REVIEW, do_open)


@page("/ledger/{number:int}", Scope.REVIEW, scripts=("ledger.js",))
async def issue_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.REVIEW)
    number = int(viewer.request.path_params["number"])
    shown = await asyncio.to_thread(_issue, viewer, caller, number)
    _add_style()
    with frame(viewer, "ledger", _("Problem {number}").format(number=number)):
        content = ui.html(shown, sanitize=False)

    async def do_change(caller: Caller, value: Any) -> None:
        def work() -> str:
            plan = _written(value)
            told = {name: getattr(plan, name) for name in FIELDS}
            version = int(value.get("version", 0))
            changed(viewer.request, viewer.service, caller, number, told, version)
            return _issue(viewer, caller, number)

        content.set_content(await asyncio.to_thread(work))
        say(_("kept"))

    viewer.on("change", Scope.DECIDE, do_change)


def _add_style() -> None:
    ui.add_head_html(f'<link rel="stylesheet" href="{asset_url("ledger.css")}">')


def _written(value: Any) -> Plan:
    """The plan that a form says."""
    texts = {name: str(value.get(name) or "") for name in FIELDS}
    try:
        return from_texts(texts | {"state": texts["state"] or IssueState.OPEN.value})
    except ValueError:
        raise UsageError(_NOT_SAID) from None


def _alert(value: Any) -> int:
    text = str(value.get("alert", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _list(viewer: Viewer, caller: Caller, given: dict[str, str]) -> str:
    service = viewer.service
    day = today(service)
    state = given.get("state", _UNFINISHED)
    states = tuple(UNFINISHED) if state == _UNFINISHED else ()
    states = (IssueState(state),) if state in set(IssueState) else states
    wanted = IssueFilter(
        states,
        department=given.get("department", ""),
        owner=given.get("owner", ""),
        text=given.get("q", ""),
        overdue_on=day if given.get("overdue") else None,
    )
    issues = Issues(service.store)
    every = issues.chosen()
    rows = [_row(service.store, issue, day) for issue in issues.chosen(wanted)]
    asked = {k: v for k, v in given.items() if k in _ASKED}
    names = {"state": [one.value for one in states], **asked}
    return draw(
        "ledger.html",
        rows=rows,
        late=[issue for issue in every if issue.is_overdue(day)],
        given=dict.fromkeys((*_ASKED, *FIELDS, *_FROM), "") | given,
        state=state,
        states=[(_UNFINISHED, _("unfinished")), ("all", _("all of them")), *_states()],
        departments=sorted({one.plan.department for one in every} - {""}),
        owners=sorted({one.plan.owner for one in every} - {""}),
        rules=Overview(service.store).rules(),
        teams=Overview(service.store).teams(),
        export=f"/v1/ledger.xlsx?{urlencode(names, doseq=True)}",
        may_change=caller.may(Scope.DECIDE),
        is_opening=bool(given.get("title") or given.get("call_id") or given.get("alert")),
    )


def _row(store: Any, issue: Issue, day: date) -> Row:
    return Row(
        issue,
        f"{LEDGER}/{issue.number}",
        _(STATE_NAMES[issue.plan.state]),
        issue.is_overdue(day),
        effect(store, issue.plan, day),
    )


def _issue(viewer: Viewer, caller: Caller, number: int) -> str:
    service = viewer.service
    issue, day = found_issue(service, number), today(service)
    zone = ZoneInfo(service.settings.time_zone)
    return draw(
        "issue.html",
        issue=issue,
        row=_row(service.store, issue, day),
        opened=_("opened by {who}, {at}").format(
            who=name_of(issue.opened_by), at=moment(issue.opened_at.astimezone(zone))
        ),
        call=call_address(issue.call_id, issue.plan.rule_id) if issue.call_id else "",
        states=_states(),
        rules=Overview(service.store).rules(),
        teams=Overview(service.store).teams(),
        may_change=caller.may(Scope.DECIDE),
        history=[_changed(one, zone) for one in reversed(Issues(service.store).history(number))],
        back=LEDGER,
    )


def _changed(one: Change, zone: ZoneInfo) -> Changed:
    fields = tuple(
        (_(FIELD_NAMES[name]), _shown(name, one.before.get(name, "")), _shown(name, text))
        for name, text in one.after.items()
    )
    return Changed(moment(one.at.astimezone(zone)), name_of(one.who), one.version == 1, fields)


def _shown(name: str, text: str) -> str:
    return _(STATE_NAMES[IssueState(text)]) if name == "state" and text else text


def _states() -> list[tuple[str, str]]:
    return [(state.value, _(label)) for state, label in STATE_NAMES.items()]
