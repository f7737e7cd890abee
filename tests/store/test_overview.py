"""The overview shows each call as it stands, and finds calls without reading the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from autoqa.errors import UsageError
from autoqa.store import Filter, Overview, Sort, Standing, Store
from autoqa.types import Event, EventKind, Worth
from tests.databases import execute, url_of
from tests.rulebook.stores import CALLS
from tests.store.calls import LATE, filled


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


def ids(overview: Overview, chosen: Filter) -> set[str]:
    return {row.call_id[2:-4] for row in overview.page(chosen).rows}


def test_a_call_is_shown_as_its_scorecard_says(store: Store) -> None:
    row = Overview(store).call("a/promising.wav")
    assert row is not None
    assert (row.score, row.passed, row.fatal, row.failed) == (0.0, False, True, 1)
    assert (row.agent_id, row.team, row.day) == ("801", "2组", date(2026, 2, 3))
    assert row.started_at == LATE + timedelta(days=3)
    assert row.worth == Worth.FATAL
    assert Overview(store).call("promising") is None


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(), {"polite", "other-words", "rude", "promising"}),
        (Filter(last_day=date(2026, 1, 31)), {"polite"}),
        (Filter(first_day=date(2026, 2, 1), last_day=date(2026, 2, 2)), {"other-words", "rude"}),
        (Filter(teams=["2组"]), {"other-words", "promising"}),
        (Filter(agent_ids=["800"]), {"polite", "rude"}),
        (Filter(agent_ids=[]), set()),
        (Filter(highest=0), {"promising"}),
        (Filter(lowest=100), {"polite", "other-words", "rude"}),
        (Filter(undetermined=True), {"other-words", "rude"}),
        (Filter(undetermined=False), {"polite", "promising"}),
        (Filter(failed_rule="no-promise"), {"promising"}),
        (Filter(fatal=True), {"promising"}),
        (Filter(passed=True), {"polite"}),
        (Filter(worth=Worth.FATAL), {"promising"}),
        (Filter(text="A/POL"), {"polite"}),
        (Filter(text="%"), set()),
        (Filter(alert=1), set()),
    ],
)
def test_calls_are_chosen(store: Store, chosen: Filter, expected: set[str]) -> None:
    overview = Overview(store)
    assert ids(overview, chosen) == expected
    assert overview.count(chosen) == len(expected)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_any_size_hold_every_call_once_in_order(
    store: Store, sort: Sort, descending: bool
) -> None:
    overview = Overview(store)
    whole = overview.page(sort=sort, descending=descending).rows
    backwards = overview.page(sort=sort, descending=not descending).rows
    assert whole == backwards[::-1]
    for limit in (1, 3):
        rows: list[Standing] = []
        after = None
        while True:
            page = overview.page(sort=sort, descending=descending, limit=limit, after=after)
            rows += page.rows
            if (after := page.next) is None:
                break
        assert tuple(rows) == whole


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "bnVsbA", "W251bGwsbnVsbF0", "é"])
def test_a_cursor_that_is_none_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        Overview(store).page(after=cursor)


def test_a_call_stands_by_the_scorecard_that_was_put_last(store: Store) -> None:
    """Rules of which an older version was restored make a scorecard that is there already."""
    (stored,) = store.stored(["a/rude.wav"])
    (first,) = store.scorecards("a/rude.wav")
    total = replace(first.agent, score=Decimal(7), low=Decimal(7), high=Decimal(7))
    second = replace(first, rule_set_version="other", agent=total)
    for scorecard in (second, first):
        store.put_scorecards([(stored.contact, stored.call, scorecard)])
        row = Overview(store).call("a/rude.wav")
        assert row is not None
        assert row.rule_set_version == scorecard.rule_set_version
        assert row.score == scorecard.agent.score
    assert store.scorecards("a/rude.wav") == [first, second]
    assert Overview(store).count() == len(CALLS)


def test_what_nobody_listened_for_is_unknown_and_not_zero(store: Store) -> None:
    (stored,) = store.stored(["a/rude.wav"])
    (scorecard,) = store.scorecards("a/rude.wav")
    holds = (Event(EventKind.HOLD, 0, 4_000), Event(EventKind.HOLD, 5_000, 6_000))
    call = replace(stored.call, events=holds, heard=(EventKind.HOLD, EventKind.DEAD_AIR))
    store.put_scorecards([(stored.contact, call, scorecard)])
    row = Overview(store).call("a/rude.wav")
    assert row is not None
    assert (row.hold_count, row.hold_ms, row.longest_hold_ms) == (2, 5_000, 4_000)
    assert (row.dead_air_count, row.longest_dead_air_ms) == (0, 0)
    assert row.talk_over_count is None


def test_choices_are_what_is_there(store: Store) -> None:
    overview = Overview(store)
    assert overview.teams() == ["1组", "2组"]
    assert overview.agent_ids() == ["800", "801"]
    assert {rule.rule_id for rule in overview.rules()} == {"greeting", "no-promise"}


def test_an_older_store_knows_where_its_calls_stand_once_it_is_opened(
    store: Store, tmp_path: Path
) -> None:
    """A store of version 1 has scorecards, and nothing that tells how calls stand by them."""
    before = Overview(store).page().rows
    rules = Overview(store).rules()
    url = url_of(tmp_path / "qa.db")
    store.close()
    standing = "overview", "overview_findings", "overview_rules", "reviews"
    surveyed = "survey_calls", "survey_holds", "survey_played", "survey_answers"
    followed = "alerts", "ledger_issues", "ledger_changes", "call_traits", "cases"
    for table in (
        *standing,
        *surveyed,
        *followed,
        "days",
        "day_sums",
        "originals",
        "alembic_version",
    ):
        execute(url, f"DROP TABLE {table}")
    execute(url, "CREATE TABLE about (schema_version INTEGER PRIMARY KEY)")
    execute(url, "INSERT INTO about VALUES (1)")
    for _ in range(2):
        with Store(url) as later:
            assert Overview(later).page().rows == before
            assert Overview(later).rules() == rules


@pytest.mark.parametrize("day", [date.min, date.max])
def test_any_day_of_the_calendar_can_be_asked_for(store: Store, day: date) -> None:
    overview = Overview(store)
    counts = overview.count(Filter(first_day=day)), overview.count(Filter(last_day=day))
    assert sorted(counts) == [0, len(CALLS)]
