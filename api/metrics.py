"""``GET /metrics``: what a Prometheus server of the bank reads."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response

from api.figures import CONTENT_TYPE
from api.guard import is_local
from api.problems import Problem
from api.service import TheService
from autoqa.i18n import N_
from autoqa.types import Message

router = APIRouter(tags=["operation"])

_NOT_YOURS = N_("the figures are for whoever has the token (AUTOQA_METRICS_TOKEN) or this machine")


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus's text format."}},
)
def metrics(request: Request, service: TheService) -> Response:
    """Queue, audio heard, failures, outcomes of rules, requests and how long they took.

    For whoever has the token of the settings; without one, for this machine.
    """
    token = service.settings.metrics_token
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    allowed = hmac.compare_digest(sent.encode(), token.encode()) if token else is_local(request)
    if not allowed:
        raise Problem(403, "metrics", Message(_NOT_YOURS))
    return Response(service.figures.text(), media_type=CONTENT_TYPE)
