"""A call as a caller may see it: what is stored of it, and the job that is at it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from api.guard import demand
from api.paths import call_path
from api.problems import Problem
from api.service import Service
from autoqa.i18n import N_
from autoqa.store import Filter, Overview, Reviews, Samples, Sort, Standing
from autoqa.types import (
    Call,
    Caller,
    Contact,
    Job,
    JobKind,
    JobState,
    Message,
    Review,
    ReviewKind,
    Scope,
    Scorecard,
    Step,
)

_TO_JUDGE = N_("you have to judge {call_id} before you see what was found in it: {path}")
_NO_CALL = N_("there is no call {call_id}, or none that {name} may see")


@dataclass(frozen=True, slots=True)
class JobDocument:
    """Work on a call. ``step``: of one that is running; ``error``: why it failed."""

    id: str
    kind: JobKind
    state: JobState
    step: Step | None
    attempts: int
    submitted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: Message | None


@dataclass(frozen=True, slots=True)
class Links:
    """Paths of what belongs to a call."""

    self: str
    audio: str
    report: str
    reviews: str
    rescore: str


@dataclass(frozen=True, slots=True)
class CallDocument:
    """A call: what is known of it so far.

    ``state``: of the latest work on it; while it waits or runs there may be a scorecard of earlier
    work. ``scorecard``: the machine's, by which the call stands; ``final``: the same with what
    people said (``reviews``). ``standing``: the final figures, as the list of calls has them.
    ``to_judge``: where the caller has to judge it blind first; till then those four are empty.
    """

    id: str
    state: JobState
    job: JobDocument | None
    contact: Contact
    call: Call | None
    scorecard: Scorecard | None
    final: Scorecard | None
    reviews: tuple[Review, ...]
    standing: Standing | None
    to_judge: str | None
    links: Links


@dataclass(frozen=True, slots=True)
class Found:
    """``call``: as it is interpreted now; None while nothing was heard, and after its time."""

    contact: Contact
    recording_id: str
    job: Job | None
    call: Call | None


def find(service: Service, caller: Caller, call_id: str, *, unmasked: bool = False) -> Found:
    """The call of this id. ``Problem`` 404 where there is none or the caller may not see it.

    ``unmasked``: with personal data; ``Problem`` 403 for who may not see it.
    """
    if unmasked:
        demand(caller, Scope.UNMASK)
    stored = next(iter(service.store.stored([call_id])), None)
    job = next(iter(service.jobs.of_call(call_id)), None)
    contact = stored.contact if stored else job.order.contact if job else None
    standing = None if stored else Overview(service.store).call(call_id)
    if standing is not None:  # its words were kept for their time
        contact = next(iter(service.store.contacts([call_id])), contact)
    if contact is None or not may_see(caller, contact):
        raise Problem(404, "no_call", Message(_NO_CALL, {"call_id": call_id, "name": caller.name}))
    if stored is None:
        known = standing.recording_id if standing else job.order.recording_id if job else ""
        return Found(contact, known, job, None)
    call = service.heard(stored, unmasked=unmasked)
    return Found(contact, call.recording.id, job, call)


def may_see(caller: Caller, contact: Contact) -> bool:
    """Agents see the calls, and the parts of calls, that are theirs."""
    if caller.agent_ids is None:
        return True
    own = {contact.agent_id} if contact.agent_id else set(contact.agent_ids)
    return not own.isdisjoint(caller.agent_ids)


def sheets(service: Service, caller: Caller, call_ids: Collection[str]) -> dict[str, str]:
    """Those of the calls that the caller has to judge blind, and the paths of their sheets."""
    return {
        call_id: f"/v1/samples/{number}/sheet?call_id={quote(call_id, safe='')}"
        for call_id, (number, _) in Samples(service.store).waiting(call_ids, caller.name).items()
    }


def not_telling(service: Service, caller: Caller, chosen: Filter, sort: Sort) -> Filter:
    """The same, without calls that the caller has to judge blind where being listed, or at which
    place, would tell what was found in them."""
    if not chosen.tells and sort not in (Sort.SCORE, Sort.WORTH):
        return chosen
    return replace(chosen, without=tuple(Samples(service.store).waiting(None, caller.name)))


def judged_first(service: Service, caller: Caller, call_id: str) -> None:
    """``Problem`` 409 where the caller has to judge the call blind first."""
    if path := sheets(service, caller, [call_id]).get(call_id):
        raise Problem(409, "to_judge", Message(_TO_JUDGE, {"call_id": call_id, "path": path}))


def call_document(service: Service, caller: Caller, found: Found) -> CallDocument:
    call_id = found.contact.call_id
    reviews = Reviews(service.store)
    to_judge = sheets(service, caller, [call_id]).get(call_id)
    # Blind judgements are of their sample, and tell nothing before it is judged.
    said = (one for one in reviews.of_call(call_id) if one.kind != ReviewKind.JUDGEMENT)
    stands = None if to_judge else reviews.reviewed(call_id)
    return CallDocument(
        id=call_id,
        state=found.job.state if found.job else JobState.DONE,
        job=job_document(found.job) if found.job else None,
        contact=found.contact,
        call=found.call,
        scorecard=stands.machine if stands else None,
        final=stands.final if stands else None,
        reviews=() if to_judge else tuple(said),
        standing=None if to_judge else Overview(service.store).call(call_id),
        to_judge=to_judge,
        links=Links(
            self=call_path(call_id),
            audio=call_path(call_id, "/audio"),
            report=call_path(call_id, "/report.html"),
            reviews=call_path(call_id, "/reviews"),
            rescore=call_path(call_id, "/rescore"),
        ),
    )


def job_document(job: Job) -> JobDocument:
    return JobDocument(
        job.id,
        job.order.kind,
        job.state,
        job.step,
        job.attempts,
        job.submitted_at,
        job.started_at,
        job.ended_at,
        job.error,
    )
