"""The page of a call: hear it, read it, see what was found in it, and say what is right."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import ui
from starlette.responses import RedirectResponse, Response

from api.audited import audited
from api.reviews import visible
from api.workbench.calls import sheet_address
from api.workbench.choosing import choice
from api.workbench.coaching import cases_address
from api.workbench.findings import ACTS, SIGNS, items_of, parts_of
from api.workbench.frame import HOME, Key, Viewer, draw, frame, issue_address, page, say
from api.workbench.listening import SCRIPTS, Heard, heard, listening, listening_keys, pane, talk
from api.workbench.saying import SCOPES, keep_typed, put, words_of
from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.call_page import FindingView
from autoqa.scoring.reviewed import Reviewed
from autoqa.scoring.view import day_of
from autoqa.store import Reviews, Samples, Unsent
from autoqa.types import Action, Caller, Outcome, Review, ReviewState, Scope

_STATES = {
    ReviewState.NONE: "",
    ReviewState.PART: N_("partly reviewed"),
    ReviewState.ALL: N_("reviewed"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A call with all that its page shows."""

    heard: Heard
    result: Reviewed
    reviews: tuple[Review, ...]
    unsent: dict[str, str]


def call_keys() -> list[Key]:
    return [
        ("n p", _("next, previous finding")),
        ("e", _("hear its evidence; again: the next piece")),
        ("c x m", _("confirm, correct, comment")),
        ("a d", _("appeal, decide an appeal")),
        *listening_keys(),
    ]


@page("/calls/{call_id:path}", Scope.READ, scripts=SCRIPTS)
async def call_page(viewer: Viewer) -> Response | None:
    """Whoever still has to judge the call blind is led to his sheet instead."""
    call_id = viewer.request.path_params["call_id"]
    caller = viewer.caller(Scope.READ)
    store = viewer.service.store
    if places := await asyncio.to_thread(Samples(store).waiting, [call_id], caller.name):
        return RedirectResponse(sheet_address(*places[call_id]), 303)
    if unmasked := viewer.request.query_params.get("unmasked") == "1":
        viewer.caller(Scope.UNMASK)
    shown = await asyncio.to_thread(partial(_load, viewer, caller, call_id, unmasked=unmasked))
    card = shown.result.machine
    with (
        frame(viewer, "calls", shown.heard.contact.file, call_keys()),
        listening(shown.heard, _back(viewer), card, shown.unsent, _mask(viewer, caller, unmasked)),
    ):
        with ui.element("div").classes("split"):
            found = pane("findpane", _("Findings"), _findings(viewer, caller, shown))
            pane("talkpane", _("Transcript"), talk(shown.heard, card))
        ui.html(_dialog(), sanitize=False)

    async def told(_caller: Caller, value: Any) -> None:
        words = words_of(value)
        speaker = viewer.caller(SCOPES[words.act])

        def work() -> str:
            visible(viewer.service, speaker, call_id)
            put(viewer, speaker, call_id, words)
            now = _load(viewer, speaker, call_id)
            return _findings(viewer, speaker, now)

        found.set_content(await asyncio.to_thread(work))
        ui.run_javascript(f"aq.said({json.dumps(words.place)}); aq.redrawn()")
        say(_("kept"))

    viewer.on("say", Scope.READ, told)
    keep_typed(viewer, call_id)
    return None


# ---------------------------------------------------------------- what is loaded


def _load(viewer: Viewer, caller: Caller, call_id: str, *, unmasked: bool = False) -> Shown:
    """``Problem`` 404 where there is no such call for this caller."""
    store = viewer.service.store
    visible(viewer.service, caller, call_id)
    audited(viewer.request, caller, Action.UNMASK if unmasked else Action.CALL_READ, call_id)
    reviews = Reviews(store)
    result = reviews.reviewed(call_id)
    assert result is not None
    return Shown(
        heard(viewer.service, call_id, unmasked=unmasked),
        result,
        tuple(reviews.of_call(call_id)),
        Unsent(store).of(caller.name, call_id),
    )


def _back(viewer: Viewer) -> str:
    """To the list as it was when the call was opened."""
    query = choice(viewer.request.query_params.get("back", "")).query()
    return f"{HOME}?{query}" if query else HOME


def _mask(viewer: Viewer, caller: Caller, unmasked: bool) -> str:
    """Where this page is with personal data, or without; empty for who may not see it."""
    if not caller.may(Scope.UNMASK) or not viewer.service.settings.mask:
        return ""
    url = viewer.request.url
    if unmasked:
        return f"?{url.remove_query_params('unmasked').query}"
    return f"?{url.include_query_params(unmasked=1).query}"


# ---------------------------------------------------------------- what is drawn


def _findings(viewer: Viewer, caller: Caller, shown: Shown) -> str:
    result, contact = shown.result, shown.heard.contact
    rationales = viewer.service.rules.rule_set.rationales(day_of(contact))
    items = items_of(shown.heard.call, result, shown.reviews, rationales, caller)
    urgent = [item for item in items if item.is_urgent]
    final = result.final
    chips = [("urgent", _("To look at"), sum(item.is_waiting for item in urgent))] if urgent else []
    return draw(
        "findings.html",
        machine=result.machine,
        final=final,
        is_changed=bool(result.changes),
        review_state=_(_STATES[result.state]),
        verdict=wording.verdict(final),
        verdict_name=wording.verdict_name(final),
        fatal=[item.view.name for item in items if item.view.rule_id in final.fatal_rule_ids],
        sections=parts_of(final, items),
        chips=[*chips, ("all", _("All of them"), len(items))],
        put_href=partial(cases_address, shown.heard.contact.call_id)
        if caller.may(Scope.DECIDE)
        else None,
        signs=SIGNS,
        acts=ACTS,
        issue_href=partial(_issue, contact.call_id) if caller.may(Scope.REVIEW) else None,
    )


def _issue(call_id: str, view: FindingView) -> str:
    """Where a problem is opened from a finding."""
    return issue_address(title=view.name, rule_id=view.rule_id, call_id=call_id)


def _dialog() -> str:
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE)
    return draw("say.html", outcomes=[(one.value, wording.outcome_name(one)) for one in outcomes])
