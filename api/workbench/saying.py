"""What a viewer says about a finding, from the page to the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.audited import audited
from api.problems import Problem
from api.workbench.frame import Viewer
from autoqa.i18n import N_
from autoqa.store import Reviews, Unsent
from autoqa.types import Action, Caller, Draft, Message, Outcome, ReviewKind, Scope

SCOPES = {
    "confirm": Scope.REVIEW,
    "correct": Scope.REVIEW,
    "comment": Scope.REVIEW,
    "appeal": Scope.APPEAL,
    "decide": Scope.DECIDE,
}
_NOT_SAID = N_("the page sent something that nobody can say; load it again")
LONGEST = 4000
_ACTIONS = {"appeal": Action.APPEAL, "decide": Action.DECIDE}


@dataclass(frozen=True, slots=True)
class Words:
    """``place``: where the text is kept while it is typed. ``number``: of the appeal decided."""

    act: str
    rule_id: str
    occurrence: str
    number: int
    outcome: str
    reason: str
    place: str
    version: str


def words_of(value: Any) -> Words:
    """What a script of the page sent; ``Problem`` where it is nothing of the kind."""
    if not isinstance(value, Mapping) or value.get("act") not in SCOPES:
        raise Problem(422, "not_said", Message(_NOT_SAID))
    number = str(value.get("number", ""))
    return Words(
        act=str(value["act"]),
        rule_id=str(value.get("rule", ""))[:128],
        occurrence=str(value.get("case", ""))[:64],
        number=int(number) if number.isdigit() else 0,
        outcome=str(value.get("outcome", "")),
        reason=str(value.get("reason", ""))[:LONGEST],
        place=str(value.get("place", ""))[:256],
        version=str(value.get("version", ""))[:64],
    )


def keep_typed(viewer: Viewer, call_id: str) -> None:
    """Keeps what is typed on a page about a call, until it is sent."""

    async def keep(caller: Caller, value: Any) -> None:
        if isinstance(value, Mapping):
            place, text = str(value.get("place", ""))[:256], str(value.get("text", ""))
            unsent = Unsent(viewer.service.store)
            await asyncio.to_thread(unsent.keep, caller.name, call_id, place, text)

    viewer.on("keep", Scope.READ, keep)


def put(viewer: Viewer, caller: Caller, call_id: str, words: Words) -> None:
    """Keeps what was said, writes it down in the audit log, and forgets it as unsent.

    Raises what ``Reviews`` raises where it may not be said.
    """
    store = viewer.service.store
    reviews = Reviews(store)
    if words.act == "decide":
        upheld = words.outcome == "upheld"
        reviews.decide(words.number, caller.name, upheld=upheld, reason=words.reason)
    else:
        is_known = words.act == "correct" and words.outcome in set(Outcome)
        reviews.add(
            Draft(
                call_id=call_id,
                rule_id=words.rule_id,
                kind=ReviewKind(words.act),
                by=caller.name,
                occurrence=words.occurrence,
                rule_version=words.version,
                outcome=Outcome(words.outcome) if is_known else None,
                reason=words.reason,
            )
        )
    action = _ACTIONS.get(words.act, Action.REVIEW)
    audited(viewer.request, caller, action, call_id, rule=words.rule_id, said=words.act)
    if words.place:
        Unsent(store).keep(caller.name, call_id, words.place, "")
