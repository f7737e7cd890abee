"""A raised voice: whose, and that it is a live voice."""

from __future__ import annotations

from dataclasses import replace

from autoqa.events import interpret
from autoqa.types import Call, Contact, EventKind, Role, Segment
from tests.builders import CONTACT, KNOWN, dialogue, events_of

SCRIPT = """
    录音 0-4 个人业务请按一，信用卡请按二
    坐席 5-7 您好，很高兴为您服务
    客户 8-12 我的卡为什么刷不了
    坐席 13-16 您先别着急
    客户 17-20 我能不着急吗
"""


def raised(
    agent: tuple[Segment, ...],
    customer: tuple[Segment, ...],
    contact: Contact = KNOWN,
    *,
    mixed: bool = False,
) -> Call:
    call = dialogue(SCRIPT, mixed=mixed)
    own = (agent, customer)[: len(call.channels)]
    lines = (replace(line, raised=one) for line, one in zip(call.channels, own, strict=True))
    return interpret(replace(call, channels=tuple(lines)), contact)


def found(call: Call) -> list[tuple[Role, int, int]]:
    events = events_of(call, EventKind.RAISED_VOICE)
    return [(one.role, one.start_ms, one.end_ms) for one in events]


def test_it_is_the_partys_whose_line_it_is() -> None:
    call = raised((Segment(13_500, 15_500),), (Segment(17_000, 19_500),))
    assert found(call) == [(Role.AGENT, 13_500, 15_500), (Role.CUSTOMER, 17_000, 19_500)]
    assert EventKind.RAISED_VOICE in call.heard


def test_a_recording_raises_no_voice() -> None:
    assert found(raised((Segment(0, 4000),), ())) == []


def test_less_than_two_seconds_of_the_partys_own_are_none() -> None:
    assert found(raised((), (Segment(10_001, 13_000), Segment(17_000, 18_999)))) == []


def test_a_mixed_line_has_none() -> None:
    call = raised((Segment(17_000, 19_500),), (), CONTACT, mixed=True)
    assert found(call) == []
    assert EventKind.RAISED_VOICE not in call.heard
