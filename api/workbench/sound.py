"""What the player of a call fetches: the recording, and the peaks of its lines to draw."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.guard import needs
from api.paths import call_path
from api.problems import Problem
from api.reviews import visible
from api.service import Service, TheService
from autoqa.errors import AutoqaError
from autoqa.files import write_whole
from autoqa.i18n import N_
from autoqa.sealing import read_whole
from autoqa.settings import Settings
from autoqa.store.recordings import PLAYBACK
from autoqa.types import Caller, Message, Scope

router = APIRouter(include_in_schema=False)

_NO_SOUND = N_("the recording of {call_id} is not here (any more)")


def peaks_url(call_id: str) -> str:
    return f"/workbench/peaks/{quote(call_id, safe='')}"


def sound_url(call_id: str, *, unmasked: bool = False) -> str:
    return call_path(call_id, "/audio") + ("?unmasked=true" if unmasked else "")


@router.get("/workbench/peaks/{call_id:path}")
async def peaks_of(
    call_id: str, service: TheService, caller: Annotated[Caller, needs(Scope.READ)]
) -> Response:
    """A byte for each step of each line, one line after the other."""
    place, paths, raw = await asyncio.to_thread(_files, service, caller, call_id)
    data = await asyncio.to_thread(_kept, place)
    if data is None:
        data = await service.chores.do(make_peaks, paths, raw, place, service.settings)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Cache-Control": "private, max-age=3600"},
    )


def make_peaks(paths: Sequence[Path], raw: str, place: Path, settings: Settings) -> bytes:
    """Decodes the recording; what was made is in ``place`` the next time."""
    from autoqa.audio import RawFormat, load
    from autoqa.audio.peaks import peaks

    audio = load(paths, settings, RawFormat.parse(raw) if raw else None)
    data = b"".join(peaks(audio))
    write_whole(place, data, sealed=True)
    return data


def _files(service: Service, caller: Caller, call_id: str) -> tuple[Path, tuple[Path, ...], str]:
    """Where the peaks are kept, beside the playback copy; and the recording, with its coding."""
    recording_id = visible(service, caller, call_id).recording_id
    paths = service.recordings.paths(recording_id)
    if not paths:
        raise Problem(404, "no_recording", Message(_NO_SOUND, {"call_id": call_id}))
    job = next(iter(service.jobs.of_call(call_id)), None)
    folder = service.settings.data_dir / PLAYBACK / recording_id[:2]
    return folder / f"{recording_id}.peaks", paths, job.order.raw if job else ""


def _kept(place: Path) -> bytes | None:
    try:
        return read_whole(place)
    except (AutoqaError, OSError):
        return None
