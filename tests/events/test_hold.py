"""Hold: the agent makes the customer wait."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, EventKind, Role, Segment
from tests.builders import CONTACT, KNOWN, dialogue, events_of, times

START = "坐席 0-2 您好，很高兴为您服务\n客户 2.5-5 我想查一下我的账单\n"


def holds(script: str, ends_s: float | None = None) -> list[tuple[int, int]]:
    return times(interpret(dialogue(START + script, ends_s=ends_s), KNOWN), EventKind.HOLD)


@pytest.mark.parametrize(("back_s", "expected"), [(10.999, []), (11.0, [(8000, 11_000)])])
def test_three_seconds_after_a_request(back_s: float, expected: list[tuple[int, int]]) -> None:
    assert holds(f"坐席 6-8 请您稍等\n坐席 {back_s}-13 查到了") == expected


def test_music_makes_a_gap_a_hold_without_any_request() -> None:
    script = "坐席 6-8 这是年费\n音乐 9-20\n坐席 21-22 查到了"
    call = interpret(dialogue(START + script), KNOWN)
    (hold,) = events_of(call, EventKind.HOLD)
    assert (hold.start_ms, hold.end_ms) == (8000, 21_000)
    assert hold.measures["music"] is True
    assert hold.measures["music_share"] == pytest.approx(11 / 13, abs=0.001)
    assert hold.role is Role.AGENT


def test_music_on_the_customers_channel_counts() -> None:
    call = dialogue(START + "坐席 6-8 这是年费\n音乐 9-20\n坐席 21-22 查到了", swapped=True)
    roles = (Role.CUSTOMER, Role.AGENT)
    contact = KNOWN.__class__("call", "call.wav", channel_roles=roles)
    assert times(interpret(call, contact), EventKind.HOLD) == [(8000, 21_000)]


def test_a_radio_that_plays_on_while_the_agent_speaks_is_no_hold_music() -> None:
    script = "坐席 6-8 这是年费\n音乐 5-26\n客户 8.5-14 有两年没用了\n坐席 15-20 那应该是睡眠账户"
    assert holds(script + "\n坐席 25-26 好的") == []


def test_silence_without_a_request_is_none() -> None:
    assert holds("坐席 6-8 这是年费\n坐席 20-22 查到了") == []


@pytest.mark.parametrize(
    "words",
    [
        "我帮您查询一下",
        "我这边核实一下您的信息",
        "你等一下",
        "请您稍等好吗",
        "麻烦您不要挂机，稍等一会儿",
        "系统有点慢，我看一下",
        "少等一下啊，我茶一下",
    ],
)
def test_words_that_ask_for_time(words: str) -> None:
    assert holds(f"坐席 6-8 {words}\n坐席 20-22 查到了") == [(8000, 20_000)]


@pytest.mark.parametrize(
    "words",
    [
        "您自己查一下手机银行",
        "你自己去问柜台",
        "请您稍等，请问您的卡号是多少",
        "我已经帮您查到了",
        "请您在三个工作日内耐心等待",
        "感谢您的耐心等待，这是年费",
    ],
)
def test_words_that_do_not(words: str) -> None:
    assert holds(f"坐席 6-8 {words}\n坐席 20-22 好的") == []


def test_customer_speech_does_not_end_it() -> None:
    script = "坐席 6-8 请您稍等\n客户 12-16 妈，把本子拿来\n音乐 9-20\n坐席 21-22 久等了"
    assert holds(script) == [(8000, 21_000)]


def test_a_sentence_between_makes_two() -> None:
    script = """
        坐席 6-8 请您稍等
        音乐 9-20
        坐席 21-23 不好意思，请您再稍等一下
        音乐 24-34
        坐席 35-36 让您久等了
    """
    assert holds(script) == [(8000, 21_000), (23_000, 35_000)]


def test_it_may_last_to_the_end_of_the_call() -> None:
    call = interpret(dialogue(START + "坐席 6-8 请您稍等\n音乐 9-20", ends_s=20.5), KNOWN)
    (hold,) = events_of(call, EventKind.HOLD)
    assert (hold.start_ms, hold.end_ms) == (8000, 20_500)
    assert hold.measures["to_end"] is True


def test_music_before_the_agents_first_word_is_a_queue() -> None:
    script = "音乐 0-20\n坐席 21-23 您好，请问有什么可以帮您\n客户 24-26 我想查账"
    call = interpret(dialogue(script), KNOWN)
    assert times(call, EventKind.HOLD) == []
    assert times(call, EventKind.QUEUE) == [(0, 21_000)]


def test_music_heard_as_wordless_speech_does_not_end_it() -> None:
    script = "坐席 6-8 请您稍等\n音乐 9-20\n坐席 12-12.6\n坐席 21-22 久等了"
    assert holds(script) == [(8000, 21_000)]


def test_taking_in_passing_is_no_wait() -> None:
    """我帮您查 while the two talk on: the gap is the customer's answer."""
    script = "坐席 6-8 我帮您核实一下\n客户 8.3-12.5 好的，我是上个月五号刷的\n坐席 13-14 嗯"
    assert holds(script) == []


def test_on_a_mixed_line_music_still_tells() -> None:
    script = "坐席 6-8 请您稍等\n音乐 9-20\n坐席 21-22 久等了"
    call: Call = interpret(dialogue(START + script, mixed=True), CONTACT)
    (hold,) = events_of(call, EventKind.HOLD)
    assert (hold.start_ms, hold.end_ms, hold.role) == (8000, 21_000, Role.UNKNOWN)
    assert EventKind.HOLD in call.heard


def test_without_ears_for_music_holds_are_not_judged() -> None:
    call = interpret(dialogue(START, heard=()), KNOWN)
    assert EventKind.HOLD not in call.heard
    assert EventKind.TALK_OVER in call.heard


# ---------------------------------------------------------------- times in the metadata

HELD = START + "坐席 6-8 请您稍等\n音乐 9-20\n坐席 21-22 查到了\n坐席 30-31 再见"


def known(*holds_s: tuple[float, float], script: str = HELD, ends_s: float = 32) -> Call:
    """``script`` as it is interpreted where the metadata has these holds."""
    holds = tuple(Segment(round(one * 1000), round(other * 1000)) for one, other in holds_s)
    return interpret(dialogue(script, ends_s=ends_s), replace(KNOWN, holds=holds))


def told(call: Call) -> list[tuple[object, object]]:
    """From and to of the remarks about holds."""
    about = [one.message for one in call.remarks if one.kind == "holds_differ"]
    return [(one.params["start_s"], one.params["end_s"]) for one in about]


def test_the_metadatas_times_win() -> None:
    call = known((10, 19.5))
    (hold,) = events_of(call, EventKind.HOLD)
    assert (hold.start_ms, hold.end_ms) == (10_000, 19_500)
    assert hold.measures["source"] == "metadata"
    assert (hold.measures["music"], hold.measures["asked"]) == (True, True)
    assert told(call) == []


def test_without_them_a_hold_is_what_is_heard() -> None:
    (hold,) = events_of(interpret(dialogue(HELD), KNOWN), EventKind.HOLD)
    assert hold.measures["source"] == "heard"


def test_a_hold_that_only_the_metadata_has_is_counted_and_told() -> None:
    call = known((8, 21), (23, 29))
    assert times(call, EventKind.HOLD) == [(8000, 21_000), (23_000, 29_000)]
    assert times(call, EventKind.DEAD_AIR) == []
    assert told(call) == [(23.0, 29.0)]


def test_a_hold_that_only_ears_have_is_told_and_nobody_owes_a_word_in_it() -> None:
    script = START + "坐席 6-8 请您稍等\n坐席 21-22 查到了\n坐席 30-31 再见"
    call = known(script=script)
    assert times(call, EventKind.HOLD) == []
    assert told(call) == [(8.0, 21.0)]
    silences = events_of(call, EventKind.DEAD_AIR)
    owed = [(one.start_ms, one.end_ms, one.measures["owed_by"]) for one in silences]
    assert owed == [(8000, 21_000, "unknown"), (22_000, 30_000, "agent")]


@pytest.mark.parametrize(("from_s", "remarks"), [(10.999, []), (11.0, [(8.0, 11.0)])])
def test_three_seconds_of_difference_are_told(
    from_s: float, remarks: list[tuple[float, float]]
) -> None:
    assert told(known((from_s, 21))) == remarks


def test_what_lies_after_the_end_is_not_lost_silently() -> None:
    call = known((8, 21), (40, 50))
    assert times(call, EventKind.HOLD) == [(8000, 21_000)]
    assert told(call) == [(40.0, 50.0)]


def test_less_than_three_seconds_are_no_hold_by_whomever() -> None:
    assert times(known((8, 21), (24, 26.9)), EventKind.HOLD) == [(8000, 21_000)]


def test_the_metadata_is_believed_where_nothing_can_be_heard() -> None:
    call = interpret(dialogue(HELD, heard=()), replace(KNOWN, holds=(Segment(8000, 21_000),)))
    assert EventKind.HOLD in call.heard
    assert times(call, EventKind.HOLD) == [(8000, 21_000)]
    assert told(call) == []


def test_interpreting_again_repeats_no_remark() -> None:
    contact = replace(KNOWN, holds=(Segment(23_000, 29_000),))
    call = interpret(dialogue(HELD), contact)
    assert interpret(call, contact) == call
