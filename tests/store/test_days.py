"""What is kept of a day is what would be counted, whatever happens to its calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from autoqa.retention import Kind, Retention
from autoqa.store import Filter, Overview, Reviews, Store
from autoqa.store import days as days_module
from autoqa.store.days import day_sums
from autoqa.store.figures import By, Figures, Measure
from autoqa.store.survey import Survey
from autoqa.survey.sums import By as SurveyBy
from autoqa.types import Draft, Outcome, ReviewKind
from tests.store.calls import FATAL, GOOD, LATE, PERHAPS, filled, rescore

FILTERS = (
    Filter(),
    Filter(first_day=date(2026, 2, 1)),
    Filter(last_day=date(2026, 2, 2), teams=["1组"]),
    Filter(agent_ids=["800"]),
    Filter(highest=50),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


def asked(store: Store) -> list[Any]:
    """Everything that is counted a day at a time."""
    figures, survey = Figures(store), Survey(store)
    return [
        [
            [figures.by(by, chosen) for by in By],
            figures.rules(chosen),
            [figures.distribution(measure, chosen) for measure in Measure],
            [survey.sums(by, chosen) for by in SurveyBy],
            survey.heard(chosen),
        ]
        for chosen in FILTERS
    ]


def anew(store: Store) -> list[Any]:
    """The same, with nothing kept."""
    with store.begin() as connection:
        connection.execute(day_sums.delete())
    return asked(store)


def kept(store: Store) -> int:
    with store.reading() as connection:
        return len(connection.execute(day_sums.select()).all())


def say(store: Store, call_id: str, outcome: Outcome) -> None:
    kind = ReviewKind.CORRECT
    Reviews(store).add(Draft(call_id, "no-promise", kind, "王芳", outcome=outcome, reason="听错了"))


def test_it_is_counted_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked(store)
    assert kept(store) > 0

    def none(*_: object) -> Any:
        raise AssertionError("counted again")

    monkeypatch.setattr(days_module, "_counted", none)
    figures = Figures(store)
    assert [figures.by(by) for by in By] == first[0][0]
    assert figures.rules() == first[0][1]
    assert [Survey(store).sums(by) for by in SurveyBy] == first[0][3]


def test_what_is_kept_follows_every_change(store: Store, tmp_path: Path) -> None:
    seen = [asked(store)]

    def check() -> None:
        now = asked(store)
        assert now != seen[-1]
        assert now == anew(store)
        seen.append(now)

    say(store, FATAL, Outcome.PASSED)
    check()
    rescore(store, tmp_path, "fatal: true", "fatal: false")
    check()
    (moved,) = store.stored([PERHAPS])
    contact = replace(moved.contact, started_at=LATE + timedelta(days=40), team="9组")
    card = store.current_scorecard(PERHAPS)
    assert card is not None
    store.put_scorecard(contact, moved.call, card)
    check()
    row = Overview(store).call(GOOD)
    assert row is not None
    Retention(store, tmp_path).delete({GOOD: row.recording_id})
    check()
    Retention(store, tmp_path).purge({Kind.SCORES: timedelta(days=1)}, LATE + timedelta(9), "test")
    check()


def test_who_counted_before_a_change_keeps_nothing_after_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Overview(store).call(GOOD)
    assert row is not None
    keep = days_module._keep

    def late(*args: Any) -> None:
        """Somebody changes the call between the counting and the keeping."""
        monkeypatch.setattr(days_module, "_keep", keep)
        say(store, GOOD, Outcome.FAILED)
        keep(*args)

    monkeypatch.setattr(days_module, "_keep", late)
    before = Figures(store).rules()
    after = Figures(store).rules()
    assert _failed(after) == _failed(before) + 1


def _failed(rules: Sequence[Any]) -> int:
    return sum(one.failed for one in rules if one.rule_id == "no-promise")
