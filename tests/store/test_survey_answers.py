"""Right answers of stored calls: counted by question, and as people left them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from autoqa.reports.problems import Problem, problems
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Filter, Overview, Store, Trouble
from autoqa.store.survey import Survey
from tests.databases import url_of
from tests.store.calls import BEIJING

EXAMPLE_BANK = Path(__file__).parents[2] / "rules" / "example-bank"
ASKED = "客户: 请问金卡年费多少？\n"
CALLS = (
    ASKED + "坐席: 请稍等，我查一下。\n[持线 40s 音乐]\n坐席: 金卡年费是三百元。",
    ASKED + "坐席: 金卡年费是两百元。",
    ASKED + "坐席: 年费三百元。\n客户: 大额存单多少钱起存？\n坐席: 大额存单三十万元起存。",
    ASKED + "坐席: 我帮您转过去。",
    "客户: 查一下余额。\n坐席: 好的。",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    rules = load_rules(EXAMPLE_BANK)
    store = Store(url_of(tmp_path / "qa.db"))
    for number, script in enumerate(CALLS):
        call, contact = read_dialogue(script)
        contact = replace(
            contact,
            call_id=f"{number}.wav",
            file=f"{number}.wav",
            started_at=datetime(2026, 1, 5 + number, 9, tzinfo=BEIJING),
        )
        call = replace(call, recording=replace(call.recording, id=f"{number:064}"))
        store.put_call(call)
        store.put_scorecard(contact, call, score(call, contact, rules)[0])
    return store


def _answers(store: Store) -> Problem:
    return problems(Survey(store).sums()[0])[-1]


def test_questions_are_counted_by_what_became_of_them(store: Store) -> None:
    with store:
        sums = Survey(store).sums()[0]
        found = {one.key: one for one in _answers(store).figures}
        assert found["right"].value == pytest.approx(2 / 4)
        assert found["right"].count == 3
        assert [found[key].value for key in ("asked", "outdated", "left")] == [5, 1, 1]
        assert sums.told["金卡年费", "right"] == 2
        assert sums.told["大额存单起存金额", "wrong"] == 1
        assert +sums.away_ms == {"金卡年费": 40_000}


def test_the_figure_opens_the_calls_with_a_wrong_answer(store: Store) -> None:
    with store:
        page = Overview(store).page(Filter(problem=Trouble.WRONG))
        assert {one.call_id for one in page.rows} == {"1.wav", "2.wav"}


def test_calls_of_no_knowledge_measure_nothing(tmp_path: Path) -> None:
    rules = replace(load_rules(EXAMPLE_BANK), knowledge=())
    with Store(url_of(tmp_path / "none.db")) as store:
        call, contact = read_dialogue(CALLS[1])
        store.put_call(call)
        store.put_scorecard(contact, call, score(call, contact, rules)[0])
        assert _answers(store).missing
