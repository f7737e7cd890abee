"""What was said about a hold: asked for, agreed to, thanked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, EventKind, Segment, Value
from tests.builders import CONTACT, KNOWN, dialogue, events_of

START = "坐席 0-2 您好，很高兴为您服务\n客户 2.5-5 我想查一下我的账单\n"
MUSIC = "音乐 9-20\n"


def facts(call: Call) -> tuple[Value, ...]:
    (hold,) = events_of(interpret(call, KNOWN), EventKind.HOLD)
    return tuple(hold.measures[name] for name in ("asked", "consent", "thanked"))


def told(script: str, ends_s: float | None = None) -> tuple[Value, ...]:
    return facts(dialogue(START + script, ends_s=ends_s))


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("坐席 6-8 请您稍等", True),
        ("坐席 6-8 请您少等", True),
        ("坐席 5.5-6 你等一下\n坐席 7.5-8 我看看", True),
        ("坐席 6-7.4 请您稍\n坐席 7.5-8 等一下", True),
        ("坐席 6-7 请您稍等\n坐席 7.5-8 请问是尾号几的卡", True),
        ("坐席 6-8 我帮您查询一下", False),
        ("坐席 6-8 这是年费", False),
        ("坐席 6-8 感谢您的耐心等待，这是年费", False),
        ("坐席 6-8 请您在三个工作日内耐心等待", False),
    ],
)
def test_whether_the_agent_asked_to_wait(before: str, asked: bool) -> None:
    assert told(f"{before}\n{MUSIC}坐席 21-22 查到了")[0] is asked


def test_what_was_asked_long_before_is_about_something_else() -> None:
    script = f"坐席 5.1-6 请您稍等\n坐席 7-8 查到了\n坐席 15-17 这是年费\n{MUSIC}坐席 32-33 查到了"
    call = dialogue(START + script.replace("9-20", "18-31"))
    assert facts(call)[0] is False


@pytest.mark.parametrize(
    ("answer", "consent"),
    [
        ("客户 8.3-8.7 好的", "yes"),
        ("客户 7.9-8.3 嗯", "yes"),
        ("客户 8.3-9.3 行吧，你快点", "yes"),
        ("客户 8.3-9.8 没事，不着急", "yes"),
        ("客户 8.3-9.8 不行，我等不了", "no"),
        ("客户 8.3-9.8 我没时间啊", "no"),
        ("客户 8.3-9.8 你快点行不行", "none"),
        ("客户 8.3-9.8 怎么又要查", "none"),
        ("客户 12-12.5 好的", "none"),
        ("", "none"),
        ("客户 8.3-9.3", "unknown"),
    ],
)
def test_what_the_customer_answered(answer: str, consent: str) -> None:
    assert told(f"坐席 6-8 请您稍等\n{answer}\n{MUSIC}坐席 21-22 查到了")[1] == consent


def test_who_was_not_asked_has_agreed_to_nothing() -> None:
    script = f"坐席 6-8 这是年费\n客户 8.2-8.6 好的\n{MUSIC}坐席 21-22 查到了"
    assert told(script)[:2] == (False, "none")


@pytest.mark.parametrize(
    ("after", "thanked"),
    [
        ("坐席 21-23 感谢您的耐心等待", True),
        ("坐席 21-23 不好意思，让您久等了", True),
        ("坐席 21-22 王先生\n坐席 22.5-24 让您就等了", True),
        ("坐席 21-23 查到了", False),
        ("坐席 21-23 不好意思，请您再稍等", False),
        ("坐席 21-23 查到了\n坐席 31.5-33 感谢您的耐心等待", False),
        ("坐席 21-21.5 好\n坐席 23-24", "unknown"),
    ],
)
def test_whether_he_was_thanked(after: str, thanked: Value) -> None:
    assert told(f"坐席 6-8 请您稍等\n{MUSIC}{after}")[2] == thanked


def test_a_call_that_ends_in_it_has_no_occasion_to_thank() -> None:
    assert told(f"坐席 6-8 请您稍等\n{MUSIC}", ends_s=20.5)[2] == "none"


def test_what_was_heard_badly_may_have_been_asking_or_thanking() -> None:
    call = dialogue(START + f"坐席 6-8 勤奋扫地\n{MUSIC}坐席 21-22 干洗能耐")
    badly = tuple(replace(one, probability=0.5) for one in call.utterances)
    assert facts(replace(call, utterances=badly)) == ("unknown", "unknown", "unknown")
    agent, customer = call.channels
    agent = replace(agent, unheard=(Segment(7000, 8000), Segment(21_000, 22_000)))
    assert facts(replace(call, channels=(agent, customer))) == ("unknown", "unknown", "unknown")


def test_where_nobody_knows_who_speaks_nothing_is_known_of_it() -> None:
    call = dialogue(START + f"坐席 6-8 请您稍等\n{MUSIC}坐席 21-22 久等了", mixed=True)
    (hold,) = events_of(interpret(call, CONTACT), EventKind.HOLD)
    assert {hold.measures[name] for name in ("asked", "consent", "thanked")} == {"unknown"}
