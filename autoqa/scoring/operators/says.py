"""``says``: a phrase that has to be said.

::

    says: greeting              # one of the phrases of this set; several sets: [a, b]
    role: 坐席                   # who: 坐席 (default), 客户, 录音, or a list of them
    within_first: 15s           # where, see window.Place
    within_first_turns: 2
    times: 1                    # in how many turns, default 1
    mentions: true              # list hits elsewhere in the call too; default true

With ``says_all`` instead of ``says`` each of the sets has to be said.

Passed: said there, exactly or by a sound that is sure enough. Where it is missing from a recording
it is undetermined until the stretch was heard twice; from a typed transcript it failed at once.
Undetermined, too: nobody knows who speaks, less than 90 % was transcribed, or only an unsure hit;
on a mono recording, too, where the other party is heard to say it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, model_validator

from autoqa.clarity import CLEAR_PROBABILITY
from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator, PhraseUse
from autoqa.scoring.result import Result, combined, conjunction
from autoqa.scoring.view import NOT_TRANSCRIBED, CallView, Spoken
from autoqa.scoring.vocabulary import Roles, SetNames, fault
from autoqa.scoring.window import Place, Scope, Window
from autoqa.types import (
    EventKind,
    Evidence,
    Message,
    Occurrence,
    Outcome,
    Question,
    Role,
    Segment,
)

NOT_HEARD_TWICE = N_("not found on the first listen; not yet heard twice")
_NOT_HEARD_TWICE = Message(NOT_HEARD_TWICE, {"code": "not_heard_twice"})
TWICE_UNSURE = N_("heard twice and still not sure")
NOT_SAID = N_("not said")
UNSURE = N_("perhaps said; too unsure to count")
_PARTIES = (Role.AGENT, Role.CUSTOMER)
BADLY_HEARD = N_("somebody who may have said it was heard too badly")
WHO_SAID = N_("said, but it is not sure by whom")


_SAYS_ITS_OWN = ("menu", "ad", "queue")


class Says(Operator, Place):
    """A phrase that has to be said."""

    key: ClassVar[str] = "says"

    says: SetNames = ()
    says_all: SetNames = ()
    role: Roles = (Role.AGENT,)
    times: int = Field(default=1, ge=1)
    mentions: bool = True

    @model_validator(mode="after")
    def _either(self) -> Says:
        if bool(self.says) == bool(self.says_all):
            raise fault(N_("write either says or says_all, with at least one phrase set"))
        return self

    def phrase_uses(self) -> Iterator[PhraseUse]:
        place = None if self.mentions else self
        yield PhraseUse(self.says or self.says_all, self.role, place)

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        windows = self.windows(view, scope)
        if not windows:
            if self.hangs_on_role and not view.knows(self.hangs_on_role):
                return Result(Outcome.UNDETERMINED, reason=view.role_needed)
            return Result(Outcome.NOT_APPLICABLE)
        if self.says:
            return self._judge(view, scope, windows, self.says)
        results = [self._judge(view, scope, windows, (name,)) for name in self.says_all]
        return combined(conjunction(result.outcome for result in results), results)

    def _judge(
        self, view: CallView, scope: Scope, windows: tuple[Window, ...], names: tuple[str, ...]
    ) -> Result:
        hits = _inside(view.said(names, (*self.role, Role.UNKNOWN)), windows)
        meant = [hit for hit in hits if not (hit.negated or hit.quoted)]
        sure = [hit for hit in meant if hit.role in self.role and hit.counts]
        if len({hit.turn for hit in sure}) >= self.times:
            exact = any(hit.is_exact for hit in sure)
            passed = Occurrence(Outcome.PASSED, evidence.of_hits(sure))
            return Result(Outcome.PASSED, (passed,), sure=exact)
        if not scope.is_duty:
            return self._unsaid(view, windows, meant)
        doubtful = [hit for hit in hits if hit not in sure]
        return self._missing(view, scope, windows, names, doubtful)

    def _unsaid(self, view: CallView, windows: tuple[Window, ...], meant: list[Spoken]) -> Result:
        """Not said, as far as one listen can tell: for conditions that are no duty."""
        likely = [hit for hit in meant if hit.counts]
        if likely:
            return _undetermined(view.role_needed, evidence.of_hits(likely))
        roles = self.role if view.knows(self.role[0]) else tuple(Role)
        if all(view.is_transcribed(r, w.start_ms, w.end_ms) for r in roles for w in windows):
            return Result(Outcome.FAILED)
        return Result(Outcome.UNDETERMINED, reason=Message(NOT_TRANSCRIBED))

    def _missing(
        self,
        view: CallView,
        scope: Scope,
        windows: tuple[Window, ...],
        names: tuple[str, ...],
        hits: list[Spoken],
    ) -> Result:
        role = self.role[0]
        start_ms = min(window.start_ms for window in windows)
        end_ms = min(max(window.end_ms for window in windows), view.call.duration_ms)
        found = evidence.of_hits(hits)
        if not view.knows(role):
            return _undetermined(view.role_needed, found or _searched(start_ms, end_ms, role))
        question = _question(view, scope, names, role, start_ms, end_ms)
        answer = view.answer(question)
        if answer and answer.said:
            passed = Occurrence(Outcome.PASSED, (evidence.of_answer(answer), *found))
            return Result(Outcome.PASSED, (passed,))
        # It listened for a few ways of saying it, but may have written others.
        other_words = answer is not None and view.may_hold(names, answer.heard)
        twice = answer is not None and answer.said is False and not other_words
        stretch = found or _searched(start_ms, end_ms, role, twice)
        questions = () if answer or view.is_exact else (question,)
        doubt: Message | None = None
        if found:
            whose = any(hit.role == Role.UNKNOWN for hit in hits)
            doubt = Message(WHO_SAID if whose else UNSURE)
        elif others := _by_others(view, names, windows):
            doubt, stretch = Message(WHO_SAID), evidence.of_hits(others)
        elif not view.is_named(start_ms, end_ms):
            doubt = view.role_needed
        elif not view.is_exact and _is_drowned(view, self.role[1:], windows):
            doubt = Message(BADLY_HEARD)
        elif not view.is_transcribed(role, start_ms, end_ms):
            doubt = Message(NOT_TRANSCRIBED)
        elif not twice and not view.is_exact:
            doubt = Message(TWICE_UNSURE) if answer else _NOT_HEARD_TWICE
        if doubt is not None:
            return _undetermined(doubt, stretch, questions)
        reason = Message(NOT_SAID)
        return Result(Outcome.FAILED, (Occurrence(Outcome.FAILED, stretch, reason),), reason)


def _by_others(view: CallView, names: tuple[str, ...], windows: tuple[Window, ...]) -> list[Spoken]:
    """What the other party is heard to say on a mixed line: perhaps a voice was confused."""
    if view.is_exact or not view.call.is_mixed:
        return []
    return [hit for hit in _inside(view.said(names, _PARTIES), windows) if hit.is_exact]


def _is_drowned(view: CallView, roles: tuple[Role, ...], windows: tuple[Window, ...]) -> bool:
    """Whether another who may have said it was heard too badly: a recording that may say it,
    or a voice of which nobody knows whose it is. The second listen hears neither. What is
    known for a menu or an advertisement says neither's, and on hold nobody is there to say it, if
    it was heard and is not only the metadata's."""
    named = [
        event.segment
        for event in view.events(EventKind.RECORDED_PROMPT)
        if event.measures.get("label") in _SAYS_ITS_OWN
    ]
    named += [
        event.segment
        for event in view.events(EventKind.HOLD)
        if event.measures.get("source") != "metadata"
    ]
    return any(
        item.probability < CLEAR_PROBABILITY
        and any(w.start_ms < item.end_ms and item.start_ms < w.end_ms for w in windows)
        and not any(prompt.overlap_ms(Segment(item.start_ms, item.end_ms)) for prompt in named)
        for item in view.utterances(*roles, Role.UNKNOWN)
    )


def _inside(hits: tuple[Spoken, ...], windows: tuple[Window, ...]) -> list[Spoken]:
    return [hit for hit in hits if any(window.holds(hit) for window in windows)]


def _searched(start_ms: int, end_ms: int, role: Role, twice: bool = False) -> tuple[Evidence, ...]:
    return (evidence.of_search(start_ms, end_ms, role, twice),)


def _undetermined(
    reason: Message,
    found: tuple[Evidence, ...],
    questions: tuple[Question, ...] = (),
) -> Result:
    occurrence = Occurrence(Outcome.UNDETERMINED, found, reason)
    return Result(Outcome.UNDETERMINED, (occurrence,), reason, questions)


def _question(
    view: CallView, scope: Scope, names: tuple[str, ...], role: Role, start_ms: int, end_ms: int
) -> Question:
    phrases = tuple(
        phrase for name in names for phrase in view.rule_set.phrase_set(name).listen_for
    )
    return Question(scope.rule_id, phrases, role, start_ms, end_ms)
