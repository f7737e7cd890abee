"""What a call comes to as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, CallMeasures, Contact, EventKind
from tests.builders import CONTACT, KNOWN, dialogue

TALK = """
    坐席 0-2 您好，很高兴为您服务
    客户 3-5 我想查一下我的账单
    坐席 6-8 请您稍等
    客户 8.2-8.6 好的
    音乐 9-20
    坐席 21-22 查到了
    客户 22.5-23.5 多少钱
    坐席 23.8-25 三百元
"""


def measured(call: Call, contact: Contact = KNOWN) -> CallMeasures:
    measures = interpret(call, contact).measures
    assert measures is not None
    return measures


def test_events_are_counted_by_the_minute_of_the_recording() -> None:
    measures = measured(dialogue(TALK, ends_s=30))
    assert measures.per_minute[EventKind.HOLD] == 2.0
    assert measures.per_minute[EventKind.TALK_OVER] == 0.0
    assert set(measures.per_minute) == set(EventKind)


def test_what_nobody_listened_for_is_not_known() -> None:
    measures = measured(dialogue(TALK, heard=()))
    assert measures.per_minute[EventKind.MUSIC] is None
    assert measures.per_minute[EventKind.HOLD] is None
    assert measures.per_minute[EventKind.TALK_OVER] == 0.0


def test_an_answer_is_the_agents_next_word_but_not_after_a_hold() -> None:
    measures = measured(dialogue(TALK))
    assert (measures.answers, measures.answer_delay_ms) == (2, 650)


@pytest.mark.parametrize(
    ("script", "answers", "delay_ms"),
    [
        ("坐席 0-1 您好\n客户 2-4 我要查账单\n坐席 3.5-6 账单是吗", 1, 0),
        ("坐席 0-9 您好，这是您的账单\n客户 2-4 我要查\n坐席 10-11 三百", 0, None),
        ("坐席 0-2 您好\n客户 3-4 嗯\n坐席 6-7 三百", 0, None),
        ("坐席 0-2 您好\n客户 3-4 账单呢\n客户 9-10 喂\n坐席 11-12 三百", 1, 1000),
        ("客户 0-2 喂", 0, None),
        ("", 0, None),
    ],
)
def test_what_is_an_answer(script: str, answers: int, delay_ms: int | None) -> None:
    measures = measured(dialogue(script))
    assert (measures.answers, measures.answer_delay_ms) == (answers, delay_ms)


def test_each_voice_has_its_time_its_pace_and_its_level() -> None:
    call = dialogue(f"坐席 0-24 {'您的账单一共是三百元' * 12}\n客户 25-27 好的我知道了谢谢你")
    levels = (-25.5, -30.0)
    lines = (
        replace(line, speech_dbfs=one) for line, one in zip(call.channels, levels, strict=True)
    )
    measures = measured(replace(call, channels=tuple(lines)))
    agent, customer = measures.agent, measures.customer
    assert agent is not None and customer is not None
    assert (agent.speech_ms, agent.characters_per_minute) == (24_000, 300.0)
    assert (customer.speech_ms, customer.characters_per_minute) == (2000, None)
    assert (agent.loudness_dbfs, customer.loudness_dbfs) == levels


def test_on_a_mixed_line_nobody_knows_whose_voice_it_is() -> None:
    measures = measured(dialogue(TALK, mixed=True), CONTACT)
    assert (measures.agent, measures.customer) == (None, None)
    assert (measures.answers, measures.answer_delay_ms) == (0, None)
    assert measures.per_minute[EventKind.TALK_OVER] is None
    assert measures.per_minute[EventKind.HOLD] is not None


def test_a_recording_of_no_length_has_no_minutes() -> None:
    assert set(measured(dialogue("")).per_minute.values()) == {None}
