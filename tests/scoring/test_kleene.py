"""The logic of outcomes, as tables."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from autoqa.scoring.result import Result, combined, conjunction, disjunction, negation
from autoqa.types import Evidence, Message, Occurrence, Outcome, Role

P, F, N, U = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("members", "every", "one"),
    [
        ((), N, N),
        ((N, N), N, N),
        ((P, P), P, P),
        ((P, F), F, P),
        ((P, U), U, P),
        ((F, U), F, U),
        ((F, F), F, F),
        ((U, U), U, U),
        ((P, N), P, P),
        ((F, N), F, F),
        ((U, N), U, U),
        ((P, F, U, N), F, P),
    ],
)
def test_members_combine_by_strong_kleene_logic(
    members: tuple[Outcome, ...], every: Outcome, one: Outcome
) -> None:
    for order in permutations(members):
        assert conjunction(order) == every
        assert disjunction(order) == one


def test_not_swaps_passed_and_failed_only() -> None:
    assert [negation(outcome) for outcome in (P, F, N, U)] == [F, P, N, U]


@pytest.mark.parametrize(("left", "right"), list(product(Outcome, repeat=2)))
def test_de_morgan_holds(left: Outcome, right: Outcome) -> None:
    assert negation(conjunction([left, right])) == disjunction([negation(left), negation(right)])


def test_what_did_not_decide_becomes_a_mention() -> None:
    def result(outcome: Outcome) -> Result:
        piece = Evidence(0, 1, Role.AGENT, "好", Message("said"))
        return Result(outcome, (Occurrence(outcome, (piece,)),))

    whole = combined(P, [result(P), result(F)])
    assert [item.outcome for item in whole.occurrences] == [P, N]
