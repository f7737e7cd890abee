"""What the player of a call fetches: the recording, and the peaks of its lines to draw."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from starlette.requests import Request

from api.audited import audited
from api.guard import needs
from api.problems import Problem
from api.service import Service, TheService
from api.workbench.seeing import seen
from autoqa.files import write_whole
from autoqa.i18n import N_
from autoqa.settings import Settings
from autoqa.types import Action, Caller, Message, Scope

PEAKS = "peaks"
"""The folder in ``Settings.data_dir``: a file for each recording that was looked at."""

router = APIRouter(include_in_schema=False)
_NO_SOUND = N_("the recording of {call_id} is not here (any more)")


def peaks_url(call_id: str) -> str:
    return f"/workbench/peaks/{quote(call_id, safe='')}"


def sound_url(call_id: str) -> str:
    return f"/workbench/sound/{quote(call_id, safe='')}"


@router.get("/workbench/peaks/{call_id:path}")
async def peaks_of(
    call_id: str, service: TheService, caller: Annotated[Caller, needs(Scope.READ)]
) -> Response:
    """A byte for each step of each line, one line after the other."""
    recording_id, paths = await asyncio.to_thread(_files, service, caller, call_id)
    place = service.settings.data_dir / PEAKS / f"{recording_id}.bin"
    data = await asyncio.to_thread(_kept, place)
    if data is None:
        data = await service.chores.do(make_peaks, paths, place, service.settings)
    return Response(data, media_type="application/octet-stream")


def make_peaks(paths: Sequence[Path], place: Path, settings: Settings) -> bytes:
    """Decodes the recording; what was made is in ``place`` the next time."""
    from autoqa.audio import load
    from autoqa.audio.peaks import peaks

    data = b"".join(peaks(load(paths, settings)))
    write_whole(place, data)
    return data


def _kept(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except OSError:
        return None


@router.get("/workbench/sound/{call_id:path}")
async def sound_of(
    request: Request,
    call_id: str,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.READ)],
) -> Response:
    _, paths = await asyncio.to_thread(_files, service, caller, call_id)
    await asyncio.to_thread(audited, request, caller, Action.RECORDING_READ, call_id)
    return FileResponse(paths[0])


def _files(service: Service, caller: Caller, call_id: str) -> tuple[str, tuple[Path, ...]]:
    recording_id = seen(service, caller, call_id).recording_id
    paths = service.recordings.paths(recording_id)
    if not paths:
        raise Problem(404, "no_recording", Message(_NO_SOUND, {"call_id": call_id}))
    return recording_id, paths
