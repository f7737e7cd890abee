"""``says``: a phrase that has to be said.

::

    says: greeting              # one of the phrases of this set; several sets: [a, b]
    role: 坐席                   # who: 坐席 (default), 客户, 录音, or a list of them
    within_first: 15s           # where, see place.Place
    within_first_turns: 2
    times: 1                    # in how many turns, default 1; or a limit: {at_most: 3}
    mentions: true              # list hits elsewhere in the call too; default true

With ``says_all`` instead of ``says`` each of the sets has to be said.

Passed: said there, exactly or by a sound that is sure enough. Where it is missing from a recording
it is undetermined until the stretch was heard twice; from a typed transcript it failed at once.
Undetermined, too: nobody knows who speaks, less than 90 % was transcribed, only an unsure hit, or
what the place hangs on is unsure; on a mono recording, too, where the other party is heard to say
it. Does not apply where what the place hangs on is not in the call.

Below ``not``, and for more than ``at_most`` times, words that are said cost points: then they have
to be beyond doubt, as with ``does_not_say``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from pydantic import model_validator

from autoqa.clarity import CLEAR_PROBABILITY
from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.anchors import NOT_SURE_OF_CASES
from autoqa.scoring.certainty import is_beyond_doubt, may_be_meant, stated
from autoqa.scoring.operators.base import Operator, PhraseUse
from autoqa.scoring.place import Place
from autoqa.scoring.quantities import ONCE, TimesLimit
from autoqa.scoring.result import Result, combined, conjunction, negated
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.spoken import Spoken
from autoqa.scoring.view import NOT_TRANSCRIBED, CallView
from autoqa.scoring.vocabulary import Roles, SetNames, fault
from autoqa.scoring.window import Scope, Window, inside, surely_inside
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
TOO_OFTEN = N_(
    "{times} times can never be reached in {turns} turns: words that are said twice in one turn "
    "count once"
)
WHO_SAID = N_("said, but it is not sure by whom")


_SAYS_ITS_OWN = ("menu", "ad", "queue")


class Says(Operator, Place):
    """A phrase that has to be said."""

    key: ClassVar[str] = "says"

    says: SetNames = ()
    says_all: SetNames = ()
    role: Roles = (Role.AGENT,)
    times: TimesLimit = ONCE
    mentions: bool = True

    @model_validator(mode="after")
    def _either(self) -> Says:
        if bool(self.says) == bool(self.says_all):
            raise fault(N_("write either says or says_all, with at least one phrase set"))
        turns = self.within_last_turns
        if self.role == (Role.AGENT,) and self.within_first_turns:
            turns = self.within_first_turns
        unbounded = self.within_first is not None or self.within_last is not None
        if turns and not unbounded and self.times.least > turns:
            raise fault(TOO_OFTEN, times=self.times.least, turns=turns)
        return self

    @property
    def has_place(self) -> bool:
        return True

    def phrase_uses(self, rule_set: RuleSet) -> Iterator[PhraseUse]:
        place = None if self.mentions else self
        yield PhraseUse(self.says or self.says_all, self.role, place)

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        windows = self.windows(view, scope)
        if not windows:
            doubt = self.doubt(view, scope)
            outcome = Outcome.UNDETERMINED if doubt else Outcome.NOT_APPLICABLE
            return Result(outcome, reason=doubt)
        sets = [self.says] if self.says else [(name,) for name in self.says_all]
        results = [one for names in sets for one in self._judge(view, scope, windows, names)]
        if len(results) == 1:
            return results[0]
        return combined(conjunction(result.outcome for result in results), results)

    def _judge(
        self, view: CallView, scope: Scope, windows: tuple[Window, ...], names: tuple[str, ...]
    ) -> Iterator[Result]:
        least, most = self.times.least, self.times.most
        if least:
            yield self._at_least(view, scope, windows, names, least)
        if most is not None:
            yield negated(self._at_least(view, scope.opposite, windows, names, most + 1))

    def _at_least(
        self,
        view: CallView,
        scope: Scope,
        windows: tuple[Window, ...],
        names: tuple[str, ...],
        least: int,
    ) -> Result:
        hits = inside(view.said(names, (*self.role, Role.UNKNOWN)), windows)
        if scope.is_forbidden:
            return self._forbidden(view, windows, hits, least)
        meant = [hit for hit in hits if not (hit.negated or hit.quoted)]
        sure = [hit for hit in meant if view.whose(hit.turn) <= {*self.role} and hit.counts]
        if _turns(sure) >= least:
            exact = [hit for hit in sure if hit.is_exact and surely_inside(hit, windows)]
            passed = Occurrence(Outcome.PASSED, evidence.of_hits(sure))
            return Result(Outcome.PASSED, (passed,), sure=_turns(exact) >= least)
        if not scope.is_duty:
            return self._unsaid(view, windows, meant)
        doubtful = [hit for hit in hits if hit not in sure]
        result = self._missing(view, scope, windows, names, doubtful, least)
        return _with_evidence(result, evidence.of_hits(sure))

    def _forbidden(
        self, view: CallView, windows: tuple[Window, ...], hits: list[Spoken], least: int
    ) -> Result:
        """What was said costs points: it has to be beyond doubt."""
        possible = [stated(hit) for hit in hits if may_be_meant(hit)]
        certain = [
            hit
            for hit in possible
            if hit.role in self.role and is_beyond_doubt(hit) and surely_inside(hit, windows)
        ]
        if _turns(certain) >= least:
            passed = Occurrence(Outcome.PASSED, evidence.of_hits(certain))
            return Result(Outcome.PASSED, (passed,))
        if _turns(possible) >= least:
            return _undetermined(Message(UNSURE), evidence.of_hits(possible, counts=False))
        return self._unsaid(view, windows, [])

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
        least: int,
    ) -> Result:
        role = self.role[0]
        start_ms = min(window.start_ms for window in windows)
        end_ms = min(max(window.end_ms for window in windows), view.span.end_ms)
        found = evidence.of_hits(hits)
        if not view.knows(role):
            return _undetermined(view.role_needed, found or _searched(start_ms, end_ms, role))
        question = _question(view, scope, names, role, start_ms, end_ms)
        answer = view.answer(question)
        if answer and answer.said and least == 1 and not view.is_another(names, answer):
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
        elif not any(window.sure for window in windows):
            doubt = Message(NOT_SURE_OF_CASES)
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
    return [hit for hit in inside(view.said(names, _PARTIES), windows) if hit.is_exact]


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


def _turns(hits: list[Spoken]) -> int:
    return len({hit.turn for hit in hits})


def _with_evidence(result: Result, found: tuple[Evidence, ...]) -> Result:
    """The same with what was found and is not enough."""
    occurrences = (replace(one, evidence=(*found, *one.evidence)) for one in result.occurrences)
    return replace(result, occurrences=tuple(occurrences))


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
