"""What is a sudden rise, and what is chance."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from autoqa.rises import LEVEL, Series, compared, is_over
from autoqa.store.rises import Counted, Episode, Subject

FIRST = date(2026, 1, 5)


def days(*counts: tuple[int, int]) -> Series:
    return {FIRST + timedelta(days=n): count for n, count in enumerate(counts)}


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_day_is_compared_by_fishers_exact_test() -> None:
    found = compared(days(*[(1, 10)] * 9, (8, 10)), day(9))
    assert found is not None
    # scipy.stats.fisher_exact([[8, 2], [9, 81]], "greater").pvalue
    assert found.chance == pytest.approx(4.8967e-06, rel=1e-4)
    assert (found.now, found.usual) == ((8, 10), (9, 90))


def test_days_that_differ_much_anyway_need_a_higher_rise() -> None:
    steady = compared(days(*[(5, 50)] * 12, (20, 50)), day(12))
    restless = compared(days(*[(0, 50), (10, 50)] * 6, (20, 50)), day(12))
    assert steady is not None
    assert restless is not None
    assert steady.is_rise(10)
    assert not restless.is_rise(10)


def test_few_days_few_hits_and_small_rises_are_none() -> None:
    assert compared(days((1, 10), (1, 10), (9, 10)), day(2)) is None
    assert compared(days(*[(0, 10)] * 9), day(12)) is None
    few = compared(days(*[(0, 1000)] * 20, (4, 1000)), day(20))
    small = compared(days(*[(30000, 100000)] * 20, (32000, 100000)), day(20))
    assert few is not None
    assert small is not None
    assert not few.is_rise(1)
    assert small.chance < LEVEL
    assert not small.is_rise(1)


def test_where_nothing_rises_hardly_anything_is_alerted() -> None:
    lot = random.Random(5)
    cells = {
        (rule, team): days(*((sum(lot.random() < 0.1 for _ in range(30)), 30) for _ in range(60)))
        for rule in ("one", "two", "three", "four")
        for team in ("甲", "乙", "丙")
    }
    counted = Counted(cells)
    assert [found for n in range(60) for found in counted.rises(day(n))] == []


def test_a_rise_in_several_teams_is_the_rules() -> None:
    usual, up = [(1, 20)] * 10, [(12, 20)]
    cells = {("rude", team): days(*usual, *up) for team in ("甲", "乙")}
    cells["rude", "丙"] = days(*usual, (1, 20))
    assert [subject for subject, _ in Counted(cells).rises(day(10))] == [Subject("rude")]


def test_a_team_that_fails_all_kinds_of_rules_rises_as_a_team() -> None:
    cells = {
        (f"rule-{n}", team): days(*[(1, 20)] * 10, (6 if team == "甲" else 1, 20))
        for n in range(8)
        for team in ("甲", "乙", "丙")
    }
    assert [subject for subject, _ in Counted(cells).rises(day(10))] == [Subject(team="甲")]


def test_whatever_is_counted_can_rise() -> None:
    topics = {"挂失": days(*[(4, 100)] * 10, (30, 100)), "还款": days(*[(9, 100)] * 11)}
    counted = Counted({}, more=topics)
    assert [subject for subject, _ in counted.rises(day(10))] == [Subject(topic="挂失")]


def test_what_is_up_is_not_told_again_and_ends_when_it_is_down() -> None:
    series = days(*[(1, 20)] * 10, *[(12, 20)] * 5, *[(1, 20)] * 4, (13, 20))
    told = Episode(Subject("rude", "甲"), day(10), None, (12, 20), (10, 200))
    counted = Counted({("rude", "甲"): series}, (told,))
    assert [found for n in range(10, 20) for found in counted.rises(day(n))] == []
    assert list(counted.ended(day(14))) == []
    (over,) = counted.ended(day(17))
    assert over.ended == day(17)
    assert not is_over(series, day(10), day(15), told.now, told.usual)
    later = Counted({("rude", "甲"): series}, (over,))
    assert Subject("rude", "甲") in [subject for subject, _ in later.rises(day(19))]
