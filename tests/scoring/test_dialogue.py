"""Little dialogues as staff write them."""

from __future__ import annotations

import pytest

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.dialogue_information import DialogueError
from autoqa.types import EventKind, Role


def test_a_hold_lies_between_the_agents_words() -> None:
    call, _ = read_dialogue("坐席: 请稍等。\n[持线 20s 音乐]\n坐席: 好了。")
    (hold,) = call.events
    assert (hold.kind, hold.duration_ms, hold.measures["music"]) == (EventKind.HOLD, 20_000, True)
    assert call.utterances[0].end_ms == hold.start_ms
    assert call.utterances[1].start_ms == hold.end_ms


def test_an_overlap_begins_before_the_other_has_finished() -> None:
    call, _ = read_dialogue("客户: 我昨天在网点办的业务。\n[抢话 坐席 1.2s]\n坐席: 我知道了。")
    first, second = call.utterances
    (event,) = call.events
    assert first.end_ms - second.start_ms == 1200 == event.duration_ms
    assert event.role == Role.AGENT


def test_metadata_and_times_can_be_given() -> None:
    call, contact = read_dialogue("[方向 呼出]\n[排队时长 12s]\n坐席 9s: 您好。")
    assert (contact.direction, contact.queue_ms) == ("outbound", 12_000)
    assert call.utterances[0].end_ms - call.utterances[0].start_ms == 9000


def test_what_nobody_says_or_does_is_refused() -> None:
    wrong = "您好|路人: 您好|[起飞 3s]|[持线]|[持线 很久]|[抢话 坐席]|[抢话 谁 1s]"
    for text in wrong.split("|"):
        with pytest.raises(DialogueError):
            read_dialogue(text)


def test_an_empty_dialogue_is_an_empty_call() -> None:
    call, _ = read_dialogue("")
    assert (call.utterances, call.turns, call.events) == ((), (), ())
    assert set(call.heard) == set(EventKind)
    assert call.model == ""
