"""Waiting for the agent, and being handed on by him."""

from __future__ import annotations

import pytest

from autoqa.events import interpret
from autoqa.types import EventKind
from tests.builders import KNOWN, dialogue, events_of, times

AGENT = """
    坐席 41-44 您好，很高兴为您服务
    客户 45-48 我想查一下我的信用卡
    坐席 49-50 好的
"""


@pytest.mark.parametrize(
    ("before", "expected", "music"),
    [
        ("坐席 0-8 信用卡请按二\n按键 14-14.1 2\n音乐 15-40", [(14_100, 41_000)], True),
        ("坐席 0-8 信用卡请按二\n按键 30-30.1 2", [(30_100, 41_000)], False),
        ("音乐 0-40", [(0, 41_000)], True),
        ("坐席 0-8 坐席正忙，请不要挂机\n音乐 9-40", [(0, 41_000)], True),
        ("坐席 30-38.5 您的通话将被录音", [], None),
        ("铃声 0-36", [], None),
        ("", [], None),
    ],
)
def test_queue(before: str, expected: list[tuple[int, int]], music: bool | None) -> None:
    call = interpret(dialogue(before + AGENT), KNOWN)
    assert times(call, EventKind.QUEUE) == expected
    measured = [event.measures["music"] for event in events_of(call, EventKind.QUEUE)]
    assert measured == ([] if music is None else [music])


def test_a_transfer_is_completed_by_another_agents_greeting() -> None:
    script = (
        AGENT
        + """
        坐席 51-53 我帮您转接到信用卡中心，请稍等
        音乐 54-66
        坐席 68-71 您好，工号八零三一，很高兴为您服务
        客户 72-73 你好
    """
    )
    (event,) = events_of(interpret(dialogue(script), KNOWN), EventKind.TRANSFER)
    assert (event.start_ms, event.end_ms) == (53_000, 68_000)
    assert event.measures["completed"] is True


def test_a_transfer_may_end_the_call() -> None:
    script = AGENT + "坐席 51-53 我帮您转接到信用卡中心\n音乐 54-66"
    call = interpret(dialogue(script, ends_s=70), KNOWN)
    (event,) = events_of(call, EventKind.TRANSFER)
    assert (event.start_ms, event.end_ms) == (53_000, 70_000)
    assert event.measures["completed"] is False


def test_an_agent_who_comes_back_has_not_transferred() -> None:
    script = AGENT + "坐席 51-53 我帮您转接\n坐席 66-69 不好意思，线路忙，请您稍后再打来"
    assert events_of(interpret(dialogue(script), KNOWN), EventKind.TRANSFER) == ()


def test_music_under_a_prompt_is_no_queue() -> None:
    script = "坐席 28-39 信用卡分期火热办理中，中文服务请按一\n音乐 27.8-39.2"
    call = interpret(dialogue(script + AGENT), KNOWN)
    assert times(call, EventKind.QUEUE) == []
