"""Talk-over: both live voices at once."""

from __future__ import annotations

import pytest

from autoqa.events import interpret
from autoqa.types import Event, EventKind, Role
from tests.builders import CONTACT, KNOWN, dialogue, events_of

MORE = "这个事情我跟您解释一下好不好"


def found(script: str) -> tuple[Event, ...]:
    return events_of(interpret(dialogue(script), KNOWN), EventKind.TALK_OVER)


@pytest.mark.parametrize(("overlap_ms", "count"), [(499, 0), (500, 1)])
def test_half_a_second(overlap_ms: int, count: int) -> None:
    begin_s = 10 - overlap_ms / 1000
    assert len(found(f"客户 5-10 我要说的是{MORE}\n坐席 {begin_s}-14 {MORE}")) == count


@pytest.mark.parametrize(("gap_ms", "count"), [(199, 1), (200, 0)])
def test_stretches_close_together_merge(gap_ms: int, count: int) -> None:
    """Two stretches of 400 ms each: one event where they merge, none where they do not."""
    end_s, again_s = 9.4, 9.4 + gap_ms / 1000
    script = f"""
        坐席 9.0-12 {MORE}
        客户 5-{end_s} 我的意思是
        客户 {again_s}-{again_s + 0.4} 你听我说完
    """
    events = found(script)
    assert len(events) == count
    if events:
        assert (events[0].start_ms, events[0].end_ms) == (9000, round(again_s * 1000) + 400)


@pytest.mark.parametrize(
    ("agent_s", "customer_s", "interrupter", "role"),
    [
        (7, 5, "agent", Role.AGENT),
        (5, 7, "customer", Role.CUSTOMER),
        (5, 5.199, "none", Role.UNKNOWN),
        (5.2, 5, "agent", Role.AGENT),
    ],
)
def test_the_interrupter_began_second(
    agent_s: float, customer_s: float, interrupter: str, role: Role
) -> None:
    script = f"坐席 {agent_s}-10 {MORE}\n客户 {customer_s}-9 我就想问问"
    (event,) = found(script)
    assert (event.measures["interrupter"], event.role) == (interrupter, role)


def test_how_long_the_other_had_spoken() -> None:
    (event,) = found(f"客户 5-9 我就想问问\n坐席 7.5-10 {MORE}")
    assert event.measures["spoken_ms"] == 2500


@pytest.mark.parametrize("nod", ["嗯", "对对对", "好的好的", "是的", "哦"])
def test_a_back_channel_inside_the_others_turn_is_none(nod: str) -> None:
    assert found(f"坐席 5-10 {MORE}\n客户 7-7.9 {nod}") == ()


def test_one_syllable_is_a_back_channel_whatever_was_written() -> None:
    assert found(f"坐席 5-10 {MORE}\n客户 7-7.9 问") == ()


def test_words_inside_the_others_turn_are_one() -> None:
    assert len(found(f"坐席 5-10 {MORE}\n客户 7-7.9 我不同意")) == 1


def test_an_utterance_under_half_a_second_is_none_even_in_a_row() -> None:
    assert found(f"坐席 5-10 {MORE}\n客户 6-6.4 不是\n客户 7-7.4 不是") == ()


def test_a_back_channel_that_goes_on_past_the_other_is_no_back_channel() -> None:
    assert len(found(f"坐席 5-10 {MORE}\n客户 9.2-10.5 好的好的好的")) == 1


def test_prompts_and_music_are_none() -> None:
    script = """
        坐席 0-6 欢迎致电安和银行，个人业务请按一
        客户 2-4 这个怎么按啊我看看
        坐席 10-12 您好，请问有什么可以帮您
        音乐 20-30
        客户 21-25 妈你过来一下
        坐席 31-32 久等了
    """
    assert found(script) == ()


def test_a_pause_of_ones_own_does_not_begin_a_turn() -> None:
    """The agent breathes, the customer falls in, the agent goes on: the customer was second."""
    script = f"""
        坐席 5-8 {MORE}
        坐席 8.4-12 我们的规定是这样的
        客户 8.3-10 可是我上次不是这样的
    """
    (event,) = found(script)
    assert event.measures["interrupter"] == "customer"


def test_who_takes_the_floor_back_is_the_interrupter() -> None:
    script = f"""
        坐席 5-8 {MORE}
        客户 8.2-12 可是我上次不是这样的你们
        坐席 8.8-11 我们的规定是这样的
    """
    (event,) = found(script)
    assert event.measures["interrupter"] == "agent"


def test_a_mixed_line_has_none() -> None:
    call = dialogue(f"坐席 5-10 {MORE}\n客户 7-9 我不同意", mixed=True)
    assert events_of(interpret(call, CONTACT), EventKind.TALK_OVER) == ()
