"""Who is on which channel: metadata, else words, else nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, EventKind, Message, Remark, Role
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
    call = dialogue("坐席 0-1 喂\n客户 2-3 嗯，您的信用卡的事\n坐席 4-5 哪位")
    assert roles(interpret(call, CONTACT)) == [Role.UNKNOWN, Role.UNKNOWN]
    outbound = interpret(call, replace(CONTACT, direction="outbound"))
    assert roles(outbound) == [Role.CUSTOMER, Role.AGENT]


def test_keys_and_ringing_decide_where_words_nearly_do() -> None:
    words = "坐席 10-12 您可以看一下\n客户 13-15 我就看看"
    assert roles(interpret(dialogue(words), CONTACT))[0] is Role.UNKNOWN
    signs = "铃声 0-6\n音乐 7-9\n按键 8-8.1 1\n按键 8.5-8.6 2\n"
    assert roles(interpret(dialogue(signs + words), CONTACT))[0] is Role.AGENT


def _message() -> Message:
    return Message("both channels carry the same sound")


def test_a_recording_of_music_has_nobody_to_recognise() -> None:
    call = interpret(dialogue("音乐 0-60"), CONTACT)
    assert roles(call) == [Role.UNKNOWN, Role.UNKNOWN]
    assert call.remarks == ()
