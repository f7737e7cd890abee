"""What other conditions hang on: an event, words, a role's first words, a named condition.

``before: {event: hold}``, ``after: {says: complaint, role: 客户}``, ``for_each: {event: hold}``.
Each answers with its cases: where they are, how sure it is that they are any, and the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.event_choice import EventChoice
from autoqa.scoring.quantities import Nth, numbered
from autoqa.scoring.spoken import Spoken, merged
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import ConditionName, EventName, Flag, RoleName, SetNames, Words
from autoqa.scoring.window import Item, Scope
from autoqa.types import Event, Evidence, Message, Outcome, Role

HOLDS_DIFFER = "holds_differ"
NOT_SURE_OF_CASES = N_("it is not sure whether there was an occasion for it")
_SURELY = ("exact", "event")
"""How a piece of evidence was found that something else may hang on where it costs points."""
_ASKS = re.compile(r"(.)[不没]\1|[吗嘛么呢？?谁哪几]|什么|怎么|多少|是否|能否|可否")
"""A phrase that is a question is meant as one: 收不收费."""
_BACK_MS = 500
"""Speech that begins this close to the end of the call is no return from a hold."""


@dataclass(frozen=True, slots=True)
class Case:
    """One of what was looked for, and its evidence."""

    item: Item
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Cases:
    """``doubt``: why there may be cases that nobody found; None: these are all."""

    found: tuple[Case, ...] = ()
    doubt: Message | None = None

    def numbered(self, nth: int | None) -> Cases:
        """The nth only; not surely the nth where one up to it is in doubt."""
        if nth is None:
            return self
        up_to_it = self.found[:nth] if nth > 0 else self.found[nth:]
        all_sure = all(case.item.sure for case in up_to_it)
        chosen = (
            Case(replace(case.item, sure=all_sure and case.item.sure), case.evidence)
            for case in numbered(self.found, nth)
        )
        return Cases(tuple(chosen), self.doubt)


class AtEvent(EventChoice):
    """An event, with the options of ``event``: ``{event: hold, lasting: {at_least: 10s}}``.

    ``ended``: not one that lasts to the end of the call.
    """

    event: EventName
    ended: Flag = False

    def cases(self, view: CallView, scope: Scope, each: bool) -> Cases:
        doubt = view.unheard(self.event)
        return Cases(tuple(self._events(view)), doubt)

    def _events(self, view: CallView) -> Iterator[Case]:
        for event, meant in self.chosen(view, self.event):
            if self.ended and not _is_over(view, event.end_ms):
                continue
            sure = meant == Outcome.PASSED and not _is_disputed(view, event)
            item = Item(event.start_ms, event.end_ms, sure=sure)
            yield Case(item, (evidence.of_event(event),))


class AtWords(Words):
    """Words: ``{says: complaint, role: 客户, nth: 1}``.

    For each of them something is due only where they are meant: 为什么要办一张 is no 办一张, unless
    the phrase itself is put as a question.
    """

    says: SetNames = Field(min_length=1)
    role: RoleName = Role.CUSTOMER
    nth: Nth | None = None

    def cases(self, view: CallView, scope: Scope, each: bool) -> Cases:
        hits = view.said(self.says, (self.role, Role.UNKNOWN))
        if each:
            hits = tuple(_asked(hit) for hit in hits)
        if each or self.nth is not None:
            hits = merged(hits)
        found = tuple(Case(self._item(hit), evidence.of_hits([hit])) for hit in hits)
        return Cases(found).numbered(self.nth)

    def _item(self, hit: Spoken) -> Item:
        meant = not (hit.negated or hit.quoted)
        sure = hit.role == self.role and hit.counts and hit.is_exact and meant
        return Item(hit.start_ms, hit.end_ms, hit.turn, sure)


class AtFirstWords(Words):
    """The first words of a role: ``{speaks: 客户}``."""

    speaks: RoleName

    def cases(self, view: CallView, scope: Scope, each: bool) -> Cases:
        first = view.utterances(self.speaks)[:1]
        found = tuple(Case(Item(one.start_ms, one.end_ms)) for one in first)
        return Cases(found, view.unknown_party(self.speaks))


class AtCondition(Words):
    """Where a named condition was found to hold: ``{condition: fee_named}``."""

    condition: ConditionName
    nth: Nth | None = None

    def cases(self, view: CallView, scope: Scope, each: bool) -> Cases:
        named = view.rule_set.condition(self.condition)
        result = named.evaluate(view, Scope(scope.rule_id, scope.item, is_duty=False))
        if result.outcome not in (Outcome.PASSED, Outcome.UNDETERMINED):
            return Cases()
        is_sure = result.outcome == Outcome.PASSED and result.sure
        pieces = {
            (one.start_ms, one.end_ms): one
            for occurrence in result.occurrences
            if occurrence.outcome == result.outcome
            for one in occurrence.evidence
            if one.how != "searched"
        }
        found = tuple(
            Case(Item(*times, sure=is_sure and piece.how in _SURELY), (piece,))
            for times, piece in sorted(pieces.items())
        )
        doubt = result.reason or Message(NOT_SURE_OF_CASES)
        return Cases(found, None if is_sure else doubt).numbered(self.nth)


def _asked(hit: Spoken) -> Spoken:
    """The same, where a question counts as somebody else's words."""
    return replace(hit, quoted=hit.quoted or (hit.question and not _ASKS.search(hit.phrase)))


def _which(value: object) -> str | None:
    if isinstance(value, str):
        return "@it"
    if isinstance(value, Words):
        return _TAGS[type(value)]
    keys = value.keys() if isinstance(value, dict) else ()
    named = (key for key in ("event", "says", "speaks", "condition") if key in keys)
    return next(("@at_" + key for key in named), None)


_TAGS: dict[type[Words], str] = {
    AtEvent: "@at_event",
    AtWords: "@at_says",
    AtFirstWords: "@at_speaks",
    AtCondition: "@at_condition",
}
WRITE_ONE = N_("write “it”, or one of “event”, “says”, “speaks”, “condition”")

Found = (
    Annotated[AtEvent, Tag("@at_event")]
    | Annotated[AtWords, Tag("@at_says")]
    | Annotated[AtFirstWords, Tag("@at_speaks")]
    | Annotated[AtCondition, Tag("@at_condition")]
)
_ONE_OF = Discriminator(_which, custom_error_type="anchor", custom_error_message=WRITE_ONE)

Anchor = Annotated[Annotated[Literal["it"], Tag("@it")] | Found, _ONE_OF]
"""What a place hangs on; ``it`` is the case of ``for_each``."""

CaseChoice = Annotated[Found, _ONE_OF]
"""What ``for_each`` looks at one by one."""


def cases_of(anchor: Anchor, view: CallView, scope: Scope) -> Cases:
    """What a place hangs on, in the call."""
    if isinstance(anchor, str):
        return Cases((Case(scope.item),)) if scope.item else Cases()
    return anchor.cases(view, scope, each=False)


def _is_disputed(view: CallView, event: Event) -> bool:
    """Whether the telephone system says when it was, and ears heard it elsewhere: its clock may be
    off, and the words that belong to the event with it."""
    differs = any(remark.kind == HOLDS_DIFFER for remark in view.call.remarks)
    return differs and event.measures.get("source") == "metadata"


def _is_over(view: CallView, end_ms: int) -> bool:
    """Whether the agent is back after this moment."""
    last = view.agent_end_ms
    return last is not None and last > end_ms and view.live_end_ms - end_ms > _BACK_MS
