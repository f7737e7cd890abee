"""``repeats``: the same party says the same sentence again.

::

    repeats: 客户                # who has to say it again; or 坐席
    similarity: 80%             # how much alike, see similarity; default 80%
    within_turns: 6             # so many turns of the talk later at most; default 6
    times: 1                    # how often, default 1; or a limit: {at_most: 2}

Passed where it happens: below ``not`` it must not. A sentence is what stands between two full stops
(or question marks, semicolons), of six characters or more. Sentences of one turn are not compared.
Undetermined: nobody knows who speaks, or less than 90 % was transcribed and nothing was found.
Below ``not`` only the very same words, heard well, cost points; what is just alike goes to a
person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from autoqa.i18n import N_
from autoqa.scoring.certainty import WELL_HEARD
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.quantities import ONCE, Percent, TimesLimit
from autoqa.scoring.result import Result, combined, conjunction, negated
from autoqa.scoring.similarity import best_match
from autoqa.scoring.speech import chunks_of
from autoqa.scoring.view import NOT_TRANSCRIBED, CallView
from autoqa.scoring.vocabulary import RoleName
from autoqa.scoring.window import Scope
from autoqa.text import normalise
from autoqa.types import Evidence, Message, Occurrence, Outcome, Role

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_FEWEST = 6
"""Characters. Shorter ones (好的谢谢, 没有了) everybody says again and again."""
_COMMON = 0.4
"""Share of a sentence's characters that another has to have to be looked at closely."""

AGAIN = N_("said again")
FIRST = N_("said before")
PERHAPS = N_("perhaps said again")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """``turn``: which of the live turns of the call."""

    turn: int
    plain: str
    quote: str
    start_ms: int
    end_ms: int
    probability: float

    def evidence(self, role: Role, message: str, certainty: float, how: str) -> Evidence:
        return Evidence(
            self.start_ms, self.end_ms, role, self.quote, Message(message), certainty, how
        )


@dataclass(frozen=True, slots=True)
class _Repeat:
    first: _Sentence
    again: _Sentence
    similarity: float

    @property
    def is_beyond_doubt(self) -> bool:
        heard = min(self.first.probability, self.again.probability)
        return self.first.plain == self.again.plain and heard >= WELL_HEARD

    def evidence(self, role: Role) -> tuple[Evidence, Evidence]:
        how = "exact" if self.first.plain == self.again.plain else "similar"
        return (
            self.first.evidence(role, FIRST, 1.0, how),
            self.again.evidence(role, AGAIN, round(self.similarity, 2), how),
        )


class Repeats(Operator):
    """The same party says the same sentence again."""

    key: ClassVar[str] = "repeats"

    repeats: RoleName
    similarity: Percent = 80.0
    within_turns: int = Field(default=6, ge=1)
    times: TimesLimit = ONCE

    @property
    def has_place(self) -> bool:
        return True

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if not view.knows(self.repeats):
            return Result(Outcome.UNDETERMINED, reason=view.role_needed)
        found = list(self._found(view))
        results = []
        if self.times.least:
            results.append(self._at_least(view, scope, found, self.times.least))
        if self.times.most is not None:
            result = self._at_least(view, scope.opposite, found, self.times.most + 1)
            results.append(negated(result))
        if len(results) == 1:
            return results[0]
        return combined(conjunction(result.outcome for result in results), results)

    def _at_least(self, view: CallView, scope: Scope, found: list[_Repeat], least: int) -> Result:
        sure = [one for one in found if one.is_beyond_doubt]
        counted = sure if scope.is_forbidden else found
        pieces = tuple(piece for one in found for piece in one.evidence(self.repeats))
        if len(counted) >= least:
            passed = Occurrence(Outcome.PASSED, pieces, Message(AGAIN))
            return Result(Outcome.PASSED, (passed,), passed.reason, sure=len(sure) >= least)
        if len(found) >= least:
            doubtful = Occurrence(Outcome.UNDETERMINED, pieces, Message(PERHAPS))
            return Result(Outcome.UNDETERMINED, (doubtful,), doubtful.reason)
        if not view.is_transcribed(self.repeats, view.span.start_ms, view.span.end_ms):
            return Result(Outcome.UNDETERMINED, reason=Message(NOT_TRANSCRIBED))
        return Result(Outcome.FAILED)

    def _found(self, view: CallView) -> Iterator[_Repeat]:
        """Each sentence that was said before, with the last time it was."""
        sentences = list(_sentences(view, self.repeats))
        for number, again in enumerate(sentences):
            for first in reversed(sentences[:number]):
                if again.turn - first.turn > self.within_turns:
                    break
                if first.turn == again.turn:
                    continue
                alike = _alike(first.plain, again.plain, self.similarity / 100)
                if alike is not None:
                    yield _Repeat(first, again, alike)
                    break


def _alike(first: str, again: str, least: float) -> float | None:
    """How much of what was said first is said again, or None where it is less than ``least``."""
    characters = set(first)
    if len(characters & set(again)) < _COMMON * len(characters):
        return None
    match = best_match(first, again, least)
    return match.similarity if match else None


def _sentences(view: CallView, role: Role) -> Iterator[_Sentence]:
    for number, index in enumerate(view.live_turns):
        turn = view.turns[index]
        for chunk in chunks_of(view.worded, turn) if turn.role is role else ():
            for found in _SENTENCE.finditer(chunk.text):
                plain = normalise(found[0]).text
                if len(plain) >= _FEWEST:
                    start_ms, end_ms, probability = chunk.times(*found.span())
                    yield _Sentence(number, plain, found[0].strip(), start_ms, end_ms, probability)
