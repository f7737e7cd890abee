"""``/v1/alerts``: what was alerted, acknowledged and called back; not for agents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter

from api.audited import audited
from api.documents import answer, shows
from api.found import judged_first, sheets
from api.guard import needs
from api.openapi import problems_at
from api.problems import Problem
from api.service import Service, TheService
from autoqa.i18n import N_
from autoqa.store import Alerts
from autoqa.types import Action, Alert, AlertState, Caller, Level, Message, Scope

router = APIRouter(tags=["follow-up"])

Number = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
Reviewers = Annotated[Caller, needs(Scope.REVIEW)]

_NONE = N_("there is no alert {number}")
_BEFORE = N_("somebody was quicker: the alert {number} is {state} already")
_SEEN = problems_at(
    _404="There is no such alert.", _409="Somebody was quicker, or its call is to be judged blind."
)


@dataclass(frozen=True, slots=True)
class AlertDocument:
    """An alert of a call (``call_id``), or of a rise: ``hits`` of ``count`` on ``day``, against
    ``usual_hits`` of ``usual_count`` in the days before, until it ``ended``. ``stands``: whether
    the call still fails the rule, after what people decided and by the rules of now."""

    number: int
    alert: str
    name: str
    level: Level
    state: AlertState
    is_overdue: bool
    by: str
    call_id: str | None
    rule_id: str
    rule_name: str
    team: str
    topic: str
    day: date
    raised_at: datetime
    told_at: datetime
    due_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    done_by: str
    done_at: datetime | None
    ended: date | None
    hits: int
    count: int
    usual_hits: int
    usual_count: int
    stands: bool


@dataclass(frozen=True, slots=True)
class AlertsDocument:
    """The latest first."""

    alerts: tuple[AlertDocument, ...]


@router.get(
    "/v1/alerts",
    summary="List alerts",
    responses=shows(AlertsDocument, "The latest first."),
)
def list_alerts(
    service: TheService,
    caller: Reviewers,
    state: Annotated[list[AlertState] | None, Query(description="Any of these.")] = None,
    level: Level | None = None,
    overdue: Annotated[bool, Query(description="Only those that are overdue.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """Those of calls that the caller has to judge blind are left out until he has."""
    now = datetime.now(UTC)
    found = Alerts(service.store).chosen(
        state or (), level, overdue_at=now if overdue else None, limit=limit
    )
    told = told_to(service, caller, found)
    return answer(AlertsDocument(tuple(_document(one, now) for one in told)))


@router.post(
    "/v1/alerts/{number}/acknowledgement",
    summary="Acknowledge an alert",
    responses=shows(AlertDocument, "It is this caller's from now on.") | _SEEN,
)
def acknowledge(
    request: Request, service: TheService, caller: Reviewers, number: Number
) -> Response:
    """Somebody has seen it and sees to it."""
    return _changed(request, service, caller, number, Alerts(service.store).acknowledge)


@router.post(
    "/v1/alerts/{number}/done",
    summary="Say that somebody called back",
    responses=shows(AlertDocument, "It is done.") | _SEEN,
)
def done(request: Request, service: TheService, caller: Reviewers, number: Number) -> Response:
    """The customer was called back; a rise was looked into."""
    return _changed(request, service, caller, number, Alerts(service.store).done)


def told_to(service: Service, caller: Caller, alerts: Sequence[Alert]) -> list[Alert]:
    """Without those of calls that the caller has to judge blind before he sees what was found."""
    hidden = sheets(service, caller, sorted({one.call_id for one in alerts if one.call_id}))
    return [one for one in alerts if one.call_id not in hidden]


def see_to(
    service: Service,
    caller: Caller,
    number: int,
    change: Callable[[int, str, datetime], bool],
) -> Alert:
    """The alert after the change. ``Problem`` 404 where there is none, 409 where somebody was
    quicker or the caller has to judge its call blind first."""
    known = Alerts(service.store).find(number)
    if known is None:
        raise Problem(404, "no_alert", Message(_NONE, {"number": number}))
    if known.call_id:
        judged_first(service, caller, known.call_id)
    has_changed = change(number, caller.name, datetime.now(UTC))
    found = Alerts(service.store).find(number) or known
    if not has_changed:
        params = {"number": number, "state": found.state.value}
        raise Problem(409, "alert_changed", Message(_BEFORE, params))
    return found


def _changed(
    request: Request,
    service: TheService,
    caller: Caller,
    number: int,
    change: Callable[[int, str, datetime], bool],
) -> Response:
    found = see_to(service, caller, number, change)
    audited(request, caller, Action.ALERT, str(number), state=found.state.value)
    return answer(_document(found, datetime.now(UTC)))


def _document(one: Alert, now: datetime) -> AlertDocument:
    return AlertDocument(**asdict(one), state=one.state, is_overdue=one.is_overdue(now))
