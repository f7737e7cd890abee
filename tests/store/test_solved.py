"""Whose customers called again, of stored calls; and what calls tell of their lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autoqa.fairness import fairness
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Filter, Store
from autoqa.store.fairness import Factor, Fairness
from autoqa.store.solved import Solved
from autoqa.survey.traits import traits_of
from autoqa.types import EventKind
from tests.databases import url_of
from tests.rulebook.stores import write_rules
from tests.store.calls import LATE

SCRIPT = "坐席: 您好，很高兴为您服务。\n客户: 查一下账单。\n坐席: 三千。"
RUDE = SCRIPT.replace("您好，很高兴为您服务。", "什么事？")
CALLS = (
    (0, "a", "账单", SCRIPT, 32.0),  # again, about the same
    (3, "a", "账单", SCRIPT, 32.0),  # again on day 5, about something else: solved
    (5, "a", "额度", RUDE, 8.0),  # the next is after eight days: solved
    (6, "b", "", SCRIPT, 32.0),  # without a topic any call counts
    (8, "b", "账单", RUDE, 8.0),
    (13, "a", "额度", SCRIPT, 32.0),  # too young
    (15, "", "账单", SCRIPT, 32.0),  # nobody knows whose
)
"""(day, customer, product, what was said, dB above the noise)."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    rules = load_rules(write_rules(tmp_path / "rules"))
    with Store(url_of(tmp_path / "qa.db")) as store:
        for number, (day, customer, product, script, snr_db) in enumerate(CALLS):
            call, contact = read_dialogue(script)
            channels = tuple(
                replace(one, speech_dbfs=-20.0, noise_dbfs=-20.0 - snr_db) for one in call.channels
            )
            contact = replace(
                contact,
                call_id=f"{number}.wav",
                file=f"{number}.wav",
                agent_id="801",
                team=f"{number % 2 + 1}组",
                started_at=LATE + timedelta(days=day),
                caller=customer or None,
                product=product or None,
                extra={"满意度": "满意"} if number == 0 else {},
            )
            recording = replace(call.recording, id=f"{number:064}")
            call = replace(call, recording=recording, channels=channels)
            store.put_call(call)
            store.put_scorecard(contact, call, score(call, contact, rules)[0])
        yield store


def told(store: Store, chosen: Filter) -> list[bool | None]:
    return [one.again for one in Solved(store).sums(chosen) for _ in range(one.calls)]


def test_a_customer_is_helped_who_does_not_call_again_about_the_same(store: Store) -> None:
    def of(day: int) -> list[bool | None]:
        at = (LATE + timedelta(days=day)).date()
        return told(store, Filter(first_day=at, last_day=at))

    found = [of(day) for day, *_ in CALLS]
    assert found == [[True], [False], [False], [True], [False], [None], [None]]


def test_calls_of_the_last_week_are_young_and_those_of_nobody_are_not(store: Store) -> None:
    found = Solved(store).sums()
    assert sum(one.calls for one in found) == len(CALLS)
    assert sum(one.calls for one in found if one.is_young) == 1
    assert sum(one.calls for one in found if one.satisfaction == "满意") == 1
    assert sum(count for _, count in Solved(store).seconds()) == len(CALLS)
    assert {one.team for one in Solved(store).sums(Filter(teams=("1组",)))} == {"1组"}


def test_lines_are_counted_by_level_with_what_failed_on_them(store: Store) -> None:
    cells = {
        (one.rule_id, one.level): (one.failed, one.count)
        for one in Fairness(store).cells(Factor.NOISE)
    }
    assert cells["no-promise", "30"] == (0, 5)
    assert cells["no-promise", "-1"] == (0, 2)
    lines = {one.level for one in Fairness(store).cells(Factor.LINES)}
    assert lines == {"2"}
    assert fairness(store).warnings == ()


def test_a_survey_at_the_end_is_read_by_the_words_of_the_key() -> None:
    script = f"{SCRIPT}\n[公告 8s 请对本次服务评价]\n[按键 3]"
    call, contact = read_dialogue(script)
    assert traits_of(call, contact).satisfaction == "3"  # what it means nobody has said
    texts = {"text": "请对本次服务评价，非常满意请按1，满意请按2，不满意请按3"}
    events = tuple(
        replace(one, measures={**one.measures, **texts})
        if one.kind is EventKind.RECORDED_PROMPT
        else one
        for one in call.events
    )
    assert traits_of(replace(call, events=events), contact).satisfaction == "不满意"
    assert traits_of(*read_dialogue(SCRIPT)).satisfaction == ""
