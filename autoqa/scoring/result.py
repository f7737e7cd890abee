"""What a condition says of a call, and how such answers combine.

Strong Kleene logic with a fourth value: members that do not apply drop out; where none is left the
whole does not apply. ``not`` swaps passed and failed only.

>>> conjunction([Outcome.PASSED, Outcome.UNDETERMINED]).value
'undetermined'
>>> disjunction([Outcome.FAILED, Outcome.NOT_APPLICABLE]).value
'failed'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autoqa.types import Message, Occurrence, Outcome, Question


@dataclass(frozen=True, slots=True)
class Result:
    """``questions``: what a second listen could settle. ``heard``: it depends on the sound.

    ``sure``: false where it rests on words that were recognised by their sound alone.
    """

    outcome: Outcome
    occurrences: tuple[Occurrence, ...] = ()
    reason: Message | None = None
    questions: tuple[Question, ...] = ()
    heard: bool = True
    sure: bool = True


def conjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """All of them; of none: not applicable."""
    return _decide(outcomes, Outcome.FAILED, Outcome.PASSED)


def disjunction(outcomes: Iterable[Outcome]) -> Outcome:
    """Any of them; of none: not applicable."""
    return _decide(outcomes, Outcome.PASSED, Outcome.FAILED)


def negation(outcome: Outcome) -> Outcome:
    """Swaps passed and failed; the others stay."""
    swapped = {Outcome.PASSED: Outcome.FAILED, Outcome.FAILED: Outcome.PASSED}
    return swapped.get(outcome, outcome)


def _decide(outcomes: Iterable[Outcome], decisive: Outcome, otherwise: Outcome) -> Outcome:
    applicable = {outcome for outcome in outcomes if outcome != Outcome.NOT_APPLICABLE}
    if not applicable:
        return Outcome.NOT_APPLICABLE
    for outcome in (decisive, Outcome.UNDETERMINED):
        if outcome in applicable:
            return outcome
    return otherwise


def combined(outcome: Outcome, results: Sequence[Result]) -> Result:
    """One result of several: what decided it keeps its outcome, the rest becomes a mention."""
    occurrences = []
    for result in results:
        decided = result.outcome == outcome
        occurrences += [
            item if decided else replace(item, outcome=Outcome.NOT_APPLICABLE)
            for item in result.occurrences
        ]
    deciding = [result for result in results if result.outcome == outcome]
    return Result(
        outcome,
        tuple(occurrences),
        next((result.reason for result in deciding if result.reason), None),
        tuple(question for result in deciding for question in result.questions),
        any(result.heard for result in deciding),
        # What one of several said surely is sure, whatever the others rest on.
        all(result.sure for result in deciding)
        if outcome == Outcome.PASSED and len(deciding) == len(results)
        else any(result.sure for result in deciding),
    )


def negated(result: Result) -> Result:
    """The opposite, occurrence by occurrence."""
    return replace(
        result,
        outcome=negation(result.outcome),
        occurrences=tuple(
            replace(item, outcome=negation(item.outcome)) for item in result.occurrences
        ),
    )
