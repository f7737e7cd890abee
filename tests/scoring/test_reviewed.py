"""The final score is the machine's with what people said, whatever the order they said it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.scoring import totals
from autoqa.scoring.result import conjunction
from autoqa.scoring.reviewed import occurrence_ids, reviewed, settled
from autoqa.scoring.rule import Form, Item, Section
from autoqa.types import (
    Evidence,
    Finding,
    Grade,
    Message,
    Occurrence,
    Outcome,
    Party,
    Review,
    ReviewKind,
    ReviewState,
    Role,
    Scorecard,
)

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
UNDETERMINED, NOT_APPLICABLE = Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
GRADES = (Grade("优秀", Decimal(90)), Grade("合格", Decimal(60)), Grade("不合格", Decimal(0)))


def occurrence(outcome: Outcome, start_ms: int) -> Occurrence:
    piece = Evidence(start_ms, start_ms + 1_000, Role.AGENT, "", Message("hold"), how="event")
    return Occurrence(outcome, (piece,))


def finding(
    outcomes: Iterable[Outcome],
    outcome: Outcome | None = None,
    *,
    item: Item | None = None,
    section: str = "礼仪",
    by_case: bool = True,
) -> Finding:
    """What a rule with these cases comes to, 10 points unless the item says otherwise."""
    item = item or Item("hold", Decimal(10), fatal=False)
    cases = tuple(occurrence(one, 10_000 * n) for n, one in enumerate(outcomes))
    whole = outcome or conjunction(case.outcome for case in cases)
    earned, open_ = totals.points_of(item, whole, cases)
    return Finding(
        item.rule_id,
        "持线",
        section,
        Party.AGENT,
        item.fatal,
        whole,
        earned,
        item.points,
        cases,
        points_open=open_,
        rule_version="v1",
        deduct=item.deduct,
        per_occurrence=item.per_occurrence,
        by_case=by_case,
    )


def card(
    *findings: Finding, start: Decimal | None = None, weight: Decimal | None = None
) -> Scorecard:
    """``weight``: of each section."""
    sections = tuple(Section(name, (), weight) for name in ("礼仪", "业务", "空"))
    form = Form("form", "质检表", Decimal(60), sections, start, grades=GRADES)
    return totals.scorecard("rules", form, None, findings)


def word(
    number: int,
    outcome: Outcome | None,
    *,
    about: Finding,
    case: int | None = None,
    kind: ReviewKind = ReviewKind.CORRECT,
) -> Review:
    """About a case of the finding, or the whole of it."""
    name = "" if case is None else occurrence_ids(about)[case]
    rule = about.rule_id
    version = about.rule_version
    return Review(number, "call", rule, version, kind, "王芳", NOON, name, outcome, reason="听过了")


POINTS = st.integers(1, 20).map(Decimal)
CASES = st.lists(st.sampled_from(Outcome), max_size=4)
DECIDED = st.sampled_from([PASSED, FAILED, NOT_APPLICABLE])


@st.composite
def scorecards(draw: st.DrawFn) -> Scorecard:
    start = draw(st.sampled_from([None, Decimal(100)]))
    findings = []
    for number in range(draw(st.integers(1, 4))):
        item = Item(
            f"rule-{number}",
            draw(POINTS),
            fatal=draw(st.booleans()),
            deduct=draw(st.none() | POINTS),
            per_occurrence=draw(st.booleans()),
        )
        # Sometimes the machine leaves the whole to a person, whatever the cases are.
        whole = draw(st.none() | st.just(UNDETERMINED))
        section = draw(st.sampled_from(["礼仪", "业务"]))
        by_case = draw(st.booleans())
        findings.append(finding(draw(CASES), whole, item=item, section=section, by_case=by_case))
    weight = draw(st.sampled_from([None, Decimal(50)]))
    return card(*findings, start=start, weight=weight)


@st.composite
def said(draw: st.DrawFn) -> tuple[Scorecard, list[Review]]:
    """A scorecard and at most one word on each case and on each whole."""
    machine = draw(scorecards())
    targets = [
        (one, case)
        for one in machine.findings
        for case in range(len(one.occurrences))
        if draw(st.booleans())
    ]
    reviews = [
        word(number, draw(DECIDED), about=one, case=case)
        for number, (one, case) in enumerate(targets)
    ]
    return machine, reviews


@given(scorecards())
def test_without_a_word_the_final_scorecard_is_the_machines(machine: Scorecard) -> None:
    result = reviewed(machine, [])
    assert result.final == result.machine == machine
    assert result.state == ReviewState.NONE
    assert not result.changes


@given(said(), st.sampled_from([None, Decimal(100)]), st.sampled_from([None, Decimal(50)]))
def test_the_final_score_is_reckoned_as_the_form_says(
    both: tuple[Scorecard, list[Review]], start: Decimal | None, weight: Decimal | None
) -> None:
    machine = card(*both[0].findings, start=start, weight=weight)
    final = reviewed(machine, both[1]).final
    assert final == card(*final.findings, start=start, weight=weight)


@given(said(), st.randoms())
def test_the_order_of_words_on_different_occurrences_never_matters(
    both: tuple[Scorecard, list[Review]], random: object
) -> None:
    machine, reviews = both
    numbers = [one.number for one in reviews]
    random.shuffle(numbers)  # type: ignore[attr-defined]
    again = [replace(one, number=n) for one, n in zip(reviews, numbers, strict=True)]
    assert reviewed(machine, again).final == reviewed(machine, reviews).final
    assert reviewed(machine, reviews[::-1]) == reviewed(machine, reviews)


@given(scorecards(), st.booleans())
def test_confirming_everything_leaves_the_score(machine: Scorecard, each_case: bool) -> None:
    reviews: list[Review] = []
    for one in machine.findings:
        cases = [*range(len(one.occurrences))] if each_case else [None]
        for case in cases:
            outcome = one.outcome if case is None else one.occurrences[case].outcome
            if outcome != UNDETERMINED:
                kind = ReviewKind.CONFIRM
                reviews.append(word(len(reviews), outcome, about=one, case=case, kind=kind))
    final = reviewed(machine, reviews).final
    assert final.agent.score == machine.agent.score
    assert [one.outcome for one in final.findings] == [one.outcome for one in machine.findings]
    if each_case:
        assert final == machine


@given(said())
def test_correcting_and_correcting_back_leaves_everything(
    both: tuple[Scorecard, list[Review]],
) -> None:
    machine, reviews = both
    cases = {
        (one.rule_id, name): case.outcome
        for one in machine.findings
        for name, case in zip(occurrence_ids(one), one.occurrences, strict=True)
    }
    back = [
        replace(one, number=len(reviews) + n, outcome=cases[one.rule_id, one.occurrence])
        for n, one in enumerate(reviews)
    ]
    result = reviewed(machine, [*reviews, *back])
    assert result.final == machine
    assert not result.changes


@given(said())
def test_the_final_score_is_within_its_bounds(both: tuple[Scorecard, list[Review]]) -> None:
    machine, reviews = both
    final = reviewed(machine, reviews).final
    for total in (final.agent, final.centre):
        if total.score is not None:
            assert total.low is not None
            assert total.high is not None
            assert 0 <= total.low <= total.score <= total.high <= 100
    for one in final.findings:
        assert 0 <= one.points_earned <= one.points_possible
        assert 0 <= one.points_open <= one.points_possible - one.points_earned


@given(scorecards(), st.data())
def test_what_is_decided_narrows_the_range_to_a_point(machine: Scorecard, data: st.DataObject):
    reviews = [
        word(number, data.draw(DECIDED), about=one)
        for number, one in enumerate(machine.findings)
        if one.outcome == UNDETERMINED
    ]
    # What fails case by case may hold cases that are undetermined: they are decided, too.
    reviews += [
        word(100 + number, FAILED, about=one, kind=ReviewKind.CONFIRM)
        for number, one in enumerate(machine.findings)
        if one.outcome == FAILED
    ]
    result = reviewed(machine, reviews)
    assert result.final.agent.low == result.final.agent.high
    assert not result.final.provisional
    assert result.state == (ReviewState.ALL if reviews else ReviewState.NONE)


@pytest.mark.parametrize(
    ("cases", "said_of_them", "outcome", "earned"),
    [
        ([FAILED], {0: PASSED}, PASSED, 10),
        ([FAILED, FAILED], {0: PASSED}, FAILED, 0),
        ([FAILED, FAILED], {0: PASSED, 1: NOT_APPLICABLE}, PASSED, 10),
        ([FAILED], {0: NOT_APPLICABLE}, NOT_APPLICABLE, 0),
        ([UNDETERMINED, PASSED], {0: FAILED}, FAILED, 0),
        ([UNDETERMINED, PASSED], {0: PASSED}, PASSED, 10),
        ([NOT_APPLICABLE, PASSED], {0: FAILED}, FAILED, 0),
    ],
)
def test_a_finding_is_what_its_cases_come_to(cases, said_of_them, outcome, earned) -> None:
    machine = card(finding(cases))
    (about,) = machine.findings
    reviews = [word(case, one, about=about, case=case) for case, one in said_of_them.items()]
    result = reviewed(machine, reviews)
    (final,) = result.final.findings
    assert (final.outcome, final.points_earned) == (outcome, earned)
    assert {one.review.by for one in result.changes} == {"王芳"}


def test_each_case_that_is_corrected_gives_its_points_back() -> None:
    item = Item("hold", Decimal(9), fatal=False, deduct=Decimal(3), per_occurrence=True)
    machine = card(finding([FAILED, FAILED, UNDETERMINED], item=item), start=Decimal(100))
    (about,) = machine.findings
    assert [machine.agent.score, machine.agent.low] == [94, 91]
    one_less = reviewed(machine, [word(1, PASSED, about=about, case=0)]).final
    assert [one_less.agent.score, one_less.agent.low, one_less.grade] == [97, 94, "优秀"]


def test_a_word_on_the_whole_says_that_none_of_its_cases_failed() -> None:
    machine = card(finding([FAILED, UNDETERMINED]))
    (about,) = machine.findings
    whole = word(1, PASSED, about=about)
    (final,) = reviewed(machine, [whole]).final.findings
    assert [one.outcome for one in final.occurrences] == [PASSED, PASSED]
    (again,) = reviewed(machine, [whole, word(2, FAILED, about=about, case=1)]).final.findings
    assert again.outcome == FAILED


def test_where_one_of_several_is_enough_a_word_on_one_case_fails_nobody() -> None:
    """Of two things of which one had to be said a person heard one: which of them is not known."""
    neither = card(finding([FAILED, FAILED], by_case=False))
    (about,) = neither.findings
    (final,) = reviewed(neither, [word(1, PASSED, about=about, case=0)]).final.findings
    assert final.outcome == UNDETERMINED
    one = card(finding([PASSED], by_case=False))
    (about,) = one.findings
    (final,) = reviewed(one, [word(1, FAILED, about=about, case=0)]).final.findings
    assert final.outcome == UNDETERMINED
    (final,) = reviewed(one, [word(1, FAILED, about=about)]).final.findings
    assert final.outcome == FAILED


def test_what_the_machine_leaves_to_people_as_a_whole_waits_for_a_word_on_each_case() -> None:
    machine = card(finding([FAILED, FAILED], UNDETERMINED))
    (about,) = machine.findings
    first = word(1, PASSED, about=about, case=0)
    assert reviewed(machine, [first]).final.findings[0].outcome == UNDETERMINED
    second = word(2, PASSED, about=about, case=1)
    assert reviewed(machine, [first, second]).final.findings[0].outcome == PASSED


def test_a_fatal_rule_that_a_person_clears_lets_the_score_stand() -> None:
    item = Item("promise", Decimal(10), fatal=True)
    machine = card(finding([FAILED], item=item), finding([PASSED]))
    assert [machine.agent.score, machine.passed] == [0, False]
    final = reviewed(machine, [word(1, PASSED, about=machine.findings[0], case=0)]).final
    assert [final.agent.score, final.passed, final.fatal_rule_ids] == [100, True, ()]


@pytest.mark.parametrize("kind", [ReviewKind.COMMENT, ReviewKind.APPEAL, ReviewKind.JUDGEMENT])
def test_what_is_no_word_changes_nothing(kind: ReviewKind) -> None:
    machine = card(finding([FAILED]))
    outcome = PASSED if kind == ReviewKind.JUDGEMENT else None
    review = word(1, outcome, about=machine.findings[0], kind=kind)
    assert reviewed(machine, [review]).final == machine


@pytest.mark.parametrize("field", ["rule_version", "occurrence"])
def test_a_word_lapses_when_the_rule_or_the_case_is_another(field: str) -> None:
    machine = card(finding([FAILED]))
    review = word(1, PASSED, about=machine.findings[0], case=0)
    review = (
        replace(review, rule_version="v2")
        if field == "rule_version"
        else replace(review, occurrence="other")
    )
    result = reviewed(machine, [review])
    assert result.final == machine
    assert result.lapsed == (review,)
    assert result.state == ReviewState.NONE


def test_a_case_keeps_its_name_when_another_is_found_before_it() -> None:
    before, after = finding([FAILED]), finding([FAILED, PASSED])
    assert occurrence_ids(after)[0] == occurrence_ids(before)[0]
    assert len(set(occurrence_ids(after))) == 2
    moved = replace(after, occurrences=after.occurrences[::-1])
    assert occurrence_ids(moved) == occurrence_ids(after)[::-1]
    twice = replace(after, occurrences=after.occurrences[:1] * 2)
    assert len(set(occurrence_ids(twice))) == 2


@given(scorecards(), scorecards(), st.data())
def test_a_decided_appeal_is_never_lowered_by_other_rules(
    machine: Scorecard, later: Scorecard, data: st.DataObject
) -> None:
    about = machine.findings[0]
    decision = word(1, data.draw(DECIDED), about=about, kind=ReviewKind.DECISION)
    (then, *_) = reviewed(machine, [decision]).final.findings
    decision = replace(decision, settled=settled(then))
    newer = tuple(replace(one, rule_version="v2") for one in later.findings)
    (now, *_) = reviewed(replace(later, findings=newer), [decision]).final.findings
    if now.outcome == FAILED:
        assert then.outcome == FAILED
        assert not now.fatal or then.fatal
    if now.outcome != NOT_APPLICABLE:
        lost = (now.points_lost + now.points_open) / now.points_possible
        assert lost <= then.points_lost / then.points_possible or not then.points_lost
        if not then.points_lost:
            assert lost == 0
