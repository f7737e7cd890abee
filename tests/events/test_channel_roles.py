"""Who is on which channel: metadata, else words, else nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import channel_roles, interpret
from autoqa.events.channel_roles import log_odds, usual_odds
from autoqa.types import Call, Event, EventKind, Message, Remark, Role
from tests.builders import CONTACT, KNOWN, dialogue

SERVED = """
    坐席 0.5-4.0 您好，工号八零二六，很高兴为您服务。
    客户 5.0-8.0 你好，我想查一下我的信用卡账单。
    坐席 9.0-12.0 好的，请您提供一下您的身份证号码。
    客户 13.0-15.0 四一零一零五。
"""
POLITE_CUSTOMER = """
    坐席 0.5-1.5 喂，什么事？
    客户 2.0-7.0 您好，不好意思打扰您了，请问您能帮我查一下吗，我的银行卡好像丢了。
    坐席 7.5-8.5 身份证号多少？
    客户 9.0-12.0 好的，麻烦您了，您稍等，四一零一零五。
    坐席 13.0-15.0 查到了，你自己去网点补办。
    客户 16.0-20.0 好的，非常感谢您的帮助，我想问一下补卡要带什么，祝您生活愉快，再见。
"""


def roles(call: Call) -> list[Role]:
    return [channel.role for channel in call.channels]


@pytest.mark.parametrize("script", [SERVED, POLITE_CUSTOMER])
def test_words_tell_who_serves_and_who_wants(script: str) -> None:
    straight = interpret(dialogue(script), CONTACT)
    swapped = interpret(dialogue(script, swapped=True), CONTACT)
    assert roles(straight) == [Role.AGENT, Role.CUSTOMER]
    assert roles(swapped) == [Role.CUSTOMER, Role.AGENT]
    assert {channel.role_source for channel in straight.channels} == {"words"}


def test_homophones_of_the_recogniser_tell_as_well() -> None:
    call = dialogue("坐席 0-3 宫号八零二六围您夫务\n客户 4-7 我香问一下我的信用卡")
    assert roles(interpret(call, CONTACT)) == [Role.AGENT, Role.CUSTOMER]


def test_metadata_wins_over_few_words() -> None:
    call = interpret(dialogue("坐席 0-2 我想查一下\n客户 3-5 请稍等"), KNOWN)
    assert roles(call) == [Role.AGENT, Role.CUSTOMER]
    assert {channel.role_source for channel in call.channels} == {"metadata"}
    assert call.remarks == ()


def test_metadata_against_all_words_is_remarked_and_not_judgeable() -> None:
    script = SERVED + "坐席 16-19 我帮您查询一下，请您稍等。\n客户 40-44 我要投诉你们银行，给我退钱"
    call = interpret(dialogue(script, swapped=True), KNOWN)
    assert roles(call) == [Role.AGENT, Role.CUSTOMER]
    assert [(remark.kind, remark.judgeable) for remark in call.remarks] == [
        ("roles_contradicted", False)
    ]


def test_unclear_words_leave_the_roles_unknown() -> None:
    call = interpret(dialogue("坐席 0-2 嗯，今天天气不错\n客户 3-5 对，挺好的"), CONTACT)
    assert roles(call) == [Role.UNKNOWN, Role.UNKNOWN]
    assert {one.role for one in call.utterances} == {Role.UNKNOWN}
    assert [remark.kind for remark in call.remarks] == ["roles_unknown"]
    assert EventKind.TALK_OVER not in call.heard
    assert EventKind.HOLD not in call.heard


@pytest.mark.parametrize("dual", [False, True])
def test_a_mixed_line_has_no_roles(dual: bool) -> None:
    call = dialogue(SERVED, mixed=not dual)
    if dual:
        remark = Remark("dual_mono", message=_message())
        call = replace(call, remarks=(remark,))
    call = interpret(call, KNOWN)
    assert {one.role for one in call.channels} == {Role.UNKNOWN}
    assert {one.role for one in call.utterances} == {Role.UNKNOWN}
    assert EventKind.TALK_OVER not in call.heard


def test_a_diarizer_on_a_mixed_line_is_believed() -> None:
    call = dialogue(SERVED, mixed=True)
    given = (Role.AGENT, Role.CUSTOMER, Role.AGENT, Role.CUSTOMER)
    call = replace(
        call,
        utterances=tuple(
            replace(one, role=role) for one, role in zip(call.utterances, given, strict=True)
        ),
    )
    call = interpret(call, CONTACT)
    assert tuple(one.role for one in call.utterances) == given
    assert interpret(call, CONTACT) == call


def test_who_is_called_speaks_first() -> None:
    call = dialogue("坐席 0-1 喂\n客户 2-3 嗯，您的信用卡的事\n坐席 4-5 嗯")
    assert roles(interpret(call, CONTACT)) == [Role.UNKNOWN, Role.UNKNOWN]
    outbound = interpret(call, replace(CONTACT, direction="outbound"))
    assert roles(outbound) == [Role.CUSTOMER, Role.AGENT]


def test_keys_and_ringing_decide_where_words_nearly_do() -> None:
    words = "坐席 10-12 您可以看一下\n客户 13-15 我就看看"
    assert roles(interpret(dialogue(words), CONTACT))[0] is Role.UNKNOWN
    signs = "铃声 0-6\n音乐 7-9\n按键 8-8.1 1\n按键 8.5-8.6 2\n"
    assert roles(interpret(dialogue(signs + words), CONTACT))[0] is Role.AGENT


COURTESIES = """
    坐席 0-2 您好，不好意思，请稍等
    客户 3-6 您好，麻烦您了，请您稍等，祝您生活愉快
    坐席 7-8 好的，非常抱歉
    客户 9-11 不好意思让您久等了，再见，祝您愉快
"""
HARDLY_HEARD = """
    坐席 0-1 索
    客户 2-7 您好，不好意思打扰您了，请问您贵姓？我的信用卡丢了，麻烦您帮我挂失一下
    坐席 8-9 伟豪夺烧
    客户 10-16 请您稍等，我找一下，四四零九二二，感谢您的耐心等待
    坐席 17-18 管了
    客户 19-24 太感谢您了，请问补卡要多少钱？祝您生活愉快，再见
"""
OLD_CUSTOMER = """
    客户 0-4 您好，我是你们安和银行的老客户了，请问您的工号是多少？
    坐席 5-6 三三零七。
    客户 7-12 工号三三零七是吧，我记录一下，我想请您帮我看看我的卡为什么降级了
    坐席 13-15 资产不达标，系统自动调的。
    客户 16-18 谢谢您，给您添麻烦了
"""


def test_courtesy_alone_tells_nothing() -> None:
    call = interpret(dialogue(COURTESIES), CONTACT)
    assert roles(call) == [Role.UNKNOWN, Role.UNKNOWN]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("script", [HARDLY_HEARD, OLD_CUSTOMER])
def test_a_customer_who_talks_like_an_agent_stays_the_customer(script: str, swapped: bool) -> None:
    call = interpret(dialogue(script, swapped=swapped), CONTACT)
    expected = [Role.AGENT, Role.CUSTOMER]
    assert roles(call) == (expected[::-1] if swapped else expected)


def test_words_that_were_heard_badly_count_less() -> None:
    call = dialogue("坐席 0-3 请您提供一下您的卡号\n客户 4-6 我的卡丢了")
    assert roles(interpret(call, CONTACT)) == [Role.AGENT, Role.CUSTOMER]
    heard = tuple(replace(one, probability=0.3) for one in call.utterances)
    badly = interpret(replace(call, utterances=heard), CONTACT)
    assert roles(badly) == [Role.UNKNOWN, Role.UNKNOWN]


def test_how_sure_is_in_the_remark() -> None:
    (remark,) = interpret(dialogue("坐席 0-2 去网点办\n客户 3-5 嗯"), CONTACT).remarks
    assert 0 < float(remark.message.params["log_odds"]) < channel_roles.MARGIN


def test_a_menu_that_was_misheard_speaks_for_nobody() -> None:
    talk = "坐席 12-13 嗯\n客户 14-16 我想问一下\n坐席 17-18 说"
    menu = "录音 0-5 欢迎自殿安和，很高兴为您服务\n按键 6-6.1 1\n"
    alone = channel_roles.log_odds(dialogue(menu + talk), None)
    without = channel_roles.log_odds(dialogue("按键 6-6.1 1\n" + talk), None)
    assert alone == without


def test_staff_whom_the_bank_calls_greet_as_agents_do() -> None:
    script = """
        客户 0-3 您好，海天酒店，很高兴为您服务
        坐席 4-8 您好，我是安和银行商户部的，您的机器有一笔交易要核实
        客户 9-12 请您稍等，我帮您查一下，有什么可以帮您？
    """
    outbound = replace(CONTACT, direction="outbound")
    assert roles(interpret(dialogue(script), CONTACT))[0] is not Role.CUSTOMER
    assert roles(interpret(dialogue(script), outbound))[0] is not Role.CUSTOMER


def _message() -> Message:
    return Message("both channels carry the same sound")


def test_a_recording_of_music_has_nobody_to_recognise() -> None:
    call = interpret(dialogue("音乐 0-60"), CONTACT)
    assert roles(call) == [Role.UNKNOWN, Role.UNKNOWN]
    assert call.remarks == ()


def test_who_comes_back_after_hold_music_is_the_agent() -> None:
    script = "坐席 0-2 嗯，今天天气不错\n客户 3-5 对，挺好的\n坐席 27-30 好了好了，都弄好了"
    call = dialogue(script)
    music = Event(EventKind.MUSIC, 6000, 26_000, channel=0)
    held = replace(call, events=(music,))
    assert log_odds(call, None) == 0
    assert log_odds(held, None) >= 1


def test_an_announcement_in_the_music_is_nobody_coming_back() -> None:
    script = "坐席 0-2 嗯，今天天气不错\n客户 3-5 对，挺好的\n客户 17-19 电话正在保持中"
    call = dialogue(script)
    music = tuple(
        Event(EventKind.MUSIC, start_ms, start_ms + 10_000, channel=0)
        for start_ms in (6000, 20_000)
    )
    assert log_odds(replace(call, events=music), None) >= 0


UNCLEAR = "坐席 0-2 嗯，今天天气不错\n客户 3-5 对，挺好的"


def test_the_other_calls_tell_the_order_where_the_words_do_not() -> None:
    usual = replace(CONTACT, usual_odds=usual_odds([Role.AGENT] * 60))
    call = interpret(dialogue(UNCLEAR), usual)
    assert roles(call) == [Role.AGENT, Role.CUSTOMER]
    assert {channel.role_source for channel in call.channels} == {"other_calls"}
    assert [remark.kind for remark in call.remarks] == ["roles_as_usual"]
    assert interpret(call, usual) == call


def test_the_other_calls_never_outdo_the_words() -> None:
    usual = replace(CONTACT, usual_odds=usual_odds([Role.AGENT] * 60))
    call = interpret(dialogue(SERVED, swapped=True), usual)
    assert roles(call) == [Role.CUSTOMER, Role.AGENT]
    against = interpret(dialogue("坐席 0-2 我想查一下\n客户 3-5 嗯"), usual)
    assert roles(against) == [Role.UNKNOWN, Role.UNKNOWN]


def test_calls_of_both_orders_or_few_calls_tell_nothing() -> None:
    assert usual_odds([]) == 0
    assert usual_odds([Role.AGENT, Role.CUSTOMER] * 50) == 0
    assert usual_odds([Role.UNKNOWN] * 50) == 0
    assert usual_odds([Role.CUSTOMER] * 2) == -usual_odds([Role.AGENT] * 2)
    few = replace(CONTACT, usual_odds=usual_odds([Role.AGENT] * 3))
    assert roles(interpret(dialogue(UNCLEAR), few)) == [Role.UNKNOWN, Role.UNKNOWN]
