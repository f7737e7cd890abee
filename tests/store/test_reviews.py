"""What people say is kept for good, holds at once, and only what may be said is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.errors import NothingThere, ReviewRefused
from autoqa.scoring.reviewed import occurrence_ids
from autoqa.store import Filter, Overview, Standing, Store
from autoqa.store.reviews import Reviews
from autoqa.types import AppealState, Draft, Outcome, ReviewKind, ReviewState, Worth
from tests.store.calls import FATAL, GOOD, PERHAPS, filled, rescore

CONFIRM, CORRECT = ReviewKind.CONFIRM, ReviewKind.CORRECT
COMMENT, APPEAL = ReviewKind.COMMENT, ReviewKind.APPEAL


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


@pytest.fixture
def reviews(store: Store) -> Reviews:
    return Reviews(store)


def standing(store: Store, call_id: str) -> Standing:
    row = Overview(store).call(call_id)
    assert row is not None
    return row


def promise(kind: ReviewKind, by: str, reason: str = "听过了", **changes: Outcome | str) -> Draft:
    """Something about the fatal finding of the call that failed it."""
    return Draft(FATAL, "no-promise", kind, by, reason=reason, **changes)  # type: ignore[arg-type]


def test_a_correction_changes_the_final_score_and_never_the_machines(
    store: Store, reviews: Reviews
) -> None:
    before = store.current_scorecard(FATAL)
    review = reviews.add(promise(CORRECT, "王芳", outcome=Outcome.PASSED))
    row = standing(store, FATAL)
    assert (row.machine_score, row.score, row.passed, row.fatal) == (0, 100, True, False)
    assert (row.reviewed, row.worth) == (ReviewState.ALL, Worth.NOTHING)
    assert store.current_scorecard(FATAL) == before
    assert reviews.of_call(FATAL) == [review]
    assert (review.machine, review.outcome) == (Outcome.FAILED, Outcome.PASSED)
    said = reviews.reviewed(FATAL)
    assert said is not None
    assert {change.review for change in said.changes} == {review}


def test_one_case_of_a_finding_can_be_corrected(store: Store, reviews: Reviews) -> None:
    scorecard = store.current_scorecard(FATAL)
    assert scorecard is not None
    (finding,) = (one for one in scorecard.findings if one.rule_id == "no-promise")
    (case,) = occurrence_ids(finding)
    reviews.add(promise(CORRECT, "王芳", outcome=Outcome.PASSED, occurrence=case))
    assert standing(store, FATAL).score == 100


def test_what_was_left_to_a_person_is_decided_by_one(store: Store, reviews: Reviews) -> None:
    before = standing(store, PERHAPS)
    assert (before.passed, before.provisional, before.worth) == (None, True, Worth.DECISIVE)
    draft = Draft(PERHAPS, "greeting", CORRECT, "王芳", outcome=Outcome.FAILED, reason="没有问候")
    reviews.add(draft)
    row = standing(store, PERHAPS)
    assert row.score == row.low == row.high == pytest.approx(33.33)
    assert (row.passed, row.provisional, row.undetermined) == (False, False, 0)
    assert Overview(store).count(Filter(failed_rule="greeting")) == 1


def test_nothing_that_was_said_is_lost(reviews: Reviews) -> None:
    kept = [
        reviews.add(promise(COMMENT, "王芳", reason="再听一遍")),
        reviews.add(promise(CORRECT, "王芳", outcome=Outcome.PASSED)),
        reviews.add(promise(CORRECT, "李强", outcome=Outcome.FAILED)),
        reviews.add(promise(CONFIRM, "王芳", reason="")),
    ]
    assert reviews.of_call(FATAL) == kept
    assert kept[-1].outcome == Outcome.FAILED


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (promise(CORRECT, "王芳"), "say whether"),
        (promise(CORRECT, "王芳", outcome=Outcome.UNDETERMINED), "say whether"),
        (promise(CORRECT, "王芳", outcome=Outcome.PASSED, reason=" \n"), "reason"),
        (promise(COMMENT, "王芳", reason=""), "reason"),
        (promise(APPEAL, "张敏", reason=""), "reason"),
        (promise(COMMENT, "王芳", reason="长" * 2001), "at most 2000"),
        (promise(CONFIRM, "王芳", outcome=Outcome.PASSED), "not what stands"),
        (promise(CONFIRM, "王芳", rule_version="another"), "has changed"),
        (Draft(PERHAPS, "greeting", CONFIRM, "王芳"), "undetermined"),
        (Draft(GOOD, "greeting", APPEAL, "张敏", reason="不服"), "only what failed"),
    ],
)
def test_what_makes_no_sense_is_refused(
    store: Store, reviews: Reviews, draft: Draft, said: str
) -> None:
    before = standing(store, draft.call_id)
    with pytest.raises(ReviewRefused, match=said):
        reviews.add(draft)
    assert reviews.of_call(draft.call_id) == []
    assert standing(store, draft.call_id) == before


@pytest.mark.parametrize(
    "draft",
    [
        Draft("nobody", "greeting", CONFIRM, "王芳"),
        Draft(GOOD, "nothing", CONFIRM, "王芳"),
        Draft(GOOD, "greeting", CONFIRM, "王芳", occurrence="0123456789ab"),
    ],
)
def test_what_is_not_there_cannot_be_reviewed(reviews: Reviews, draft: Draft) -> None:
    with pytest.raises(NothingThere):
        reviews.add(draft)


# ---------------------------------------------------------------- appeals


@pytest.mark.parametrize(
    ("upheld", "score", "outcome"), [(True, 100, Outcome.PASSED), (False, 0, Outcome.FAILED)]
)
def test_an_appeal_waits_at_the_head_of_the_queue_until_it_is_decided(
    store: Store, reviews: Reviews, upheld: bool, score: float, outcome: Outcome
) -> None:
    appeal = reviews.add(promise(APPEAL, "张敏", reason="我说的是不保证收益"))
    row = standing(store, FATAL)
    assert (row.score, row.appeal, row.worth) == (0, AppealState.OPEN, Worth.APPEAL)
    assert [one.review for one in reviews.appeals(AppealState.OPEN)] == [appeal]
    decision = reviews.decide(appeal.number, "赵主任", upheld=upheld, reason="听了录音")
    row = standing(store, FATAL)
    assert (row.score, row.appeal) == (score, AppealState.DECIDED)
    assert row.worth == Worth.NOTHING
    assert (decision.outcome, decision.upheld) == (outcome, upheld)
    assert reviews.appeals(AppealState.OPEN) == []
    (decided,) = reviews.appeals(AppealState.DECIDED)
    assert (decided.review, decided.decision, decided.agent_id) == (appeal, decision, "801")


def test_appeals_are_seen_by_those_whose_calls_they_are_about(reviews: Reviews) -> None:
    appeal = reviews.add(promise(APPEAL, "张敏"))
    assert [one.review for one in reviews.appeals(agent_ids=["801"])] == [appeal]
    assert reviews.appeals(agent_ids=["800"]) == []
    assert reviews.appeals(after=appeal.number) == []


def test_nobody_decides_his_own_appeal_or_what_he_reviewed(reviews: Reviews) -> None:
    reviews.add(promise(CONFIRM, "王芳"))
    appeal = reviews.add(promise(APPEAL, "张敏"))
    for by in ("王芳", "张敏"):
        with pytest.raises(ReviewRefused):
            reviews.decide(appeal.number, by, upheld=True, reason="再听了一遍")
    reviews.decide(appeal.number, "赵主任", upheld=True, reason="再听了一遍")


def test_an_appeal_is_made_once_and_decided_once_and_then_stands(reviews: Reviews) -> None:
    appeal = reviews.add(promise(APPEAL, "张敏"))
    with pytest.raises(ReviewRefused, match="waits"):
        reviews.add(promise(APPEAL, "张敏"))
    with pytest.raises(ReviewRefused, match="reason"):
        reviews.decide(appeal.number, "赵主任", upheld=True, reason="")
    with pytest.raises(ReviewRefused, match="passed or not applicable"):
        reviews.decide(appeal.number, "赵主任", upheld=True, reason="好", outcome=Outcome.FAILED)
    reviews.decide(appeal.number, "赵主任", upheld=True, reason="听了录音")
    with pytest.raises(ReviewRefused, match="decided already"):
        reviews.decide(appeal.number, "钱主任", upheld=False, reason="听了录音")
    for draft in (promise(CORRECT, "王芳", outcome=Outcome.FAILED), promise(APPEAL, "张敏")):
        with pytest.raises(ReviewRefused, match="stands"):
            reviews.add(draft)
    reviews.add(promise(COMMENT, "王芳", reason="知道了"))


def test_an_appeal_that_is_none_cannot_be_decided(reviews: Reviews) -> None:
    comment = reviews.add(promise(COMMENT, "王芳", reason="再听一遍"))
    for number in (comment.number, 4711):
        with pytest.raises(NothingThere):
            reviews.decide(number, "赵主任", upheld=True, reason="听了录音")


# ---------------------------------------------------------------- other rules


def test_a_word_stays_while_its_rule_does_and_lapses_with_it(
    store: Store, reviews: Reviews, tmp_path: Path
) -> None:
    reviews.add(promise(CORRECT, "王芳", outcome=Outcome.PASSED))
    rescore(store, tmp_path, "greeting: 10", "greeting: 12")
    assert standing(store, FATAL).score == 100
    rescore(store, tmp_path, "promise: [保证收益]", "promise: [保证收益, 稳赚不赔]")
    row = standing(store, FATAL)
    assert (row.score, row.reviewed, row.worth) == (0, ReviewState.NONE, Worth.FATAL)
    said = reviews.reviewed(FATAL)
    assert said is not None
    assert said.lapsed == tuple(reviews.of_call(FATAL))
    rescore(store, tmp_path)
    assert standing(store, FATAL).score == 100


def test_a_decided_appeal_is_not_lowered_by_other_rules(
    store: Store, reviews: Reviews, tmp_path: Path
) -> None:
    appeal = reviews.add(promise(APPEAL, "张敏"))
    reviews.decide(appeal.number, "赵主任", upheld=True, reason="说的是不保证")
    rescore(store, tmp_path, "promise: [保证收益]", "promise: [保证收益, 稳赚不赔]")
    row = standing(store, FATAL)
    assert (row.machine_score, row.score, row.fatal) == (0, 100, False)
