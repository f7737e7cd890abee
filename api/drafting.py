"""What routes and pages ask of rules that are being edited; all of it in processes of its own.

The files travel as texts, so that nothing that somebody types lies in the folder of rules before
it is approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from api.service import Service
from autoqa.i18n import N_, _
from autoqa.reports.changes import Changes
from autoqa.rulebook.asking import Questions, model_of, questions
from autoqa.rulebook.differing import compare
from autoqa.rulebook.drafting import (
    edited,
    examples_of_texts,
    faults_of_texts,
    rulebook_of,
    rules_of_texts,
)
from autoqa.rulebook.examining import Tried, tried_examples
from autoqa.rulebook.past_calls import PastCalls, library_of
from autoqa.rulebook.proposing import approve
from autoqa.rulebook.publications import Publication
from autoqa.rulebook.trying import Trial, try_rule
from autoqa.scoring import check
from autoqa.scoring.faults import Fault
from autoqa.scoring.rule import RuleSet
from autoqa.settings import Settings
from autoqa.store import Database, Edit, store_url
from autoqa.types import Caller

IN_FORCE = N_("the rules in force")
PROPOSED = N_("the rules with these changes")


async def faults(
    service: Service, texts: Mapping[str, str], *, thorough: bool = False
) -> list[Fault]:
    """Faults and warnings of all files, in order of place (``faults_of_texts``)."""
    return await service.chores.do(faults_of_texts, dict(texts), thorough=thorough)


async def examples(
    service: Service, texts: Mapping[str, str], kind: str, key: str
) -> tuple[Tried, ...]:
    """What the examples of an entry of a file say (``tried_examples``)."""
    return await service.chores.do(tried_examples, dict(texts), kind, key)


async def all_examples(service: Service, texts: Mapping[str, str]) -> check.Trial:
    """Raises ``Problem`` where the texts have faults."""
    return await service.chores.do(examples_of_texts, dict(texts))


async def trial(
    service: Service, caller: Caller, texts: Mapping[str, str], rule_id: str, limit: int
) -> Trial:
    """A rule on the stored calls, one such trial a caller at a time. ``Problem`` for faults."""
    with service.chores.alone(caller.name):
        folder = service.rules.folder
        return await service.chores.do(
            _trial, dict(texts), rule_id, limit, folder, service.settings
        )


async def changes(
    service: Service, caller: Caller, texts: Mapping[str, str], edits: Mapping[str, Edit]
) -> Changes:
    """What edits of the texts change on the stored calls; as ``trial``."""
    with service.chores.alone(caller.name):
        folder = service.rules.folder
        return await service.chores.do(_changes, dict(texts), dict(edits), folder, service.settings)


async def asked(service: Service, caller: Caller, since: datetime | None) -> Questions:
    """What customers asked that the knowledge in force has no entry for; as ``trial``."""
    with service.chores.alone(caller.name):
        folder = service.rules.folder
        return await service.chores.do(
            _asked, service.rules.rule_set, since, folder, service.settings
        )


async def approval(service: Service, id_: int, approver: str) -> Publication:
    """Publishes a proposal (``proposing.approve``)."""
    settings = service.settings
    return await service.chores.do(_approval, service.rules.folder, settings, id_, approver)


# ---------------------------------------------------------------- in processes of their own


def _trial(
    texts: dict[str, str], rule_id: str, limit: int, folder: Path, settings: Settings
) -> Trial:
    return try_rule(rules_of_texts(texts), rule_id, _calls(folder, settings), limit)


def _changes(
    texts: dict[str, str], edits: dict[str, Edit], folder: Path, settings: Settings
) -> Changes:
    old = rulebook_of(_(IN_FORCE), texts)
    new = rulebook_of(_(PROPOSED), edited(texts, edits))
    return compare(old, new, _calls(folder, settings))


def _asked(
    rule_set: RuleSet, since: datetime | None, folder: Path, settings: Settings
) -> Questions:
    calls = replace(_calls(folder, settings), since=since)
    return questions(rule_set, calls, model_of(settings))


def _approval(folder: Path, settings: Settings, id_: int, approver: str) -> Publication:
    with Database(store_url(settings.store)) as database:
        return approve(folder, database, settings.store, id_, approver=approver)


def _calls(folder: Path, settings: Settings) -> PastCalls:
    return PastCalls(settings.store, library_of(folder, settings), workers=1)
