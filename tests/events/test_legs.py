"""Agents of a call, one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import by_leg, interpret
from autoqa.types import Call, Contact, EventKind, Leg
from tests.builders import CONTACT, KNOWN, dialogue

ALONE = "坐席 0-2 您好，很高兴为您服务\n客户 3-5 我想查一下我的账单\n坐席 6-8 请您稍等\n"
HANDED_ON = (
    ALONE
    + """
    坐席 51-53 我帮您转接到信用卡中心，请稍等
    音乐 54-66
    坐席 68-71 您好，工号八零三一，很高兴为您服务
    客户 72-73 你好
"""
)


def heard(script: str, agent_id: str | None = None, *agent_ids: str) -> Call:
    contact = replace(KNOWN, agent_id=agent_id, agent_ids=agent_ids)
    return interpret(dialogue(script, ends_s=80), contact)


def odd(call: Call) -> list[tuple[object, object]]:
    about = [one.message.params for one in call.remarks if one.kind == "agents_differ"]
    return [(params["given"], params["heard"]) for params in about]


def test_a_call_is_one_agents() -> None:
    assert heard(ALONE, "8026").legs == (Leg(0, 80_000, "8026"),)
    assert heard(ALONE, None, "8026").legs == (Leg(0, 80_000, "8026"),)


def test_the_next_agents_leg_begins_with_his_first_word() -> None:
    call = heard(HANDED_ON, "8026", "8026", "8031")
    assert call.legs == (Leg(0, 68_000, "8026"), Leg(68_000, 80_000, "8031"))
    assert odd(call) == []


def test_one_agents_id_says_nothing_of_two() -> None:
    assert [leg.agent_id for leg in heard(HANDED_ON, "8026").legs] == [None, None]


@pytest.mark.parametrize(
    ("script", "ids", "numbers"),
    [(ALONE, ("8026", "8031"), (2, 1)), (HANDED_ON, ("1", "2", "3"), (3, 2))],
)
def test_where_agents_and_legs_do_not_match_nobody_knows_whose_they_are(
    script: str, ids: tuple[str, ...], numbers: tuple[int, int]
) -> None:
    call = heard(script, "8026", *ids)
    assert {leg.agent_id for leg in call.legs} == {None}
    assert odd(call) == [numbers]
    assert odd(interpret(call, replace(KNOWN, agent_ids=ids))) == [numbers]


def test_where_nobody_knows_who_speaks_nobody_knows_the_legs() -> None:
    call = interpret(dialogue(HANDED_ON, mixed=True), replace(CONTACT, agent_ids=("1", "2")))
    assert call.legs == ()
    assert odd(call) == []


def parts(*agent_ids: str) -> list[tuple[Contact, Call]]:
    raw = dialogue(HANDED_ON, ends_s=80)
    contact = replace(KNOWN, agent_id="8026", agent_name="张三", team="一组", agent_ids=agent_ids)
    return [(one, interpret(raw, one)) for one in by_leg(interpret(raw, contact), contact)]


def test_each_known_agent_has_a_contact_of_his_own() -> None:
    [(first, _), (second, _)] = parts("8026", "8031")
    assert (first.call_id, first.agent_id, first.agent_name) == ("call", "8026", "张三")
    assert (second.call_id, second.agent_id) == ("call-leg2", "8031")
    assert (second.agent_name, second.team) == (None, None)


def test_a_leg_holds_what_was_said_and_done_in_it_and_nothing_else() -> None:
    [(_, first), (_, second)] = parts("8026", "8031")
    assert [one.text for one in second.utterances] == ["您好，工号八零三一，很高兴为您服务", "你好"]
    assert [turn.utterances for turn in second.turns] == [(0,), (1,)]
    assert not {one.kind for one in second.events} & {EventKind.TRANSFER, EventKind.MUSIC}
    assert EventKind.TRANSFER in {one.kind for one in first.events}
    whole = heard(HANDED_ON, "8026", "8026", "8031")
    assert first.utterances + second.utterances == whole.utterances
    assert sorted(first.events + second.events, key=str) == sorted(whole.events, key=str)
    speech = [sum(one.duration_ms for one in line.speech) for line in whole.channels]
    assert speech == [
        sum(one.duration_ms for leg in (first, second) for one in leg.channels[line].speech)
        for line in (0, 1)
    ]


def test_where_nobody_knows_the_agents_the_call_stays_whole() -> None:
    [(contact, call)] = parts("8026", "8031", "8040")
    assert contact.leg == 0
    assert len(call.legs) == 2
