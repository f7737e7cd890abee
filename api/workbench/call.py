"""The page of a call: hear it, read it, see what was found in it, and say what is right."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from nicegui import ui

from api.problems import Problem
from api.workbench.choosing import choice
from api.workbench.frame import HOME, Key, Viewer, draw, frame, page
from api.workbench.sound import peaks_url, sound_url
from autoqa.events import interpret
from autoqa.i18n import N_, _, render
from autoqa.reports import wording
from autoqa.reports.call_page import FindingView, finding_views, known_facts
from autoqa.reports.timeline import timeline, voices
from autoqa.reports.transcript import transcript
from autoqa.scoring.evaluate import day_of
from autoqa.store.calls import Stored
from autoqa.types import Call, Caller, Message, Outcome, Party, Role, Scope, Scorecard, Total

_NO_CALL = N_("there is no scored call {call_id} that you may see")
SIGNS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✕",
    Outcome.UNDETERMINED: "?",
    Outcome.NOT_APPLICABLE: "–",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as the player draws it. ``style``: whose it is. ``parts``: who spoke when."""

    name: str
    style: str
    parts: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form with its findings."""

    name: str
    party: str
    total: Total | None
    findings: list[FindingView]


def call_keys() -> list[Key]:
    return [
        ("␣", _("play, pause")),
        ("n p", _("next, previous finding")),
        ("e", _("hear its evidence; again: the next piece")),
        ("c", _("confirm")),
        ("x", _("correct")),
        ("m", _("comment")),
        ("← →", _("5 seconds back, on")),
        ("+ − 0", _("zoom in, out, all of it")),
        ("/", _("search what was said")),
    ]


@page("/calls/{call_id:path}", Scope.READ, scripts=("player.js", "call.js"))
async def call_page(viewer: Viewer) -> None:
    call_id = viewer.request.path_params["call_id"]
    caller = viewer.caller(Scope.READ)
    stored, card = await asyncio.to_thread(_load, viewer, caller, call_id)
    with frame(viewer, "calls", stored.contact.file, call_keys()):
        ui.html(_content(viewer, stored, card), sanitize=False)


def _load(viewer: Viewer, caller: Caller, call_id: str) -> tuple[Stored, Scorecard]:
    store = viewer.service.store
    found = store.stored([call_id])
    cards = store.scorecards(call_id)
    if not found or not cards or not _may_see(caller, found[0]):
        raise Problem(404, "no_call", Message(_NO_CALL, {"call_id": call_id}))
    one = found[0]
    return replace(one, call=interpret(one.call, one.contact)), cards[-1]


def _may_see(caller: Caller, stored: Stored) -> bool:
    contact = stored.contact
    own = {contact.agent_id, *contact.agent_ids} - {None}
    return caller.agent_ids is None or bool(own & caller.agent_ids)


def _content(viewer: Viewer, stored: Stored, card: Scorecard) -> str:
    call, contact = stored.call, stored.contact
    lines = lines_of(call)
    picture = timeline(call, card)
    data = {
        "duration": call.duration_ms,
        "lines": [{"parts": line.parts} for line in lines],
        "peaks": peaks_url(contact.call_id),
        "drafts": {},
    }
    return draw(
        "call.html",
        call=call,
        contact=contact,
        back=_back(viewer),
        facts=[*known_facts(call, contact), (_("Form"), card.form_name or card.form)],
        remarks=[render(remark.message) for remark in call.remarks],
        picture=picture,
        pins=picture.pins,
        lines=lines,
        sound=sound_url(contact.call_id),
        transcript=transcript(call, card, by_word=True),
        findings=Markup(_findings(viewer, stored, card)),
        data=json.dumps(data),
    )


def _back(viewer: Viewer) -> str:
    """To the list as it was when the call was opened."""
    query = choice(viewer.request.query_params.get("back", "")).query()
    return f"{HOME}?{query}" if query else HOME


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


def _findings(viewer: Viewer, stored: Stored, card: Scorecard) -> str:
    day = day_of(stored.contact)
    rationales = viewer.service.rules.rule_set.rationales(day)
    views = finding_views(stored.call, card, (), rationales)
    urgent = sum(view.outcome in (Outcome.FAILED, Outcome.UNDETERMINED) for view in views)
    chips: list[tuple[str, str, int]] = [
        ("urgent", _("To look at"), urgent),
        ("all", _("All of them"), len(views)),
    ]
    values: dict[str, Any] = {
        "card": card,
        "verdict": wording.verdict(card),
        "verdict_name": wording.verdict_name(card),
        "fatal": [view.name for view in views if view.rule_id in card.fatal_rule_ids],
        "sections": parts_of(card, views),
        "chips": chips if urgent else chips[1:],
        "signs": SIGNS,
    }
    return draw("findings.html", **values)


def parts_of(card: Scorecard, views: list[FindingView]) -> list[Part]:
    """The sections in the form's order, the agent's before the centre's; trials come last."""
    totals = {(total.name, total.counts_for.value): total for total in card.sections}
    places = dict.fromkeys(
        [*totals, *((view.section, view.party) for view in views if not view.is_trial)]
    )
    parts = [
        Part(name, party, totals.get((name, party)), shown)
        for name, party in sorted(places, key=lambda place: place[1] == Party.CENTRE)
        if (
            shown := [
                view
                for view in views
                if (view.section, view.party) == (name, party) and not view.is_trial
            ]
        )
    ]
    trials = [view for view in views if view.is_trial]
    return [*parts, Part(_("On trial, without points"), "", None, trials)] if trials else parts
