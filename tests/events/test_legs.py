"""Agents of a call, one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.events import interpret
from autoqa.types import Call, Leg
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
