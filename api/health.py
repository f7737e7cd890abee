"""``/health/live``: the process answers. ``/health/ready``: calls can be taken and scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Response

from api.documents import answer, shows
from api.service import Service, TheService
from autoqa.errors import AutoqaError
from autoqa.i18n import N_, render
from autoqa.models import at_hand
from autoqa.store import Workers
from autoqa.types import Message

router = APIRouter(tags=["operation"])

_FULL = N_("{waiting} calls wait, and no more than {limit} may")
_NO_WORKER = N_("no worker hears calls; start one: autoqa worker, or autoqa serve --workers 1")
_NO_MODEL = N_("the weights of the model {model} are not on this machine")


@dataclass(frozen=True, slots=True)
class Check:
    """``detail``: what is missing, in the reader's language; empty where nothing is."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HealthDocument:
    ready: bool
    checks: tuple[Check, ...]


@router.get("/health/live", summary="Is the process there?", responses=shows(HealthDocument, "Yes"))
async def live() -> Response:
    return answer(HealthDocument(ready=True, checks=()))


@router.get(
    "/health/ready",
    summary="Can calls be taken and scored?",
    responses=shows(HealthDocument, "Yes.") | shows(HealthDocument, "No, see checks.", 503),
)
def ready(service: TheService) -> Response:
    """Says of each thing that is needed whether it is there."""
    checks = tuple(_checks(service))
    is_ready = all(check.ok for check in checks)
    return answer(HealthDocument(is_ready, checks), 200 if is_ready else 503)


def _checks(service: Service) -> Iterator[Check]:
    try:
        waiting, limit = service.jobs.queue_length(), service.settings.max_waiting
        yield Check("store", ok=True)
        full = Message(_FULL, {"waiting": waiting, "limit": limit})
        yield Check("queue", waiting < limit, "" if waiting < limit else render(full))
        works = Workers(service.store).living() > 0
        yield Check("workers", works, "" if works else render(Message(_NO_WORKER)))
    except AutoqaError as error:
        yield Check("store", ok=False, detail=render(error.message))
    fault = service.rules.kept.error
    yield Check("rules", fault is None, render(fault.message) if fault else "")
    model = service.settings.model
    missing = Message(_NO_MODEL, {"model": model})
    there = at_hand(model)
    yield Check("model", there, "" if there else render(missing))
