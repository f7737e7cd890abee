"""``/v1/ledger``: the ledger of problems; reviewers open, supervisors change; not for agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from api.audited import audited
from api.documents import answer, shows
from api.guard import needs
from api.openapi import problems_at
from api.problems import Problem
from api.service import Service, TheService
from autoqa.i18n import N_, render
from autoqa.ledger.effect import Effect, effect
from autoqa.ledger.workbook import MEDIA, Imported, LedgerFaults, ledger_book, read_into
from autoqa.store import Alerts, Issues, Overview
from autoqa.store.issues import MOST_MEASURE, MOST_NAME, MOST_TITLE, IssueFilter
from autoqa.types import Action, Caller, Change, Issue, IssueState, Message, Plan, Scope, Value

router = APIRouter(tags=["follow-up"])

MOST_BOOK_BYTES = 5_000_000

Number = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
Reviewers = Annotated[Caller, needs(Scope.REVIEW)]
Deciders = Annotated[Caller, needs(Scope.DECIDE)]
Title = Annotated[str, Field(min_length=1, max_length=MOST_TITLE, pattern=r"\S")]
Name = Annotated[str, Field(max_length=MOST_NAME)]
Measure = Annotated[str, Field(max_length=MOST_MEASURE)]

_NONE = N_("there is no problem {number} in the ledger")
_NO_CALL = N_("there is no call {id}")
_NO_ALERT = N_("there is no alert {number}")
_CHANGED = N_("{who} changed the problem {number} meanwhile; load it again")
_BAD_BOOK = N_("the workbook has {count} faults; nothing was taken over")
_LARGE = N_("the workbook is larger than {most} bytes")


class OpenBody(BaseModel):
    """``call_id``, ``alert``: what it is opened from."""

    model_config = ConfigDict(extra="forbid")

    title: Title = Field(examples=["四组开场白漏报工号"])
    department: Name = ""
    owner: Name = ""
    measure: Measure = ""
    measured_from: date | None = None
    due: date | None = None
    rule_id: Name = ""
    team: Name = ""
    call_id: Annotated[str, Field(max_length=512)] = ""
    alert: Annotated[int, Field(ge=0, lt=2**31)] = 0


class ChangeBody(BaseModel):
    """What is left out stays. ``version``: of the problem as it was read."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, lt=2**31)]
    title: Title | None = None
    department: Name | None = None
    owner: Name | None = None
    measure: Measure | None = None
    measured_from: date | None = None
    due: date | None = None
    state: IssueState | None = None
    rule_id: Name | None = None
    team: Name | None = None


@dataclass(frozen=True, slots=True)
class IssueDocument:
    """A problem. ``effect``: its rule's failures before and after the measure; null without."""

    number: int
    version: int
    title: str
    department: str
    owner: str
    measure: str
    measured_from: date | None
    due: date | None
    state: IssueState
    rule_id: str
    team: str
    is_overdue: bool
    opened_by: str
    opened_at: datetime
    call_id: str
    alert: int
    effect: Effect | None = None
    history: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerDocument:
    """Unfinished ones first, what is due soonest before all."""

    issues: tuple[IssueDocument, ...]


@dataclass(frozen=True, slots=True)
class ImportDocument:
    """Numbers of the problems. ``conflicts``: cells that somebody changed meanwhile; what is in
    the ledger stays there."""

    added: tuple[int, ...]
    changed: tuple[int, ...]
    conflicts: tuple[str, ...]


def chosen(
    service: TheService,
    state: Annotated[list[IssueState] | None, Query(description="Any of these.")] = None,
    department: Annotated[str, Query(max_length=MOST_NAME)] = "",
    owner: Annotated[str, Query(max_length=MOST_NAME)] = "",
    rule_id: Annotated[str, Query(max_length=MOST_NAME)] = "",
    team: Annotated[str, Query(max_length=MOST_NAME)] = "",
    q: Annotated[str, Query(max_length=120, description="A part of title or measure.")] = "",
    overdue: Annotated[bool, Query(description="Only those that are overdue.")] = False,
) -> IssueFilter:
    on = today(service) if overdue else None
    return IssueFilter(tuple(state or ()), department, owner, rule_id, team, q, on)


Chosen = Annotated[IssueFilter, Depends(chosen)]


@router.get(
    "/v1/ledger",
    summary="List problems",
    responses=shows(LedgerDocument, "Without effect and history."),
)
def list_issues(service: TheService, _caller: Reviewers, wanted: Chosen) -> Response:
    day = today(service)
    found = Issues(service.store).chosen(wanted)
    return answer(LedgerDocument(tuple(_document(issue, day) for issue in found)))


@router.post(
    "/v1/ledger",
    summary="Open a problem",
    status_code=201,
    responses=shows(IssueDocument, "It is in the ledger.", 201)
    | problems_at(_404="There is no such call or alert."),
)
def open_issue(
    request: Request, service: TheService, caller: Reviewers, body: OpenBody
) -> Response:
    """From a finding (`call_id`, `rule_id`), from an alert or by hand."""
    sources = {"call_id", "alert"}
    plan = Plan(**body.model_dump(exclude=sources))
    issue = opened(request, service, caller, plan, call_id=body.call_id, alert=body.alert)
    headers = {"Location": f"/v1/ledger/{issue.number}"}
    return answer(_whole(service, issue), 201, headers)


@router.get(
    "/v1/ledger.xlsx",
    summary="The ledger as a workbook",
    response_class=Response,
    responses={200: {"description": "For Excel.", "content": {MEDIA: {}}}},
)
def export(request: Request, service: TheService, caller: Reviewers, wanted: Chosen) -> Response:
    """To be edited and read back by `POST /v1/ledger/import`."""
    audited(request, caller, Action.EXPORT, "ledger")
    headers = {"Content-Disposition": 'attachment; filename="ledger.xlsx"'}
    return Response(ledger_book(service.store, wanted, today(service)), 200, headers, MEDIA)


@router.post(
    "/v1/ledger/import",
    summary="Read an edited workbook back",
    responses=shows(ImportDocument, "What was taken over.")
    | problems_at(_413="It is too large.", _422="Its faults, by cell; nothing was taken over."),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MEDIA: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take_in(request: Request, service: TheService, caller: Deciders) -> Response:
    """Rows without a number are added. Cells that somebody changed meanwhile are told and left."""
    content = await request.body()
    if len(content) > MOST_BOOK_BYTES:
        raise Problem(413, "too_large", Message(_LARGE, {"most": MOST_BOOK_BYTES}))
    done = imported(request, service, caller, content)
    return answer(ImportDocument(done.added, done.changed, tuple(map(str, done.conflicts))))


@router.get(
    "/v1/ledger/{number}",
    summary="Read a problem",
    responses=shows(IssueDocument, "With effect and history.")
    | problems_at(_404="No such problem."),
)
def read_issue(service: TheService, _caller: Reviewers, number: Number) -> Response:
    return answer(_whole(service, found_issue(service, number)))


@router.patch(
    "/v1/ledger/{number}",
    summary="Change a problem",
    responses=shows(IssueDocument, "As it is now.")
    | problems_at(_404="No such problem.", _409="Somebody changed it meanwhile."),
)
def change_issue(
    request: Request, service: TheService, caller: Deciders, number: Number, body: ChangeBody
) -> Response:
    """Only what is named; `null` takes a day away."""
    values = body.model_dump(exclude={"version"}, exclude_unset=True)
    days = ("measured_from", "due")
    told = {k: value for k, value in values.items() if value is not None or k in days}
    issue = changed(request, service, caller, number, told, body.version)
    return answer(_whole(service, issue))


# ---------------------------------------------------------------- for pages, too


def today(service: Service) -> date:
    """By the bank's calendar."""
    return datetime.now(ZoneInfo(service.settings.time_zone)).date()


def opened(
    request: Request, service: Service, caller: Caller, plan: Plan, *, call_id: str, alert: int
) -> Issue:
    """A new problem. ``Problem`` 404 for a call or an alert that there is not."""
    if call_id and Overview(service.store).call(call_id) is None:
        raise Problem(404, "no_call", Message(_NO_CALL, {"id": call_id}))
    if alert and Alerts(service.store).find(alert) is None:
        raise Problem(404, "no_alert", Message(_NO_ALERT, {"number": alert}))
    issue = Issues(service.store).open(plan, caller.name, call_id=call_id, alert=alert)
    audited(request, caller, Action.ISSUE_OPEN, str(issue.number))
    return issue


def found_issue(service: Service, number: int) -> Issue:
    """``Problem`` 404 where there is none."""
    issue = Issues(service.store).find(number)
    if issue is None:
        raise Problem(404, "no_issue", Message(_NONE, {"number": number}))
    return issue


def changed(
    request: Request,
    service: Service,
    caller: Caller,
    number: int,
    told: Mapping[str, Any],
    version: int,
) -> Issue:
    """With what was told. ``Problem`` 404 where there is none, 409 where it is not ``version``."""
    issues = Issues(service.store)
    plan = replace(found_issue(service, number).plan, **told)
    issue = issues.change(number, plan, caller.name, version=version)
    if issue is None:
        params: dict[str, Value] = {"who": issues.history(number)[-1].who, "number": number}
        raise Problem(409, "issue_changed", Message(_CHANGED, params))
    audited(
        request,
        caller,
        Action.ISSUE_CHANGE,
        str(number),
        fields=" ".join(sorted(told)),
        state=issue.plan.state.value,
    )
    return issue


def imported(request: Request, service: Service, caller: Caller, content: bytes) -> Imported:
    """What of a workbook was taken over. ``Problem`` 422 with the faults of its cells."""
    try:
        done = read_into(service.store, content, caller.name, datetime.now(UTC))
    except LedgerFaults as wrong:
        message = Message(_BAD_BOOK, {"count": len(wrong.faults)})
        errors = [{"at": [one.cell], "what": render(one.message)} for one in wrong.faults]
        raise Problem(422, "bad_book", message, errors=errors) from None
    for number in done.added:
        audited(request, caller, Action.ISSUE_OPEN, str(number), how="workbook")
    for number in done.changed:
        audited(request, caller, Action.ISSUE_CHANGE, str(number), how="workbook")
    return done


def _document(issue: Issue, day: date) -> IssueDocument:
    return IssueDocument(
        number=issue.number,
        version=issue.version,
        **asdict(issue.plan),
        is_overdue=issue.is_overdue(day),
        opened_by=issue.opened_by,
        opened_at=issue.opened_at,
        call_id=issue.call_id,
        alert=issue.alert,
    )


def _whole(service: Service, issue: Issue) -> IssueDocument:
    day = today(service)
    return replace(
        _document(issue, day),
        effect=effect(service.store, issue.plan, day),
        history=tuple(Issues(service.store).history(issue.number)),
    )
