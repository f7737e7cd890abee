"""``POST /v1/calls``: a recording comes in, and waits for a worker that hears it.

The bytes go to disk as they come, under a name made of their content; then the job and the files
become known in one transaction. The same recording with the same metadata is the same call, and is
not heard again; the same recording with other metadata is another call, heard once with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.requests import ClientDisconnect

from api.audited import audited
from api.documents import answer, shows
from api.fetching import fetch
from api.found import CallDocument, call_document, find
from api.guard import needs
from api.metadata import checked_row, contact_of, metadata_of, with_id
from api.openapi import problems_at
from api.paths import call_path
from api.problems import Problem, busy
from api.service import Service, TheService
from api.uploads import FILES, Received, bare_name, ending, in_time, read_form, too_large
from autoqa.addresses import is_below
from autoqa.audio import RawFormat, content_id
from autoqa.i18n import N_
from autoqa.sealing import create
from autoqa.settings import Settings
from autoqa.types import Action, Caller, Job, JobKind, JobState, Message, Order, Role, Scope

router = APIRouter(tags=["calls"])

POLL_S = 0.25
"""A request that waits for its scorecard looks so often."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_OTHERS = ("metadata", "url", "path", "raw", "callback")
"""Fields of the request that are no fields of the metadata."""

_NOTHING = N_("send one of: a file called recording, a url, or a path")
_NO_PATH = N_("{path} is not below the folder from which recordings are taken")
_NO_JSON = N_("the body is no JSON object; send a form, or an object with url or path")
_FULL = N_("{waiting} calls wait to be heard; try again in {seconds} s")
_BAD_KEY = N_("an idempotency key has 1 to 255 visible ASCII characters")
_OTHER_RECORDING = N_(
    "the call {call_id} is here with another recording; give this one an id of its own, or delete "
    "the other first"
)
_NO_CALLBACK = N_("{url} is not told of calls; AUTOQA_CALLBACKS_TO has the prefixes")
_GONE = N_("the upload was broken off before its end; send it again")

_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "recording": {"type": "string", "format": "binary"},
                    "second": {
                        "type": "string",
                        "format": "binary",
                        "description": "The customer's line, where each party has a file.",
                    },
                    "metadata": {
                        "type": "string",
                        "contentMediaType": "application/json",
                        "description": "Fields of calls.csv as one JSON object; or send each as "
                        "a field of the form.",
                    },
                    "raw": {
                        "type": "string",
                        "description": "How a file without a header is coded: alaw:8000:1.",
                    },
                    "callback": {"type": "string", "description": "A URL to tell when it is done."},
                },
                "required": ["recording"],
            },
        },
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "url": {"type": "string", "description": "Below an allowed prefix."},
                    "path": {"type": "string", "description": "Below the allowed folder."},
                    "metadata": {"type": "object"},
                    "raw": {"type": "string"},
                    "callback": {"type": "string"},
                },
                "anyOf": [{"required": ["url"]}, {"required": ["path"]}],
            },
            "example": {
                "url": "https://recorder.bank.example/2026/11/20/0001.wav",
                "metadata": {"call_id": "0001", "agent_id": "8026", "direction": "inbound"},
            },
        },
    },
}


@dataclass(slots=True)
class Posted:
    """What came in. ``files``: on disk, the agent's first where there are two."""

    files: list[Received] = field(default_factory=list)
    row: Mapping[str, Any] = field(default_factory=dict)
    raw: str = ""
    callback: str = ""


@router.post(
    "/v1/calls",
    summary="Post a recording",
    status_code=202,
    responses=shows(CallDocument, "It waits, or is being heard; `Location` is where to look.", 202)
    | shows(CallDocument, "It is scored.", 200)
    | problems_at(_409="The call is here with another recording."),
    openapi_extra={"requestBody": _BODY},
)
async def post_call(
    request: Request,
    service: TheService,
    caller: Annotated[Caller, needs(Scope.SUBMIT)],
    wait: Annotated[
        int, Query(ge=0, le=3600, description="Seconds to wait for the scorecard, at most 60.")
    ] = 0,
    idempotency_key: Annotated[
        str | None,
        Header(description="The same key with the same request is the same job."),
    ] = None,
) -> Response:
    """Takes a recording as a form, or from a URL or a path, and has it heard and scored.

    With `wait` the answer is the scorecard, if it is there in time; else 202, and `GET` of
    `Location` says how far it is. A recording that cannot be heard is 422 with the reason.
    """
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise Problem(422, "idempotency_key", Message(_BAD_KEY))
    await asyncio.to_thread(_check_queue, service)
    with service.recordings.incoming() as folder:
        posted = await _read(request, folder, service.settings)
        job = await asyncio.to_thread(_submit, service, caller, posted, idempotency_key)
    await asyncio.to_thread(audited, request, caller, Action.CALL_SUBMIT, job.call_id)
    job = await _waited(request, service, job, min(wait, service.settings.max_wait_s))
    if job.state is JobState.FAILED and job.error is not None:
        raise Problem(422, "recording", job.error)
    document = await asyncio.to_thread(_document, service, caller, job.call_id)
    status = 200 if job.state is JobState.DONE else 202
    return answer(document, status, {"Location": call_path(job.call_id)})


def _check_queue(service: Service) -> None:
    waiting = service.jobs.queue_length()
    if waiting >= service.settings.max_waiting:
        params = {"waiting": waiting, "seconds": 60}
        raise busy(Message(_FULL, params), 60)


def _document(service: Service, caller: Caller, call_id: str) -> CallDocument:
    return call_document(service, caller, find(service, caller, call_id))


async def _waited(request: Request, service: Service, job: Job, seconds: int) -> Job:
    """The job when it is over, or as it is after so many seconds."""
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + seconds
    while not job.state.is_over and loop.time() < ends_s and not await request.is_disconnected():
        await asyncio.sleep(POLL_S)
        now = await asyncio.to_thread(service.jobs.get, job.id)
        job = now or job
    return job


# ---------------------------------------------------------------- what came in


async def _read(request: Request, folder: Path, settings: Settings) -> Posted:
    """The request's recording in ``folder``, and what it says of it."""
    kind = request.headers.get("content-type", "")
    try:
        if kind.lower().startswith("multipart/"):
            form = await read_form(request.stream(), kind, folder, settings)
            row = dict(form.fields)
            files = [form.files[name] for name in FILES if name in form.files]
            if form.files and FILES[0] not in form.files:
                raise Problem(422, "recording", Message(_NOTHING))
        else:
            row, files = await _read_json(request, settings), []
    except ClientDisconnect:
        raise Problem(400, "broken_off", Message(_GONE)) from None
    written = row.pop("metadata", None)
    others = {name: str(row.pop(name, None) or "") for name in _OTHERS if name != "metadata"}
    row = checked_row(row)
    if written is not None:
        row |= metadata_of(written) if isinstance(written, str) else checked_row(written)
    if url := others["url"]:
        files.append(await fetch(url, folder, "fetched", settings))
    if path := others["path"]:
        files.append(await asyncio.to_thread(_taken, path, folder, settings))
    if not files or (len(files) > 1 and (url or path)):
        raise Problem(422, "recording", Message(_NOTHING))
    return Posted(files, row, others["raw"], others["callback"])


async def _read_json(request: Request, settings: Settings) -> dict[str, Any]:
    body = bytearray()
    async for piece in in_time(request.stream(), settings):
        body += piece
        if len(body) > settings.max_json_mb * 1024 * 1024:
            raise too_large(settings.max_json_mb)
    try:
        row = json.loads(bytes(body))
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise Problem(422, "body", Message(_NO_JSON))
    return row


def _taken(path: str, folder: Path, settings: Settings) -> Received:
    """A copy of a file below the allowed folder, wherever links lead."""
    refused = Problem(422, "path", Message(_NO_PATH, {"path": path[:200]}))
    allowed = settings.take_from
    if allowed == Path():
        raise refused
    try:
        there = (allowed / path).resolve(strict=True)
        if not there.is_relative_to(allowed.resolve(strict=True)) or not there.is_file():
            raise refused
        if there.stat().st_size > settings.max_file_mb * 1024 * 1024:
            raise too_large(settings.max_file_mb)
        copy = folder / ("taken" + ending(there.name))
        # Links were resolved: one that is there now was put there since, and may lead anywhere.
        opened = os.open(there, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(opened, "rb") as file, create(copy) as own:
            shutil.copyfileobj(file, own)
    except (OSError, ValueError, RuntimeError):
        raise refused from None
    return Received(bare_name(there.name), copy)


# ---------------------------------------------------------------- what becomes of it


def _submit(service: Service, caller: Caller, posted: Posted, key: str | None) -> Job:
    """The job of what was posted; one that is there already where it is the same."""
    settings = service.settings
    raw = RawFormat.parse(posted.raw) if posted.raw else None
    if posted.callback and not is_below(posted.callback, settings.callbacks_to):
        raise Problem(422, "callback", Message(_NO_CALLBACK, {"url": posted.callback[:200]}))
    contact = contact_of(posted.row, posted.files[0].name or "recording", settings)
    if len(posted.files) == 2 and not contact.channel_roles:
        contact = replace(contact, channel_roles=(Role.AGENT, Role.CUSTOMER))
    paths = [one.path for one in posted.files]
    recording_id = content_id(paths, settings, raw)
    contact = with_id(contact, recording_id)
    order = Order(
        JobKind.SCORE,
        recording_id,
        contact,
        submitter=caller.name,
        key=key,
        raw=str(raw or ""),
        notify=posted.callback,
    )
    with service.store.begin():
        service.recordings.hold(recording_id)
        service.store.hold(f"call {contact.call_id}")
        _check_conflict(service, order)
        # Who gives a key of his own wants a job of his own.
        same = None if key is not None else service.jobs.under_way(order)
        version = service.rules.rule_set.version
        is_done = service.store.is_scored(contact, recording_id, version)
        job = same or service.jobs.submit(order, is_done=is_done)
        service.recordings.keep(recording_id, paths)
    return job


def _check_conflict(service: Service, order: Order) -> None:
    """``Problem`` 409 where the call has another recording: one of the two is not this call's."""
    known = {service.store.recording_id(order.contact.call_id)}
    known |= {job.order.recording_id for job in service.jobs.of_call(order.contact.call_id)}
    if known - {None, order.recording_id}:
        params = {"call_id": order.contact.call_id}
        raise Problem(409, "other_recording", Message(_OTHER_RECORDING, params))
