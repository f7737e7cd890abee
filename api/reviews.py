"""What people say about findings: reviews, appeals and their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.audited import audited
from api.documents import answer, shows
from api.found import judged_first
from api.guard import needs
from api.openapi import problems_at
from api.paths import CALL, CallId
from api.problems import Problem
from api.service import Service, TheService
from autoqa.i18n import N_
from autoqa.scoring.reviewed import Reviewed, occurrence_ids
from autoqa.store import Appeal, Overview, Reviews, Standing
from autoqa.store.reviews import MOST_CHARACTERS
from autoqa.types import (
    Action,
    AppealState,
    Caller,
    Draft,
    Message,
    Outcome,
    Review,
    ReviewKind,
    ReviewState,
    Scope,
)

router = APIRouter(tags=["reviews"])

_NO_CALL = N_("there is no call {call_id}, or none that {name} may see")
_NO_APPEAL = N_("there is no appeal {number}")
_NONE = problems_at(_404="There is no such call, finding or occurrence for the caller.")
_REFUSED = problems_at(_409="This cannot be said of it, or not by the caller; `detail` says why.")

Reader = Annotated[Caller, needs(Scope.READ)]
Number = Annotated[int, Path(ge=1, lt=2**31)]


class OpenReview(StrEnum):
    """What a reviewer may do."""

    CONFIRM = "confirm"
    CORRECT = "correct"
    COMMENT = "comment"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReviewBody(_Body):
    """What to say about a finding, or about one case of it."""

    rule_id: str = Field(max_length=128, examples=["greeting"])
    kind: OpenReview
    occurrence: str = Field(
        default="", max_length=32, description="Which case, by its id; empty: the whole finding."
    )
    outcome: Outcome | None = Field(
        default=None, description="What it is, for `correct`; for `confirm` what the caller sees."
    )
    reason: str = Field(default="", max_length=MOST_CHARACTERS, examples=["问候语说了，识别漏了"])
    rule_version: str = Field(
        default="", max_length=64, description="Of the finding that was looked at; else not asked."
    )


class AppealBody(_Body):
    rule_id: str = Field(max_length=128, examples=["greeting"])
    occurrence: str = Field(default="", max_length=32)
    reason: str = Field(min_length=1, max_length=MOST_CHARACTERS, examples=["我问候了"])


class DecisionBody(_Body):
    upheld: bool
    reason: str = Field(min_length=1, max_length=MOST_CHARACTERS, examples=["录音中确有问候"])
    outcome: Outcome = Field(
        default=Outcome.PASSED, description="What it is where the appeal is upheld."
    )


@dataclass(frozen=True, slots=True)
class CaseState:
    """An occurrence: its id, the machine's outcome, and the final one."""

    id: str
    machine: Outcome
    final: Outcome


@dataclass(frozen=True, slots=True)
class FindingState:
    """``lost``: points in the end."""

    rule_id: str
    rule_version: str
    machine: Outcome
    final: Outcome
    lost: float
    done: bool
    occurrences: tuple[CaseState, ...]


@dataclass(frozen=True, slots=True)
class ReviewsDocument:
    """Everything that was said openly of a call, oldest first, and what comes of it.

    ``lapsed``: numbers of reviews that are about another version of a rule, or about an occurrence
    that is not there any more.
    """

    call_id: str
    rule_set_version: str
    state: ReviewState
    machine_score: float | None
    score: float | None
    findings: tuple[FindingState, ...]
    reviews: tuple[Review, ...]
    lapsed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SaidDocument:
    """What was kept, and how the call stands now."""

    review: Review
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class AppealDocument:
    """An appeal and, once it is decided, the decision."""

    number: int
    state: AppealState
    agent_id: str | None
    appeal: Review
    decision: Review | None


@dataclass(frozen=True, slots=True)
class AppealsDocument:
    """``next``: for ``after``, where there is more."""

    appeals: tuple[AppealDocument, ...]
    next: int | None


def visible(service: Service, caller: Caller, call_id: str) -> Standing:
    """How a call stands. ``Problem`` 404 where it is not scored or the caller may not see it."""
    row = Overview(service.store).call(call_id)
    if row is None or (caller.agent_ids is not None and row.agent_id not in caller.agent_ids):
        params = {"call_id": call_id, "name": caller.name}
        raise Problem(404, "no_call", Message(_NO_CALL, params))
    return row


# ---------------------------------------------------------------- reviews


@router.post(
    CALL + "/reviews",
    summary="Confirm, correct or comment on a finding",
    status_code=201,
    responses=shows(SaidDocument, "Kept; the call stands by it.", 201) | _NONE | _REFUSED,
)
def add_review(
    request: Request,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.REVIEW)],
    call_id: CallId,
    body: ReviewBody,
) -> Response:
    """What is said is kept for good and never changed; the last word on something holds."""
    visible(service, caller, call_id)
    judged_first(service, caller, call_id)
    draft = Draft(
        call_id,
        body.rule_id,
        ReviewKind(body.kind.value),
        caller.name,
        body.occurrence,
        body.outcome,
        body.reason,
        body.rule_version,
    )
    return _kept(request, service, caller, Action.REVIEW, Reviews(service.store).add(draft))


@router.get(
    CALL + "/reviews",
    summary="What people said of a call",
    responses=shows(ReviewsDocument, "Everything that was said of it.") | _NONE | _REFUSED,
)
def read_reviews(
    request: Request, service: TheService, caller: Reader, call_id: CallId
) -> Response:
    """Blind judgements are not among them: they are of their sample."""
    standing = visible(service, caller, call_id)
    judged_first(service, caller, call_id)
    reviews = Reviews(service.store)
    said = reviews.reviewed(call_id)
    assert said is not None
    audited(request, caller, Action.CALL_READ, call_id)
    spoken = (one for one in reviews.of_call(call_id) if one.kind != ReviewKind.JUDGEMENT)
    return answer(
        ReviewsDocument(
            call_id,
            standing.rule_set_version,
            said.state,
            standing.machine_score,
            standing.score,
            tuple(_findings(said)),
            tuple(spoken),
            tuple(one.number for one in said.lapsed),
        )
    )


# ---------------------------------------------------------------- appeals


@router.post(
    CALL + "/appeals",
    summary="Appeal against a finding",
    status_code=201,
    responses=shows(SaidDocument, "Kept; somebody else decides it.", 201) | _NONE | _REFUSED,
)
def appeal(
    request: Request,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.APPEAL)],
    call_id: CallId,
    body: AppealBody,
) -> Response:
    """The agent of a call objects to what failed in it."""
    visible(service, caller, call_id)
    draft = Draft(
        call_id,
        body.rule_id,
        ReviewKind.APPEAL,
        caller.name,
        body.occurrence,
        reason=body.reason,
    )
    return _kept(request, service, caller, Action.APPEAL, Reviews(service.store).add(draft))


@router.get(
    "/v1/appeals",
    summary="List appeals",
    responses=shows(AppealsDocument, "Appeals, oldest first."),
)
def list_appeals(
    service: TheService,
    caller: Reader,
    state: Annotated[AppealState | None, Query(description="`open` or `decided`.")] = None,
    after: Annotated[int, Query(ge=0, lt=2**31, description="A `next`.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Agents see those about their own calls."""
    wanted = None if state == AppealState.NONE else state
    found = Reviews(service.store).appeals(
        wanted, agent_ids=caller.agent_ids, after=after, limit=limit
    )
    following = found[-1].review.number if len(found) == limit else None
    return answer(AppealsDocument(tuple(map(_appeal, found)), following))


@router.post(
    "/v1/appeals/{number}/decision",
    summary="Decide an appeal",
    status_code=201,
    responses=shows(SaidDocument, "Decided; it stands whatever rules come.", 201)
    | problems_at(_404="There is no such appeal.")
    | _REFUSED,
)
def decide(
    request: Request,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.DECIDE)],
    number: Number,
    body: DecisionBody,
) -> Response:
    """Nobody decides his own appeal, or about a finding that he reviewed."""
    reviews = Reviews(service.store)
    asked = reviews.appeal(number)
    if asked is None:
        raise Problem(404, "no_appeal", Message(_NO_APPEAL, {"number": number}))
    visible(service, caller, asked.review.call_id)
    made = reviews.decide(
        number, caller.name, upheld=body.upheld, reason=body.reason, outcome=body.outcome
    )
    return _kept(request, service, caller, Action.DECIDE, made)


def _kept(
    request: Request, service: Service, caller: Caller, action: Action, review: Review
) -> Response:
    detail = {"rule_id": review.rule_id, "kind": review.kind.value, "number": str(review.number)}
    audited(request, caller, action, review.call_id, **detail)
    return answer(SaidDocument(review, Overview(service.store).call(review.call_id)), 201)


def _appeal(one: Appeal) -> AppealDocument:
    return AppealDocument(one.review.number, one.state, one.agent_id, one.review, one.decision)


def _findings(said: Reviewed) -> list[FindingState]:
    return [
        FindingState(
            machine.rule_id,
            machine.rule_version,
            machine.outcome,
            final.outcome,
            float(final.points_lost),
            machine.rule_id in said.done,
            tuple(
                CaseState(name, before.outcome, after.outcome)
                for name, before, after in zip(
                    occurrence_ids(machine), machine.occurrences, final.occurrences, strict=True
                )
            ),
        )
        for machine, final in zip(said.machine.findings, said.final.findings, strict=True)
    ]
