"""``GET /v1/audit``: the audit log, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.guard import needs
from api.service import TheService
from autoqa.store import Audit, AuditFilter
from autoqa.types import Action, Caller, Scope

router = APIRouter(tags=["access"])


class Line(BaseModel):
    number: int = Field(examples=[17])
    at: datetime
    who: str = Field(examples=["王芳"])
    action: Action
    target: str = Field(description="What was touched, by its id.", examples=["2026/03/a1.wav"])
    request_id: str
    detail: dict[str, str]


class AuditPage(BaseModel):
    entries: list[Line] = Field(description="The latest first.")
    next: int | None = Field(description="For `below`, where there is more; else null.")


@router.get("/v1/audit", summary="Who did what")
def audit_log(
    service: TheService,
    _caller: Annotated[Caller, needs(Scope.ADMIN)],
    who: Annotated[str, Query(max_length=128)] = "",
    action: Action | None = None,
    target: Annotated[str, Query(max_length=512)] = "",
    since: AwareDatetime | None = None,
    before: AwareDatetime | None = None,
    below: Annotated[int | None, Query(ge=1, lt=2**31, description="A `next`.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditPage:
    wanted = AuditFilter(who, action or "", target, since, before)
    found = Audit(service.store).page(wanted, limit=limit, below=below)
    lines = [
        Line(
            number=one.number,
            at=one.at,
            who=one.who,
            action=one.action,
            target=one.target,
            request_id=one.request_id,
            detail=dict(one.detail),
        )
        for one in found
    ]
    return AuditPage(entries=lines, next=lines[-1].number if len(lines) == limit else None)
