"""What dashboards show: how surely, to whom, and where each figure leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.workbench.charts import course, spread
from api.workbench.choosing import choice
from api.workbench.dashboards import Board, board_of
from api.workbench.standings import group_rows, most, rule_rows, trust_rows
from autoqa.reports.agreement import agreements
from autoqa.reports.intervals import FEWEST, mean_interval, t_95
from autoqa.store import Overview, Store
from autoqa.store.figures import Distribution, GroupFigures, Measure, RuleFigures
from autoqa.store.offered import Offered
from autoqa.types import Caller, Outcome, Pair, Scope
from tests.store.calls import filled

ALL = Caller("王芳", frozenset({Scope.READ}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


def group(key: str, calls: int, score: float | None, spread: float = 10) -> GroupFigures:
    return GroupFigures(
        key, key, calls, calls, score, spread, score, score, calls, 0, 0, 0, waiting=0
    )


def rule(key: str, failed: int, passed: int, undetermined: int = 0) -> RuleFigures:
    return RuleFigures(
        key, key, "", "agent", False, passed, failed, undetermined, 0, overturned=0, lost=0
    )


@pytest.mark.parametrize(("freedom", "by_table"), [(4, 2.776), (9, 2.262), (29, 2.045)])
def test_intervals_of_means_are_student_s(freedom: int, by_table: float) -> None:
    assert t_95(freedom) == pytest.approx(by_table, rel=0.003)


def test_the_interval_of_a_mean_is_as_counted_by_hand() -> None:
    # Scores 80, 90, 100, 70, 60: mean 80, deviation sqrt(200) among them, t of 4 is 2.776.
    found = mean_interval(80, 200**0.5, 5)
    assert found == pytest.approx((80 - 19.63, 80 + 19.63), abs=0.1)
    assert mean_interval(99, 10, 6) == pytest.approx((87.5, 100), abs=0.1)
    assert mean_interval(80, 10, FEWEST - 1) is None


def test_few_calls_rank_nobody() -> None:
    groups = [group("few", 29, 20), group("high", 400, 95), group("low", 400, 70)]
    rows = group_rows([*groups, group("mid", 400, 80.5)], group("", 1229, 80), lambda key: key)
    assert [(row.key, row.standing) for row in rows] == [
        ("low", "below"),
        ("mid", "like"),
        ("high", "above"),
        ("few", "few"),
    ]
    (single,) = group_rows([group("one", 1, 0, 0)], group("", 1, 0, 0), lambda key: key)
    assert (single.interval, single.span) == ("–", None)


def test_rules_are_in_order_of_their_share_with_enough_calls_first() -> None:
    rules = [rule("rare", 2, 1), rule("often", 40, 60, 25), rule("seldom", 1, 99), rule("no", 0, 9)]
    failed = rule_rows(rules, lambda key: f"?rule={key}", is_failed=True)
    assert [(row.name, row.share, row.is_few) for row in failed] == [
        ("often", "40.0%", False),
        ("seldom", "1.0%", False),
        ("rare", "66.7%", True),
    ]
    assert failed[0].href == "?rule=often"
    assert failed[0].interval == "30.9–49.8 %"
    assert most(failed) == 50
    (left,) = rule_rows(rules, lambda key: key, is_failed=False)
    assert (left.hits, left.count, left.share) == (25, 125, "20.0%")


def test_only_blind_judgements_trust_a_rule() -> None:
    failed, passed = Outcome.FAILED, Outcome.PASSED

    def same(rule_id: str, count: int, *, is_blind: bool) -> list[Pair]:
        return [Pair(rule_id, "1", one, one, is_blind) for one in [failed, passed] * count]

    wrong = [Pair("wrong", "1", failed, passed, True)] * 50 + same("wrong", 5, is_blind=True)
    pairs = [*wrong, *same("few", 2, is_blind=True), *same("good", 80, is_blind=True)]
    rows = trust_rows(agreements([*pairs, *same("seen", 80, is_blind=False)]), [])
    assert {row.name: row.verdict for row in rows} == {
        "good": "alone",
        "few": "unsure",
        "seen": "unsure",
        "wrong": "not",
    }


def test_bars_hold_every_call_and_the_last_is_open() -> None:
    bins = (*((second * 1000, 10) for second in range(20)), (900_000, 1))
    found = Distribution(Measure.TALK_OVER, 201, 1.0, 9000, 18_000, 900_000, 1000, bins)
    chart = spread(found, "talk-over")
    assert sum(int(row[1]) for row in chart.rows) == 201
    assert chart.rows[-1][:2] == ("≥ 46", "1")
    none = Distribution(Measure.TALK_OVER, 0, None, None, None, None, 1000, ())
    assert spread(none, "talk-over").rows == ()


def test_a_day_with_few_calls_has_a_mean_without_interval() -> None:
    chart = course([group("2026-02-01", 4, 75)], group("", 4, 75))
    assert chart.rows == (("2026-02-01", "4", "75.0", "–"),)


def test_an_address_without_days_shows_the_newest(store: Store) -> None:
    board = board_of(store, "", ALL)
    assert (board.period, board.chosen["first"], board.chosen["last"]) == (
        "30",
        "2026-01-05",
        "2026-02-03",
    )
    assert board.total is not None
    assert board.total.calls == 4
    chosen = board_of(store, "first=2026-02-03&team=2组&rule=no-promise&verdict=fatal", ALL)
    assert (chosen.period, dict(chosen.chosen.values)) == (
        "",
        {"first": "2026-02-03", "team": "2组"},
    )
    assert len(board_of(store, "period=all&first=soon", ALL).days) == 4


def test_no_calls_is_no_fault(tmp_path: Path) -> None:
    with Store("sqlite://") as store:
        board: Board = board_of(store, "", ALL)
        assert (board.total, board.days, board.rules) == (None, [], [])
        assert Offered(store).last_day() is None


def test_what_can_be_chosen_is_what_calls_have(store: Store) -> None:
    offered = Offered(store)
    assert offered.last_day() == date(2026, 2, 3)
    assert offered.directions() == []
    assert len(offered.forms()) == 1


def test_an_agent_sees_nobody_else(store: Store) -> None:
    agent = Caller("张敏", frozenset({Scope.READ}), frozenset({"801"}))
    board = board_of(store, "agent=800", agent)
    assert board.total is not None
    assert (board.total.calls, board.teams, board.agents) == (2, [], [])
    assert board.centre is None, "the mean of two agents tells on the other"
    nobody = Caller("李", frozenset({Scope.READ}), frozenset())
    assert board_of(store, "", nobody).total is None


def test_a_rule_s_calls_are_a_choice_of_the_list(store: Store) -> None:
    overview = Overview(store)
    for one in board_of(store, "period=all", ALL).rules:
        for field, count in (("rule", one.failed), ("undecided", one.undetermined)):
            chosen = choice(f"{field}={one.rule_id}").filter(ALL)
            assert overview.count(chosen) == count
