"""Utterances become turns: who had the floor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autoqa.turns import build_turns
from autoqa.types import Role, Turn, Utterance

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def said(role: Role, start_ms: int, end_ms: int, text: str = "三百元") -> Utterance:
    return Utterance(0 if role is AGENT else 1, role, start_ms, end_ms, text, (), 0.9)


def test_nothing_said() -> None:
    assert build_turns(()) == ()


def test_utterances_of_one_role_are_one_turn() -> None:
    turns = build_turns([said(AGENT, 0, 1000, "您好。"), said(AGENT, 1300, 2000, "请讲")])
    assert turns == (Turn(AGENT, 0, 2000, "您好。请讲", (0, 1)),)


def test_parts_without_punctuation_are_parted() -> None:
    (turn,) = build_turns([said(AGENT, 0, 1000, "您好"), said(AGENT, 1300, 2000, "请讲")])
    assert turn.text == "您好，请讲"


def test_another_role_takes_the_floor() -> None:
    turns = build_turns([said(AGENT, 0, 1000), said(CUSTOMER, 1200, 3000), said(AGENT, 3200, 4000)])
    assert [turn.role for turn in turns] == [AGENT, CUSTOMER, AGENT]


def test_a_back_channel_inside_a_turn_does_not_take_it() -> None:
    turns = build_turns(
        [said(AGENT, 0, 2000), said(CUSTOMER, 2100, 2400, "嗯"), said(AGENT, 2600, 5000)]
    )
    assert [(turn.role, turn.start_ms, turn.end_ms) for turn in turns] == [
        (AGENT, 0, 5000),
        (CUSTOMER, 2100, 2400),
    ]


def test_an_answer_after_which_the_other_takes_his_time_is_a_turn() -> None:
    turns = build_turns(
        [said(AGENT, 0, 2000), said(CUSTOMER, 2500, 2900, "对"), said(AGENT, 3500, 5000)]
    )
    assert [turn.role for turn in turns] == [AGENT, CUSTOMER, AGENT]


def test_words_in_a_pause_take_the_floor() -> None:
    turns = build_turns(
        [said(AGENT, 0, 2000), said(CUSTOMER, 2100, 2400, "不对"), said(AGENT, 2600, 5000)]
    )
    assert [turn.role for turn in turns] == [AGENT, CUSTOMER, AGENT]


def test_a_pause_of_three_seconds_ends_a_turn() -> None:
    assert len(build_turns([said(AGENT, 0, 1000), said(AGENT, 3999, 5000)])) == 1
    assert len(build_turns([said(AGENT, 0, 1000), said(AGENT, 4000, 5000)])) == 2


def test_recordings_have_turns_of_their_own() -> None:
    turns = build_turns([said(Role.RECORDED, 0, 1000), said(AGENT, 1200, 2000)])
    assert [turn.role for turn in turns] == [Role.RECORDED, AGENT]


@given(st.permutations(range(5)))
def test_order_does_not_matter(order: list[int]) -> None:
    lines = [
        said(AGENT, 0, 2000),
        said(CUSTOMER, 2100, 2400, "嗯"),
        said(AGENT, 2600, 5000),
        said(CUSTOMER, 5200, 7000),
        said(AGENT, 7100, 9000),
    ]
    turns = build_turns([lines[place] for place in order])
    expected = build_turns(lines)
    assert [(t.role, t.start_ms, t.end_ms, t.text) for t in turns] == [
        (t.role, t.start_ms, t.end_ms, t.text) for t in expected
    ]
