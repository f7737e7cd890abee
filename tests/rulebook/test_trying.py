"""``autoqa rules try``: which past calls a rule passes and fails, and by which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autoqa.cli import app
from tests.rulebook.stores import fill, write_rules


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def results(tmp_path: Path, rules: Path) -> Path:
    return fill(tmp_path / "qa", rules)


def tried(rule: str, rules: Path, on: Path, *options: str) -> Result:
    return CliRunner().invoke(
        app, ["rules", "try", rule, "--rules", str(rules), "--on", str(on), *options]
    )


@pytest.mark.parametrize("on", ["", "autoqa.db"])
def test_hits_and_misses_are_counted_and_quoted(rules: Path, results: Path, on: str) -> None:
    done = tried("greeting", rules, results / on)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "开头问候 (greeting)：4 通电话"
    assert "  不合格  2  50.0%" in lines
    assert "  合格  2  50.0%" in lines
    assert lines.index("== 不合格 2") < lines.index("== 合格 2")
    assert "    0:00 坐席：您好,【很高兴为您服务】。".replace(",", "，") in lines
    assert any("那里坐席说的是：什么事，快点说。" in line for line in lines)
    assert "rude.wav  800" in lines


def test_only_so_many_calls_are_shown_of_each_outcome(rules: Path, results: Path) -> None:
    done = tried("greeting", rules, results, "--limit", "1", "--lang", "en")
    assert "== failed 2, the first 1 of them" in done.stdout
    assert done.stdout.count(".wav") == 2


def test_result_documents_will_do(tmp_path: Path, rules: Path) -> None:
    from autoqa.reports.result import result_json
    from autoqa.rulebook.past_calls import PastCalls, scored
    from autoqa.scoring.load import load_rules

    results = fill(tmp_path / "qa", rules)
    folder = tmp_path / "documents"
    folder.mkdir()
    for past in PastCalls(str(results)).each(lambda past: past):
        card, _ = scored(past, load_rules(rules))
        text = result_json(past.call, past.contact, card)
        (folder / f"{past.contact.call_id}.json").write_text(text, "utf-8")
    (folder / "other.json").write_text("[]", "utf-8")
    assert tried("greeting", rules, folder).stdout == tried("greeting", rules, results).stdout


@pytest.mark.parametrize(
    ("rule", "on", "told"),
    [
        ("greting", "qa", "是不是想写“greeting”"),
        ("xyz", "qa", "没有规则“xyz”"),
        ("greeting", "nowhere", "不是"),
        ("greeting", "rules", "没有"),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(
    tmp_path: Path, rules: Path, results: Path, rule: str, on: str, told: str
) -> None:
    done = tried(rule, rules, tmp_path / on)
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
