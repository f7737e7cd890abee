"""A sample is drawn by lot, kept, and judged before the machine's outcome is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.errors import NothingThere, ReviewRefused
from autoqa.store import Filter, Overview, Reviews, Samples, Store
from autoqa.store.pairs import pairs
from autoqa.types import Draft, Outcome, ReviewKind, ReviewState, Strata, Worth
from tests.rulebook.stores import CALLS
from tests.store.calls import FATAL, GOOD, filled


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


@pytest.fixture
def samples(store: Store) -> Samples:
    return Samples(store)


@pytest.fixture
def many(store: Store) -> Samples:
    """Forty calls of four teams, the first with most of them."""
    (stored,) = store.stored([GOOD])
    scorecard = store.current_scorecard(GOOD)
    assert scorecard is not None
    for number in range(40):
        team = f"team-{max(number - 36, 0)}"
        contact = replace(stored.contact, call_id=f"call-{number:02}", team=team)
        store.put_scorecard(contact, stored.call, scorecard)
    return Samples(store)


CALLED = Filter(text="call-")


def test_the_same_seed_draws_the_same_calls(many: Samples) -> None:
    first, second = (many.draw("王芳", 10, seed=7, chosen=CALLED) for _ in range(2))
    assert first.calls == second.calls
    assert first.number != second.number
    assert many.draw("王芳", 10, seed=8, chosen=CALLED).calls != first.calls
    assert many.sample(first.number) == first
    assert len(many.samples()) == 3


def test_no_call_is_drawn_twice_and_each_stands_for_its_share(many: Samples) -> None:
    sample = many.draw("王芳", 10, chosen=CALLED)
    assert len({one.call_id for one in sample.calls}) == 10
    assert sum(one.weight for one in sample.calls) == sample.population == 40
    assert len(many.draw("王芳", 500, chosen=CALLED).calls) == 40


def test_each_stratum_gives_equally_many_as_far_as_it_has_them(many: Samples) -> None:
    sample = many.draw("王芳", 12, strata=Strata.TEAM, chosen=CALLED)
    drawn = Counter(one.stratum for one in sample.calls)
    assert drawn == {"team-1": 1, "team-2": 1, "team-3": 1, "team-0": 9}
    assert sum(one.weight for one in sample.calls) == pytest.approx(40)


def test_what_the_machine_seldom_finds_is_drawn_as_often(samples: Samples) -> None:
    sample = samples.draw("王芳", 2, strata=Strata.OUTCOME, rule_id="no-promise")
    assert {one.stratum for one in sample.calls} == {"passed", "failed"}
    assert sorted(one.weight for one in sample.calls) == [1, 3]


def test_nothing_is_drawn_from_nothing(samples: Samples) -> None:
    with pytest.raises(ReviewRefused, match="no call"):
        samples.draw("王芳", 2, chosen=Filter(teams=["3组"]))
    with pytest.raises(ReviewRefused, match="rule_id"):
        samples.draw("王芳", 2, strata=Strata.OUTCOME)
    with pytest.raises(NothingThere):
        samples.sample(1)


def test_the_machines_outcomes_are_hidden_until_every_line_is_judged(samples: Samples) -> None:
    number = samples.draw("王芳", len(CALLS)).number
    lines = samples.sheet(number, FATAL, "王芳")
    assert {line.rule_id for line in lines} == {"greeting", "no-promise"}
    assert {(line.judged, line.machine) for line in lines} == {(None, None)}
    samples.judge(number, FATAL, "no-promise", "王芳", Outcome.FAILED)
    assert {line.machine for line in samples.sheet(number, FATAL, "王芳")} == {None}
    samples.judge(number, FATAL, "greeting", "王芳", Outcome.FAILED)
    shown = {one.rule_id: one.machine for one in samples.sheet(number, FATAL, "王芳")}
    assert shown == {"greeting": Outcome.PASSED, "no-promise": Outcome.FAILED}
    assert {line.machine for line in samples.sheet(number, FATAL, "李强")} == {None}


def test_a_call_waits_for_whoever_began_the_sample_until_all_is_judged(samples: Samples) -> None:
    sample = samples.draw("王芳", 4)
    at = [one.call_id for one in sample.calls].index(FATAL) + 1
    waits = {FATAL: (sample.number, at)}
    assert samples.waiting([FATAL, "nothing"], "王芳") == waits
    assert samples.waiting([FATAL], "赵敏") == {}
    assert samples.waiting([], "王芳") == {}
    lines = samples.sheet(sample.number, FATAL, "王芳")
    for line in lines:
        assert samples.waiting([FATAL], "王芳") == waits
        samples.judge(sample.number, FATAL, line.rule_id, "王芳", Outcome.PASSED)
    assert samples.waiting([FATAL], "王芳") == {}
    samples.judge(sample.number, GOOD, lines[0].rule_id, "赵敏", Outcome.PASSED)
    assert samples.waiting([FATAL], "赵敏") == waits


def test_a_judgement_is_given_once_and_only_of_what_was_drawn(samples: Samples) -> None:
    chosen = Filter(text=GOOD)
    number = samples.draw("王芳", 1, rule_id="greeting", chosen=chosen).number
    samples.judge(number, GOOD, "greeting", "王芳", Outcome.PASSED)
    samples.judge(number, GOOD, "greeting", "李强", Outcome.PASSED)
    with pytest.raises(ReviewRefused, match="already"):
        samples.judge(number, GOOD, "greeting", "王芳", Outcome.FAILED)
    for call_id, rule_id in ((FATAL, "greeting"), (GOOD, "no-promise")):
        with pytest.raises(NothingThere):
            samples.judge(number, call_id, rule_id, "王芳", Outcome.PASSED)


def test_a_judgement_changes_no_score_and_a_disagreement_goes_to_the_queue(
    store: Store, samples: Samples
) -> None:
    number = samples.draw("王芳", len(CALLS)).number
    samples.judge(number, GOOD, "greeting", "王芳", Outcome.FAILED)
    row = Overview(store).call(GOOD)
    assert row is not None
    assert (row.score, row.reviewed, row.worth) == (100, ReviewState.NONE, Worth.DISAGREEMENT)
    Reviews(store).add(Draft(GOOD, "greeting", ReviewKind.CONFIRM, "李强"))
    row = Overview(store).call(GOOD)
    assert row is not None
    assert row.worth == Worth.NOTHING


def test_what_was_said_blindly_and_openly_is_there_to_be_compared(
    store: Store, samples: Samples
) -> None:
    number = samples.draw("王芳", 2, strata=Strata.OUTCOME, rule_id="no-promise").number
    samples.judge(number, FATAL, "no-promise", "王芳", Outcome.PASSED)
    for outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
        draft = Draft(FATAL, "no-promise", ReviewKind.CORRECT, "李强", outcome=outcome, reason="…")
        Reviews(store).add(draft)
    blind, seen = pairs(store)
    assert (blind.is_blind, blind.machine, blind.person) == (True, Outcome.FAILED, Outcome.PASSED)
    assert (seen.is_blind, seen.person) == (False, Outcome.NOT_APPLICABLE)
    assert blind.weight == 1
