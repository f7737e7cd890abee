"""The page of a call: hear it, read it, see what was found in it, and say what is right."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any

from nicegui import ui

from api.audited import audited
from api.workbench.choosing import choice
from api.workbench.findings import ACTS, SIGNS, items_of, parts_of
from api.workbench.frame import HOME, Key, Viewer, draw, frame, page, say
from api.workbench.saying import SCOPES, put, words_of
from api.workbench.seeing import seen
from api.workbench.sound import peaks_url, sound_url
from autoqa.events import interpret
from autoqa.i18n import N_, _, render
from autoqa.reports import wording
from autoqa.reports.call_page import known_facts
from autoqa.reports.timeline import timeline, voices
from autoqa.reports.transcript import transcript
from autoqa.scoring.evaluate import day_of
from autoqa.scoring.reviewed import Reviewed
from autoqa.store import Reviews, Stored, Unsent
from autoqa.types import Action, Call, Caller, Outcome, Review, ReviewState, Role, Scope

_STATES = {
    ReviewState.NONE: "",
    ReviewState.PART: N_("partly reviewed"),
    ReviewState.ALL: N_("reviewed"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A call with all that its page shows. ``stored.call``: as it is interpreted now."""

    stored: Stored
    result: Reviewed
    reviews: tuple[Review, ...]
    unsent: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as the player draws it. ``style``: whose it is. ``parts``: who spoke when."""

    name: str
    style: str
    parts: tuple[tuple[int, int, str], ...]


def call_keys() -> list[Key]:
    return [
        ("␣", _("play, pause")),
        ("n p", _("next, previous finding")),
        ("e", _("hear its evidence; again: the next piece")),
        ("c x m", _("confirm, correct, comment")),
        ("a d", _("appeal, decide an appeal")),
        ("← →", _("5 seconds back, on")),
        ("+ − 0", _("zoom in, out, all of it")),
        ("/", _("search what was said")),
        ("u", _("back to the list")),
    ]


@page("/calls/{call_id:path}", Scope.READ, scripts=("player.js", "call.js"))
async def call_page(viewer: Viewer) -> None:
    call_id = viewer.request.path_params["call_id"]
    caller = viewer.caller(Scope.READ)
    shown = await asyncio.to_thread(_load, viewer, caller, call_id)
    with frame(viewer, "calls", shown.stored.contact.file, call_keys()):
        whole = ui.element("div")
        whole.props["id"], whole.props["data-call"] = "call", json.dumps(_data(shown))
        with whole:
            ui.html(_player(viewer, shown), sanitize=False)
            with ui.element("div").classes("split"):
                found = _pane("findpane", _("Findings"), _findings(viewer, caller, shown))
                _pane("talkpane", _("Transcript"), _talk(shown))
            ui.html(_dialog(), sanitize=False)

    async def told(_caller: Caller, value: Any) -> None:
        words = words_of(value)
        speaker = viewer.caller(SCOPES[words.act])

        def work() -> str:
            seen(viewer.service, speaker, call_id)
            put(viewer, speaker, call_id, words)
            now = _load(viewer, speaker, call_id)
            return _findings(viewer, speaker, now)

        found.set_content(await asyncio.to_thread(work))
        ui.run_javascript(f"aq.said({json.dumps(words.place)}); aq.redrawn()")
        say(_("kept"))

    async def keep(speaker: Caller, value: Any) -> None:
        place, text = str(value.get("place", ""))[:256], str(value.get("text", ""))
        unsent = Unsent(viewer.service.store)
        await asyncio.to_thread(unsent.keep, speaker.name, call_id, place, text)

    viewer.on("say", Scope.READ, told)
    viewer.on("keep", Scope.READ, keep)


def _pane(style: str, label: str, content: str) -> ui.html:
    pane = ui.html(content, sanitize=False, tag="section").classes(style)
    pane.props["aria-label"], pane.props["tabindex"] = label, "0"
    return pane


# ---------------------------------------------------------------- what is loaded


def _load(viewer: Viewer, caller: Caller, call_id: str) -> Shown:
    """``Problem`` 404 where there is no such call for this caller."""
    store = viewer.service.store
    seen(viewer.service, caller, call_id)
    audited(viewer.request, caller, Action.CALL_READ, call_id)
    reviews = Reviews(store)
    result = reviews.reviewed(call_id)
    assert result is not None
    (one,) = store.stored([call_id])
    return Shown(
        replace(one, call=interpret(one.call, one.contact)),
        result,
        tuple(reviews.of_call(call_id)),
        Unsent(store).of(caller.name, call_id),
    )


def _back(viewer: Viewer) -> str:
    """To the list as it was when the call was opened."""
    query = choice(viewer.request.query_params.get("back", "")).query()
    return f"{HOME}?{query}" if query else HOME


# ---------------------------------------------------------------- what is drawn


def _data(shown: Shown) -> dict[str, Any]:
    """For the scripts of the page."""
    call = shown.stored.call
    return {
        "duration": call.duration_ms,
        "lines": [{"parts": line.parts} for line in lines_of(call)],
        "peaks": peaks_url(shown.stored.contact.call_id),
        "unsent": shown.unsent,
    }


def _player(viewer: Viewer, shown: Shown) -> str:
    call, contact, card = shown.stored.call, shown.stored.contact, shown.result.machine
    return draw(
        "player.html",
        call=call,
        contact=contact,
        back=_back(viewer),
        facts=[*known_facts(call, contact), (_("Form"), card.form_name or card.form)],
        remarks=[render(remark.message) for remark in call.remarks],
        picture=timeline(call, card),
        lines=lines_of(call),
        sound=sound_url(contact.call_id),
    )


def _talk(shown: Shown) -> str:
    call, card = shown.stored.call, shown.result.machine
    return draw("talk.html", transcript=transcript(call, card, by_word=True))


def _findings(viewer: Viewer, caller: Caller, shown: Shown) -> str:
    result, contact = shown.result, shown.stored.contact
    rationales = viewer.service.rules.rule_set.rationales(day_of(contact))
    items = items_of(shown.stored.call, result, shown.reviews, rationales, caller)
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
        signs=SIGNS,
        acts=ACTS,
    )


def _dialog() -> str:
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE)
    return draw("say.html", outcomes=[(one.value, wording.outcome_name(one)) for one in outcomes])


def lines_of(call: Call) -> list[Line]:
    """The channels, each with whose voice was on it when."""
    found = []
    for channel in call.channels:
        said = tuple(u for u in call.utterances if u.channel == channel.index)
        spoken = voices(replace(call, channels=(channel,), utterances=said))
        parts = sorted(
            (segment.start_ms, segment.end_ms, role.value)
            for role, segments in spoken.items()
            for segment in segments
        )
        role = Role.UNKNOWN if call.is_mixed else channel.role
        known = role in (Role.AGENT, Role.CUSTOMER)
        name = wording.role_name(role) if known else _("Line {n}").format(n=channel.index + 1)
        found.append(Line(name, role.value, tuple(parts)))
    return found
