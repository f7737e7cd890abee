"""Conditions on what is measured, known or repeated, and so many of several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.types import Channel, Outcome, Role
from tests.scoring.packs import finding, pack

SLOW = "客户: 帮我查一下余额\n[停顿 4s]\n坐席: 好\n客户: 快一点可以吗\n坐席: 好"
ASKS_AGAIN = "客户: 帮我查一下上个月的账单。\n坐席: 好\n客户: 我说帮我查一下上个月的账单。"
ALIKE = ASKS_AGAIN.replace("我说帮我查", "请你帮我查")
MISHEARD = ASKS_AGAIN.replace("我说帮我查一下上个月的账单", "帮我茶一下上个月的帐单")
SAME = ASKS_AGAIN.replace("我说", "")
MUCH_LATER = "客户: 帮我查一下上个月的账单。\n" + "坐席: 好\n客户: 嗯\n" * 4 + SAME
THREE = "some: [{says: greeting}, {says: sorry}, {says: hold_request}]"
POLITE = "坐席: 很高兴为您服务\n客户: 好\n坐席: 非常抱歉"
RUDE = "some: [{says: bad}, {says: sorry}], at_most: 1"
DAY = "{call_time: {from: 08:00, until: 21:00}}"
NIGHT = "{call_time: {from: 22:00, until: 6:00}}"


@pytest.mark.parametrize(
    ("body", "dialogue", "outcome"),
    [
        ("{answer_delay: {at_most: 3s}}", SLOW, "passed"),
        ("{answer_delay: {at_most: 2s}}", SLOW, "failed"),
        ("{answer_delay: {at_most: 3s}, each: true}", SLOW, "failed"),
        ("{answer_delay: {at_most: 5s}, each: true}", SLOW, "passed"),
        ("{answer_delay: {at_most: 3s}}", "坐席: 好", "not_applicable"),
        ("{answer_delay: {at_most: 3s}}", "客户: 查余额\n[持线 9s]\n坐席: 好", "not_applicable"),
        ("{loudness: {at_least: -40}}", "[音量 坐席 -35]\n坐席: 好", "passed"),
        ("{loudness: {at_least: -40}}", "[音量 坐席 -45]\n坐席: 好", "failed"),
        ("{loudness: {at_least: -40}, role: 客户}", "[音量 坐席 -45]\n坐席: 好", "not_applicable"),
        ("{loudness: {at_least: -40}}", "坐席: 好", "undetermined"),
        ("{call_length: {at_least: 30s}}", "坐席: 好\n[停顿 40s]", "passed"),
        ("{call_length: {at_least: 30s}}", "坐席: 好", "failed"),
        (DAY, "[开始时间 2026-01-31 20:59]\n坐席: 好", "passed"),
        (DAY, "[开始时间 2026-01-31 21:00]\n坐席: 好", "failed"),
        (DAY, "坐席: 好", "undetermined"),
        (DAY, "[开始时间 2026-01-31]\n坐席: 好", "undetermined"),
        (NIGHT, "[开始时间 2026-01-31 23:00]\n坐席: 好", "passed"),
        (NIGHT, "[开始时间 2026-01-31 7:00]\n坐席: 好", "fault"),
        (NIGHT, "[开始时间 2026-01-31 07:00]\n坐席: 好", "failed"),
        # the same again
        ("{repeats: 客户}", ASKS_AGAIN, "passed"),
        ("{repeats: 客户}", ALIKE, "passed"),
        ("{repeats: 客户}", MISHEARD, "passed"),
        ("{repeats: 客户, similarity: 100%}", ALIKE, "passed"),
        ("{repeats: 坐席}", ASKS_AGAIN, "failed"),
        ("{repeats: 客户, within_turns: 1}", ASKS_AGAIN, "failed"),
        ("{repeats: 客户}", MUCH_LATER, "passed"),
        ("{repeats: 客户, times: 2}", MUCH_LATER, "failed"),
        ("{repeats: 客户, times: 2, within_turns: 12}", MUCH_LATER, "passed"),
        ("{not: {repeats: 客户}}", SAME, "failed"),
        ("{not: {repeats: 客户}}", MISHEARD, "undetermined"),
        ("{not: {repeats: 客户}}", "客户: 帮我查账单\n坐席: 好\n客户: 我要改密码", "passed"),
        ("{repeats: 客户, times: {at_most: 1}}", SAME, "passed"),
        # so many of several
        ("{" + THREE + ", at_least: 2}", POLITE, "passed"),
        ("{" + THREE + ", at_least: 3}", POLITE, "failed"),
        ("{" + THREE + ", at_least: 4}", POLITE, "fault"),
        ("{" + THREE + ", at_most: 1}", POLITE, "failed"),
        ("{" + THREE + ", at_least: 1, at_most: 2}", POLITE, "passed"),
        ("{" + RUDE + "}", "坐席: 随便你，非常抱歉", "failed"),
        ("{" + RUDE + "}", "坐席: 随遍你，非常抱歉", "undetermined"),
        ("{" + RUDE + "}", "坐席: 您好", "passed"),
        ("{" + THREE + "}", POLITE, "fault"),
    ],
)  # fmt: skip
def test_what_is_measured(tmp_path: Path, body: str, dialogue: str, outcome: str) -> None:
    try:
        found = finding(pack(tmp_path, f"passes_if: {body}"), dialogue).outcome.value
    except Exception as error:  # noqa: BLE001 - a fault of the rule or of the dialogue
        assert type(error).__name__ in ("RuleError", "DialogueError"), error
        found = "fault"
    assert found == outcome


@pytest.mark.parametrize(
    "body", ["{repeats: 客户}", "{answer_delay: {at_most: 9s}}", "{loudness: {at_least: -40}}"]
)
def test_where_nobody_knows_who_speaks_it_is_undetermined(tmp_path: Path, body: str) -> None:
    call, contact = read_dialogue(ASKS_AGAIN)
    mixed = replace(
        call,
        channels=(Channel(0, Role.UNKNOWN, ()),),
        utterances=tuple(replace(u, role=Role.UNKNOWN, channel=0) for u in call.utterances),
        turns=tuple(replace(t, role=Role.UNKNOWN) for t in call.turns),
    )
    (found,) = score(mixed, contact, pack(tmp_path, f"passes_if: {body}"))[0].findings
    assert found.outcome == Outcome.UNDETERMINED


def test_what_was_said_again_is_quoted_both_times(tmp_path: Path) -> None:
    found = finding(pack(tmp_path, "passes_if: {repeats: 客户}"), ASKS_AGAIN)
    first, again = found.occurrences[0].evidence
    assert first.quote == "帮我查一下上个月的账单"
    assert again.quote == "我说帮我查一下上个月的账单"
    assert first.start_ms < again.start_ms


def test_each_answer_can_be_appealed_by_itself(tmp_path: Path) -> None:
    found = finding(pack(tmp_path, "passes_if: {answer_delay: {at_most: 3s}, each: true}"), SLOW)
    assert [one.outcome for one in found.occurrences] == [Outcome.FAILED, Outcome.PASSED]
