"""What the player of a call fetches: the peaks of its lines."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from api.guard import needs
from api.service import TheService
from autoqa.audio import load
from autoqa.audio.peaks import peaks
from autoqa.types import Caller, Scope

router = APIRouter(include_in_schema=False)


def peaks_url(call_id: str) -> str:
    return f"/workbench/peaks/{quote(call_id, safe='')}"


def sound_url(call_id: str) -> str:
    return f"/workbench/sound/{quote(call_id, safe='')}"


@router.get("/workbench/peaks/{call_id:path}")
async def peaks_of(
    call_id: str, service: TheService, caller: Annotated[Caller, needs(Scope.READ)]
) -> Response:
    contact = service.store.stored([call_id])[0].contact
    audio = await asyncio.to_thread(load, [Path("examples") / contact.file], service.settings)
    return Response(b"".join(peaks(audio)), media_type="application/octet-stream")


@router.get("/workbench/sound/{call_id:path}")
async def sound_of(
    call_id: str, service: TheService, caller: Annotated[Caller, needs(Scope.READ)]
) -> Response:
    contact = service.store.stored([call_id])[0].contact
    return FileResponse(Path("examples") / contact.file)
