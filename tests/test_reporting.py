"""Reports of a period: what changed for sure is said to, and nothing else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from autoqa.cli import app as command
from autoqa.errors import NothingThere, UsageError
from autoqa.reporting import report
from autoqa.reports.figures import wilson
from autoqa.reports.period import (
    Count,
    Mean,
    figure_change,
    mean_change,
    period_html,
    share_change,
    topics,
)
from autoqa.reports.period_workbook import cell, period_xlsx
from autoqa.reports.problems import Figure, Unit
from autoqa.reports.span import Length, Of, period
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Filter, Overview, Recordings, Store
from autoqa.store.deletion import delete_calls
from autoqa.store.spoken_words import SpokenWords, words_of
from tests.databases import url_of
from tests.store.calls import FATAL, filled

pytestmark = pytest.mark.usefixtures("on_both")

ZONE = "Asia/Shanghai"
RULES = Path(__file__).parents[1] / "rules/retail-bank"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


@pytest.fixture
def day(store: Store) -> date:
    return Overview(store).page().rows[0].day


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(day=DAYS, length=st.sampled_from(Length))
def test_a_period_holds_its_day_and_follows_the_one_before(day: date, length: Length) -> None:
    now, before = period(length, day)
    assert now.first <= day <= now.last
    assert before.last + timedelta(days=1) == now.first
    assert period(length, before.last)[0] == before
    assert period(length, now.first)[0] == period(length, now.last)[0] == now


COUNTS = st.integers(1, 3000).flatmap(
    lambda calls: st.builds(Count, st.integers(0, calls), st.just(calls))
)


@given(now=COUNTS, before=COUNTS)
def test_what_rose_has_fallen_the_other_way_round(now: Count, before: Count) -> None:
    there, back = share_change(now, before), share_change(before, now)
    assert {there.told, back.told} in ({"up", "down"}, {"like"}, {"few"})
    if there.told == "up":
        assert now.hits / now.calls > before.hits / before.calls
    # What is sure among many comparisons is sure alone.
    if share_change(now, before, 20).told == "up":
        assert there.told == "up"


def test_a_difference_is_told_where_there_is_one_and_enough_calls() -> None:
    assert share_change(Count(75, 150), Count(25, 150)).told == "up"
    assert share_change(Count(75, 150), Count(70, 150)).told == "like"
    assert share_change(Count(10, 10), Count(0, 10)).told == "few"
    assert mean_change(Mean(96, 5, 100), Mean(90, 5, 100)).told == "up"
    assert mean_change(Mean(90.5, 9, 100), Mean(90, 9, 100)).told == "like"
    assert mean_change(Mean(90, 9, 100), Mean(None, None, 0)).told == "few"


def test_a_new_word_and_a_risen_one_come_first_and_what_everybody_says_is_no_topic() -> None:
    now = {"外币": 40, "账单": 60, "您好": 98, "理财": 12}
    before = {"账单": 20, "您好": 97, "理财": 12}
    ever = {"外币": 40, "账单": 100, "您好": 970, "理财": 100}
    found = topics(now, 100, before, 100, ever, 1000)
    assert [(one.word, one.kind) for one in found] == [
        ("外币", "new"),
        ("账单", "up"),
        ("理财", "usual"),
    ]
    assert topics({}, 0, {}, 0, {}, 0) == ()


def test_words_are_no_numbers_and_no_personal_data() -> None:
    assert words_of("您的信用卡〔卡号〕欠三千二百元，张先生") >= {"信用卡"}
    assert not words_of("〔姓名〕 三千 二百元 a 1 ？")


def test_words_are_counted_once_a_call_and_again_when_a_day_changes(
    store: Store, day: date
) -> None:
    around = day - timedelta(days=40), day + timedelta(days=40)
    first = SpokenWords(store).of(*around)
    assert first.calls == Overview(store).count()
    assert 0 < max(first.counts.values()) <= first.calls
    assert SpokenWords(store).of(*around) == first
    (row, *_) = Overview(store).page(Filter(first_day=day, last_day=day)).rows
    delete_calls(store, Recordings(store, Path("none")), {row.call_id: row.recording_id})
    assert SpokenWords(store).of(*around).calls < first.calls
    assert SpokenWords(store).of(date(1999, 1, 1), date(1999, 1, 2)).calls == 0


def test_a_report_of_management_names_groups_rules_and_calls(store: Store, day: date) -> None:
    found = report(store, Of.MANAGEMENT, Length.MONTH, day, zone=ZONE)
    assert found.calls == sum(one.calls for one in found.days)
    assert FATAL in [one.call_id for one in found.outstanding]
    assert found.groups
    assert found.rules
    page = period_html(found, link="https://qa.example/")
    assert "服务质量报告" in page
    assert "https://qa.example/ui/calls/" in page
    assert "<script" not in page


def test_what_customers_complain_about_is_told_by_queue_and_word(tmp_path: Path) -> None:
    asked = "客户: 帮我查一下余额。\n坐席: 好的，一百元。"
    angry = "客户: 信用卡的事，我要投诉你们！\n坐席: 非常抱歉给您带来不便。"
    with Store(url_of(tmp_path / "qa.db")) as store:
        rules = load_rules(RULES)
        for number in range(18):
            call, contact = read_dialogue(angry if number < 6 else asked)
            call = replace(call, recording=replace(call.recording, id=f"{number:064x}"))
            queue = "信用卡" if number % 2 else "储蓄卡"
            contact = replace(
                contact,
                call_id=f"{number}.wav",
                file=f"{number}.wav",
                queue=queue,
                started_at=datetime(2026, 3, 20, 9, number, tzinfo=UTC),
            )
            store.put_call(call)
            store.put_contact(contact, call)
            store.put_scorecards([(contact, call, score(call, contact, rules)[0])])
        told = report(
            store,
            Of.MANAGEMENT,
            Length.DAY,
            date(2026, 3, 20),
            zone=ZONE,
            complaint_rules=("apology",),
        )
    found = told.complaints
    assert found is not None
    assert (found.now, found.before.hits) == (Count(6, 18), 0)
    assert {one.name: one.now for one in found.queues} == {
        "信用卡": Count(3, 9),
        "储蓄卡": Count(3, 9),
    }
    words = {one.name: one for one in found.words}
    assert "信用卡" in words
    assert words.keys().isdisjoint({"余额", "抱歉"})  # of others, and the agent's
    assert set(words["信用卡"].calls) <= {f"{number}.wav" for number in range(6)}
    assert "/ui/calls/5.wav" in period_html(told, link="https://qa.example")
    assert "客户抱怨" in openpyxl.load_workbook(io.BytesIO(period_xlsx(told))).sheetnames


def test_an_agents_report_has_his_coaching_and_no_other_agent(store: Store, day: date) -> None:
    own = Filter(agent_ids=frozenset({"801"}))
    found = report(store, Of.AGENT, Length.MONTH, day, zone=ZONE, chosen=own)
    assert found.coaching is not None
    assert found.groups == ()
    assert {one.agent.split()[-1] for one in found.outstanding} <= {"801"}
    assert "最能提分的三件事" in period_html(found)


def test_a_workbook_has_a_sheet_for_each_table_and_runs_nothing(store: Store, day: date) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(period_xlsx(report(store, Of.MANAGEMENT, Length.MONTH, day, zone=ZONE)))
    )
    assert book.sheetnames[0] == "概况"
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    drawn = {sheet.title: chart for sheet in book for chart in sheet._charts}
    assert set(drawn) == {"分组", "规则"}
    for title, chart in drawn.items():
        now, before = chart.series
        assert (now.dLbls or chart.dataLabels).showVal
        head = [cell.value for cell in book[title][1]]
        columns = [
            openpyxl.utils.cell.range_boundaries(one.val.numRef.f.split("!")[1])[0]
            for one in (now, before)
        ]
        assert head[columns[1] - 1] == "上期"
        assert 2 <= int(now.val.numRef.f.rsplit("$", 1)[1]) <= book[title].max_row


def test_whose_report_it_is_has_to_be_said(store: Store, day: date) -> None:
    with pytest.raises(UsageError):
        report(store, Of.TEAM, Length.DAY, day, zone=ZONE)
    with pytest.raises(UsageError):
        report(store, Of.AGENT, Length.DAY, day, zone=ZONE)
    with pytest.raises(NothingThere):
        report(store, Of.MANAGEMENT, Length.DAY, date(1999, 1, 1), zone=ZONE)


def test_the_command_writes_what_it_is_asked_for(store: Store, day: date, tmp_path: Path) -> None:
    run, more = CliRunner(), ["--store", url_of(tmp_path / "qa.db"), "--since", f"{day}"]
    files = ["--html", str(tmp_path / "r.html"), "--xlsx", str(tmp_path / "r.xlsx")]
    assert run.invoke(command, ["report", *more, *files]).exit_code == 0
    assert (tmp_path / "r.html").stat().st_size > (tmp_path / "r.xlsx").stat().st_size > 0
    told = run.invoke(command, ["report", *more, "--period", "week", "--json"])
    assert json.loads(told.stdout)["of"] == "management"
    assert "通" in run.invoke(command, ["report", *more]).stdout
    wrong = run.invoke(command, ["report", *more[:2], "--since", "gestern"])
    assert (wrong.exit_code, "gestern" in wrong.stderr) == (2, True)


def test_yesterday_is_the_banks(store: Store, tmp_path: Path) -> None:
    """Cron of a machine that goes by another clock asks for the same day."""
    url, days = url_of(tmp_path / "qa.db"), set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # never on the same day
        told = CliRunner().invoke(
            command, ["report", "--store", url], env={"AUTOQA_TIME_ZONE": zone}
        )
        days.add(told.stderr)
    assert len(days) == 2


@given(text=st.text())
def test_no_sign_of_a_call_breaks_the_workbook(text: str) -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    sheet.append([cell(text)])


@pytest.mark.parametrize(
    ("now", "before", "comparisons", "told"),
    [
        # 51.5 of 750 beside 47.3: each lies outside of the other's interval, and still by chance
        ((386, 750), (355, 750), 1, "like"),
        ((420, 750), (355, 750), 1, "better"),
        ((355, 750), (420, 750), 1, "worse"),
        ((396, 750), (355, 750), 1, "better"),
        ((396, 750), (355, 750), 6, "like"),
        ((20, 25), (5, 750), 1, "few"),
    ],
)
def test_a_figure_has_changed_where_the_difference_is_sure(
    now: tuple[int, int], before: tuple[int, int], comparisons: int, told: str
) -> None:
    def share(hits: int, calls: int) -> Figure:
        low, high = wilson(hits / calls, calls)
        return Figure("in-time", "", Unit.SHARE, hits / calls, low, high, calls, is_good=True)

    assert figure_change(share(*now), share(*before), comparisons) == told
    assert figure_change(share(*now), None, comparisons) == "few"
