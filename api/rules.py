"""Rules over HTTP: which are in force, and what others would do, before anybody is scored by them.

What is slow or hostile (files with a billion values, patterns without end) runs in a process of its
own (``api.drafting``), one at a time for each caller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api import drafting
from api.documents import answer, shows
from api.guard import needs
from api.openapi import problems_at
from api.problems import Problem
from api.rule_documents import (
    MOST_SHOWN,
    CheckDocument,
    DiffDocument,
    TestDocument,
    TryDocument,
    checked,
    compared,
    tested,
    tried,
)
from api.service import Service, TheService
from autoqa.i18n import N_, render
from autoqa.rulebook.drafting import edited, known_name, texts_of
from autoqa.rulebook.folder import rule_files
from autoqa.scoring.rule import Rule
from autoqa.store import Edit
from autoqa.types import Caller, Message, Party, Scope

router = APIRouter(tags=["rules"])

MOST_FILES = 200
_NO_RULE = N_("there is no rule {rule_id} in force")

Readers = Annotated[Caller, needs(Scope.READ)]
Editors = Annotated[Caller, needs(Scope.RULES)]

EXAMPLE = """\
rules:
  - id: greeting
    name: 开头问候
    rationale: 客户要知道打对了电话
    passes_if:
      says: hello
      role: 坐席
    examples:
      pass:
        - |
          坐席: 您好，很高兴为您服务。
      fail:
        - |
          坐席: 什么事？
phrases:
  hello: [您好]
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """``before``: the files in force. ``edits``: what was sent that is not as they are."""

    before: Mapping[str, str]
    edits: Mapping[str, Edit]

    @property
    def after(self) -> Mapping[str, str]:
        return edited(self.before, self.edits)


class FilesBody(BaseModel):
    """Rule files in place of those in force, by their path in the folder; null takes one out."""

    files: dict[str, str | None] = Field(
        default_factory=dict, max_length=MOST_FILES, examples=[{"greeting.yaml": EXAMPLE}]
    )

    async def sent(self, service: Service) -> Sent:
        """``UsageError`` for a name that is none, or leads out of the folder."""
        files = {known_name(name): text for name, text in self.files.items()}
        before = await asyncio.to_thread(texts_of, service.rules.folder)
        edits = {
            name: Edit(before.get(name), text)
            for name, text in files.items()
            if text != before.get(name)
        }
        return Sent(before, edits)


class TryBody(FilesBody):
    rule_id: str = Field(max_length=200, examples=["hold-thanked"])


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """A rule in force. ``source``: FILE:LINE."""

    id: str
    name: str
    counts_for: Party
    rationale: str
    owner: str
    status: str
    first_day: date | None
    last_day: date | None
    examples: int
    source: str


@dataclass(frozen=True, slots=True)
class FormDocument:
    """A form. ``rules``: ids of those that it counts, with their points."""

    id: str
    name: str
    pass_mark: float
    rules: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RulesDocument:
    """``fault``: why the files as they are now are not what scores; null where they are."""

    version: str
    fault: str | None
    rules: tuple[RuleDocument, ...]
    forms: tuple[FormDocument, ...]


@dataclass(frozen=True, slots=True)
class FilesDocument:
    """The rule files as they are in the folder, by their path in it."""

    files: Mapping[str, str]


@router.get("/v1/rules", summary="Rules in force", responses=shows(RulesDocument, "All of them."))
def rules(service: TheService, _caller: Readers) -> Response:
    kept = service.rules.kept
    forms = tuple(
        FormDocument(
            form.id,
            form.name,
            float(form.pass_mark),
            {item.rule_id: float(item.points) for part in form.sections for item in part.items},
        )
        for form in kept.rule_set.forms
    )
    fault = render(kept.error.message) if kept.error else None
    every = tuple(map(_rule, kept.rule_set.rules))
    return answer(RulesDocument(kept.rule_set.version, fault, every, forms))


@router.get(
    "/v1/rules/files", summary="Read the rule files", responses=shows(FilesDocument, "Their text.")
)
def files(service: TheService, _caller: Readers) -> Response:
    found = rule_files(service.rules.folder).items()
    return answer(FilesDocument({name: data.decode("utf-8", "replace") for name, data in found}))


@router.post(
    "/v1/rules/check", summary="Name every fault", responses=shows(CheckDocument, "All at once.")
)
async def check(service: TheService, caller: Editors, body: FilesBody) -> Response:
    """Faults and warnings with line and column; nothing is kept."""
    sent = await body.sent(service)
    with service.chores.alone(caller.name):
        return answer(checked(await drafting.faults(service, sent.after, thorough=True)))


@router.post(
    "/v1/rules/test", summary="Run the examples", responses=shows(TestDocument, "What they say.")
)
async def test(service: TheService, caller: Editors, body: FilesBody) -> Response:
    """Runs the examples that stand beside each rule."""
    sent = await body.sent(service)
    with service.chores.alone(caller.name):
        return answer(tested(await drafting.all_examples(service, sent.after)))


@router.post(
    "/v1/rules/try", summary="Try a rule on stored calls", responses=shows(TryDocument, "Its word.")
)
async def attempt(service: TheService, caller: Editors, body: TryBody) -> Response:
    """Which stored calls a rule passes and fails, and the words it goes by."""
    sent = await body.sent(service)
    return answer(
        tried(await drafting.trial(service, caller, sent.after, body.rule_id, MOST_SHOWN))
    )


@router.post(
    "/v1/rules/diff",
    summary="Compare with the rules in force",
    responses=shows(DiffDocument, "What changes."),
)
async def diff(service: TheService, caller: Editors, body: FilesBody) -> Response:
    """Which stored calls the files would judge otherwise, and by how much."""
    sent = await body.sent(service)
    return answer(compared(await drafting.changes(service, caller, sent.before, sent.edits)))


@router.get(
    "/v1/rules/{rule_id}",
    summary="Read a rule",
    responses=shows(RuleDocument, "As it is in force.") | problems_at(_404="No such rule."),
)
def rule(service: TheService, _caller: Readers, rule_id: str) -> Response:
    try:
        return answer(_rule(service.rules.rule_set.rule(rule_id)))
    except KeyError:
        raise Problem(404, "no_rule", Message(_NO_RULE, {"rule_id": rule_id})) from None


def _rule(one: Rule) -> RuleDocument:
    return RuleDocument(
        one.id,
        one.name,
        one.counts_for,
        one.rationale,
        one.owner,
        one.status.value,
        one.first_day,
        one.last_day,
        len(one.examples),
        f"{one.source.file}:{one.source.line}",
    )
