"""Publishing rules: one person proposes them, another approves, and then they are in force.

The files go into the folder that the service and the workers score by, each whole; all of them are
kept in the ledger of publications. To go back, an earlier publication's files are proposed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field

from api import drafting
from api.audited import audited
from api.documents import answer, shows
from api.guard import needs
from api.openapi import problems_at
from api.problems import Problem
from api.rules import Editors, FilesBody, Readers
from api.service import Service, TheService
from autoqa.i18n import N_, render
from autoqa.rulebook.proposing import return_proposal, withdraw
from autoqa.rulebook.publications import Publication, publications
from autoqa.rulebook.publishing import is_same_person
from autoqa.store import store_url
from autoqa.store.proposals import Proposal, Proposals, ProposalState
from autoqa.types import Action, Caller, Message, Scope

router = APIRouter(tags=["rules"])

Number = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
Deciders = Annotated[Caller, needs(Scope.DECIDE)]

_SAME = N_("“{name}” cannot approve what is his own; a second person has to")
_NOT_USABLE = N_("the rules have {count} faults or failing examples; mend them first")
_NOTHING_NEW = N_("these are the rules that are in force; nothing is new")
_NO_PROPOSAL = N_("there is no proposal {number}")
_DECIDED = N_("the proposal {number} is decided already")
_UNDECIDED = problems_at(_404="There is no such proposal.", _409="It is decided already.")
_NO_VERSION = N_("no version {version} was published")


class ProposalBody(FilesBody):
    reason: str = Field(min_length=1, max_length=500, pattern=r"\S", examples=["新增合规话术"])


class ReturnBody(BaseModel):
    remark: str = Field(min_length=1, max_length=500, pattern=r"\S", examples=["示例太少"])


@dataclass(frozen=True, slots=True)
class ProposalDocument:
    """Rules that somebody wants to publish. ``files``: as they would be; null: taken out.

    ``remark``: of whoever returned it.
    """

    number: int
    author: str
    proposed_at: datetime
    reason: str
    state: ProposalState
    decided_by: str
    decided_at: datetime | None
    remark: str
    files: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ProposalsDocument:
    """The newest first."""

    proposals: tuple[ProposalDocument, ...]


@dataclass(frozen=True, slots=True)
class PublicationDocument:
    version: str
    author: str
    approver: str
    reason: str
    published_at: datetime
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublicationsDocument:
    """The newest first; ``files`` are empty here."""

    publications: tuple[PublicationDocument, ...]


@router.get(
    "/v1/publications",
    summary="History of the rules",
    responses=shows(PublicationsDocument, "The newest first."),
)
def history(service: TheService, _caller: Readers) -> Response:
    found = reversed(publications(store_url(service.settings.store)))
    return answer(PublicationsDocument(tuple(_published(one, {}) for one in found)))


@router.get(
    "/v1/publications/{version}",
    summary="Read a published version",
    responses=shows(PublicationDocument, "With its files.") | problems_at(_404="No such version."),
)
def publication(service: TheService, _caller: Readers, version: str) -> Response:
    known = {one.version: one for one in publications(store_url(service.settings.store))}
    if version not in known:
        raise Problem(404, "no_version", Message(_NO_VERSION, {"version": version[:80]}))
    return answer(_published(known[version], known[version].files))


@router.get(
    "/v1/proposals", summary="List proposals", responses=shows(ProposalsDocument, "Newest first.")
)
def proposals(
    service: TheService, _caller: Readers, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Response:
    newest = Proposals(service.store).all(limit=limit)
    return answer(ProposalsDocument(tuple(map(_document, newest))))


@router.post(
    "/v1/proposals",
    summary="Propose rules",
    status_code=201,
    responses=shows(ProposalDocument, "It waits for a second person.", 201),
)
async def propose(
    request: Request, service: TheService, caller: Editors, body: ProposalBody
) -> Response:
    """Refused where the rules have faults or an example does not say what it should."""
    sent = await body.sent(service)
    if not sent.edits:
        raise Problem(422, "nothing_new", Message(_NOTHING_NEW))
    with service.chores.alone(caller.name):
        faults = await drafting.faults(service, sent.after)
        errors = [one for one in faults if one.severity == "error"]
        if not errors:
            errors = list((await drafting.all_examples(service, sent.after)).faults)
    if errors:
        told = [
            {"at": [one.file, one.line, one.column], "what": render(one.message)} for one in errors
        ]
        raise Problem(422, "rules", Message(_NOT_USABLE, {"count": len(told)}), errors=told)
    reason = body.reason.strip()
    made = await asyncio.to_thread(Proposals(service.store).add, caller.name, reason, sent.edits)
    await asyncio.to_thread(audited, request, caller, Action.RULES_PROPOSE, str(made.id))
    return answer(_document(made), 201, {"Location": f"/v1/proposals/{made.id}"})


@router.get(
    "/v1/proposals/{number}",
    summary="Read a proposal",
    responses=shows(ProposalDocument, "With its files.")
    | problems_at(_404="There is no such proposal."),
)
def proposal(service: TheService, _caller: Readers, number: Number) -> Response:
    return answer(_document(_found(service, number)))


@router.post(
    "/v1/proposals/{number}/approval",
    summary="Approve a proposal",
    responses=shows(ProposalDocument, "It is in force.") | _UNDECIDED,
)
async def approve(
    request: Request, service: TheService, caller: Deciders, number: Number
) -> Response:
    """Puts the files in force and into the ledger; nobody approves what is his own."""
    found = await asyncio.to_thread(_open, service, number)
    if is_same_person(found.author, caller.name):
        raise Problem(403, "own_proposal", Message(_SAME, {"name": caller.name}))
    with service.chores.alone("publication"):
        made = await drafting.approval(service, number, caller.name)
    await asyncio.to_thread(audited, request, caller, Action.RULES_PUBLISH, made.version)
    return answer(_document(await asyncio.to_thread(_found, service, number)))


@router.post(
    "/v1/proposals/{number}/return",
    summary="Return a proposal to its author",
    responses=shows(ProposalDocument, "Nothing changes.") | _UNDECIDED,
)
def give_back(
    request: Request, service: TheService, caller: Deciders, number: Number, body: ReturnBody
) -> Response:
    """With a remark that says what is to be changed."""
    _open(service, number)
    return_proposal(service.store, number, by=caller.name, remark=body.remark)
    audited(request, caller, Action.RULES_PROPOSE, str(number), state="returned")
    return answer(_document(_found(service, number)))


@router.post(
    "/v1/proposals/{number}/withdrawal",
    summary="Withdraw one's own proposal",
    responses=shows(ProposalDocument, "Nothing changes.") | _UNDECIDED,
)
def take_back(request: Request, service: TheService, caller: Editors, number: Number) -> Response:
    _open(service, number)
    withdraw(service.store, number, by=caller.name)
    audited(request, caller, Action.RULES_PROPOSE, str(number), state="withdrawn")
    return answer(_document(_found(service, number)))


def _found(service: Service, number: int) -> Proposal:
    found = Proposals(service.store).find(number)
    if found is None:
        raise Problem(404, "no_proposal", Message(_NO_PROPOSAL, {"number": number}))
    return found


def _open(service: Service, number: int) -> Proposal:
    found = _found(service, number)
    if found.state is not ProposalState.OPEN:
        raise Problem(409, "decided", Message(_DECIDED, {"number": number}))
    return found


def _document(one: Proposal) -> ProposalDocument:
    return ProposalDocument(
        one.id,
        one.author,
        one.proposed_at,
        one.reason,
        one.state,
        one.decided_by,
        one.decided_at,
        one.remark,
        {name: edit.after for name, edit in one.edits.items()},
    )


def _published(one: Publication, files: Mapping[str, bytes]) -> PublicationDocument:
    return PublicationDocument(
        one.version,
        one.author,
        one.approver,
        one.reason,
        one.published_at,
        {name: data.decode("utf-8", "replace") for name, data in files.items()},
    )
