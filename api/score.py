"""``POST /v1/score``: what the rules in force say of a transcript; nothing is kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from traceback import format_tb
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError

from api.documents import SCHEMAS, answer, shows
from api.guard import needs
from api.problems import Problem, not_valid
from api.service import TheService
from autoqa.errors import AutoqaError
from autoqa.i18n import N_
from autoqa.privacy import Masks
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.types import (
    Call,
    Caller,
    Contact,
    Event,
    Message,
    PlayedPrompt,
    Scope,
    Scorecard,
    Turn,
    Utterance,
)

log = logging.getLogger(__name__)
router = APIRouter(tags=["scorecards"])

MOST_CHARACTERS = 200_000
"""Twice what two people can say in six hours of a call, at 240 characters a minute."""
MOST_PARTS = 50_000

_ONE_OF = N_("send either a call, as autoqa analyze prints it, or a dialogue")
_TOO_LONG = N_("the transcript has more than {characters} characters or {parts} parts; send less")
_CONTRADICTS = N_("the call contradicts itself ({error}); send it as autoqa analyze prints it")

EXAMPLE = {
    "dialogue": "坐席: 您好，很高兴为您服务。\n客户: 帮我查一下余额。\n坐席: 请您稍等。\n"
    "[持线 20s 音乐]\n坐席: 感谢您的耐心等待，您的余额是三百元。\n"
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "description": "One of `dialogue` and `call`.",
                "properties": {
                    "dialogue": {
                        "type": "string",
                        "description": "Written as the examples of rules are.",
                    },
                    "call": {"$ref": SCHEMAS.format(model="Call")},
                    "contact": {"$ref": SCHEMAS.format(model="Contact")},
                },
                "anyOf": [{"required": ["dialogue"]}, {"required": ["call"]}],
            },
            "example": EXAMPLE,
        }
    },
}


@dataclass(frozen=True, slots=True)
class ScoreDocument:
    """The scorecard of a transcript, and the call's metadata as they were understood."""

    contact: Contact
    scorecard: Scorecard


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is sent: a call and its contact as result documents have them, or a dialogue."""

    call: Call | None = None
    contact: Contact | None = None
    dialogue: str | None = None


@router.post(
    "/v1/score",
    summary="Score a transcript",
    responses=shows(ScoreDocument, "The scorecard; nothing is kept."),
    openapi_extra={"requestBody": _BODY},
)
async def score_transcript(
    request: Request, service: TheService, _caller: Annotated[Caller, needs(Scope.READ)]
) -> Response:
    """Scores a call that somebody else has transcribed, or a dialogue, by the rules in force.

    Without audio nothing is heard twice: a required phrase that is not there counts as missed.
    """
    body = await request.body()
    return answer(
        await service.chores.do(scored, body, service.rules.folder, service.settings.mask)
    )


# ---------------------------------------------------------------- in a process of its own


def scored(body: bytes, rules: Path, mask: bool = True) -> ScoreDocument:
    """The answer to a request with this body; ``mask``: without personal data.

    Raises ``Problem`` 422 for a body that is no transcript, ``RuleError`` where there are no rules.
    """
    try:
        sent = _transcripts().validate_json(body)
    except ValidationError as error:
        raise not_valid(error.errors(include_url=False)) from None
    call, contact = _read(sent)
    try:
        card, _questions = score(call, contact, _keeper(rules).rule_set)
    except AutoqaError:
        raise
    except Exception as error:  # noqa: BLE001 (a call can be wrong in more ways than can be listed)
        log.warning("not to be scored: %s\n%s", type(error).__name__, _trace(error))
        raise _contradiction(type(error).__name__) from None
    return ScoreDocument(contact, Masks(call).scorecard(card) if mask else card)


def _read(sent: Transcript) -> tuple[Call, Contact]:
    if (sent.call is None) == (sent.dialogue is None):
        raise Problem(422, "transcript", Message(_ONE_OF))
    if sent.dialogue is not None:
        _limit(len(sent.dialogue), sent.dialogue.count("\n"))
        return read_dialogue(sent.dialogue)
    call = sent.call
    assert call is not None
    texts = [*(one.text for one in call.utterances), *(one.text for one in call.turns)]
    spoken: list[Utterance | Turn] = [*call.utterances, *call.turns]
    _limit(sum(map(len, texts)) // 2, max(len(spoken), len(call.events)))
    every: list[Utterance | Turn | Event | PlayedPrompt] = [*spoken, *call.events, *call.prompts]
    if any(not 0 <= one.start_ms <= one.end_ms for one in every):
        raise _contradiction("start_ms, end_ms")
    if any(not 0 <= n < len(call.utterances) for one in call.turns for n in one.utterances):
        raise _contradiction("turns")
    return call, sent.contact or Contact("transcript", "transcript")


def _limit(characters: int, parts: int) -> None:
    if characters > MOST_CHARACTERS or parts > MOST_PARTS:
        limits = {"characters": MOST_CHARACTERS, "parts": MOST_PARTS}
        raise Problem(422, "too_long", Message(_TOO_LONG, limits))


def _contradiction(what: str) -> Problem:
    return Problem(422, "contradiction", Message(_CONTRADICTS, {"error": what}))


def _trace(error: Exception) -> str:
    return "".join(format_tb(error.__traceback__))


@cache
def _keeper(rules: Path) -> RuleKeeper:
    return RuleKeeper(rules)


@cache
def _transcripts() -> TypeAdapter[Transcript]:
    return TypeAdapter(Transcript)
