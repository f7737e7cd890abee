"""A call that one agent hands to another: each is scored for his own part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoqa import pipeline
from autoqa.pipeline import Judged
from autoqa.types import Outcome, Party
from tests.builders import KNOWN, dialogue
from tests.scoring.packs import pack

HANDED_ON = """
    坐席 0-2 您好，很高兴为您服务
    客户 3-5 我想查一下我的账单
    坐席 51-53 我帮您转接到信用卡中心
    音乐 54-66
    坐席 68-71 您好，工号八零三一为您服务
    客户 72-73 我的卡不见了
    坐席 74-75 随便你
"""
RUDE = "passes_if: {does_not_say: bad}"


def judged(folder: Path, body: str, agent_id: str | None, *agent_ids: str) -> tuple[Judged, ...]:
    call = replace(dialogue(HANDED_ON, ends_s=80), model="")
    contact = replace(KNOWN, agent_id=agent_id, agent_ids=agent_ids)
    return pipeline.judge(call, contact, pack(folder, body), lambda *_: ())


def outcomes(judged: tuple[Judged, ...]) -> list[tuple[str | None, Outcome]]:
    return [(one.contact.agent_id, one.scorecard.findings[0].outcome) for one in judged]


def test_nobody_answers_for_what_another_agent_said(tmp_path: Path) -> None:
    assert outcomes(judged(tmp_path, RUDE, "8026", "8026", "8031")) == [
        ("8026", Outcome.PASSED),
        ("8031", Outcome.FAILED),
    ]


def test_the_first_words_of_each_agent_are_looked_for_at_the_beginning_of_his_leg(
    tmp_path: Path,
) -> None:
    greets = "passes_if: {says: greeting, within_first: 10s}"
    assert outcomes(judged(tmp_path, greets, None, "8026", "8031")) == [
        ("8026", Outcome.PASSED),
        ("8031", Outcome.FAILED),
    ]


def test_the_last_seconds_of_a_leg_are_the_legs(tmp_path: Path) -> None:
    asks = "passes_if: {says: grumble, role: 客户, within_last: 20s}"
    first, _ = judged(tmp_path, asks, None, "8026", "8031")
    [piece] = first.scorecard.findings[0].occurrences[0].evidence
    assert piece.end_ms <= 68_000


@pytest.mark.parametrize(("agent_id", "outcome"), [("8026", "undetermined"), (None, "failed")])
def test_what_may_be_another_agents_doing_costs_a_named_one_nothing(
    tmp_path: Path, agent_id: str | None, outcome: str
) -> None:
    [one] = judged(tmp_path, RUDE, agent_id)
    assert one.scorecard.findings[0].outcome == outcome


def test_what_the_centre_answers_for_is_judged_once(tmp_path: Path) -> None:
    hold = "counts_for: centre\npasses_if: {no_event: 持线}"
    first, second = judged(tmp_path, hold, None, "8026", "8031")
    assert first.scorecard.findings[0].counts_for is Party.CENTRE
    assert second.scorecard.findings[0].outcome is Outcome.NOT_APPLICABLE
