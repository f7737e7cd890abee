"""``GET /v1/reports/period``: a day, a week or a month beside the one before, as JSON, a page or a
workbook.

Whoever sees only the calls of some agents gets the reports of these agents.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.audited import audited
from api.coaching import without_blind
from api.documents import answer, shows
from api.found import sheets
from api.guard import needs
from api.openapi import problems_at
from api.problems import Problem
from api.service import Service, TheService
from autoqa.i18n import N_
from autoqa.reporting import report
from autoqa.reports.period import Complained, Complaints, Report, period_html
from autoqa.reports.period_workbook import XLSX, period_xlsx
from autoqa.reports.span import Length, Of
from autoqa.store import Filter
from autoqa.types import Action, Caller, Message, Scope

router = APIRouter(tags=["reports"])

_OWN_ONLY = N_("{name} may see the reports of the own agents only (of=agent)")
_PAGE: dict[int | str, Any] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
_WORKBOOK: dict[int | str, Any] = {
    200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}
_NOT_FOUND = problems_at(_404="No call is of this period, or none that the caller may see.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report, of the calls that the caller may see."""

    of: Of
    length: Length
    day: date
    chosen: Filter


def asked(
    service: TheService,
    caller: Annotated[Caller, needs(Scope.READ)],
    of: Annotated[Of, Query(description="Whom it is for.")] = Of.MANAGEMENT,
    length: Annotated[Length, Query(description="Of the period.")] = Length.DAY,
    day: Annotated[date | None, Query(description="In the period; yesterday if left out.")] = None,
    team: Annotated[str, Query(max_length=128)] = "",
    agent_id: Annotated[str, Query(max_length=128)] = "",
) -> Asked:
    own = caller.agent_ids
    if own is not None and (of is not Of.AGENT or agent_id not in own):
        raise Problem(403, "not_yours", Message(_OWN_ONLY, {"name": caller.name}))
    chosen = Filter(
        teams=(team,) if team else (), agent_ids=frozenset({agent_id}) if agent_id else None
    )
    today = datetime.now(ZoneInfo(service.settings.time_zone)).date()
    return Asked(of, length, day or today - timedelta(days=1), chosen)


Wanted = Annotated[Asked, Depends(asked)]
Reader = Annotated[Caller, needs(Scope.READ)]


@router.get(
    "/v1/reports/period",
    summary="A day, a week or a month",
    responses=shows(Report, "Beside the period before.") | _NOT_FOUND,
)
def read_period(service: TheService, caller: Reader, wanted: Wanted) -> Response:
    return answer(_made(service, caller, wanted))


@router.get(
    "/v1/reports/period.html",
    summary="A day, a week or a month, as a page to print",
    response_class=HTMLResponse,
    responses=_PAGE | _NOT_FOUND,
)
def read_period_page(
    request: Request, service: TheService, caller: Reader, wanted: Wanted
) -> Response:
    found = _made(service, caller, wanted)
    audited(request, caller, Action.EXPORT, "reports/period")
    here = urlsplit(str(request.base_url))
    zone = ZoneInfo(service.settings.time_zone)
    page = period_html(found, made_at=datetime.now(zone), link=f"{here.scheme}://{here.netloc}")
    # The page seals itself; the header that data have would take its style away.
    return HTMLResponse(page, headers={"Content-Security-Policy": "frame-ancestors 'none'"})


@router.get(
    "/v1/reports/period.xlsx",
    summary="A day, a week or a month, as a workbook",
    response_class=Response,
    responses=_WORKBOOK | _NOT_FOUND,
)
def read_period_workbook(
    request: Request, service: TheService, caller: Reader, wanted: Wanted
) -> Response:
    found = _made(service, caller, wanted)
    audited(request, caller, Action.EXPORT, "reports/period")
    name = f"report-{found.period.first}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(period_xlsx(found), media_type=XLSX, headers=headers)


def _made(service: Service, caller: Caller, wanted: Asked) -> Report:
    """Without the calls that the caller has to judge blind before he sees what was found."""
    settings = service.settings
    found = report(
        service.store,
        wanted.of,
        wanted.length,
        wanted.day,
        chosen=wanted.chosen,
        name_colleagues=settings.name_colleagues,
        zone=settings.time_zone,
        complaint_rules=settings.complaint_rule_ids,
    )
    hidden = sheets(service, caller, _named(found))
    shown = tuple(one for one in found.outstanding if one.call_id not in hidden)
    return replace(
        found,
        outstanding=shown,
        complaints=found.complaints and _unnamed(found.complaints, hidden),
        coaching=found.coaching and without_blind(service, caller, found.coaching),
    )


def _named(found: Report) -> list[str]:
    """The calls that the report opens."""
    parts = (*found.complaints.queues, *found.complaints.words) if found.complaints else ()
    opened = {call_id for one in parts for call_id in one.calls}
    return sorted(opened.union(one.call_id for one in found.outstanding))


def _unnamed(found: Complaints, hidden: Collection[str]) -> Complaints:
    """Without what would tell that somebody complained in these calls."""

    def parts(of: tuple[Complained, ...]) -> tuple[Complained, ...]:
        return tuple(
            replace(one, calls=tuple(each for each in one.calls if each not in hidden))
            for one in of
        )

    return replace(found, queues=parts(found.queues), words=parts(found.words))
