"""The night's numbers: right, the same in any order, and honest about what is not known."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.reports.figures import figures, rate
from autoqa.reports.row import Row, row_of
from autoqa.types import Outcome
from tests.reports.samples import card_of, night, samples

SCORED = [row_of(*sample) for sample in samples().values()]


def why(row: Row) -> str:
    return row.error.template if row.error else ""


def with_outcomes(*outcomes: dict[str, Outcome]) -> list[Row]:
    return [
        replace(SCORED[0], scorecard=card_of({rule: (o, []) for rule, o in those.items()}))
        for those in outcomes
    ]


def test_interval_of_a_rate_is_wilsons() -> None:
    # Published: 81 of 263 is 0.308 with [0.255, 0.366]; 0 of 20 is 0 with [0, 0.161]
    # (Newcombe, Statistics in Medicine 17, 1998, table I, method 3).
    assert rate(81, 263).low == pytest.approx(0.2553, abs=1e-4)
    assert rate(81, 263).high == pytest.approx(0.3662, abs=1e-4)
    assert rate(0, 20).low == 0
    assert rate(0, 20).high == pytest.approx(0.1611, abs=1e-4)


@given(st.integers(0, 500), st.integers(0, 500))
def test_interval_holds_the_rate(hits: int, misses: int) -> None:
    found = rate(hits, hits + misses)
    assert 0 <= found.low <= found.share + 1e-12
    assert found.share - 1e-12 <= found.high <= 1


def test_totals_add_up() -> None:
    rows = night(400)
    found = figures(rows, why)
    assert found.recordings == 400
    assert found.scored + sum(len(those) for _why, those in found.failures) == 400
    assert sum(found.verdicts.values()) == found.scored
    assert sum(sum(bar.values()) for bar in found.bins) == found.scores.count
    assert sum(team.calls for team in found.teams) == found.scored
    assert sum(agent.calls for agent in found.agents) == found.scored
    for rule in found.rules:
        assert rule.failed.count + rule.undetermined + rule.not_applicable == found.scored


def test_order_of_recordings_does_not_matter() -> None:
    rows = night(200)
    mixed = random.Random(1).sample(rows, len(rows))
    one, other = figures(rows, why), figures(mixed, why)
    assert (one.verdicts, one.bins, one.rules) == (other.verdicts, other.bins, other.rules)
    assert one.scores.mean == pytest.approx(other.scores.mean)


def test_night_without_recordings_has_no_mean_and_no_rate() -> None:
    found = figures([], why)
    assert (found.scores.mean, found.passed.count, found.rules, found.teams) == (None, 0, (), ())


def test_open_calls_count_neither_as_passed_nor_as_failed() -> None:
    found = figures(SCORED, why)
    assert found.verdicts["open"] == 1
    assert found.passed.count == 2


def test_score_of_a_hundred_is_in_the_last_bin() -> None:
    (row,) = with_outcomes({"greeting": Outcome.PASSED})
    assert sum(figures([row], why).bins[-1].values()) == 1


def test_undetermined_and_not_applicable_stay_out_of_a_rules_rate() -> None:
    rows = with_outcomes(*({"greeting": outcome} for outcome in Outcome))
    (rule,) = figures(rows, why).rules
    assert (rule.failed.hits, rule.failed.count) == (1, 2)
    assert (rule.undetermined, rule.not_applicable) == (1, 1)
