"""``autoqa rules diff``: what another rule set would change, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autoqa.cli import app
from autoqa.i18n import language
from autoqa.reports.changes import Changes, Surprise, changes_html, signed
from autoqa.rulebook.differing import compare, told
from autoqa.rulebook.past_calls import PastCalls
from autoqa.rulebook.rulebook import of_folder
from autoqa.types import Outcome
from tests.rulebook.stores import RULES, fill, write_rules

EDITED = (
    RULES.replace("greeting: [很高兴为您服务]", "greeting: [很高兴为您服务, 很乐意为您效劳]")
    .replace("fatal: true", "fatal: false")
    .replace("greeting: 10", "greeting: 20")
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "old")


@pytest.fixture
def results(tmp_path: Path, old: Path) -> Path:
    return fill(tmp_path / "qa", old)


def differ(tmp_path: Path, old: Path, results: Path, text: str) -> Changes:
    new = write_rules(tmp_path / "new", text)
    return compare(of_folder(old), of_folder(new), PastCalls(str(results)))


def test_the_same_rules_change_nothing(tmp_path: Path, old: Path, results: Path) -> None:
    shuffled = RULES.replace("# 开头要问候", "# 只改了注释")
    changes = differ(tmp_path, old, results, shuffled)
    assert (changes.every.calls, changes.every.changed) == (4, 0)
    assert (changes.calls, changes.rules, changes.agents, changes.edits) == ((), (), (), ())


def test_what_changes_is_told_by_call_rule_agent_and_team(
    tmp_path: Path, old: Path, results: Path
) -> None:
    changes = differ(tmp_path, old, results, EDITED)
    by_id = {call.contact.call_id: call for call in changes.calls}
    assert by_id.keys() == {"polite", "other-words", "rude", "promising"}
    (greeting,) = [one for one in by_id["other-words"].rules if one.rule_id == "greeting"]
    assert (greeting.before, greeting.after) == (Outcome.FAILED, Outcome.PASSED)
    assert greeting.points == Decimal(20)
    assert any("【很乐意为您效劳】" in line for line in greeting.after_lines)
    tallies = {rule.rule_id: rule for rule in changes.rules}
    assert tallies["greeting"].moves == {(Outcome.FAILED, Outcome.PASSED): 1, (None, None): 3}
    assert sum(group.calls for group in changes.agents) == 4
    assert sum(group.changed for group in changes.teams) == 4
    assert changes.every.no_longer_failed == 2


def test_the_most_surprising_comes_first(tmp_path: Path, old: Path, results: Path) -> None:
    changes = differ(tmp_path, old, results, EDITED)
    assert [call.contact.call_id for call in changes.calls][:2] == ["promising", "other-words"]
    surprises = [call.surprise for call in changes.calls]
    assert surprises == sorted(surprises, reverse=True)
    assert surprises[:2] == [Surprise.FATAL, Surprise.VERDICT]
    assert surprises[-1] is Surprise.POINTS


def test_edits_are_told_in_the_words_of_the_files(tmp_path: Path, old: Path, results: Path) -> None:
    changes = differ(tmp_path, old, results, EDITED)
    assert changes.edits == (
        "话术 greeting：增加“很乐意为您效劳”",
        "评分表 sections 礼仪 › rules › greeting：“10”改为“20”",
        "评分表 sections 礼仪 › rules › no-promise › fatal：“True”改为“False”",
    )


def test_a_rule_that_leaves_the_form_is_told(tmp_path: Path, old: Path, results: Path) -> None:
    fewer = RULES.replace("        greeting: 10\n", "")
    changes = differ(tmp_path, old, results, fewer)
    (greeting,) = [rule for rule in changes.rules if rule.rule_id == "greeting"]
    assert greeting.moves == {(Outcome.PASSED, None): 2, (Outcome.FAILED, None): 2}


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_page_shows_what_the_terminal_does(
    tmp_path: Path, old: Path, results: Path, lang: str
) -> None:
    with language(lang):
        changes = differ(tmp_path, old, results, EDITED)
        html = changes_html(changes)
        lines = list(told(changes, 10))
    assert "<script" not in html
    for call in changes.calls:
        assert call.contact.file in html
        assert any(call.contact.file in line for line in lines)
    assert "很乐意为您效劳" in html
    assert ("签字" if lang == "zh_CN" else "Signatures") in html


def test_names_and_quotes_cannot_become_html(tmp_path: Path, old: Path, results: Path) -> None:
    changes = differ(tmp_path, old, results, EDITED)
    first = changes.calls[0]
    evil = replace(first.contact, file="<img src=x onerror=alert(1)>")
    html = changes_html(replace(changes, calls=(replace(first, contact=evil),)))
    assert "<img" not in html


def test_the_exit_code_says_whether_anything_changes(
    tmp_path: Path, old: Path, results: Path
) -> None:
    new = write_rules(tmp_path / "new", EDITED)
    page = tmp_path / "changes.html"
    runs = [
        CliRunner().invoke(
            app, ["rules", "diff", str(old), str(other), "--on", str(results), *options]
        )
        for other, options in [(old, []), (new, ["--html", str(page)]), (tmp_path / "no", [])]
    ]
    assert [run.exit_code for run in runs] == [0, 1, 2]
    assert "4 通电话中 4 通有变化" in runs[1].stdout
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "既不是规则文件夹，也不是" in runs[2].stderr


@pytest.mark.parametrize(
    ("value", "shown"), [("2.04", "+2"), ("-3.5", "−3.5"), ("0.01", "0"), (None, "–")]
)
def test_differences_are_shown_to_a_tenth(value: str | None, shown: str) -> None:
    assert signed(None if value is None else Decimal(value)) == shown
