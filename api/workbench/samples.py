"""Blind samples: calls drawn by lot, judged before anybody sees what the machine says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import ui

from api.audited import audited
from api.problems import Problem
from api.workbench.calls import SAMPLES, tabs
from api.workbench.choosing import choice
from api.workbench.frame import Key, Viewer, call_address, draw, frame, name_of, page, say
from api.workbench.listening import SCRIPTS, heard, listening, listening_keys, pane, talk
from api.workbench.saying import keep_typed
from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.scoring.view import day_of
from autoqa.store import Overview, Samples, Unsent
from autoqa.store.overview import RuleName
from autoqa.types import Action, Caller, Message, Outcome, Sample, Scope, SheetLine, Strata, Value

_STRATA = {
    Strata.NONE: N_("none: any call as likely"),
    Strata.TEAM: N_("team"),
    Strata.AGENT: N_("agent"),
    Strata.OUTCOME: N_("outcome of the rule"),
}
_OUTCOMES = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED)
_NO_CALL = N_("the sample {number} has no call {at}")
_NOT_SAID = N_("the page sent something that nobody can say; load it again")


@dataclass(frozen=True, slots=True)
class Row:
    """A sample of the list. ``count`` of ``population`` calls were drawn."""

    number: int
    at: str
    by: str
    how: str
    count: int
    population: int
    href: str


@dataclass(frozen=True, slots=True)
class Place:
    """A call of a sample: the ``at``-th, from 1."""

    sample: Sample
    at: int

    @property
    def call_id(self) -> str:
        return self.sample.calls[self.at - 1].call_id

    @property
    def following(self) -> str:
        """Where the next call is; empty after the last."""
        is_last = self.at == len(self.sample.calls)
        return "" if is_last else f"{SAMPLES}/{self.sample.number}?at={self.at + 1}"

    @property
    def unsent(self) -> str:
        """Where choices are kept until they are sent."""
        return f"sheet {self.sample.number}"


@page("/samples", Scope.REVIEW, scripts=("sheet.js",))
async def samples_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.REVIEW)
    shown = await asyncio.to_thread(_list, viewer, caller)
    with frame(viewer, "calls", _("Blind samples")):
        ui.html(shown, sanitize=False)

    async def drawn(caller: Caller, value: Any) -> None:
        number = await asyncio.to_thread(_draw, viewer, caller, value)
        ui.navigate.to(f"/samples/{number}")  # it puts /ui before it

    viewer.on("draw", Scope.REVIEW, drawn)


@page("/samples/{number:int}", Scope.REVIEW, scripts=(*SCRIPTS, "sheet.js"))
async def sheet_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.REVIEW)
    number = int(viewer.request.path_params["number"])
    place = await asyncio.to_thread(_place, viewer, caller, number)
    call = await asyncio.to_thread(heard, viewer.service, place.call_id)
    await asyncio.to_thread(
        audited, viewer.request, caller, Action.CALL_READ, place.call_id, sample=str(number)
    )
    unsent = Unsent(viewer.service.store).of(caller.name, place.call_id)
    rationales = viewer.service.rules.rule_set.rationales(day_of(call.contact))
    with (
        frame(viewer, "calls", call.contact.file, _keys()),
        listening(call, SAMPLES, None, unsent),
        ui.element("div").classes("split"),
    ):
        sheet = pane("findpane", _("Sheet"), _sheet(viewer, caller, place, rationales))
        pane("talkpane", _("Transcript"), talk(call, None))

    async def judged(caller: Caller, value: Any) -> None:
        await asyncio.to_thread(_judge, viewer, caller, place, value)
        sheet.set_content(await asyncio.to_thread(_sheet, viewer, caller, place, rationales))
        say(_("kept"))

    viewer.on("judge", Scope.REVIEW, judged)
    keep_typed(viewer, place.call_id)


def _keys() -> list[Key]:
    return [
        ("n p", _("next, previous rule")),
        ("1 2 3 4", _("passed, failed, not applicable, cannot tell")),
        *listening_keys(),
    ]


# ---------------------------------------------------------------- the list


def _list(viewer: Viewer, caller: Caller) -> str:
    store = viewer.service.store
    rules = Overview(store).rules()
    return draw(
        "samples.html",
        tabs=tabs(caller),
        active="samples",
        may_draw=caller.may(Scope.REVIEW),
        strata=[(one.value, _(label)) for one, label in _STRATA.items()],
        rules=rules,
        samples=[_row(one, rules) for one in Samples(store).samples()],
    )


def _row(sample: Sample, rules: list[RuleName]) -> Row:
    names = {rule.rule_id: rule.name for rule in rules}
    parts = [_("all rules") if not sample.rule_id else names.get(sample.rule_id, sample.rule_id)]
    if sample.strata != Strata.NONE:
        parts.append(_("equally many of each: {what}").format(what=_(_STRATA[sample.strata])))
    return Row(
        number=sample.number,
        at=wording.moment(sample.at.astimezone()),
        by=name_of(sample.by),
        how=_(", ").join(parts),
        count=len(sample.calls),
        population=sample.population,
        href=f"{SAMPLES}/{sample.number}",
    )


def _draw(viewer: Viewer, caller: Caller, value: Any) -> int:
    if not isinstance(value, Mapping) or not str(value.get("size", "")).isdigit():
        raise Problem(422, "not_said", Message(_NOT_SAID))
    days = choice(f"first={value.get('first', '')}&last={value.get('last', '')}")
    strata = str(value.get("strata", ""))
    sample = Samples(viewer.service.store).draw(
        caller.name,
        max(1, int(value["size"])),
        strata=Strata(strata) if strata in set(Strata) else Strata.NONE,
        rule_id=str(value.get("rule", ""))[:128],
        chosen=days.filter(caller),
    )
    audited(viewer.request, caller, Action.SAMPLE, str(sample.number))
    return sample.number


# ---------------------------------------------------------------- one call of it


def _place(viewer: Viewer, caller: Caller, number: int) -> Place:
    """The call that the address names, else the first that is not judged yet, else the last."""
    samples = Samples(viewer.service.store)
    sample = samples.sample(number)
    count = len(sample.calls)
    wanted = viewer.request.query_params.get("at", "")
    if wanted:
        if not wanted.isdigit() or not 1 <= int(wanted) <= count:
            params: dict[str, Value] = {"number": number, "at": wanted}
            raise Problem(404, "no_call", Message(_NO_CALL, params))
        return Place(sample, int(wanted))
    for at, one in enumerate(sample.calls, 1):
        if any(line.judged is None for line in samples.sheet(number, one.call_id, caller.name)):
            return Place(sample, at)
    return Place(sample, count)


def _sheet(viewer: Viewer, caller: Caller, place: Place, rationales: Mapping[str, str]) -> str:
    number = place.sample.number
    samples = Samples(viewer.service.store)
    lines: list[SheetLine] = samples.sheet(number, place.call_id, caller.name)
    return draw(
        "sheet.html",
        number=number,
        at=place.at,
        count=len(place.sample.calls),
        lines=lines,
        done=all(line.judged is not None for line in lines),
        same=sum(line.judged == line.machine for line in lines),
        place=place.unsent,
        following=place.following,
        rationales=rationales,
        address=partial(call_address, place.call_id),
        outcomes=[(one.value, _name(one)) for one in _OUTCOMES],
    )


def _name(outcome: Outcome) -> str:
    if outcome == Outcome.UNDETERMINED:
        return _("cannot tell")
    return wording.outcome_name(outcome)


def _judge(viewer: Viewer, caller: Caller, place: Place, value: Any) -> None:
    if not isinstance(value, Mapping) or not set(value.values()) <= set(Outcome):
        raise Problem(422, "not_said", Message(_NOT_SAID))
    store, number = viewer.service.store, place.sample.number
    samples = Samples(store)
    for line in samples.sheet(number, place.call_id, caller.name):
        if line.judged is None and line.rule_id in value:
            outcome = Outcome(value[line.rule_id])
            samples.judge(number, place.call_id, line.rule_id, caller.name, outcome)
    audited(viewer.request, caller, Action.REVIEW, place.call_id, sample=str(number))
    Unsent(store).keep(caller.name, place.call_id, place.unsent, "")
