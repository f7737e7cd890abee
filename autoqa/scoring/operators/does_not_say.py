"""``does_not_say``: a phrase that must not be said.

::

    does_not_say: forbidden
    role: 坐席
    asked_about: [wealth, card]    # optional, see below

Failed: said exactly, word for word, and heard well. Negated, quoted, asked, by sound alone, by an
unsure hit or by somebody whose role is not known: undetermined. Not said, or without occasion:
passed. A window less than 90 % transcribed is undetermined.

``asked_about`` names phrase sets, one a topic, each with the words for it. A hit fails only where
the sentence names a topic and the customer, in words heard well, named it nowhere before. Where he
surely named it, telling him of it is no offence and no hit; where he may have, or could not be
heard, or no topic is named, it is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.certainty import WELL_HEARD, is_beyond_doubt, may_be_meant, stated
from autoqa.scoring.operators.base import Operator, PhraseUse
from autoqa.scoring.phrases import SOUND_FLOOR
from autoqa.scoring.place import Place
from autoqa.scoring.result import Result
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.spoken import Spoken
from autoqa.scoring.view import NOT_TRANSCRIBED, CallView
from autoqa.scoring.vocabulary import Roles, SetNames
from autoqa.scoring.window import Scope, Window, inside, surely_inside
from autoqa.types import Message, Occurrence, Outcome, Role

SAID = N_("said")
NOT_SURELY = N_("perhaps said, but negated, quoted, asked, by sound alone or heard badly")
ASKED = N_("perhaps the customer asked about it")
NO_TOPIC = N_("it cannot be told whether the customer asked about it")


class DoesNotSay(Operator, Place):
    """A phrase that must not be said."""

    key: ClassVar[str] = "does_not_say"

    does_not_say: SetNames
    role: Roles = (Role.AGENT,)
    asked_about: SetNames = ()

    def phrase_uses(self, rule_set: RuleSet) -> Iterator[PhraseUse]:
        yield PhraseUse(self.does_not_say, self.role, sound_floor=SOUND_FLOOR, always=False)

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        windows = self.windows(view, scope)
        said = view.said(self.does_not_say, (*self.role, Role.UNKNOWN))
        hits = [hit for hit in inside(said, windows) if may_be_meant(hit)]
        if not self.asked_about:
            # A question or a doubt says nothing; but a pitch is usually put as one.
            hits = [stated(hit) for hit in hits]
        judged = [self._judge(view, windows, turn_hits) for turn_hits in _by_stretch(hits)]
        occurrences = [item for item in judged if item.outcome != Outcome.PASSED]
        for outcome in (Outcome.FAILED, Outcome.UNDETERMINED):
            decisive = [item for item in occurrences if item.outcome == outcome]
            if decisive:
                return Result(outcome, tuple(occurrences), decisive[0].reason)
        if reason := self.doubt(view, scope):
            return Result(Outcome.UNDETERMINED, reason=reason)
        if windows and not all(
            view.is_transcribed(role, window.start_ms, window.end_ms)
            for role in (self.role if view.knows(self.role[0]) else tuple(Role))
            for window in windows
        ):
            return Result(Outcome.UNDETERMINED, reason=Message(NOT_TRANSCRIBED))
        return Result(Outcome.PASSED)

    def _judge(self, view: CallView, windows: tuple[Window, ...], hits: list[Spoken]) -> Occurrence:
        """The occurrence that the hits of one turn make."""
        outcome, reason = Outcome.UNDETERMINED, Message(NOT_SURELY)
        sure = [
            hit
            for hit in hits
            if hit.role in self.role and is_beyond_doubt(hit) and surely_inside(hit, windows)
        ]
        if sure:
            outcome, reason = Outcome.FAILED, Message(SAID)
            if self.asked_about:
                outcome, reason = self._unasked(view, sure[0])
        elif all(hit.role == Role.UNKNOWN for hit in hits):
            reason = view.role_needed
        counts = outcome == Outcome.FAILED
        return Occurrence(outcome, evidence.of_hits(sure or hits, counts=counts), reason)

    def _unasked(self, view: CallView, hit: Spoken) -> tuple[Outcome, Message]:
        named = [
            said
            for said in view.said(self.asked_about, self.role)
            if said.turn == hit.turn and said.is_exact
        ]
        # What the pitch itself names; else what is named around it.
        within = [s for s in named if s.start_ms < hit.end_ms and s.end_ms > hit.start_ms]
        topics = {said.phrases for said in within or named}
        if not topics or not view.knows(Role.CUSTOMER):
            return Outcome.UNDETERMINED, Message(NO_TOPIC)
        # Asked exactly or by sound: any trace of the topic in his words speaks for the agent.
        asked = [
            said
            for said in view.said(topics, [Role.CUSTOMER, Role.UNKNOWN])
            if said.start_ms < hit.end_ms
        ]
        if any(is_beyond_doubt(said) and said.role == Role.CUSTOMER for said in asked):
            return Outcome.PASSED, Message(ASKED)
        if asked:
            return Outcome.UNDETERMINED, Message(ASKED)
        earlier = [item for item in view.utterances(Role.CUSTOMER) if item.start_ms < hit.start_ms]
        if view.may_be_named(topics, earlier):
            return Outcome.UNDETERMINED, Message(ASKED)
        heard = view.is_transcribed(Role.CUSTOMER, 0, hit.start_ms) and all(
            item.probability >= WELL_HEARD for item in earlier
        )
        if not heard:
            return Outcome.UNDETERMINED, Message(NO_TOPIC)
        return Outcome.FAILED, Message(SAID)


def _by_stretch(hits: list[Spoken]) -> list[list[Spoken]]:
    stretches: dict[tuple[int, int], list[Spoken]] = {}
    for hit in hits:
        stretches.setdefault(hit.stretch, []).append(hit)
    return [stretches[stretch] for stretch in sorted(stretches)]
