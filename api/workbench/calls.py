"""The list of calls: choose, put in order, open. One page of rows is loaded at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from api.found import not_telling
from api.workbench.choosing import Choice, choice
from api.workbench.frame import (
    ENTRIES,
    HOME,
    Entry,
    Key,
    Viewer,
    call_address,
    draw,
    frame,
    page,
)
from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.store import Overview, Page, Samples, Sort, Standing
from autoqa.types import AppealState, Caller, ReviewState, Scope, Worth

ENTRIES.append(Entry("calls", N_("Call list"), HOME, Scope.READ))

ROWS = 50
SAMPLES = "/ui/samples"
WORTHS = {
    Worth.APPEAL: N_("appeal to decide"),
    Worth.DISAGREEMENT: N_("a person found otherwise"),
    Worth.FATAL: N_("fatal rule failed"),
    Worth.DECISIVE: N_("decides whether it passes"),
    Worth.UNDETERMINED: N_("left to a person"),
    Worth.LAPSED: N_("a review has lapsed"),
    Worth.UNSURE: N_("not heard surely"),
}
REVIEWS = {
    ReviewState.NONE: N_("not reviewed"),
    ReviewState.PART: N_("partly reviewed"),
    ReviewState.ALL: N_("reviewed"),
}
APPEALS = {AppealState.OPEN: N_("appeal open"), AppealState.DECIDED: N_("appeal decided")}
VERDICTS = ("passed", "failed", "fatal")


@dataclass(frozen=True, slots=True)
class Row:
    """A call of the list. ``was``: the machine's score where people changed it, else empty.

    ``failed``, ``undetermined``: findings; None where they are to be judged blind."""

    href: str
    name: str
    call_id: str
    score: str
    range: str
    was: str
    verdict: str
    verdict_name: str
    agent: str
    team: str
    at: str
    duration: str
    failed: int | None
    undetermined: int | None
    state: str
    appeal: str
    why: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A column. ``href``: puts the rows in its order; ``order``: as ``aria-sort`` says it."""

    label: str
    style: str
    href: str = ""
    order: str = "none"


@page("/calls", Scope.READ, scripts=("calls.js", "upload.js"))
async def calls_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.READ)
    chosen = choice(viewer.request.url.query)
    form, table = await asyncio.to_thread(
        lambda: (_form(viewer, caller, chosen), _table(viewer, caller, chosen))
    )
    with frame(viewer, "calls", _("Call list"), calls_keys()):
        ui.html(form, sanitize=False)
        shown = ui.html(table, sanitize=False).props("id=shown")

    async def show(caller: Caller, query: Any) -> None:
        shown.set_content(await asyncio.to_thread(_table, viewer, caller, choice(str(query))))

    viewer.on("show", Scope.READ, show)


def tabs(caller: Caller) -> list[tuple[str, str, str]]:
    """Name, label and address of the ways to calls."""
    ways = [("calls", _("All calls"), HOME), ("queue", _("To look at first"), f"{HOME}?view=queue")]
    blind = [("samples", _("Blind samples"), SAMPLES)]
    return [*ways, *(blind if caller.may(Scope.REVIEW) else [])]


def calls_keys() -> list[Key]:
    return [
        ("j k ↓ ↑", _("next, previous call")),
        ("Enter", _("open the call")),
        ("[ ]", _("previous, next page")),
        ("/", _("search")),
    ]


def _form(viewer: Viewer, caller: Caller, chosen: Choice) -> str:
    overview = Overview(viewer.service.store)
    own = caller.agent_ids
    return draw(
        "choose.html",
        chosen=chosen,
        tabs=tabs(caller),
        may_submit=caller.may(Scope.SUBMIT),
        active="queue" if chosen.is_queue else "calls",
        teams=overview.teams() if own is None else [],
        agents=overview.agent_ids() if own is None else sorted(own),
        rules=overview.rules(),
        verdicts=[(name, _(wording.VERDICTS[name])) for name in VERDICTS],
        reviews=[(state.value, _(label)) for state, label in REVIEWS.items()],
        appeals=[(state.value, _(label)) for state, label in APPEALS.items()],
    )


def _table(viewer: Viewer, caller: Caller, chosen: Choice) -> str:
    overview = Overview(viewer.service.store)
    wanted = chosen.filter(caller)
    if not chosen.is_queue:
        wanted = not_telling(viewer.service, caller, wanted, chosen.sort)
    found: Page = overview.page(
        wanted,
        sort=chosen.sort,
        descending=not chosen["up"],
        after=chosen["after"] or None,
        limit=ROWS,
    )
    zone = ZoneInfo(viewer.service.settings.time_zone)
    waiting = Samples(viewer.service.store).waiting(
        [one.call_id for one in found.rows], caller.name
    )
    back = chosen.query()
    finding = chosen["rule"] or chosen["undecided"] or ("" if chosen.is_queue else None)
    return draw(
        "calls.html",
        headings=_headings(chosen),
        rows=[
            _unseen(row, *waiting[one.call_id]) if one.call_id in waiting else row
            for one in found.rows
            for row in [_row(one, zone, back, finding)]
        ],
        count=overview.count(wanted),
        is_filtered=chosen.is_filtered,
        is_queue=chosen.is_queue,
        first="?" + chosen.without_place().query() if chosen["after"] else "",
        following="?" + chosen.query(after=found.next) if found.next else "",
    )


def _headings(chosen: Choice) -> list[Heading]:
    def sorted_by(label: str, sort: Sort, style: str = "number") -> Heading:
        is_it, is_up = chosen.sort == sort, bool(chosen["up"])
        order = ("ascending" if is_up else "descending") if is_it else "none"
        turned = chosen.query(sort=sort.value, up="1" if is_it and not is_up else "")
        return Heading(label, style, "?" + turned, order)

    return [
        sorted_by(_("Score"), Sort.SCORE),
        Heading(_("Verdict"), ""),
        Heading(_("Call"), ""),
        Heading(_("Agent"), ""),
        Heading(_("Team"), "wide"),
        sorted_by(_("Began"), Sort.TIME, ""),
        sorted_by(_("Duration"), Sort.DURATION),
        Heading(_("Failed"), "number"),
        Heading(_("To review"), "number"),
        sorted_by(_("Why"), Sort.WORTH, "") if chosen.is_queue else Heading(_("Review"), ""),
    ]


def _row(one: Standing, zone: ZoneInfo, back: str, finding: str | None) -> Row:
    verdict = _verdict(one)
    low, high = _score(one.low), _score(one.high, up=True)
    now, was = _score(one.score), _score(one.machine_score)
    return Row(
        href=call_address(one.call_id, finding, back),
        name=one.file,
        call_id="" if one.call_id == one.file else one.call_id,
        score=now,
        range="" if one.low == one.high else f"{low}–{high}",
        was=was if was != now else "",
        verdict=verdict,
        verdict_name=_(wording.VERDICTS[verdict]),
        agent=" ".join(part for part in (one.agent_name, one.agent_id) if part),
        team=one.team or "",
        at=f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}" if one.started_at else "–",
        duration=wording.clock(one.duration_ms),
        failed=one.failed,
        undetermined=one.undetermined,
        state=_(REVIEWS[one.reviewed]) if one.reviewed != ReviewState.NONE else "",
        appeal=_(APPEALS[one.appeal]) if one.appeal != AppealState.NONE else "",
        why=_(WORTHS[one.worth]) if one.worth in WORTHS else "",
    )


def sheet_address(sample: int, place: int) -> str:
    """Of the page where a call of a sample is judged."""
    return f"{SAMPLES}/{sample}?at={place}"


def _unseen(row: Row, sample: int, place: int) -> Row:
    """The call without what the machine and others found in it: it is to be judged blind."""
    return replace(
        row,
        href=sheet_address(sample, place),
        score="–",
        range="",
        was="",
        verdict="none",
        verdict_name=_("to judge blind"),
        failed=None,
        undetermined=None,
        state="",
        appeal="",
        why="",
    )


def _verdict(one: Standing) -> str:
    if one.fatal and one.passed is not True:
        return "fatal"
    if one.passed is None:
        return "none" if one.score is None else "open"
    return "passed" if one.passed else "failed"


def _score(value: float | None, *, up: bool = False) -> str:
    return wording.score(None if value is None else Decimal(str(value)), up=up)
