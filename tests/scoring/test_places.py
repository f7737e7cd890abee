"""Where and how often: order, distance, the nth, parts of a call, and what hangs on doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.faults import RuleError
from autoqa.types import EventKind, Outcome
from tests.scoring.packs import finding, pack

GRUMBLE = "{says: grumble, role: 客户}"
TWICE = "客户: 我要投诉\n坐席: 非常抱歉\n客户: 我还是我要投诉\n坐席: 好的"
LATE = "坐席: 您好\n客户: 我要投诉\n坐席: 您说\n[停顿 20s]\n坐席: 非常抱歉"
HOLDS = "坐席: 好\n[持线 5s]\n坐席: 好\n[持线 40s]\n坐席: 好"
OWN = "坐席: 我要投诉的意思是说您不满意，非常抱歉"
EACH = "{for_each: " + GRUMBLE + ", require: {says: sorry, after: it, within_turns: 1}}"
CALM = "{no_event: talk_over, after: " + GRUMBLE + ", within: 30s}"
INTERRUPTED = "客户: 我要投诉\n坐席: 您说\n客户: 上个月的账单有问题\n[抢话 坐席 1s]\n坐席: 好"
HALF = "坐席: 您好\n客户: 查余额\n坐席: 三千元\n客户: 好的\n坐席: 很高兴为您服务\n客户: 再见"
SAID_THRICE = "坐席: 请您稍等\n客户: 好\n坐席: 请您稍等\n客户: 好\n坐席: 请您稍等"
MISHEARD_THRICE = SAID_THRICE.replace("稍等", "少等")


@pytest.mark.parametrize(
    ("body", "dialogue", "outcome"),
    [
        # A, then B: some A
        (f"{{says: sorry, after: {GRUMBLE}, within: 10s}}", TWICE, "passed"),
        (f"{{says: sorry, after: {GRUMBLE}, within: 10s}}", LATE, "failed"),
        (f"{{says: sorry, after: {GRUMBLE}, within_turns: 2}}", LATE, "passed"),
        # each A
        (EACH, TWICE, "failed"),
        (EACH, TWICE.replace("好的", "非常抱歉"), "passed"),
        (EACH, "坐席: 好", "not_applicable"),
        # the rest of the same turn is nearer than the next turn
        ("{says: sorry, after: {says: grumble, role: 坐席}, within_turns: 1}", OWN, "passed"),
        (EACH, "客户: 为什么我要投诉？\n坐席: 好的", "undetermined"),
        (EACH, "客户: 为什么我要投诉？我要投诉！\n坐席: 好的", "failed"),
        # the nth
        ("{says: sorry, after: {says: grumble, nth: 1}, within_turns: 1}", TWICE, "passed"),
        ("{says: sorry, after: {says: grumble, nth: 2}, within_turns: 1}", TWICE, "failed"),
        ("{says: sorry, after: {says: grumble, nth: 最后}, within_turns: 1}", TWICE, "failed"),
        ("{says: sorry, after: {says: grumble, nth: 3}}", TWICE, "not_applicable"),
        ("{event: hold, nth: 1, longest: {at_most: 9s}}", HOLDS, "passed"),
        ("{event: hold, nth: last, longest: {at_most: 9s}}", HOLDS, "failed"),
        ("{for_each: {event: hold, nth: 1}, require: {says: sorry, after: it}}", HOLDS, "failed"),
        # during, and events in a place
        ("{says: grumble, role: 客户, during: {event: 广告}}", "坐席: 好", "fault"),
        ("{says: grumble, role: 客户, during: {event: 播报}}", "坐席: 好", "not_applicable"),
        ("{says: greeting, during: {event: hold}}", HOLDS, "failed"),
        (CALM, INTERRUPTED, "failed"),
        (CALM, "客户: 查余额\n坐席: 三千元\n客户: 好\n[抢话 坐席 1s]\n坐席: 好", "passed"),
        ("{event: hold, after: {event: hold, nth: 1}, count: {at_most: 0}}", HOLDS, "failed"),
        ("{event: hold, before: {event: hold, nth: 2}, total: {at_most: 9s}}", HOLDS, "passed"),
        # a recording by its name
        ("{no_event: 播报, where: {名称: 金秋分期}}", "[广告 9s 金秋分期]\n坐席: 好", "failed"),
        ("{no_event: 播报, where: {名称: 金秋分期}}", "[广告 9s 房贷]\n坐席: 好", "passed"),
        ("{no_event: 播报, where: {名称: 金秋分期}}", "[广告 9s]\n坐席: 好", "undetermined"),
        # parts of the call
        ("{says: greeting, within_first: 30%}", HALF, "failed"),
        ("{says: greeting, within_last: 60%}", HALF, "passed"),
        ("{says: greeting, within_first: 100%}", HALF, "passed"),
        # rates and shares
        ("{event: hold, per_minute: {at_most: 2}}", HOLDS, "failed"),
        ("{event: hold, per_minute: {at_most: 3}}", HOLDS, "passed"),
        ("{event: hold, share: {at_most: 80%}}", HOLDS, "failed"),
        ("{event: hold, share: {less_than: 98%}}", HOLDS, "passed"),
        # how often
        ("{says: hold_request, times: {at_most: 2}}", SAID_THRICE, "failed"),
        ("{says: hold_request, times: {at_most: 3}}", SAID_THRICE, "passed"),
        ("{says: hold_request, times: {at_least: 2, at_most: 3}}", SAID_THRICE, "passed"),
        ("{says: hold_request, times: {at_most: 2}}", MISHEARD_THRICE, "undetermined"),
        ("{says: hold_request, times: 4}", SAID_THRICE, "failed"),
        ("{says: sorry, times: 3, within_first_turns: 2}", SAID_THRICE, "fault"),
        # what is forbidden by not
        ("{not: {says: bad}}", "坐席: 随便你", "failed"),
        ("{not: {says: bad}}", "坐席: 随遍你", "undetermined"),
        ("{not: {says: bad}}", "坐席: 您说随便你？", "undetermined"),
        ("{not: {not: {says: hold_request}}}", "坐席: 请您少等", "passed"),
        ("{not: {any: [{says: bad}, {says: grumble}]}}", "坐席: 随便您吧", "undetermined"),
    ],
)  # fmt: skip
def test_where_and_how_often(tmp_path: Path, body: str, dialogue: str, outcome: str) -> None:
    if outcome == "fault":
        with pytest.raises(RuleError):
            pack(tmp_path, f"passes_if: {body}")
        return
    assert finding(pack(tmp_path, f"passes_if: {body}"), dialogue).outcome.value == outcome


def test_what_hangs_on_a_doubtful_occasion_cannot_fail(tmp_path: Path) -> None:
    by_sound = "客户: 我要头诉\n坐席: 好的"
    for body in (f"{{says: sorry, after: {GRUMBLE}}}", EACH):
        found = finding(pack(tmp_path, f"passes_if: {body}"), by_sound)
        assert found.outcome == Outcome.UNDETERMINED, body
    forbidden = f"{{does_not_say: bad, after: {GRUMBLE}}}"
    rude = "客户: 我要头诉\n坐席: 随便你"
    assert finding(pack(tmp_path, f"passes_if: {forbidden}"), rude).outcome == Outcome.UNDETERMINED


def test_what_hangs_on_events_that_nobody_listened_for_is_undetermined(tmp_path: Path) -> None:
    call, contact = read_dialogue("坐席: 好的")
    deaf = replace(call, heard=())
    for body in (
        "{says: sorry, after: {event: hold}}",
        "{for_each: {event: hold}, require: {says: sorry, after: it}}",
        "{no_event: hold}",
        "{event: hold, count: {at_most: 1}}",
        "{does_not_say: bad, during: {event: hold}}",
    ):
        rule_set = pack(tmp_path, f"passes_if: {body}")
        (found,) = score(deaf, contact, rule_set)[0].findings
        assert found.outcome == Outcome.UNDETERMINED, body
        heard = replace(call, heard=(EventKind.HOLD,))
        (found,) = score(heard, contact, rule_set)[0].findings
        assert found.outcome in (Outcome.NOT_APPLICABLE, Outcome.PASSED), body
