"""Which voices are recordings, and what they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, EventKind, Role, Segment
from tests.builders import CONTACT, KNOWN, dialogue, events_of, times

TALK = """
    客户 {0}-{1} 你好，我想问一下我的信用卡账单。
    坐席 {2}-{3} 好的，我帮您查询。
"""


def talk(from_s: float) -> str:
    return TALK.format(from_s, from_s + 3, from_s + 3.5, from_s + 6)


def role_of(call: Call, words: str) -> Role:
    return next(one.role for one in call.utterances if words in one.text)


def labels(call: Call) -> list[object]:
    return [one.measures["label"] for one in events_of(call, EventKind.RECORDED_PROMPT)]


def test_an_agents_own_greeting_is_live() -> None:
    for before in ("", "铃声 0-6\n", "铃声 0-6\n音乐 0-6\n"):
        greeting = "坐席 7-11 您好，欢迎致电安和银行，工号八零二六，很高兴为您服务。\n"
        call = interpret(dialogue(before + greeting + talk(12)), KNOWN)
        assert role_of(call, "欢迎致电") is Role.AGENT
        assert labels(call) == []


def test_a_greeting_in_pieces_is_live() -> None:
    script = """
        坐席 1.0-1.6 您好，
        坐席 1.9-4.0 欢迎致电安和银行，
        坐席 4.3-6.0 工号八零二六，
        坐席 6.3-8.0 很高兴为您服务。
    """
    call = interpret(dialogue(script + talk(9)), KNOWN)
    assert labels(call) == []
    assert {one.role for one in call.utterances} == {Role.AGENT, Role.CUSTOMER}


def test_a_menu_that_greets_is_recorded() -> None:
    script = """
        坐席 0.5-3.0 您好，欢迎致电安和银行，很高兴为您服务。
        坐席 3.5-8.0 个人业务请按一，信用卡业务请按二。
        按键 8.5-8.6 2
        坐席 12.0-15.0 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(16)), KNOWN)
    assert role_of(call, "很高兴为您服务") is Role.RECORDED
    assert role_of(call, "请问有什么") is Role.AGENT
    assert times(call, EventKind.RECORDED_PROMPT) == [(500, 8000)]
    assert labels(call) == ["menu"]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("个人业务请按一，人工服务请按零", "menu"),
        ("请输入您的身份证号码，以井号键结束", "menu"),
        ("信用卡分期火热办理中，手续费低至三折", "ad"),
        ("关注我行微信公众号，办卡有好礼", "ad"),
        ("为了保证服务质量，您的通话将被录音", "notice"),
        ("谨防电信诈骗，请勿泄露您的密码", "notice"),
        ("坐席正忙，请不要挂机", "queue"),
        ("正在为您转接人工服务，请稍候", "queue"),
        ("您前面还有三位客户在等待", "queue"),
    ],
)
def test_labels_follow_the_words(words: str, label: str) -> None:
    script = f"坐席 0.5-5 {words}\n坐席 9-12 您好，请问有什么可以帮您？\n"
    call = interpret(dialogue(script + talk(13)), KNOWN)
    assert labels(call) == [label]
    event = events_of(call, EventKind.RECORDED_PROMPT)[0]
    assert event.measures["text"] == words
    assert event.measures["certain"] is True
    assert event.role is Role.RECORDED


@pytest.mark.parametrize(("pause_ms", "count"), [(2000, 1), (2001, 2)])
def test_a_pause_over_two_seconds_splits(pause_ms: int, count: int) -> None:
    begin_s = 4 + pause_ms / 1000
    script = f"""
        坐席 0.5-4 个人业务请按一
        坐席 {begin_s}-{begin_s + 3} 人工服务请按零
        坐席 15-18 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(19)), KNOWN)
    assert labels(call) == ["menu"] * count


def test_another_label_splits() -> None:
    script = """
        坐席 0.5-4 您的通话将被录音
        坐席 4.5-8 个人业务请按一
        坐席 12-15 您好，请问有什么可以帮您？
    """
    assert labels(interpret(dialogue(script + talk(16)), KNOWN)) == ["notice", "menu"]


def test_an_announcement_of_the_agent_is_not_the_agent() -> None:
    script = """
        坐席 1.0-4.0 工号八零二六为您服务
        坐席 5.0-8.0 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(9)), KNOWN)
    assert role_of(call, "工号") is Role.RECORDED
    assert role_of(call, "请问") is Role.AGENT
    assert labels(call) == ["notice"]


def test_two_greetings_leave_the_first_unknown() -> None:
    script = """
        坐席 1.0-4.0 您好，工号八零二六为您服务
        坐席 5.0-8.0 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(9)), KNOWN)
    assert role_of(call, "工号") is Role.UNKNOWN
    events = events_of(call, EventKind.RECORDED_PROMPT)
    assert [event.measures["certain"] for event in events] in ([], [False])


def test_an_unanswered_greeting_said_again_stays_the_agents() -> None:
    script = """
        坐席 1.0-5.0 您好，工号八零二六，请问有什么可以帮您？
        坐席 11.0-13.0 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(14)), KNOWN)
    assert role_of(call, "工号") is Role.AGENT


def test_an_agent_who_sells_is_no_advertisement() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        坐席 12-18 我行现在推出一款新的理财，优惠活动火热办理中，您要不要了解一下
        客户 19-21 不需要
    """
    call = interpret(dialogue(script), KNOWN)
    assert labels(call) == []
    assert role_of(call, "优惠活动") is Role.AGENT


def test_the_survey_is_a_notice() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        坐席 12-14 感谢您的来电，再见
        客户 14.5-15 再见
        坐席 17-22 请对本次服务进行评价，满意请按一，不满意请按二
        按键 23-23.1 1
    """
    call = interpret(dialogue(script), KNOWN)
    assert labels(call) == ["notice"]
    assert role_of(call, "感谢您的来电") is Role.AGENT


def test_an_agent_who_announces_the_survey_is_live() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += "坐席 12-16 请不要挂机，稍后请您对我的服务做出评价，再见"
    call = interpret(dialogue(script), KNOWN)
    assert role_of(call, "评价") is Role.AGENT


def test_prompts_on_the_customers_line_are_recorded_too() -> None:
    script = """
        客户 0.5-6 欢迎致电安和银行，个人业务请按一，信用卡请按二
        坐席 12-15 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(16)), KNOWN)
    assert role_of(call, "请按一") is Role.RECORDED


def test_an_announcement_inside_a_hold_is_not_listed() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        音乐 11-19
        坐席 20-23 坐席正在为您处理，请勿挂机
        音乐 24-32
        坐席 33-36 让您久等了
    """
    call = interpret(dialogue(script), KNOWN)
    assert labels(call) == []
    assert times(call, EventKind.HOLD) == [(10_000, 33_000)]


def test_on_a_mixed_line_menus_are_still_recorded() -> None:
    script = """
        录音 0.5-6 欢迎致电安和银行，个人业务请按一，信用卡请按二
        坐席 12-15 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(16), mixed=True), CONTACT)
    assert [one.role for one in call.utterances][:2] == [Role.RECORDED, Role.UNKNOWN]
    assert labels(call) == ["menu"]
    assert EventKind.RECORDED_PROMPT in call.heard


def test_an_outbound_call_has_no_menu() -> None:
    script = """
        客户 0.5-1.5 喂，你好
        坐席 2-6 您好，这里是安和银行，通话将被录音，请问是刘先生吗？
        客户 7-8 是我
    """
    call = interpret(dialogue(script), replace(KNOWN, direction="outbound"))
    assert labels(call) == []


def test_a_recording_on_both_lines_is_one() -> None:
    script = """
        坐席 0.5-5 信用卡分期火热办理中
        客户 0.55-5.05 信用卡分期火热办理中
        坐席 9-12 您好，请问有什么可以帮您？
    """
    call = interpret(dialogue(script + talk(13)), KNOWN)
    assert labels(call) == ["ad"]


def test_an_agent_amid_a_call_who_asks_to_hold_the_line_is_live() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        坐席 12-15 正在为您转接，请不要挂机
        音乐 16-30
        坐席 31-33 您好，工号八零三一，很高兴为您服务
        客户 34-35 你好
    """
    call = interpret(dialogue(script), KNOWN)
    assert role_of(call, "不要挂机") is Role.AGENT
    assert times(call, EventKind.HOLD) == [(15_000, 31_000)]


def test_an_agent_who_comes_back_amid_music_is_live() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        音乐 11-19
        坐席 20-23 还在为您查询，请不要挂机
        音乐 24-32
        坐席 33-36 让您久等了
    """
    call = interpret(dialogue(script), KNOWN)
    assert times(call, EventKind.HOLD) == [(10_000, 20_000), (23_000, 33_000)]


def test_an_announcement_over_and_over_is_recorded() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        坐席 15-18 请勿挂机，正在为您处理
        坐席 25-28 请勿挂机，正在为您处理
        坐席 33-36 让您久等了
    """
    call = interpret(dialogue(script), KNOWN)
    assert times(call, EventKind.HOLD) == [(10_000, 33_000)]


def test_a_last_word_of_the_agent_is_no_survey() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    call = interpret(dialogue(script + "坐席 12-16 再次向您道歉，祝您生活愉快"), KNOWN)
    assert role_of(call, "道歉") is Role.AGENT


def test_a_survey_heard_badly_is_nobodys_for_sure() -> None:
    script = "坐席 0.5-3 您好，很高兴为您服务\n" + talk(4)
    script += """
        坐席 12-14 感谢您的来电，再见
        客户 14.5-15 再见
        坐席 17-22 请这本厕服务进行评价买疫情
    """
    call = interpret(dialogue(script), KNOWN)
    assert role_of(call, "评价") is not Role.AGENT
    assert role_of(call, "感谢您的来电") is Role.AGENT


def test_a_menu_in_a_short_call_leaves_the_agent_his_words() -> None:
    script = """
        坐席 0.5-6 个人业务请按一，公司业务请按二
        坐席 7-12 余额查询请按一，人工服务请按零
        坐席 16-19 您好，东海银行三二一号，请讲
        客户 20-22 我问一下我的卡
        坐席 23-24 好的，请您提供一下卡号
    """
    call = interpret(dialogue(script), KNOWN)
    assert role_of(call, "请讲") is Role.AGENT
    assert role_of(call, "卡号") is Role.AGENT


VERIFIED = """
    坐席 0.5-3 您好，很高兴为您服务
    客户 4-7 我想改一下我的手机号
    坐席 8-11 好的，请您按语音提示输入查询密码
    {machine}
    按键 18-18.1 1
    按键 19-19.1 #
    坐席 21-24 好的，密码验证通过了，请您说一下新的号码
    客户 25-27 一三八零零一二五六七八
"""


@pytest.mark.parametrize(
    "machine",
    [
        "录音 12.5-16 请输入您的六位查询密码，以井号键结束",
        "录音 12.5-14 请输入您的查询密码\n录音 14.3-16 以井号键结束",
        "录音 12.5-16 密码错误，请重新输入",
    ],
)
def test_a_machine_that_takes_a_pin_amid_a_call_is_a_notice(machine: str) -> None:
    call = interpret(dialogue(VERIFIED.format(machine=machine)), KNOWN)
    assert labels(call) == ["notice"]
    assert times(call, EventKind.RECORDED_PROMPT) == [(12_500, 16_000)]
    assert times(call, EventKind.HOLD) == []
    assert role_of(call, "验证通过") is Role.AGENT
    assert role_of(call, "很高兴") is Role.AGENT


@pytest.mark.parametrize(
    "asks",
    [
        "坐席 11.3-15 请输入您的查询密码，输完按井号键结束",
        "坐席 12.5-16 麻烦您在电话上输入密码，输完按井号键",
    ],
)
def test_an_agent_who_asks_for_keys_is_no_machine(asks: str) -> None:
    call = interpret(dialogue(VERIFIED.format(machine=asks)), KNOWN)
    assert Role.RECORDED not in {one.role for one in call.utterances}


def test_an_agent_who_puts_the_caller_on_hold_at_once_may_have_greeted() -> None:
    script = (
        "坐席 0.5-4 您好，工号一零零一，很高兴为您服务\n音乐 5.5-16\n坐席 17-19 查到了，三百元\n"
        "客户 19.5-23 我还想查一下上个月的账单\n坐席 24-26 上个月是五百元"
    )
    call = interpret(dialogue(script), KNOWN)
    assert call.utterances[0].role is Role.UNKNOWN


def test_a_menu_that_greets_for_an_agent_who_does_not_stays_a_menu() -> None:
    script = (
        "坐席 0.5-4 您好，很高兴为您服务\n坐席 4.2-7 查询请按一，人工请按零\n按键 8-8.1 0\n"
        "坐席 10-12 什么事\n客户 12.5-16 我还想查一下上个月的账单\n坐席 17-19 上个月是五百元"
    )
    call = interpret(dialogue(script), KNOWN)
    assert [one.role for one in call.utterances[:2]] == [Role.RECORDED, Role.RECORDED]


def test_recordings_in_one_breath_end_where_the_next_begins() -> None:
    script = """
        坐席 0.5-8.0 分期优惠火热进行中，手续费低至五折，详情请登录手机银行。
        坐席 8.0-12.0 账单查询请按一，信用卡业务请按二，其他请按三。
        按键 12.5-12.6 2
        坐席 18.0-21.0 您好，请问有什么可以帮您？
    """
    made = dialogue(script + talk(22))
    line = made.channels[0]
    breath = (Segment(500, 12_000), *line.speech[2:])
    call = interpret(
        replace(made, channels=(replace(line, speech=breath), made.channels[1])), KNOWN
    )
    assert labels(call) == ["ad", "menu"]
    assert times(call, EventKind.RECORDED_PROMPT) == [(500, 8000), (8000, 12_000)]
