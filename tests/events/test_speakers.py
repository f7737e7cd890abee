"""Who is who on a mixed line whose voices were told apart: named only where it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, EventKind, Role
from tests.builders import CONTACT, dialogue, times

SERVED = """
    坐席 0.5-4.0 您好，工号八零二六，很高兴为您服务。
    客户 5.0-8.0 你好，我想查一下我的信用卡账单。
    坐席 9.0-12.0 好的，请您提供一下您的身份证号码。
    客户 13.0-15.0 四一零一零五。
    坐席 16.0-19.0 我帮您查一下，请您稍等。
    客户 40.0-42.0 好的。
    坐席 43.0-45.0 您的账单是三千元，请问还有其他可以帮您的吗？
"""
SPEAKERS = (0, 1, 0, 1, 0, 1, 0)
AGENT, CUSTOMER, RECORDED, UNKNOWN = Role.AGENT, Role.CUSTOMER, Role.RECORDED, Role.UNKNOWN


def told_apart(
    script: str, speakers: Sequence[int | None], certainties: Sequence[float] = ()
) -> Call:
    """The dialogue on one line, heard by a diarizer."""
    call = dialogue(script, mixed=True, ends_s=60)
    sure = certainties or (1.0,) * len(speakers)
    return replace(
        call,
        utterances=tuple(
            replace(one, speaker=speaker, speaker_certainty=certainty)
            for one, speaker, certainty in zip(call.utterances, speakers, sure, strict=True)
        ),
        stages={"speakers": 1},
    )


def later(script: str, seconds: float) -> str:
    """The same dialogue, begun so much later."""
    return "\n".join(
        f"{who} {float(start) + seconds}-{float(end) + seconds} {words}"
        for who, span, words in (line.split() for line in script.strip().splitlines())
        for start, end in [span.split("-")]
    )


def roles(call: Call) -> list[Role]:
    return [one.role for one in interpret(call, CONTACT).utterances]


@pytest.mark.parametrize("flip", [False, True])
def test_words_tell_the_agent_from_the_customer(flip: bool) -> None:
    call = told_apart(SERVED, [1 - one if flip else one for one in SPEAKERS])
    assert roles(call) == [AGENT, CUSTOMER] * 3 + [AGENT]


def test_without_a_diarizer_nobody_is_known() -> None:
    assert set(roles(dialogue(SERVED, mixed=True))) == {UNKNOWN}


def test_one_voice_for_both_parties_names_nobody() -> None:
    assert set(roles(told_apart(SERVED, [0] * 7))) == {UNKNOWN}
    assert set(roles(told_apart(SERVED, [0, None, 0, None, 0, None, 0]))) == {UNKNOWN}


def test_mixed_up_voices_name_nobody() -> None:
    assert set(roles(told_apart(SERVED, [0, 0, 1, 1, 0, 1, 1]))) == {UNKNOWN}


def test_half_of_the_agent_is_not_taken_for_the_customer() -> None:
    script = """
        坐席 0.5-4.0 您好，工号八零二六，很高兴为您服务。
        坐席 9.0-12.0 好的，请您提供一下您的身份证号码。
        坐席 16.0-19.0 我帮您查一下，请您稍等。
        坐席 43.0-45.0 您的账单是三千元，请问还有其他可以帮您的吗？
    """
    assert set(roles(told_apart(script, [0, 1, 0, 1]))) == {UNKNOWN}


def test_two_agents_and_a_customer() -> None:
    script = SERVED + "坐席 47-50 您好，工号六六一八，很高兴为您服务，您的卡号报一下"
    assert roles(told_apart(script, [*SPEAKERS, 2]))[-1] is AGENT


def test_an_unsure_voice_is_nobodys() -> None:
    call = told_apart(SERVED, SPEAKERS, (1, 1, 1, 1, 1, 0.1, 1))
    assert roles(call) == [AGENT, CUSTOMER, AGENT, CUSTOMER, AGENT, UNKNOWN, AGENT]


@pytest.mark.parametrize(("certainty", "role"), [(0.6, UNKNOWN), (1.0, CUSTOMER)])
def test_words_of_the_other_party_need_a_surer_voice(certainty: float, role: Role) -> None:
    script = SERVED + "客户 47-50 请问还有其他可以帮您的吗"
    call = told_apart(script, [*SPEAKERS, 1], (*[1] * 7, certainty))
    assert roles(call)[-1] is role


def test_a_voice_that_only_plays_is_recorded() -> None:
    script = "录音 0.0-4.0 欢迎致电安和银行，个人业务请按一，对公业务请按二\n按键 5.0-5.1 1\n" + (
        "录音 6.0-9.0 您的通话可能会被录音\n"
        + "\n".join(
            line.replace(span, shifted)
            for line, span, shifted in (
                ("坐席 0.5-4.0 您好，工号八零二六，很高兴为您服务。", "0.5-4.0", "12-15"),
                ("客户 5.0-8.0 你好，我想查一下我的信用卡账单。", "5.0-8.0", "16-19"),
                ("坐席 9.0-12.0 好的，请您提供一下您的身份证号码。", "9.0-12.0", "20-23"),
                ("客户 13.0-15.0 四一零一零五。", "13.0-15.0", "24-26"),
            )
        )
    )
    assert roles(told_apart(script, [0, 0, 1, 2, 1, 2])) == [
        RECORDED,
        RECORDED,
        AGENT,
        CUSTOMER,
        AGENT,
        CUSTOMER,
    ]


def test_a_hold_is_the_agents_silence() -> None:
    call = interpret(told_apart(SERVED, SPEAKERS), CONTACT)
    assert times(call, EventKind.HOLD) == [(19_000, 43_000)]
    assert EventKind.TALK_OVER not in call.heard


def test_interpreting_twice_changes_nothing() -> None:
    once = interpret(told_apart(SERVED, SPEAKERS), CONTACT)
    assert interpret(once, CONTACT) == once


def test_a_misheard_menu_leaves_nobody_unnamed() -> None:
    menu = "坐席 0-4 中文服务请按一英文服务请按二\n坐席 4-9 口头卧师请爱二其他幼稚\n"
    script = menu + later(SERVED, 20)
    spoken = told_apart(script, (2, 3, *SPEAKERS))
    assert roles(spoken)[2:] == [AGENT, CUSTOMER] * 3 + [AGENT]


def test_who_is_back_after_the_music_is_the_agent() -> None:
    script = """
        客户 1-2 喂你好
        坐席 3-4 你好
        客户 5-6 我问一下
        音乐 8-20
        坐席 21-23 这个情况是这样子的
        客户 24-25 谢谢你
    """
    speakers = (0, 1, 0, 1, 0)
    silent = script.replace("音乐 8-20", "")
    assert set(roles(told_apart(silent, speakers))) == {UNKNOWN}
    assert roles(told_apart(script, speakers)) == [CUSTOMER, AGENT, CUSTOMER, AGENT, CUSTOMER]


def test_who_talks_alone_until_the_key_is_no_party() -> None:
    script = """
        坐席 1-8 开学记远行银行留学贷款正和上市
        按键 10-10.1 2
        坐席 18-20 您好，很高兴为您服务
        客户 21-24 我的卡丢了
        坐席 25-28 请您提供一下您的身份证号码
        客户 29-32 四一零一零五
        坐席 33-35 我帮您查一下
    """
    speakers = (2, 0, 1, 0, 1, 0)
    named = [AGENT, CUSTOMER, AGENT, CUSTOMER, AGENT]
    assert roles(told_apart(script, speakers))[1:] == named


def test_who_is_not_the_agent_is_the_customer_if_he_talks() -> None:
    misheard = SERVED.replace("你好，我想查一下我的信用卡账单", "用一掌物研里丁器存感照")
    misheard = misheard.replace("四一零一零五", "井雷石宝万")
    assert roles(told_apart(misheard, SPEAKERS)) == [AGENT, CUSTOMER] * 3 + [AGENT]
    nods = misheard.replace("5.0-8.0", "5.0-5.3").replace("13.0-15.0", "13.0-13.3")
    nods = nods.replace("40.0-42.0", "40.0-40.3")
    assert CUSTOMER not in roles(told_apart(nods, SPEAKERS))


HANDED_ON = SERVED.replace(
    "您的账单是三千元，请问还有其他可以帮您的吗？", "我把您转到卡片中心。"
) + (
    """
    坐席 50-53 喂你好，你那个在哪里啊
    客户 54-57 我人在顺德呢
    坐席 58-61 哦那个地方有一家
    客户 62-63 好的谢谢你
    坐席 64-65 不客气
    """
)
COLLEAGUE = (*SPEAKERS, 2, 1, 2, 1, 2)


def test_a_colleague_who_took_the_call_over_is_the_agent() -> None:
    """By himself he says nothing that tells, and who is not known leaves all unknown."""
    named = [AGENT, CUSTOMER] * 3 + [AGENT] + [AGENT, CUSTOMER] * 2 + [AGENT]
    assert roles(told_apart(HANDED_ON, COLLEAGUE)) == named


def test_a_third_voice_among_the_others_is_nobodys_colleague() -> None:
    mixed_in = (0, 1, 0, 1, 0, 1, 2, 2, 1, 2, 1, 0)
    assert set(roles(told_apart(HANDED_ON, mixed_in))) == {UNKNOWN}


def test_a_party_whose_voice_is_like_the_menus_is_named() -> None:
    menu = "录音 0-4 中文服务请按一英文服务请按二\n录音 5-15 当前来电较多请您继续等候\n"
    script = menu + later(SERVED, 20)
    like_the_customer = roles(told_apart(script, (1, 1, *SPEAKERS)))
    assert like_the_customer == [RECORDED] * 2 + [AGENT, CUSTOMER] * 3 + [AGENT]


def test_words_that_tell_nothing_are_no_recording_where_two_take_turns() -> None:
    """A greeting after a hold, by a colleague, made a recording of all that was said before."""
    script = """
        录音 0-4 社保卡请按一人工座席请按九
        坐席 10-13 一号国责遗航作息
        客户 14-18 坤于我那个养老金咋还没打到
        坐席 19-22 但言您别着急
        客户 23-26 后四位啊我找找
        坐席 27-30 累我去看看法放纪录
        音乐 31-50
        坐席 51-54 您好，很高兴为您服务，我是社保卡专席
        客户 55-57 去哪儿换
        坐席 58-60 我帮您查一下，请您稍等
        客户 61-62 好的谢谢你
    """
    named = roles(told_apart(script, (0, 1, 2, 1, 2, 1, 3, 2, 3, 2)))
    assert named == [RECORDED, *[AGENT, CUSTOMER] * 2, AGENT, *[AGENT, CUSTOMER] * 2]
