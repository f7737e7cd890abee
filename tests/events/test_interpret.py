"""What holds for every call: order does not matter, time shifts, twice is once, empty is empty."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.events import DETECTORS, interpret
from autoqa.types import Call, Event, EventKind, Role, Segment, Utterance
from tests.builders import CONTACT, KNOWN, dialogue

WHOLE = """
    铃声 0.0-6.0
    坐席 7.0-12.0 您好，欢迎致电安和银行，个人业务请按一，信用卡请按二。
    按键 13.0-13.1 2
    坐席 14.0-17.0 您的通话将被录音。
    音乐 18.0-30.0
    坐席 31.0-33.0 您好，工号八零二六，很高兴为您服务。
    客户 34.0-38.0 你好，我想问一下我的信用卡账单。
    坐席 37.0-40.0 好的，请您提供一下卡号。
    客户 46.0-49.0 六二二五八八。
    坐席 50.0-52.0 我帮您查询，请您稍等。
    音乐 53.0-70.0
    坐席 71.0-73.0 感谢您的耐心等待。
    客户 73.5-73.8 嗯
    坐席 74.0-76.0 这是您的年费。
    坐席 81.0-82.0 再见。
"""

TEXTS = st.sampled_from(
    """
    您好，很高兴为您服务 请您稍等 个人业务请按一 嗯 我想查一下我的卡 工号八零二六
    请对本次服务进行评价 我帮您转接 坐席正忙，请不要挂机 三百元 您的卡号是多少
    """.split(" ")
)
SOUNDS = st.sampled_from([EventKind.MUSIC, EventKind.RINGBACK, EventKind.DTMF])


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Any call of up to 12 utterances and 4 sounds on one or two channels."""
    count = draw(st.integers(1, 2))
    call = dialogue("", mixed=count == 1, ends_s=90)
    utterances: list[Utterance] = []
    speech: dict[int, list[Segment]] = {0: [], 1: []}
    for _ in range(draw(st.integers(0, 12))):
        start_ms, channel = draw(st.integers(0, 80_000)), draw(st.integers(0, count - 1))
        end_ms = start_ms + draw(st.integers(1, 6000))
        utterances.append(Utterance(channel, Role.UNKNOWN, start_ms, end_ms, draw(TEXTS), (), 0.9))
        speech[channel].append(Segment(start_ms, end_ms))
    events = []
    for _ in range(draw(st.integers(0, 4))):
        start_ms = draw(st.integers(0, 80_000))
        end_ms = start_ms + draw(st.integers(1, 9000))
        events.append(Event(draw(SOUNDS), start_ms, end_ms, channel=draw(st.integers(0, 1))))
    channels = tuple(
        replace(one, speech=tuple(sorted(set(speech[one.index])))) for one in call.channels
    )
    return replace(call, channels=channels, utterances=tuple(utterances), events=tuple(events))


def shifted(call: Call, by_ms: int) -> Call:
    def moved(one: Segment) -> Segment:
        return Segment(one.start_ms + by_ms, one.end_ms + by_ms)

    return replace(
        call,
        recording=replace(call.recording, duration_ms=call.duration_ms + by_ms),
        channels=tuple(replace(one, speech=tuple(map(moved, one.speech))) for one in call.channels),
        utterances=tuple(
            replace(one, start_ms=one.start_ms + by_ms, end_ms=one.end_ms + by_ms)
            for one in call.utterances
        ),
        turns=tuple(
            replace(one, start_ms=one.start_ms + by_ms, end_ms=one.end_ms + by_ms)
            for one in call.turns
        ),
        events=tuple(
            replace(one, start_ms=one.start_ms + by_ms, end_ms=one.end_ms + by_ms)
            for one in call.events
        ),
    )


def test_a_whole_call() -> None:
    call = interpret(dialogue(WHOLE), CONTACT)
    found = [(e.kind, e.start_ms, e.end_ms) for e in call.events]
    assert found == [
        (EventKind.RINGBACK, 0, 6000),
        (EventKind.RECORDED_PROMPT, 7000, 12_000),
        (EventKind.DTMF, 13_000, 13_100),
        (EventKind.RECORDED_PROMPT, 14_000, 17_000),
        (EventKind.QUEUE, 17_000, 31_000),
        (EventKind.MUSIC, 18_000, 30_000),
        (EventKind.TALK_OVER, 37_000, 38_000),
        (EventKind.DEAD_AIR, 40_000, 46_000),
        (EventKind.HOLD, 52_000, 71_000),
        (EventKind.MUSIC, 53_000, 70_000),
        (EventKind.DEAD_AIR, 76_000, 81_000),
    ]
    assert set(call.heard) >= {kind for kind, _ in DETECTORS}


def test_an_empty_call() -> None:
    for call in (dialogue(""), dialogue("", mixed=True), replace(dialogue(""), channels=())):
        result = interpret(call, CONTACT)
        assert result.events == ()
        assert result.turns == ()


def test_roles_given_for_another_number_of_channels_are_not_used() -> None:
    call = interpret(dialogue("坐席 0-1 嗯", mixed=True), KNOWN)
    assert call.channels[0].role is Role.UNKNOWN


def test_without_words_voices_are_still_parties() -> None:
    call = interpret(dialogue("坐席 0-2\n客户 1-4\n坐席 8-9"), KNOWN)
    assert [e.kind for e in call.events] == [EventKind.TALK_OVER, EventKind.DEAD_AIR]


@settings(max_examples=60, deadline=None)
@given(calls())
def test_twice_is_once(call: Call) -> None:
    for contact in (CONTACT, KNOWN):
        once = interpret(call, contact)
        assert interpret(once, contact) == once


@settings(max_examples=60, deadline=None)
@given(calls(), st.randoms(use_true_random=False))
def test_order_does_not_matter(call: Call, order: random.Random) -> None:
    utterances, events = list(call.utterances), list(call.events)
    order.shuffle(utterances)
    order.shuffle(events)
    mixed_up = replace(call, utterances=tuple(utterances), events=tuple(events))
    assert interpret(mixed_up, KNOWN) == interpret(call, KNOWN)


@settings(max_examples=60, deadline=None)
@given(calls(), st.integers(1, 100_000))
def test_a_later_call_is_the_same_call_later(call: Call, by_ms: int) -> None:
    later, same = interpret(shifted(call, by_ms), KNOWN), shifted(interpret(call, KNOWN), by_ms)
    assert replace(later, measures=None, legs=()) == replace(same, measures=None, legs=())
    assert [leg.end_ms for leg in later.legs] == [leg.end_ms + by_ms for leg in same.legs]
    assert later.measures is not None and same.measures is not None
    assert replace(later.measures, per_minute={}) == replace(same.measures, per_minute={})


@settings(max_examples=60, deadline=None)
@given(calls())
def test_events_lie_in_the_call_and_definitions_hold(call: Call) -> None:
    result = interpret(call, KNOWN)
    least = {EventKind.HOLD: 3000, EventKind.DEAD_AIR: 3000, EventKind.TALK_OVER: 500}
    for event in result.events:
        assert event.start_ms < event.end_ms
        assert event.duration_ms >= least.get(event.kind, 1)
    for turn in result.turns:
        assert all(result.utterances[index].role is turn.role for index in turn.utterances)
    said = sorted(index for turn in result.turns for index in turn.utterances)
    assert said == list(range(len(result.utterances)))
