"""Conditions that have names: used, wrong, and written to keep a machine busy."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoqa.i18n import language
from autoqa.scoring.load import check_rules
from autoqa.types import Outcome
from tests.scoring.packs import finding, pack, write_pack

NAMED = """
conditions:
  发牢骚: {says: grumble, role: 客户}
  inbound: {metadata: {方向: 呼入}}
  serious:
    all: [{condition: 发牢骚}, {condition: inbound}]
"""
BODY = """
applies_if: {condition: serious}
passes_if: {says: sorry, after: {condition: 发牢骚}, within_turns: 2}
"""


def named(folder: Path, conditions: str) -> Path:
    (folder / "conditions.yaml").write_text(conditions, "utf-8")
    return folder


def told(folder: Path, body: str, conditions: str, severity: str = "error") -> list[str]:
    write_pack(named(folder, conditions), body)
    with language("en"):
        return [str(one) for one in check_rules(folder) if one.severity == severity]


@pytest.mark.parametrize(
    ("dialogue", "outcome"),
    [
        ("[方向 呼入]\n客户: 我要投诉\n坐席: 非常抱歉", Outcome.PASSED),
        ("[方向 呼入]\n客户: 我要投诉\n坐席: 好的", Outcome.FAILED),
        ("[方向 呼入]\n坐席: 非常抱歉\n客户: 我要投诉\n坐席: 好的", Outcome.FAILED),
        ("[方向 呼出]\n客户: 我要投诉\n坐席: 好的", Outcome.NOT_APPLICABLE),
        # by its sound alone: it may be none
        ("[方向 呼入]\n客户: 我要头诉\n坐席: 好的", Outcome.UNDETERMINED),
    ],
)
def test_a_condition_is_used_by_its_name(tmp_path: Path, dialogue: str, outcome: Outcome) -> None:
    assert finding(pack(named(tmp_path, NAMED), BODY), dialogue).outcome == outcome


def test_each_place_of_a_condition_is_as_sure_as_it_was_heard(tmp_path: Path) -> None:
    body = """
    passes_if:
      for_each: {condition: 发牢骚}
      require: {says: sorry, after: it, within_turns: 1}
    """
    rules = pack(named(tmp_path, NAMED.replace("serious", "unused")), body)
    told = "客户: 我要投诉\n坐席: 非常抱歉\n客户: 我要头诉\n坐席: 好的"
    assert finding(rules, told).outcome == Outcome.UNDETERMINED
    assert finding(rules, told.replace("头诉", "投诉")).outcome == Outcome.FAILED


def test_a_named_condition_is_part_of_the_version(tmp_path: Path) -> None:
    first = pack(named(tmp_path, NAMED), BODY).version
    again = pack(named(tmp_path, "# 说明\n" + NAMED), BODY).version
    other = pack(named(tmp_path, NAMED.replace("呼入", "呼出")), BODY).version
    assert first == again != other


def test_words_of_a_named_condition_are_mentions_of_the_rule(tmp_path: Path) -> None:
    rules = pack(named(tmp_path, "conditions: {polite: {says: sorry, before: {event: hold}}}"),
                 "passes_if: {condition: polite}")  # fmt: skip
    found = finding(rules, "坐席: 好\n[持线 5s]\n坐席: 非常抱歉")
    assert [one.outcome for one in found.occurrences] == [Outcome.FAILED, Outcome.NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("body", "conditions", "expected"),
    [
        (
            "passes_if: {condition: 发牢}",
            NAMED,
            "rules.yaml:4:28: there is no condition “发牢”; did you mean “发牢骚”?",
        ),
        (
            "passes_if: {says: sorry, after: {condition: inbound}}",
            NAMED,
            "the condition “inbound” does not say where in the call",
        ),
        (
            "passes_if: {condition: a}",
            "conditions:\n  a: {not: {condition: b}}\n  b: {all: [{condition: a}]}\n",
            "conditions.yaml:2:24: a condition hangs on itself: “a” “b” “a”",
        ),
        (
            "passes_if: {condition: a}",
            "conditions:\n  a: {says: sorry, after: {condition: a}}\n",
            "conditions.yaml:2:39: a condition hangs on itself: “a” “a”",
        ),
        (
            "passes_if: {condition: a}",
            "conditions:\n  a: {says: sory}\n",
            "conditions.yaml:2:13: there is no phrase set “sory”",
        ),
        (
            "passes_if: {condition: a}",
            "conditions:\n  a: {says: sorry, before: it}\n",
            "“it” is the case at hand",
        ),
        (
            "passes_if: {condition: a}",
            "conditions: {a: {says: sorry}}\nphrases: {more: [您好]}\nrules: []\nconditons: {}",
            "did you mean “conditions”?",
        ),
    ],
)
def test_what_is_wrong_with_a_name_is_told(
    tmp_path: Path, body: str, conditions: str, expected: str
) -> None:
    assert any(expected in line for line in told(tmp_path, body, conditions))


def test_a_name_that_nobody_uses_is_a_warning(tmp_path: Path) -> None:
    (line,) = [
        line
        for line in told(tmp_path, "passes_if: {condition: inbound}", NAMED, "warning")
        if "uses" in line
    ]
    assert line.startswith("conditions.yaml:5:3: ")


def test_a_name_is_given_once(tmp_path: Path) -> None:
    named(tmp_path, NAMED)
    (tmp_path / "more.yaml").write_text("conditions: {inbound: {says: sorry}}", "utf-8")
    lines = told(tmp_path, BODY, NAMED)
    assert any("there is already a condition “inbound”" in line for line in lines)


BOMB = "conditions:\n  c0: {says: sorry}\n" + "".join(
    f"  c{i}: {{all: [{{condition: c{i - 1}}}, {{condition: c{i - 1}}}]}}\n" for i in range(1, 40)
)
EACH = "{for_each: {event: hold}, require: "
NESTED = EACH * 4 + "{says: sorry, after: it}" + "}" * 4


@pytest.mark.parametrize(
    ("body", "conditions"),
    [("passes_if: {condition: c39}", BOMB), ("passes_if: " + NESTED, NAMED)],
)
def test_what_would_take_for_ever_is_a_fault(tmp_path: Path, body: str, conditions: str) -> None:
    assert any("takes too long" in line for line in told(tmp_path, body, conditions))
