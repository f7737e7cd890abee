"""What many calls come to, against the same counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from autoqa.store import Filter, Overview, Reviews, Store
from autoqa.store.figures import By, Figures, Measure
from autoqa.types import Draft, Event, EventKind, Outcome, ReviewKind
from tests.databases import url_of
from tests.store.calls import FATAL, GOOD, PERHAPS, filled


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


def hold(store: Store, call_id: str, *seconds: int) -> None:
    """Gives a call holds of so many seconds."""
    (stored,) = store.stored([call_id])
    scorecard = store.current_scorecard(call_id)
    assert scorecard is not None
    events = tuple(Event(EventKind.HOLD, 0, 1000 * length) for length in seconds)
    call = replace(stored.call, events=events, heard=(EventKind.HOLD,))
    store.put_scorecards([(stored.contact, call, scorecard)])


def test_all_calls_together(store: Store) -> None:
    (figures,) = Figures(store).by(By.ALL)
    assert (figures.calls, figures.scored, figures.score) == (4, 4, 75)
    assert (figures.passed, figures.failed, figures.open, figures.fatal) == (1, 1, 2, 1)
    assert figures.waiting == 3
    assert figures.spread == pytest.approx(43.3, abs=0.01)
    assert figures.low == pytest.approx((100 + 33.33 + 33.33 + 0) / 4)


def test_groups_hold_every_call_once(store: Store) -> None:
    for grouping, keys in (
        (By.DAY, ["2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03"]),
        (By.TEAM, ["1组", "2组"]),
        (By.AGENT, ["800", "801"]),
    ):
        groups = Figures(store).by(grouping)
        assert [one.key for one in groups] == keys
        assert sum(one.calls for one in groups) == 4
        assert sum(one.fatal for one in groups) == 1


def test_only_the_chosen_calls_count(store: Store) -> None:
    (figures,) = Figures(store).by(By.TEAM, Filter(first_day=date(2026, 2, 2), teams=["1组"]))
    assert (figures.key, figures.calls) == ("1组", 1)
    assert Figures(store).by(By.ALL, Filter(teams=["3组"])) == []
    assert Figures(store).by(By.ALL, Filter(forms=["form"]))[0].calls == 4
    assert Figures(store).by(By.ALL, Filter(directions=["outbound"])) == []


def test_rules_that_fail_most_come_first(store: Store) -> None:
    promise, greeting = Figures(store).rules()
    assert promise.rule_id == "no-promise"
    assert (promise.failed, promise.passed, promise.lost) == (1, 3, 5)
    assert (greeting.undetermined, greeting.passed, greeting.failed) == (2, 2, 0)
    (promise, _) = Figures(store).rules(Filter(first_day=date(2026, 2, 3)))
    assert (promise.failed, promise.passed) == (1, 0)
    others = {one.rule_id: one for one in Figures(store).rules(Filter(agent_ids=["800"]))}
    assert (others["no-promise"].failed, others["no-promise"].passed) == (0, 2)


def test_figures_follow_what_people_said(store: Store) -> None:
    draft = Draft(FATAL, "no-promise", ReviewKind.CORRECT, "王芳", outcome=Outcome.PASSED)
    Reviews(store).add(replace(draft, reason="听过了"))
    (figures,) = Figures(store).by(By.ALL)
    assert (figures.score, figures.passed, figures.fatal) == (100, 2, 0)
    promise = next(one for one in Figures(store).rules() if one.rule_id == "no-promise")
    assert (promise.failed, promise.passed, promise.overturned, promise.lost) == (0, 4, 1, 0)


def test_a_measure_is_spread_over_the_calls_in_which_it_is_known(store: Store) -> None:
    hold(store, GOOD)
    hold(store, PERHAPS, 4, 15)
    hold(store, FATAL, 9)
    spread = Figures(store).distribution(Measure.HOLD)
    assert (spread.calls, spread.median, spread.p90, spread.largest) == (4, 0, 19_000, 19_000)
    assert spread.bins == ((0, 3), (10_000, 1))
    assert spread.mean == 7_000
    assert Figures(store).distribution(Measure.HOLDS).bins == ((0, 2), (1, 1), (2, 1))
    assert Figures(store).distribution(Measure.DEAD_AIR).calls == 1


def test_the_best_score_is_in_the_last_bar(store: Store) -> None:
    assert Figures(store).distribution(Measure.SCORE).bins == ((0, 1), (95, 3))


def test_without_calls_there_are_no_figures(tmp_path: Path) -> None:
    with Store(url_of(tmp_path / "empty.db")) as store:
        assert Figures(store).by(By.ALL) == Figures(store).by(By.DAY) == []
        assert Figures(store).rules() == []
        spread = Figures(store).distribution(Measure.HOLD)
        assert (spread.calls, spread.median, spread.bins) == (0, None, ())
        assert Overview(store).count() == 0
