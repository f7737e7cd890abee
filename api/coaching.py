"""Coaching of an agent, and the case library that its good examples are from.

Agents see their own coaching, and of the library what is good and whose it is only where that may
be told (``Settings.name_colleagues``); whoever sees all calls sees all of it. Supervisors put cases
in and take them out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.audited import audited
from api.documents import answer, shows
from api.found import sheets
from api.guard import needs
from api.openapi import problems_at
from api.problems import Problem
from api.reviews import visible
from api.service import Service, TheService
from api.sounds import make_clip
from autoqa.audio.playback import MIME
from autoqa.coaching import coaching, moment_in
from autoqa.i18n import N_
from autoqa.reports.coaching import Coaching, Moment
from autoqa.store import Case, Cases, Filter
from autoqa.store.cases import LONGEST_TAG, MOST_TAGS
from autoqa.types import Action, Caller, Message, Outcome, Scope

router = APIRouter(tags=["coaching"])

Reader = Annotated[Caller, needs(Scope.READ)]
Supervisor = Annotated[Caller, needs(Scope.DECIDE)]
Number = Annotated[int, Path(ge=1, lt=2**31)]
AgentId = Annotated[str, Path(max_length=128)]
_NO_AGENT = N_("there is no call of the agent {agent} in these days, or none that {name} may see")
_NO_CASE = N_("there is no case {number}")
_NO_AUDIO = N_("the recording of the case {number} is not there any more")
_NONE = problems_at(_404="There is no such case.")
_CLIP: dict[int | str, Any] = {
    200: {"content": {MIME: {}}, "description": "A few seconds, bleeped."},
}


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A case of the library. ``call_id``, ``agent_id``, ``by`` are empty for agents who may not
    know them. ``moment``: what was said, and where, or null. ``audio``: where it is heard, or empty
    where the recording is gone."""

    number: int
    call_id: str
    rule_id: str
    rule_name: str
    is_good: bool
    by: str
    at: datetime
    note: str
    tags: tuple[str, ...]
    agent_id: str | None
    moment: Moment | None
    audio: str


@dataclass(frozen=True, slots=True)
class CasesDocument:
    """The newest first."""

    cases: tuple[CaseDocument, ...]


class CaseBody(BaseModel):
    """A finding as an example."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=512, examples=["2026-11-20/0001.wav"])
    rule_id: str = Field(max_length=128, examples=["greeting"])
    is_good: bool = True
    note: str = Field(default="", max_length=2000, description="What is to be learned from it.")
    tags: list[Annotated[str, Field(max_length=LONGEST_TAG)]] = Field(
        default=[], max_length=MOST_TAGS
    )


@router.get(
    "/v1/agents/{agent_id}/coaching",
    summary="What an agent would gain most by",
    responses=shows(Coaching, "The three rules that would raise his score most.")
    | problems_at(_404="No call of this agent is of these days."),
)
def read_coaching(
    request: Request,
    service: TheService,
    caller: Reader,
    agent_id: AgentId,
    first_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    last_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
) -> Response:
    chosen = Filter(first_day=first_day, last_day=last_day)
    found = coaching_of(service, caller, agent_id, chosen)
    if found is None:
        params = {"agent": agent_id, "name": caller.name}
        raise Problem(404, "no_agent", Message(_NO_AGENT, params))
    audited(request, caller, Action.CALL_READ, f"coaching/{agent_id}")
    return answer(found)


@router.get("/v1/cases", summary="The case library", responses=shows(CasesDocument, "All cases."))
def list_cases(
    service: TheService,
    caller: Reader,
    rule_id: Annotated[str, Query(max_length=128, description="Of this rule only.")] = "",
    tag: Annotated[str, Query(max_length=LONGEST_TAG, description="With this tag only.")] = "",
) -> Response:
    found = cases_of(service, caller)
    if rule_id:
        found = [one for one in found if one.rule_id == rule_id]
    if tag:
        found = [one for one in found if tag in one.tags]
    return answer(CasesDocument(tuple(case_document(service, caller, one) for one in found)))


@router.post(
    "/v1/cases",
    summary="Put a finding into the case library",
    status_code=201,
    responses=shows(CaseDocument, "It is there.", 201)
    | _NONE
    | problems_at(_409="It is no such example; `detail` says why."),
)
def put_case(request: Request, service: TheService, caller: Supervisor, body: CaseBody) -> Response:
    """Put up again, a finding has what is said last."""
    visible(service, caller, body.call_id)
    case = Cases(service.store).put(
        body.call_id,
        body.rule_id,
        by=caller.name,
        note=body.note,
        tags=body.tags,
        is_good=body.is_good,
    )
    audited(request, caller, Action.CASE, body.call_id, rule_id=body.rule_id)
    return answer(case_document(service, caller, case), 201)


@router.delete("/v1/cases/{number}", summary="Take a case out", status_code=204, responses=_NONE)
def remove_case(
    request: Request, service: TheService, caller: Supervisor, number: Number
) -> Response:
    Cases(service.store).remove(number)
    audited(request, caller, Action.CASE, str(number), removed="yes")
    return Response(status_code=204)


@router.get(
    "/v1/cases/{number}/audio",
    summary="Hear a case",
    response_class=Response,
    responses=_CLIP | _NONE,
)
async def hear_case(
    request: Request, service: TheService, caller: Reader, number: Number
) -> Response:
    case = await asyncio.to_thread(_seen, service, caller, number)
    moment = await asyncio.to_thread(_moment, service, case)
    recording_id = await asyncio.to_thread(service.store.recording_id, case.call_id)
    paths = await asyncio.to_thread(service.recordings.paths, recording_id or "")
    job = next(iter(await asyncio.to_thread(service.jobs.of_call, case.call_id)), None)
    if moment is None or not paths:
        raise Problem(404, "no_audio", Message(_NO_AUDIO, {"number": number}))
    bleeps = await asyncio.to_thread(service.unheard, case.call_id)
    raw = job.order.raw if job else ""
    clip = await service.chores.do(
        make_clip, paths, raw, moment.start_ms, moment.end_ms, service.settings, bleeps
    )
    await asyncio.to_thread(audited, request, caller, Action.RECORDING_READ, case.call_id)
    return Response(clip, media_type=MIME, headers={"Cache-Control": "private, no-store"})


def coaching_of(service: Service, caller: Caller, agent_id: str, chosen: Filter) -> Coaching | None:
    """What ``caller`` may see of it; None where there is nothing, or nothing for him."""
    if caller.agent_ids is not None and agent_id not in caller.agent_ids:
        return None
    is_told = names_colleagues(service, caller)
    found = coaching(
        service.store,
        agent_id,
        chosen,
        rationales=service.rules.rule_set.rationales(chosen.last_day or date.today()),
        name_colleagues=is_told,
        with_candidates=caller.may(Scope.DECIDE) and caller.agent_ids is None,
    )
    if found is None:
        return None
    found = without_blind(service, caller, found)
    return found if is_told else _without_names(found)


def without_blind(service: Service, caller: Caller, found: Coaching) -> Coaching:
    """Without places in calls that the caller has to judge blind before he sees what was found."""
    places = {m.call_id for one in found.advice for m in (*one.moments, *one.candidates)}
    hidden = sheets(service, caller, sorted(places))
    advice = tuple(
        replace(
            one,
            moments=tuple(m for m in one.moments if m.call_id not in hidden),
            candidates=tuple(m for m in one.candidates if m.call_id not in hidden),
        )
        for one in found.advice
    )
    return replace(found, advice=advice)


def names_colleagues(service: Service, caller: Caller) -> bool:
    """Whether ``caller`` may know whose calls examples are from."""
    return caller.agent_ids is None or service.settings.name_colleagues


def cases_of(service: Service, caller: Caller) -> list[Case]:
    """What ``caller`` may see of the library."""
    return Cases(service.store).all(is_good=None if caller.agent_ids is None else True)


def case_document(service: Service, caller: Caller, case: Case) -> CaseDocument:
    is_told = names_colleagues(service, caller)
    moment = _moment(service, case)
    return CaseDocument(
        number=case.number,
        call_id=case.call_id if is_told else "",
        rule_id=case.rule_id,
        rule_name=case.rule_name,
        is_good=case.is_good,
        by=case.by if is_told else "",
        at=case.at,
        note=case.note,
        tags=case.tags,
        agent_id=case.agent_id if is_told else None,
        moment=moment if is_told or moment is None else replace(moment, call_id=""),
        audio=case_sound(service, case),
    )


def case_sound(service: Service, case: Case) -> str:
    """Where the case is heard; empty where its recording is gone."""
    return f"/v1/cases/{case.number}/audio" if is_heard(service, case.call_id) else ""


def is_heard(service: Service, call_id: str) -> bool:
    """Whether the recording of a call is there."""
    recording_id = service.store.recording_id(call_id)
    return bool(recording_id and service.recordings.paths(recording_id))


def _seen(service: Service, caller: Caller, number: int) -> Case:
    case = Cases(service.store).case(number)
    if caller.agent_ids is not None and not case.is_good:
        raise Problem(404, "nothing_there", Message(_NO_CASE, {"number": number}))
    return case


def _moment(service: Service, case: Case) -> Moment | None:
    wanted = Outcome.PASSED if case.is_good else Outcome.FAILED
    return moment_in(service.store, case.call_id, case.rule_id, wanted)


def _without_names(found: Coaching) -> Coaching:
    """Without the calls that examples are from."""
    advice = tuple(
        replace(
            one,
            examples=tuple(
                replace(each, moment=replace(each.moment, call_id="")) for each in one.examples
            ),
        )
        for one in found.advice
    )
    return replace(found, advice=advice)
