"""The ledger of problems: what is planned, who changed it, and its effect; as a workbook, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from autoqa.errors import UsageError
from autoqa.i18n import language
from autoqa.ledger.effect import Verdict, difference, effect, verdict_of
from autoqa.ledger.workbook import LedgerFaults, ledger_book, read_into
from autoqa.reports.figures import rate
from autoqa.store import Issues, Recordings, Store
from autoqa.store.deletion import delete_calls
from autoqa.store.issues import EVERY, IssueFilter
from autoqa.types import IssueState, Plan
from tests.databases import url_of
from tests.store.calls import GOOD, filled

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLAN = Plan("漏报工号", "客服中心", "王芳", "班前会抽查", date(2026, 2, 1), date(2026, 2, 28))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(url_of(tmp_path / "qa.db")) as store:
        yield store


def test_a_problem_is_kept_with_every_change(store: Store) -> None:
    issues = Issues(store)
    made = issues.open(PLAN, "王芳", call_id="a.wav", alert=3, at=NOW)
    later = replace(PLAN, owner="李明", state=IssueState.IN_WORK)
    now = issues.change(made.number, later, "李明", version=1, at=NOW)
    assert now is not None
    assert issues.find(made.number) == now
    assert (now.plan, now.version, now.call_id, now.alert) == (later, 2, "a.wav", 3)
    first, second = issues.history(made.number)
    assert first.after["title"] == "漏报工号"
    assert (second.who, second.before, second.after) == (
        "李明",
        {"owner": "王芳", "state": "open"},
        {"owner": "李明", "state": "in_work"},
    )
    assert issues.plan_at(made.number, 1) == PLAN
    assert issues.plan_at(made.number, 9) is None


def test_who_changes_what_somebody_changed_is_told(store: Store) -> None:
    issues = Issues(store)
    made = issues.open(PLAN, "王芳")
    assert issues.change(made.number, replace(PLAN, owner="甲"), "甲", version=1)
    assert issues.change(made.number, replace(PLAN, owner="乙"), "乙", version=1) is None
    found = issues.find(made.number)
    assert found is not None
    assert found.plan.owner == "甲"
    with pytest.raises(KeyError):
        issues.change(99, PLAN, "甲", version=1)


@pytest.mark.parametrize("plan", [Plan(" "), Plan("x" * 121), Plan("x", owner="y" * 61)])
def test_a_plan_without_title_or_too_long_is_refused(store: Store, plan: Plan) -> None:
    with pytest.raises(UsageError):
        Issues(store).open(plan, "王芳")
    assert Issues(store).chosen() == []


def test_what_is_overdue_comes_first_and_can_be_chosen(store: Store) -> None:
    issues = Issues(store)
    numbers = [
        issues.open(plan, "王芳").number
        for plan in (
            Plan("不急"),
            Plan("以后", due=date(2026, 5, 1)),
            Plan("超期", due=date(2026, 3, 1), department="网点"),
            Plan("做完了", due=date(2026, 1, 1), state=IssueState.DONE),
        )
    ]
    assert [one.number for one in issues.chosen()] == [numbers[n] for n in (2, 1, 0, 3)]
    late = issues.chosen(IssueFilter(overdue_on=TODAY))
    assert [one.plan.title for one in late] == ["超期"]
    assert late[0].is_overdue(TODAY)
    assert [one.plan.title for one in issues.chosen(IssueFilter(text="做完"))] == ["做完了"]
    assert [one.plan.title for one in issues.chosen(IssueFilter(department="网点"))] == ["超期"]


def test_a_problem_outlives_its_call_and_forgets_it(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        issues = Issues(store)
        made = issues.open(PLAN, "王芳", call_id=GOOD)
        delete_calls(store, Recordings(store, tmp_path), {GOOD: str(store.recording_id(GOOD))})
        found = issues.find(made.number)
        assert found is not None
        assert found.call_id == ""


def test_the_effect_is_told_by_the_same_rule_before_and_since(tmp_path: Path) -> None:
    with filled(tmp_path) as store:  # its fourth call fails no-promise, on the last day
        plan = Plan("承诺收益", rule_id="no-promise", measured_from=date(2026, 2, 3))
        found = effect(store, plan, TODAY)
        assert found is not None
        assert (found.before.hits, found.before.count) == (0, 3)
        assert (found.after.hits, found.after.count) == (1, 1)
        assert found.verdict is Verdict.FEW
        assert effect(store, replace(plan, rule_id=""), TODAY) is None
        assert effect(store, replace(plan, measured_from=None), TODAY) is None


def test_the_difference_of_shares_has_newcombes_interval() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table II, (a): 56/70 - 48/80
    low, high = difference(rate(48, 80), rate(56, 70))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


# ---------------------------------------------------------------- the workbook


def edited(content: bytes, **cells: Any) -> bytes:
    """With cells of the first sheet written anew."""
    book = load_workbook(BytesIO(content))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def test_what_is_not_edited_changes_nothing(store: Store) -> None:
    issues = Issues(store)
    issues.open(PLAN, "王芳", at=NOW)
    for name in ("zh_CN", "en"):
        with language(name):
            done = read_into(store, ledger_book(store, EVERY, TODAY), "李明", NOW)
            assert (done.added, done.changed, done.conflicts) == ((), (), ())


def test_an_edited_workbook_is_taken_over_and_rows_without_number_are_added(store: Store) -> None:
    issues = Issues(store)
    made = issues.open(PLAN, "王芳", at=NOW)
    book = ledger_book(store, EVERY, TODAY)
    new = {"B3": "新问题", "G3": datetime(2026, 4, 1), "H3": "整改中"}
    done = read_into(store, edited(book, C2="个金部", G2="2026/3/31", **new), "李明", NOW)
    assert (done.changed, done.conflicts) == ((made.number,), ())
    found, added = issues.find(made.number), issues.find(done.added[0])
    assert found is not None
    assert added is not None
    assert found.plan == replace(PLAN, department="个金部", due=date(2026, 3, 31))
    assert added.plan == Plan("新问题", due=date(2026, 4, 1), state=IssueState.IN_WORK)
    again = read_into(store, edited(book, C2="个金部", G2="2026/3/31"), "李明", NOW)
    assert (again.added, again.changed, again.conflicts) == ((), (), ())


def test_what_somebody_changed_meanwhile_is_told_and_stays(store: Store) -> None:
    issues = Issues(store)
    made = issues.open(PLAN, "王芳", at=NOW)
    book = ledger_book(store, EVERY, TODAY)
    issues.change(made.number, replace(PLAN, owner="赵强"), "赵强", version=1)
    done = read_into(store, edited(book, D2="李明", C2="网点"), "李明", NOW)
    assert [one.cell.partition("!")[2] for one in done.conflicts] == ["D2"]
    assert "赵强" in str(done.conflicts[0])
    found = issues.find(made.number)
    assert found is not None
    assert (found.plan.owner, found.plan.department) == ("赵强", "网点")


def test_faults_are_told_by_their_cells_and_nothing_is_taken_over(store: Store) -> None:
    issues = Issues(store)
    made = issues.open(PLAN, "王芳", at=NOW)
    book = ledger_book(store, EVERY, TODAY)
    wrong = edited(book, B2="改了", G2="月底", H2="快了", B3="=1+1", C4="没有标题")
    with pytest.raises(LedgerFaults) as told:
        read_into(store, wrong, "李明", NOW)
    assert {one.cell.partition("!")[2] for one in told.value.faults} == {"G2", "H2", "B3", "B4"}
    assert [one.number for one in issues.chosen()] == [made.number]
    assert issues.find(made.number) == made
    with pytest.raises(UsageError):
        read_into(store, b"no workbook", "李明", NOW)


def test_a_row_of_another_ledger_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    with Store(url_of(tmp_path / "other.db")) as other:
        Issues(other).open(Plan("别处的问题"), "甲", at=datetime(2026, 1, 1, tzinfo=UTC))
        book = ledger_book(other, EVERY, TODAY)
    mine = Issues(store).open(PLAN, "王芳", at=NOW)
    done = read_into(store, book, "李明", NOW)
    assert len(done.added) == 1
    assert Issues(store).find(mine.number) == mine


def test_text_that_looks_like_a_formula_is_text(store: Store) -> None:
    Issues(store).open(replace(PLAN, title="=1+1"), "王芳", at=NOW)
    book = ledger_book(store, EVERY, TODAY)
    cell = load_workbook(BytesIO(book)).worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert read_into(store, book, "李明", NOW).changed == ()


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((30, 100), (5, 100), Verdict.FEWER),
        ((5, 100), (30, 100), Verdict.MORE),
        ((10, 100), (8, 100), Verdict.LIKE),
        ((0, 3), (1, 1), Verdict.FEW),
    ],
)
def test_an_effect_is_only_told_where_it_is_sure(
    before: tuple[int, int], after: tuple[int, int], verdict: Verdict
) -> None:
    assert verdict_of(rate(*before), rate(*after)) is verdict
