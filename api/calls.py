"""Calls that were posted or scored before: list, read, hear, print, score again, delete."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from api.audited import audited
from api.documents import answer, shows
from api.found import (
    CallDocument,
    JobDocument,
    call_document,
    find,
    job_document,
    judged_first,
    may_see,
    not_telling,
    sheets,
)
from api.guard import needs
from api.openapi import problems_at
from api.paths import CALL, CallId, call_path
from api.playing import played
from api.problems import Problem
from api.service import Service, TheService
from api.sounds import make_copy, make_report
from autoqa.audio.playback import MIME
from autoqa.bundle.making import bundle_of
from autoqa.i18n import N_
from autoqa.scoring.view import day_of
from autoqa.store import Filter, Overview, Reviews, Sort, Standing
from autoqa.store.recordings import PLAYBACK
from autoqa.types import (
    Action,
    AppealState,
    Caller,
    JobKind,
    JobState,
    Message,
    Order,
    ReviewState,
    Scope,
    Segment,
    Worth,
)

router = APIRouter(tags=["calls"])

_NOT_SCORED = N_("the call {call_id} is not scored yet; see its state")
_NO_AUDIO = N_("the recording of {call_id} is not there any more")
_NO_CHANNEL = N_("the recording has no channel {channel}")
_NONE = problems_at(_404="There is no such call, or none that the caller may see.")

_SOUND: dict[int | str, Any] = {
    200: {"content": {MIME: {}}, "description": "A copy in a codec that browsers know."},
    206: {"content": {MIME: {}}, "description": "The range that was asked for."},
    416: {"content": {"text/plain": {}}, "description": "It has no such range."},
    **problems_at(_404="There is no such call, channel or recording."),
}
_GONE: dict[int | str, Any] = {204: {"description": "Gone."}, **_NONE}
_PAGE: dict[int | str, Any] = {
    200: {"description": "A page that needs nothing else, with clips to hear."},
    **_NONE,
    **problems_at(_409="It is not scored yet, or the caller has to judge it blind first."),
}

Readers = Annotated[Caller, needs(Scope.READ)]
Unmasked = Annotated[
    bool, Query(description="With personal data, for those with the scope `unmask`.")
]


@dataclass(frozen=True, slots=True)
class CallsDocument:
    """A page of calls. ``next``: the path of the next page; null on the last.

    ``to_judge``: sheets of calls of this page that are left out since the caller has to judge them
    blind first. Pages chosen or sorted by what was found do not even name such calls: that they are
    there would tell."""

    calls: tuple[Standing, ...]
    next: str | None
    to_judge: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobsDocument:
    """Jobs in one state, newest first, each with the call it is about."""

    jobs: tuple[tuple[str, JobDocument], ...]


@router.get(
    "/v1/calls", summary="List scored calls", responses=shows(CallsDocument, "A page of calls.")
)
def list_calls(
    request: Request,
    service: TheService,
    caller: Readers,
    first_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    last_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    team: Annotated[list[str] | None, Query(description="Any of these.")] = None,
    agent_id: Annotated[list[str] | None, Query(description="Any of these.")] = None,
    lowest: Annotated[float | None, Query(ge=0, le=100, description="Final score.")] = None,
    highest: Annotated[float | None, Query(ge=0, le=100, description="Final score.")] = None,
    failed_rule: Annotated[str, Query(description="Id of a rule that failed.")] = "",
    undetermined: Annotated[bool | None, Query(description="Something is undetermined.")] = None,
    fatal: Annotated[bool | None, Query(description="A fatal rule failed.")] = None,
    passed: bool | None = None,
    reviewed: Annotated[list[ReviewState] | None, Query(description="Any of these.")] = None,
    appeal: AppealState | None = None,
    alert: Annotated[int, Query(ge=0, le=9, description="At least this level.")] = 0,
    worth: Annotated[Worth, Query(description="At least this worth a person's time.")] = (
        Worth.NOTHING
    ),
    text: Annotated[str, Query(max_length=500, description="A part of the call's id.")] = "",
    sort: Sort = Sort.TIME,
    descending: bool = True,
    after: Annotated[str | None, Query(description="From `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Response:
    """Calls by what they are and how they stand, newest first unless told otherwise."""
    agent_ids = caller.agent_ids
    if agent_id:
        agent_ids = frozenset(agent_id) & (agent_ids if agent_ids is not None else {*agent_id})
    chosen = Filter(
        first_day=first_day,
        last_day=last_day,
        teams=tuple(team or ()),
        agent_ids=agent_ids,
        lowest=lowest,
        highest=highest,
        failed_rule=failed_rule,
        undetermined=undetermined,
        fatal=fatal,
        passed=passed,
        reviewed=tuple(reviewed or ()),
        appeal=appeal,
        alert=alert,
        worth=worth,
        text=text,
    )
    chosen = not_telling(service, caller, chosen, sort)
    page = Overview(service.store).page(
        chosen, sort=sort, descending=descending, after=after, limit=limit
    )
    following = request.url.include_query_params(after=page.next) if page.next else None
    path = f"{following.path}?{following.query}" if following else None
    waiting = sheets(service, caller, [one.call_id for one in page.rows])
    rows = tuple(one for one in page.rows if one.call_id not in waiting)
    return answer(CallsDocument(rows, path, tuple(waiting.values())))


@router.get(
    CALL, summary="Read a call", responses=shows(CallDocument, "What is known of it.") | _NONE
)
def read_call(
    request: Request,
    service: TheService,
    caller: Readers,
    call_id: CallId,
    unmasked: Unmasked = False,
) -> Response:
    """How far it is, what was heard, what the rules say, and what people said of that."""
    found = find(service, caller, call_id, unmasked=unmasked)
    audited(request, caller, Action.UNMASK if unmasked else Action.CALL_READ, call_id)
    return answer(call_document(service, caller, found))


@router.get(
    CALL + "/audio",
    summary="Hear a call",
    response_class=StreamingResponse,
    responses=_SOUND,
)
async def hear_call(
    request: Request,
    service: TheService,
    caller: Readers,
    call_id: CallId,
    channel: Annotated[
        int | None, Query(ge=0, le=7, description="One line; without, all of them mixed.")
    ] = None,
    unmasked: Unmasked = False,
) -> Response:
    """The recording, to be played from anywhere (`Range`), personal data bleeped."""
    found = await asyncio.to_thread(partial(find, service, caller, call_id, unmasked=unmasked))
    bleeps = () if unmasked else await asyncio.to_thread(service.unheard, call_id)
    copy = _copy(service, found.recording_id, channel, bleeps)
    if not copy.is_file():
        paths = await asyncio.to_thread(service.recordings.paths, found.recording_id)
        if not paths:
            raise Problem(404, "no_audio", Message(_NO_AUDIO, {"call_id": call_id}))
        raw = found.job.order.raw if found.job else ""
        made = await service.chores.do(
            make_copy, paths, raw, channel, copy, service.settings, bleeps
        )
        if not made:
            raise Problem(404, "no_channel", Message(_NO_CHANNEL, {"channel": channel or 0}))
    action = Action.UNMASK if unmasked else Action.RECORDING_READ
    await asyncio.to_thread(audited, request, caller, action, call_id)
    return await asyncio.to_thread(played, copy, MIME, request.headers.get("range"))


@router.get(
    CALL + "/report.html",
    summary="Print a call",
    response_class=HTMLResponse,
    responses=_PAGE,
)
async def report(
    request: Request, service: TheService, caller: Readers, call_id: CallId
) -> Response:
    """The call on one page, as the final scorecard has it."""
    found = await asyncio.to_thread(find, service, caller, call_id)
    stands = await asyncio.to_thread(Reviews(service.store).reviewed, call_id)
    if found.call is None or stands is None:
        raise Problem(409, "not_scored", Message(_NOT_SCORED, {"call_id": call_id}))
    await asyncio.to_thread(judged_first, service, caller, call_id)
    rule_set = await asyncio.to_thread(lambda: service.rules.rule_set)
    page = await service.chores.do(
        make_report,
        found.call,
        found.contact,
        stands.final,
        rule_set.rationales(day_of(found.contact)),
        await asyncio.to_thread(service.recordings.paths, found.recording_id),
        found.job.order.raw if found.job else "",
        service.settings,
        await asyncio.to_thread(service.unheard, call_id),
    )
    await asyncio.to_thread(audited, request, caller, Action.RECORDING_READ, call_id)
    # The page brings a policy of its own, which names its style and script.
    return HTMLResponse(page, headers={"Content-Security-Policy": "frame-ancestors 'none'"})


@router.get(
    CALL + "/bundle.html",
    summary="Take the evidence of a score along",
    response_class=HTMLResponse,
    responses=_PAGE | problems_at(_422="The rules that it was scored by are not there any more."),
)
async def bundle(
    request: Request, service: TheService, caller: Readers, call_id: CallId
) -> Response:
    """What the machine's score follows from: masked words, bleeped clips, the rules as they were,
    and hashes of all. `autoqa verify` makes the score again."""
    found = await asyncio.to_thread(find, service, caller, call_id)
    if found.call is None:
        raise Problem(409, "not_scored", Message(_NOT_SCORED, {"call_id": call_id}))
    await asyncio.to_thread(judged_first, service, caller, call_id)
    made = await service.chores.do(bundle_of, call_id, service.settings, service.rules.folder)
    await asyncio.to_thread(audited, request, caller, Action.BUNDLE, call_id)
    name = quote(f"{call_id.replace('/', '_')}.bundle.html")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HTMLResponse(made.page, headers=headers)


@router.post(
    CALL + "/rescore",
    summary="Score a call again",
    status_code=202,
    responses=shows(CallDocument, "It waits for a worker.", 202)
    | _NONE
    | problems_at(_409="Nothing was heard yet."),
)
def rescore(
    request: Request,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.RULES)],
    call_id: CallId,
) -> Response:
    """By the rules in force; the earlier scorecards stay, and a decided appeal is not undone."""
    found = find(service, caller, call_id)
    if found.call is None:
        raise Problem(409, "not_scored", Message(_NOT_SCORED, {"call_id": call_id}))
    order = Order(JobKind.RESCORE, found.recording_id, found.contact, submitter=caller.name)
    job = found.job
    if job is None or job.state.is_over:
        job = service.jobs.submit(order)
    audited(request, caller, Action.CALL_RESCORE, call_id)
    document = call_document(service, caller, replace(found, job=job))
    return answer(document, 202, {"Location": call_path(call_id)})


@router.delete(CALL, summary="Delete a call", status_code=204, responses=_GONE)
def delete(
    request: Request,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.ADMIN)],
    call_id: CallId,
) -> Response:
    """Recording, transcript, results, reviews and jobs go; the lines of the audit log stay.

    What other calls have the same recording keep it. Recordings of a folder that was scored stay in
    their folder.
    """
    found = find(service, caller, call_id)
    service.retention.delete({call_id: found.recording_id})
    service.store.scrub()
    audited(request, caller, Action.CALL_DELETE, call_id)
    return Response(status_code=204)


@router.get(
    "/v1/jobs", summary="List work in one state", responses=shows(JobsDocument, "Newest first.")
)
def list_jobs(
    service: TheService,
    caller: Readers,
    state: JobState = JobState.WAITING,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Calls that wait, are being heard, or could not be heard and why."""
    jobs = service.jobs.newest(state, limit)
    seen = [job for job in jobs if may_see(caller, job.order.contact)]
    return answer(JobsDocument(tuple((job.call_id, job_document(job)) for job in seen)))


def _copy(
    service: Service, recording_id: str, channel: int | None, bleeps: Sequence[Segment]
) -> Path:
    """Where a copy is kept; one with other bleeps is another."""
    folder = service.settings.data_dir / PLAYBACK / recording_id[:2]
    line = "mix" if channel is None else str(channel)
    mark = "." + hashlib.sha256(repr(bleeps).encode()).hexdigest()[:12] if bleeps else ""
    return folder / f"{recording_id}.{line}{mark}.ogg"
