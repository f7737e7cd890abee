"""The case library: findings to learn from. Supervisors put them in and take them out."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import ui

from api.audited import audited
from api.coaching import case_document, cases_of
from api.problems import Problem
from api.reviews import visible
from api.workbench.assets import asset_url
from api.workbench.coaching import CASES, COACHING
from api.workbench.frame import Viewer, call_address, draw, frame, name_of, page, say
from autoqa.i18n import N_, _
from autoqa.store import Cases, Reviews
from autoqa.types import Action, Caller, Message, Outcome, Scope

_NOT_SAID = N_("the page sent something that nobody can say; load it again")


@page("/cases", Scope.READ, scripts=("cases.js",))
async def cases_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.READ)
    for sheet in ("dashboards.css", "coaching.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="{asset_url(sheet)}">')
    shown = await asyncio.to_thread(_drawn, viewer, caller)
    with frame(viewer, "coaching", _("Case library")):
        board = ui.html(shown, sanitize=False)

    async def put(caller: Caller, value: Any) -> None:
        await asyncio.to_thread(_put, viewer, caller, value)
        ui.navigate.to("/cases")  # it puts /ui before it

    async def removed(caller: Caller, value: Any) -> None:
        await asyncio.to_thread(_remove, viewer, caller, value)
        board.set_content(await asyncio.to_thread(_drawn, viewer, caller))
        say(_("taken out"))

    viewer.on("put", Scope.DECIDE, put)
    viewer.on("remove", Scope.DECIDE, removed)


def _put(viewer: Viewer, caller: Caller, value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise Problem(422, "not_said", Message(_NOT_SAID))
    call_id, rule_id = value.get("call", ""), value.get("rule", "")
    visible(viewer.service, caller, call_id)
    Cases(viewer.service.store).put(
        call_id,
        rule_id,
        by=caller.name,
        note=value.get("note", ""),
        tags=value.get("tags", "").replace("，", ",").replace("、", ",").split(","),
        is_good=value.get("kind") != "bad",
    )
    audited(viewer.request, caller, Action.CASE, call_id, rule_id=rule_id)


def _remove(viewer: Viewer, caller: Caller, value: Any) -> None:
    if not isinstance(value, int):
        raise Problem(422, "not_said", Message(_NOT_SAID))
    Cases(viewer.service.store).remove(value)
    audited(viewer.request, caller, Action.CASE, str(value), removed="yes")


def _drawn(viewer: Viewer, caller: Caller) -> str:
    service, asked = viewer.service, viewer.request.query_params
    rule, tag = asked.get("show", ""), asked.get("tag", "")
    documents = [case_document(service, caller, one) for one in cases_of(service, caller)]
    may_put = caller.may(Scope.DECIDE) and caller.agent_ids is None
    return draw(
        "cases.html",
        cases=[
            one
            for one in documents
            if (not rule or one.rule_id == rule) and (not tag or tag in one.tags)
        ],
        rules=sorted({(one.rule_id, one.rule_name) for one in documents}),
        tags=sorted({each for one in documents for each in one.tags}),
        rule=rule,
        tag=tag,
        new=_new(viewer, caller, asked.get("call", ""), asked.get("rule", "")) if may_put else None,
        may_put=may_put,
        sure=_("Take this case out of the library?"),
        here=CASES,
        coaching=COACHING,
        call_href=call_address,
        name_of=name_of,
    )


def _new(viewer: Viewer, caller: Caller, call_id: str, rule_id: str) -> dict[str, str] | None:
    """The finding that is to be put in: what it is called, and whether it passed."""
    if not call_id or not rule_id:
        return None
    visible(viewer.service, caller, call_id)
    final = Reviews(viewer.service.store).finals([call_id]).get(call_id)
    for one in final[0].findings if final else ():
        if one.rule_id == rule_id and one.outcome in (Outcome.PASSED, Outcome.FAILED):
            kind = "good" if one.outcome == Outcome.PASSED else "bad"
            return {"call": call_id, "rule": rule_id, "name": one.name, "kind": kind}
    return None
