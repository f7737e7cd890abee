"""Dead air: nobody speaks, and who should have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import EventKind, Role, Segment
from tests.builders import CONTACT, KNOWN, dialogue, events_of, times

START = "坐席 0-2 您好，很高兴为您服务\n客户 2.5-5 我想查一下我的账单\n"


@pytest.mark.parametrize(("next_s", "expected"), [(10.999, []), (11.0, [(8000, 11_000)])])
def test_three_seconds(next_s: float, expected: list[tuple[int, int]]) -> None:
    call = interpret(dialogue(START + f"坐席 6-8 这是年费\n坐席 {next_s}-13 三百元"), KNOWN)
    assert times(call, EventKind.DEAD_AIR) == expected


def test_only_between_the_agents_first_and_last_words() -> None:
    script = "客户 0-1 喂\n坐席 10-12 您好\n客户 13-15 你好\n坐席 16-17 再见\n客户 25-26 再见"
    call = interpret(dialogue(script, ends_s=40), KNOWN)
    assert times(call, EventKind.DEAD_AIR) == []


def test_speech_tones_and_prompts_break_it() -> None:
    for between in ("客户 10-10.5 嗯", "按键 10-10.1 5", "铃声 10-10.9", "客户 10-10.5"):
        script = START + f"坐席 6-8 这是年费\n{between}\n坐席 12.5-13 三百元"
        call = interpret(dialogue(script), KNOWN)
        assert times(call, EventKind.DEAD_AIR) == []


def test_a_hold_is_none() -> None:
    call = interpret(dialogue(START + "坐席 6-8 请您稍等\n坐席 20-22 查到了"), KNOWN)
    assert times(call, EventKind.DEAD_AIR) == []


@pytest.mark.parametrize(
    ("before", "owed_by", "cause"),
    [
        ("坐席 6-8 这是您的年费。", "agent", "unexplained"),
        ("客户 6-8 这个年费怎么收的？", "agent", "unexplained"),
        ("坐席 6-8 请问您是什么时候办的卡？", "customer", "unexplained"),
        ("坐席 6-8 请提供一下您的卡号。", "customer", "customer_searching"),
        ("坐席 5.5-7 请您打开手机银行。\n客户 7.5-8 好的", "customer", "customer_searching"),
        ("坐席 5.5-7 请报一下卡号。\n客户 7.2-8 我找一下", "customer", "customer_searching"),
        ("坐席 6-8 您身份证后四位包我一下。", "customer", "customer_searching"),
        ("坐席 5.5-7 是您本人吗？\n客户 7.5-8 对", "agent", "unexplained"),
        ("坐席 5.5-7 请问卡号多少？\n客户 7.2-8 六二二五", "agent", "typing"),
        ("坐席 5.5-7 卡号最后四位是多少？\n客户 7.2-8 单三零把", "agent", "typing"),
        (
            "坐席 5.5-7 什么时候扣的？\n客户 7.2-8 就是上个月的二十八号那天扣的",
            "agent",
            "unexplained",
        ),
        ("坐席 5.5-7 请问取了多少？\n客户 7.2-8 两千", "agent", "unexplained"),
        ("坐席 6-8 我给您登记一下", "agent", "typing"),
        ("坐席 6-8 收到正在等级", "unknown", "unexplained"),
        ("坐席 6-8 您的卡正在邮寄的途中了", "agent", "unexplained"),
    ],
)
def test_who_owes_the_next_word(before: str, owed_by: str, cause: str) -> None:
    call = interpret(dialogue(START + before + "\n坐席 14-15 嗯好的那这样"), KNOWN)
    (event,) = events_of(call, EventKind.DEAD_AIR)
    assert (event.start_ms, event.end_ms) == (8000, 14_000)
    assert (event.measures["owed_by"], event.measures["cause"]) == (owed_by, cause)
    assert event.role is Role(owed_by)


def test_on_a_mixed_line_nobody_knows_who_owes() -> None:
    silent = START + "坐席 6-8 这是年费\n坐席 14-15 三百元"
    call = interpret(dialogue(silent, mixed=True), CONTACT)
    (event,) = events_of(call, EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == "unknown"
    assert event.role is Role.UNKNOWN
    assert EventKind.DEAD_AIR in call.heard


@pytest.mark.parametrize(("probability", "owed_by"), [(0.59, "unknown"), (0.6, "agent")])
def test_what_was_heard_badly_may_have_been_a_request_to_wait(
    probability: float, owed_by: str
) -> None:
    call = dialogue(START + "坐席 6-8 勤奋扫地\n坐席 14-15 三百元")
    heard = tuple(
        replace(one, probability=probability) if one.start_ms == 6000 else one
        for one in call.utterances
    )
    (event,) = events_of(interpret(replace(call, utterances=heard), KNOWN), EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == owed_by
    assert event.role is Role(owed_by)


@pytest.mark.parametrize(("noise_dbfs", "owed_by"), [(-45.0, "agent"), (-35.0, "unknown")])
def test_on_a_noisy_line_words_must_be_heard_better(noise_dbfs: float, owed_by: str) -> None:
    call = dialogue(START + "坐席 6-8 勤奋扫地\n坐席 14-15 三百元")
    call = replace(
        call,
        channels=tuple(
            replace(one, speech_dbfs=-20.0, noise_dbfs=noise_dbfs) for one in call.channels
        ),
        utterances=tuple(replace(one, probability=0.7) for one in call.utterances),
    )
    (event,) = events_of(interpret(call, KNOWN), EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == owed_by


def test_older_words_that_were_heard_badly_change_nothing() -> None:
    call = dialogue(START + "坐席 6-8 这是您的年费\n坐席 14-15 三百元")
    heard = tuple(
        replace(one, probability=0.3) if one.start_ms < 6000 else one for one in call.utterances
    )
    (event,) = events_of(interpret(replace(call, utterances=heard), KNOWN), EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == "agent"


@pytest.mark.parametrize(("end_s", "owed_by"), [(7.2, "agent"), (7.5, "unknown")])
def test_a_voice_without_words_may_have_asked(end_s: float, owed_by: str) -> None:
    script = START + f"坐席 5.5-6.5 这是您的年费\n坐席 7-{end_s}\n坐席 14-15 三百元"
    (event,) = events_of(interpret(dialogue(script), KNOWN), EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == owed_by


def test_words_that_nobody_can_believe_may_have_asked() -> None:
    call = dialogue(START + "坐席 6-8 这是您的年费\n坐席 14-15 三百元")
    agent, customer = call.channels
    agent = replace(agent, unheard=(Segment(7000, 8000),))
    call = interpret(replace(call, channels=(agent, customer)), KNOWN)
    (event,) = events_of(call, EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == "unknown"


PIN = START + "坐席 5.5-7 请输一下密码\n坐席 8-11 请输入您的查询密码，以井号键结束\n"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [("", [("customer", 11_000)]), ("按键 12-12.1 1\n按键 13-13.1 #\n", [("unknown", 13_100)])],
)
def test_keys_are_the_customers_and_then_the_machines(
    keys: str, expected: list[tuple[str, int]]
) -> None:
    call = interpret(dialogue(PIN + keys + "坐席 20-22 密码正确\n客户 23-24 好"), KNOWN)
    found = events_of(call, EventKind.DEAD_AIR)
    assert [(one.measures["owed_by"], one.start_ms) for one in found] == expected


def on_dead_lines(*dead_s: tuple[float, float]) -> tuple[object, object]:
    """Cause and owner of a silence from 8 to 18 s; when each line was dead."""
    call = dialogue(START + "坐席 6-8 这是您的年费\n坐席 18-19 三百元")
    dead = [(Segment(round(one * 1000), round(other * 1000)),) for one, other in dead_s]
    lines = (replace(one, dead=own) for one, own in zip(call.channels, dead, strict=True))
    (event,) = events_of(interpret(replace(call, channels=tuple(lines)), KNOWN), EventKind.DEAD_AIR)
    assert event.role is Role(str(event.measures["owed_by"]))
    return event.measures["cause"], event.measures["owed_by"]


def test_nobody_owes_a_word_on_a_dead_line() -> None:
    assert on_dead_lines((8, 18), (8, 18)) == ("line_dead", "unknown")
    assert on_dead_lines((9.5, 17), (8, 20)) == ("line_dead", "unknown")


def test_a_line_that_is_dead_for_a_part_explains_no_silence_of_three_seconds() -> None:
    assert on_dead_lines((11, 18), (8, 18)) == ("unexplained", "agent")


def test_one_dead_line_is_no_dead_call() -> None:
    assert on_dead_lines((8, 18), (30, 31)) == ("unexplained", "agent")


@pytest.mark.parametrize(
    ("after", "owed_by"),
    [
        ("客户 20-21 过了，出单子了", "unknown"),
        ("客户 20-21 喂，还在吗", "agent"),
        ("客户 20-21 那怎么办呢", "agent"),
        ("坐席 20-21 好的", "agent"),
    ],
)
def test_who_was_told_to_do_something_may_be_doing_it(after: str, owed_by: str) -> None:
    before = "坐席 6-8 好了，您请前台再试一次。\n客户 9-11 来，麻烦你再刷一下。\n"
    call = interpret(dialogue(START + before + after + "\n坐席 22-23 好的"), KNOWN)
    (silence,) = (one for one in call.events if one.kind is EventKind.DEAD_AIR)
    assert silence.measures["owed_by"] == owed_by


@pytest.mark.parametrize(
    ("said", "owed_by"),
    [
        ("客户 14-15 二七，二七一", "unknown"),
        ("客户 14-15 喂，还在吗", "agent"),
        ("客户 14-15 那怎么办呢？", "agent"),
        ("坐席 14-15 好的那这样", "agent"),
    ],
)
def test_who_goes_on_after_it_may_have_had_the_word(said: str, owed_by: str) -> None:
    """What the agent said last, 您省分正后四位保我, may have been a request."""
    script = START + f"坐席 6-8 您省分正后四位\n{said}\n坐席 16-17 再见"
    (event,) = events_of(interpret(dialogue(script), KNOWN), EventKind.DEAD_AIR)
    assert event.measures["owed_by"] == owed_by
