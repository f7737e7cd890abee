"""What is worth a person's time: the queue, and samples that are judged blindly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.audited import audited
from api.documents import answer, shows
from api.found import sheets
from api.guard import needs
from api.openapi import problems_at
from api.reviews import visible
from api.service import TheService
from autoqa.store import Filter, Overview, Samples, Sort, Standing
from autoqa.store.samples import MOST_CALLS
from autoqa.types import (
    Action,
    Caller,
    Outcome,
    Sample,
    Scope,
    SheetLine,
    Strata,
    Worth,
)

router = APIRouter(tags=["reviews"])

Reviewer = Annotated[Caller, needs(Scope.REVIEW)]
Number = Annotated[int, Path(ge=1, lt=2**31)]
_NONE = problems_at(_404="There is no such sample, or the call is not in it.")
_REFUSED = problems_at(_409="It cannot be so; `detail` says why.")


@dataclass(frozen=True, slots=True)
class QueueDocument:
    """Calls that are worth a person's time, the most pressing first (``worth``: 7 an appeal waits,
    6 a blind judgement differs, 5 a fatal rule failed, 4 what is undetermined decides whether it
    passes, 3 something is undetermined, 2 a review has lapsed, 1 something failed by words that
    were not heard surely). ``next``: for ``after``, where there is more. ``to_judge``: sheets of
    calls that are left out since the caller has to judge them blind first."""

    calls: tuple[Standing, ...]
    next: str | None
    to_judge: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SamplesDocument:
    """The newest first."""

    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class SheetDocument:
    """What the caller has to judge of a call, and has; the machine's outcomes once all is in."""

    sample: int
    call_id: str
    lines: tuple[SheetLine, ...]


class SampleBody(BaseModel):
    """How to draw. Days, teams and agents: from which calls; left out, from all."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(ge=1, le=MOST_CALLS, examples=[30])
    strata: Strata = Field(
        default=Strata.NONE, description="Take equally many of each team, agent, or outcome."
    )
    rule_id: str = Field(default="", max_length=128, description="Judge this rule only.")
    first_day: date | None = None
    last_day: date | None = None
    teams: list[Annotated[str, Field(max_length=128)]] = Field(default=[], max_length=100)
    agent_ids: list[Annotated[str, Field(max_length=128)]] = Field(default=[], max_length=100)
    seed: int | None = Field(
        default=None, ge=0, lt=2**32, description="Draws the same calls again."
    )


class JudgementBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(max_length=512, examples=["2026-11-20/0001.wav"])
    rule_id: str = Field(max_length=128, examples=["greeting"])
    outcome: Outcome = Field(description="`undetermined`: a person cannot tell either.")


@router.get(
    "/v1/queue",
    summary="What is worth a person's time",
    responses=shows(QueueDocument, "A page of calls."),
)
def queue(
    service: TheService,
    caller: Reviewer,
    team: Annotated[list[str] | None, Query(description="Any of these.")] = None,
    first_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    last_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    after: Annotated[str | None, Query(max_length=500, description="A `next`.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Within one reason the latest call comes first."""
    chosen = Filter(
        first_day=first_day,
        last_day=last_day,
        teams=tuple(team or ()),
        agent_ids=caller.agent_ids,
        worth=Worth.UNSURE,
    )
    page = Overview(service.store).page(chosen, sort=Sort.WORTH, after=after, limit=limit)
    waiting = sheets(service, caller, [one.call_id for one in page.rows])
    rows = tuple(one for one in page.rows if one.call_id not in waiting)
    return answer(QueueDocument(rows, page.next, tuple(waiting.values())))


@router.post(
    "/v1/samples",
    summary="Draw a sample",
    status_code=201,
    responses=shows(Sample, "Drawn and kept.", 201) | _REFUSED,
)
def draw(request: Request, service: TheService, caller: Reviewer, body: SampleBody) -> Response:
    """Calls drawn by lot, to be judged before the machine's outcomes are seen."""
    own = caller.agent_ids
    asked = frozenset(body.agent_ids) or None
    sample = Samples(service.store).draw(
        caller.name,
        body.size,
        strata=body.strata,
        rule_id=body.rule_id,
        chosen=Filter(
            first_day=body.first_day,
            last_day=body.last_day,
            teams=tuple(body.teams),
            agent_ids=asked if own is None else own & (asked or own),
        ),
        seed=body.seed,
    )
    audited(request, caller, Action.SAMPLE, str(sample.number))
    return answer(sample, 201)


@router.get("/v1/samples", summary="List samples", responses=shows(SamplesDocument, "All samples."))
def list_samples(service: TheService, _caller: Reviewer) -> Response:
    return answer(SamplesDocument(tuple(Samples(service.store).samples())))


@router.get(
    "/v1/samples/{number}", summary="Read a sample", responses=shows(Sample, "The sample.") | _NONE
)
def read_sample(service: TheService, _caller: Reviewer, number: Number) -> Response:
    """Its calls in the order in which they were drawn; nothing of their scores."""
    return answer(Samples(service.store).sample(number))


@router.get(
    "/v1/samples/{number}/sheet",
    summary="What I have to judge of a call",
    responses=shows(SheetDocument, "The caller's own sheet.") | _NONE,
)
def sheet(
    service: TheService,
    caller: Reviewer,
    number: Number,
    call_id: Annotated[str, Query(max_length=512)],
) -> Response:
    visible(service, caller, call_id)
    lines = Samples(service.store).sheet(number, call_id, caller.name)
    return answer(SheetDocument(number, call_id, tuple(lines)))


@router.post(
    "/v1/samples/{number}/judgements",
    summary="Judge a finding blindly",
    status_code=201,
    responses=shows(SheetDocument, "Kept; the caller's own sheet.", 201) | _NONE | _REFUSED,
)
def judge(
    request: Request,
    service: TheService,
    caller: Reviewer,
    number: Number,
    body: JudgementBody,
) -> Response:
    """It changes no score. Where it differs from the machine, the call goes to the queue."""
    visible(service, caller, body.call_id)
    samples = Samples(service.store)
    samples.judge(number, body.call_id, body.rule_id, caller.name, body.outcome)
    audited(request, caller, Action.REVIEW, body.call_id, rule_id=body.rule_id, sample=str(number))
    lines = samples.sheet(number, body.call_id, caller.name)
    return answer(SheetDocument(number, body.call_id, tuple(lines)), 201)
