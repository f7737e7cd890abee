"""Agreement of machine and people, against values worked out by hand and in the literature."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.reports.agreement import agreements
from autoqa.types import Outcome, Pair

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
NOT_APPLICABLE, UNDETERMINED = Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED


def pairs(machine: Outcome, person: Outcome, count: int, **fields: object) -> list[Pair]:
    return [Pair("rule", "v1", machine, person, True, **fields)] * count  # type: ignore[arg-type]


def test_precision_recall_and_kappa_of_a_table() -> None:
    """Cohen's kappa of the table 20 5 / 10 15 is 0.4."""
    said = [
        *pairs(FAILED, FAILED, 20),
        *pairs(FAILED, PASSED, 5),
        *pairs(PASSED, FAILED, 10),
        *pairs(PASSED, PASSED, 15),
    ]
    (found,) = agreements(said)
    assert found.count == 50
    assert found.precision.value == pytest.approx(20 / 25)
    assert (found.precision.low, found.precision.high) == pytest.approx((0.6087, 0.9114), abs=1e-4)
    assert found.recall.value == pytest.approx(20 / 30)
    assert found.kappa.value == pytest.approx(0.4)
    # Standard error by Fleiss, Cohen and Everitt: 0.1270.
    assert (found.kappa.low, found.kappa.high) == pytest.approx((0.1511, 0.6489), abs=2e-3)
    assert not found.is_trusted


def test_a_rule_that_many_judged_alike_may_be_trusted_alone() -> None:
    said = [*pairs(FAILED, FAILED, 40), *pairs(PASSED, PASSED, 60)]
    (found,) = agreements(said)
    assert found.is_trusted
    (few,) = agreements([*pairs(FAILED, FAILED, 4), *pairs(PASSED, PASSED, 6)])
    assert not few.is_trusted


def test_what_was_said_after_seeing_the_machines_outcome_is_counted_apart_and_never_trusted():
    said = [*pairs(FAILED, FAILED, 40), *pairs(PASSED, PASSED, 60)]
    blind, seen = agreements([*said, *(replace(one, is_blind=False) for one in said)])
    assert (blind.is_blind, blind.is_trusted) == (True, True)
    assert (seen.is_blind, seen.is_trusted) == (False, False)
    assert seen.kappa == blind.kappa


def test_what_is_undetermined_is_counted_by_itself() -> None:
    said = [
        *pairs(FAILED, FAILED, 3),
        *pairs(UNDETERMINED, FAILED, 2),
        *pairs(PASSED, UNDETERMINED, 9),
    ]
    (found,) = agreements(said)
    assert (found.count, found.undetermined) == (3, 2)
    assert found.recall.value == 1


@pytest.mark.parametrize("said", [[], pairs(UNDETERMINED, PASSED, 2), pairs(PASSED, PASSED, 5)])
def test_what_cannot_be_told_is_none(said: list[Pair]) -> None:
    for found in agreements(said):
        assert found.precision.value is found.recall.value is found.kappa.value is None
        assert not found.is_trusted


def test_versions_of_a_rule_are_told_apart() -> None:
    old = pairs(FAILED, PASSED, 5)
    new = [replace(one, rule_version="v2", person=FAILED) for one in old]
    assert [one.precision.value for one in agreements([*old, *new])] == [0, 1]


def test_a_judgement_weighs_as_many_calls_as_it_stands_for() -> None:
    """Failed calls were drawn ten times as often as passed ones."""
    said = [
        *pairs(FAILED, FAILED, 10, weight=1.0),
        *pairs(PASSED, FAILED, 1, weight=10.0),
        *pairs(PASSED, PASSED, 9, weight=10.0),
    ]
    (found,) = agreements(said)
    assert found.recall.value == pytest.approx(0.5)
    (even,) = agreements([replace(one, weight=1.0) for one in said])
    assert even.recall.value == pytest.approx(10 / 11)
    assert found.recall.low is not None
    assert even.recall.low is not None
    assert found.recall.low < even.recall.low


OUTCOMES = st.sampled_from([PASSED, FAILED, NOT_APPLICABLE])


@given(st.lists(st.tuples(OUTCOMES, OUTCOMES, st.floats(0.5, 20)), min_size=1), st.randoms())
def test_intervals_hold_their_values_and_order_never_matters(rows, random) -> None:
    said = [Pair("rule", "v1", machine, person, True, weight) for machine, person, weight in rows]
    (found,) = agreements(said)
    for estimate, least in ((found.precision, 0), (found.recall, 0), (found.kappa, -1)):
        if estimate.value is not None:
            assert estimate.low is not None
            assert estimate.high is not None
            assert least - 1e-9 <= estimate.low <= estimate.value + 1e-9
            assert estimate.value - 1e-9 <= estimate.high <= 1 + 1e-9
    random.shuffle(said)
    (again,) = agreements(said)
    assert (again.kappa.value or 0) == pytest.approx(found.kappa.value or 0)
