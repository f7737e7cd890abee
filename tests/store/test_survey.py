"""The six problems of stored calls: measured, of those chosen, and gone with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from autoqa.i18n import language
from autoqa.reports.problems import Figure, problems
from autoqa.reports.survey_board import board, survey_csv, survey_html, survey_json
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Filter, Overview, Recordings, Store, Trouble
from autoqa.store.days import day_sums
from autoqa.store.deletion import delete_calls
from autoqa.store.survey import Survey
from autoqa.store.survey_rows import TABLES
from autoqa.store.upgrades import put_survey
from autoqa.survey.answers import answers_of
from autoqa.survey.facts import facts_of
from autoqa.survey.menus import levels
from autoqa.survey.summing import Told, sums_of
from autoqa.survey.sums import By, Sums
from tests.databases import url_of
from tests.rulebook.stores import write_rules
from tests.store.calls import BEIJING, filled

LATE = """
[广告 9s 秋季分期]
[菜单 12s 挂失请按1。人工请按0]
[按键 2]
[菜单 8s 人工请按0]
[按键 0]
[排队 42s 音乐]
坐席: 您好，很高兴为您服务。
客户: 查一下余额。
坐席: 请您稍等，我帮您查询一下。
[持线 75s 音乐]
坐席: 感谢您的耐心等待。
"""
SOON = """
[菜单 12s 挂失请按1。人工请按0]
[按键 0]
[排队 8s 音乐]
坐席: 您好，很高兴为您服务。
客户: 查一下余额。
坐席: 三千。
"""
AT_ONCE = """
坐席: 您好，很高兴为您服务。
客户: 查一下余额。
"""
EXAMPLE_BANK = Path(__file__).parents[2] / "rules" / "example-bank"
MONDAY = datetime(2026, 1, 5, 9, tzinfo=BEIJING)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two calls that waited long, four that did not, one that begins with the agent."""
    rules = load_rules(write_rules(tmp_path / "rules"))
    with Store(url_of(tmp_path / "qa.db")) as store:
        for number, script in enumerate((LATE, LATE, SOON, SOON, SOON, SOON, AT_ONCE)):
            call, contact = read_dialogue(script)
            contact = replace(
                contact,
                call_id=f"{number}.wav",
                file=f"{number}.wav",
                agent_id=f"80{number % 2}",
                team="一组",
                started_at=MONDAY + timedelta(days=2 * number),
                extra={"热线": "甲" if number < 3 else "乙"},
            )
            call = replace(call, recording=replace(call.recording, id=f"{number:064}"))
            store.put_call(call)
            store.put_scorecard(contact, call, score(call, contact, rules)[0])
        yield store


def figures(sums: Sums) -> dict[str, Figure]:
    return {one.key: one for problem in problems(sums) for one in problem.figures}


def test_each_problem_is_measured_over_the_calls_that_know_it(store: Store) -> None:
    found = figures(Survey(store).sums()[0])
    assert [found[key].count for key in ("in-time", "held", "ad")] == [6, 7, 6]
    assert found["in-time"].value == pytest.approx(4 / 6)
    assert found["held"].value == pytest.approx(2 / 7)
    assert found["ad"].value == pytest.approx(2 / 6)
    assert (found["hold-mean"].value, found["hold-mean"].count) == (75, 2)
    assert found["hold-mean"].low is None  # of two calls nothing can be told
    assert found["keys-mean"].value == pytest.approx(8 / 6)
    assert found["hold-median"].value == 75


def test_what_nobody_heard_is_not_measured() -> None:
    assert [one.missing != "" for one in problems(Sums("", ""))] == [True] * 6
    call, contact = read_dialogue(AT_ONCE)
    deaf = facts_of(replace(call, heard=(), events=()), contact)
    assert (deaf.in_time, deaf.keys, deaf.played, deaf.holds) == (None, None, None, None)


def test_where_all_calls_are_at_hand_they_add_up_to_the_same(store: Store) -> None:
    told = []
    for one in store.stored(store.call_ids()):
        card = store.current_scorecard(one.contact.call_id)
        assert card is not None
        told.append(Told(facts_of(one.call, one.contact), card, answers_of(card, one.call)))
    (by_sql,) = Survey(store).sums()
    assert sums_of(told) == by_sql
    assert by_sql.rules and by_sql.ads and by_sql.causes and by_sql.numbers["courtesy.x"]


def test_answers_add_up_to_the_same_where_all_calls_are_at_hand(tmp_path: Path) -> None:
    rules = load_rules(EXAMPLE_BANK)
    told = []
    with Store(url_of(tmp_path / "answers.db")) as store:
        for number, fee in enumerate(("每年三百元", "每年五百元", "要看您的情况")):
            script = (
                f"客户: 请问金卡的年费是多少？\n坐席: 请稍等。\n[持线 20s]\n坐席: 金卡年费{fee}。"
            )
            call, contact = read_dialogue(script)
            contact = replace(contact, call_id=str(number), started_at=MONDAY)
            call = replace(call, recording=replace(call.recording, id=f"{number:064}"))
            card, _questions = score(call, contact, rules)
            store.put_call(call)
            store.put_scorecard(contact, call, card)
            told.append(Told(facts_of(call, contact), card, answers_of(card, call)))
        (by_sql,) = Survey(store).sums()
    assert sums_of(told) == by_sql
    assert {kind for _topic, kind in by_sql.told} == {"right", "wrong", "missing"}
    assert by_sql.away_ms.total() == 60_000


def test_groups_add_up_to_all_calls(store: Store) -> None:
    (total,) = Survey(store).sums()
    for by in By:
        parts = Survey(store).sums(by)
        whole = Sums("", "")
        for part in parts:
            whole.add(part)
        assert whole == total
    assert [one.key for one in Survey(store).sums(By.BANK)] == ["乙", "甲"]
    weeks = [one.key for one in Survey(store).sums(By.WEEK)]
    assert weeks == ["2026-01-05", "2026-01-12"]


def test_figures_lead_to_the_calls_behind_them(store: Store) -> None:
    overview = Overview(store)
    counts = {one: overview.count(Filter(problem=one)) for one in Trouble}
    assert counts == {
        Trouble.LATE: 2,
        Trouble.DEEP: 0,
        Trouble.AD: 2,
        Trouble.HELD: 2,
        Trouble.LONG: 2,
        Trouble.WRONG: 0,
    }
    assert overview.count(Filter(problem=Trouble.LATE, bank="甲")) == 2
    assert overview.count(Filter(problem=Trouble.LATE, bank="乙")) == 0


def test_menus_are_rebuilt_from_what_was_heard(store: Store) -> None:
    assert Survey(store).heard() == []  # two hotlines have two trees
    tree = levels(Survey(store).heard(Filter(bank="甲")))
    assert [(one.path, one.calls, dict(one.options)) for one in tree] == [
        ("", 3, {"1": "挂失", "0": "人工"}),
        ("2", 2, {"0": "人工"}),
    ]


def test_facts_go_with_the_call(store: Store, tmp_path: Path) -> None:
    delete_calls(store, Recordings(store, tmp_path / "recordings"), {"0.wav": f"{0:064}"})
    (left,) = Survey(store).sums()
    assert (left.calls, left.holds.total(), left.ads.total()) == (6, 1, 1)


def test_an_older_store_gets_them_from_its_calls(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        before = Survey(store).sums()
        with store.begin() as connection:
            for table in (*TABLES, day_sums):
                connection.execute(table.delete())
        assert Survey(store).sums() == []
        with store.begin() as connection:
            put_survey(connection)
        assert Survey(store).sums() == before != []


def test_no_table_and_no_page_runs_what_a_call_is_called(store: Store) -> None:
    total, groups = Survey(store).sums()[0], Survey(store).sums(By.TEAM)
    groups[0].key = "=1+1<script>"
    with language("en"):
        found = board(total, (), By.TEAM, groups)
        assert "'=1+1<script>" in survey_csv(found)
        page = survey_html(found)
        assert "<script>" not in page
        assert "needs a knowledge base" in page
        assert '"calls": 7' in survey_json(found)


def test_somebody_lost_in_menus_is_kept_like_everybody(tmp_path: Path) -> None:
    call, contact = read_dialogue("[菜单 3s 人工请按0]\n[按键 2]\n" * 40 + SOON)
    rules = load_rules(write_rules(tmp_path / "rules"))
    with Store(url_of(tmp_path / "lost.db")) as store:
        store.put_call(call)
        store.put_scorecard(contact, call, score(call, contact, rules)[0])
        heard = Survey(store).heard()
    assert sum(one.calls for one in heard) == 41
    assert max(len(one.path) for one in heard) == 32
