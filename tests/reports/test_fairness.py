"""Whose failures follow the line: trends among the calls of the same agents."""

from __future__ import annotations

from random import Random

import pytest

from autoqa.reports.fairness import Count, Report, report, trend_z

LEVELS = ["≥ 30 dB", "< 10 dB"]


def counts(*rows: tuple[str, tuple[int, int], tuple[int, int]]) -> list[Count]:
    """(agent, (failed, count) on good lines, (failed, count) on bad ones)."""
    return [
        Count("greeting", agent, level, failed, count)
        for agent, *both in rows
        for level, (failed, count) in enumerate(both)
        if count
    ]


def judged(*rows: tuple[str, tuple[int, int], tuple[int, int]]) -> Report:
    return report({"greeting": "开头问候"}, {"noise": counts(*rows)}, {"noise": LEVELS})


OTHERS = tuple((f"8{number:02}", (8, 80), (10, 20)) for number in range(10))
"""They fail a tenth on good lines and half on bad ones."""


def test_the_trend_is_cochrans_and_armitages_for_a_single_agent() -> None:
    # Worked by hand: 100 calls each, 10 and 30 failed; with the hypergeometric variance.
    assert trend_z(counts(("801", (10, 100), (30, 100)))) == pytest.approx(3.526, abs=1e-3)
    assert trend_z(counts(("801", (30, 100), (10, 100)))) == pytest.approx(-3.526, abs=1e-3)


def test_nothing_is_told_where_nothing_can_be_compared() -> None:
    assert trend_z([]) is None
    assert trend_z(counts(("801", (5, 50), (0, 0)), ("802", (0, 0), (40, 50)))) is None
    assert trend_z(counts(("801", (0, 50), (0, 50)))) is None
    found = report({}, {"noise": []}, {"noise": []})
    assert (found.tables, found.warnings, found.comparisons) == ((), (), 0)


def test_an_agent_whose_failures_follow_his_line_is_named() -> None:
    found = judged(*OTHERS, ("899", (2, 20), (40, 80)))
    (trend,) = found.tables[0].trends
    assert trend.follows
    (warned,) = found.warnings
    assert (warned.agent_id, warned.failed.hits, warned.factor) == ("899", 42, "noise")
    assert warned.others == pytest.approx(0.18)
    assert warned.expected == pytest.approx(0.42)


def test_an_agent_who_fails_more_than_his_line_explains_is_not() -> None:
    assert judged(*OTHERS, ("899", (18, 20), (75, 80))).warnings == ()


def test_an_agent_who_is_like_all_others_is_not() -> None:
    assert judged(*OTHERS, ("899", (8, 80), (10, 20))).warnings == ()


def test_a_bad_agent_at_a_bad_line_makes_no_rule_follow_the_line() -> None:
    good = tuple((f"8{number:02}", (8, 80), (2, 20)) for number in range(10))
    found = judged(*good, ("899", (0, 0), (60, 80)))
    assert not found.tables[0].trends[0].follows
    assert found.warnings == ()


def test_by_chance_alone_nothing_is_told_more_often_than_once_in_twenty_reports() -> None:
    lot = Random(1)

    def failed(count: int) -> int:
        return sum(lot.random() < 0.15 for _ in range(count))

    told = 0
    for _ in range(100):
        rows = tuple((f"8{n:02}", (failed(60), 60), (failed(20), 20)) for n in range(20))
        found = judged(*rows)
        told += any(one.p < 0.05 for table in found.tables for one in table.trends)
    assert told <= 10
