"""``GET /v1/me``: who the service takes the caller for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from api.guard import caller_of, form_token_of
from autoqa.types import Caller, Scope

router = APIRouter(tags=["access"])


class Me(BaseModel):
    name: str = Field(description="As the audit log knows the caller.", examples=["key:crm"])
    scopes: list[Scope] = Field(examples=[["read", "submit"]])
    agent_ids: list[str] | None = Field(
        description="The only agents whose calls the caller sees; null: all.", examples=[None]
    )
    form_token: str = Field(
        description="For `X-CSRF-Token`, with whatever a signed-in browser changes; else empty.",
        examples=[""],
    )


@router.get("/v1/me", summary="Who am I, and what may I do?")
def me(connection: HTTPConnection, caller: Annotated[Caller, Depends(caller_of)]) -> Me:
    return Me(
        name=caller.name,
        scopes=sorted(caller.scopes),
        agent_ids=None if caller.agent_ids is None else sorted(caller.agent_ids),
        form_token=form_token_of(connection),
    )
