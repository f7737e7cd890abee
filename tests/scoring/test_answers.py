"""Answers against the bank's knowledge: wrong only where everything is plain."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from autoqa.scoring.check import try_examples
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.types import Answer, Finding, Outcome, Question, Scorecard

EXAMPLE_BANK = Path(__file__).parents[2] / "rules" / "example-bank"


@cache
def _rules() -> RuleSet:
    return load_rules(EXAMPLE_BANK)


def _finding(said: str, asked: str = "请问金卡年费多少？") -> Finding:
    call, contact = read_dialogue(f"客户: {asked}\n坐席: {said}")
    card, _ = score(call, contact, _rules())
    return card.findings[0]


def test_the_example_is_sound_and_right_about_itself() -> None:
    assert check_rules(EXAMPLE_BANK) == []
    trial = try_examples(_rules())
    assert trial.faults == ()
    assert trial.count >= 50


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("年费三百块。", Outcome.PASSED),
        ("三百。", Outcome.UNDETERMINED),
        ("三百元。", Outcome.PASSED),
        ("金卡年费是五百元。", Outcome.FAILED),
        ("感谢您的耐心等待，金卡年费是五百元。", Outcome.FAILED),
        ("五百元。", Outcome.UNDETERMINED),
        ("金卡年费不是五百元。", Outcome.UNDETERMINED),
        ("金卡年费是五百元吗？", Outcome.UNDETERMINED),
        ("您听谁说金卡年费是五百元的？", Outcome.UNDETERMINED),
        ("金卡年费大概五百元。", Outcome.UNDETERMINED),
        ("如果是第二张，年费是五百元。", Outcome.UNDETERMINED),
        ("金卡年费三百元，白金卡年费两千元。", Outcome.PASSED),
        ("白金卡年费两千元。", Outcome.UNDETERMINED),
        ("年费五百元到三百元不等。", Outcome.UNDETERMINED),
        ("金卡年费是两百元。", Outcome.FAILED),
        ("年费三百元，金卡的年费终身免年费。", Outcome.FAILED),
        ("年费三百元，没有终身免年费的。", Outcome.UNDETERMINED),
        ("我帮您查一下。", Outcome.UNDETERMINED),
    ],
)
def test_what_an_answer_is(said: str, outcome: Outcome) -> None:
    assert _finding(said).outcome == outcome


def test_what_held_until_the_end_of_last_year_is_out_of_date() -> None:
    finding = _finding("金卡年费是两百元。")
    assert finding.reason is not None
    assert finding.reason.params["day"] == "2025-12-31"
    (case,) = finding.occurrences
    question, answer, known = case.evidence
    assert question.quote == "请问金卡年费多少？"
    assert answer.quote == "金卡年费是两百元"
    assert "三百元" in str(known.message.params["answer"])


def test_another_question_ends_the_answer() -> None:
    finding = _finding("年费三百元。\n客户: 白金卡年费多少？\n坐席: 年费两千元。")
    assert [one.outcome for one in finding.occurrences] == [Outcome.PASSED] * 2


def test_what_the_agent_said_before_he_was_asked_answers_nothing() -> None:
    call, contact = read_dialogue("坐席: 金卡年费五百元。\n客户: 金卡年费多少？\n坐席: 三百元。")
    card, _ = score(call, contact, _rules())
    assert card.findings[0].outcome == Outcome.PASSED


def _heard(said: str, probability: float, answer: str | None) -> tuple[Scorecard, list[Question]]:
    call, contact = read_dialogue(f"客户: 请问金卡年费多少？\n坐席: {said}")
    utterances = tuple(replace(one, probability=probability) for one in call.utterances)
    call = replace(call, model="ears", utterances=utterances)
    card, questions = score(call, contact, _rules())
    if answer is not None:
        (question,) = questions
        answers = [Answer(question, False, -20.0, heard=answer)]
        card, questions = score(call, contact, _rules(), answers)
    return card, list(questions)


@pytest.mark.parametrize(
    ("probability", "again", "outcome"),
    [
        (0.9, None, Outcome.UNDETERMINED),
        (0.9, "金卡年费是五百元", Outcome.FAILED),
        (0.9, "金卡年费是三百元", Outcome.UNDETERMINED),
        (0.9, "金卡年费是", Outcome.UNDETERMINED),
    ],
)
def test_on_a_recording_it_has_to_be_heard_twice(
    probability: float, again: str | None, outcome: Outcome
) -> None:
    card, questions = _heard("金卡年费是五百元。", probability, again)
    assert card.findings[0].outcome == outcome
    assert bool(questions) == (again is None)


def test_digits_that_were_heard_badly_are_not_sure() -> None:
    card, questions = _heard("金卡年费是五百元。", 0.6, None)
    assert card.findings[0].outcome == Outcome.UNDETERMINED
    assert questions == []


def test_without_knowledge_nothing_applies() -> None:
    call, contact = read_dialogue("客户: 请问金卡年费多少？\n坐席: 五百元。")
    card, _ = score(call, contact, replace(_rules(), knowledge=()))
    assert card.findings[0].outcome == Outcome.NOT_APPLICABLE


ENTRY = """
knowledge:
  - id: fee
    name: 年费
    words: [年费]
    questions: [年费多少]
    answer: 三百元
    facts:
      - {name: 年费, value: 300元, about: 年费}
"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("300元", "三百多", 9),
        ("[年费多少]", "[多少钱]", 6),
        ("    questions: [年费多少]\n", "", 3),
        (", about: 年费", "", 9),
        ("answer: 三百元", "answr: 三百元", 7),
        ("words: [年费]", "words: ['年费|']", 5),
    ],
)
def test_faults_are_told_at_their_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    for name in ("form.yaml", "answers.yaml"):
        (tmp_path / name).write_bytes((EXAMPLE_BANK / name).read_bytes())
    assert old in ENTRY
    (tmp_path / "k.yaml").write_text(ENTRY.replace(old, new), encoding="utf-8")
    faults = [one for one in check_rules(tmp_path) if one.severity == "error"]
    assert [(one.file, one.line) for one in faults] == [("k.yaml", line)]


def test_entries_of_one_id_hold_on_different_days(tmp_path: Path) -> None:
    for name in ("form.yaml", "answers.yaml"):
        (tmp_path / name).write_bytes((EXAMPLE_BANK / name).read_bytes())
    (tmp_path / "a.yaml").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(ENTRY, encoding="utf-8")
    (fault,) = (one for one in check_rules(tmp_path) if one.severity == "error")
    assert (fault.file, fault.line) == ("b.yaml", 3)


def test_the_rules_version_changes_with_the_knowledge_and_not_with_its_examples(
    tmp_path: Path,
) -> None:
    def versions(entry: str) -> tuple[str, str]:
        for name in ("form.yaml", "answers.yaml"):
            (tmp_path / name).write_bytes((EXAMPLE_BANK / name).read_bytes())
        (tmp_path / "k.yaml").write_text(entry, encoding="utf-8")
        rules = load_rules(tmp_path)
        return rules.version, rules.rule("right-answers").version

    first = versions(ENTRY)
    shown = ENTRY + dedent("""\
        examples:
          pass: ["客户: 年费多少？"]
    """).replace("examples", "    examples").replace("  pass", "      pass")
    assert versions(shown) == first
    changed = versions(ENTRY.replace("300元", "400元"))
    assert changed[0] != first[0]
    assert changed[1] != first[1]
