"""``autoqa rules check`` and ``autoqa rules test``: what they print and with what they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autoqa.cli import app

CLERK = (Path(__file__).parent / "scoring" / "clerk.yaml").read_text("utf-8")
UNCOUNTED = CLERK.replace("        hold-limits: 15\n", "")


def run(folder: Path, command: str, text: str, *options: str) -> Result:
    (folder / "rules.yaml").write_text(text, "utf-8")
    return CliRunner().invoke(app, ["rules", command, str(folder), *options])


def test_no_faults(tmp_path: Path) -> None:
    done = run(tmp_path, "check", CLERK)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "没有错误" in done.stderr


def test_warnings_are_told_as_such_and_are_no_faults(tmp_path: Path) -> None:
    done = run(tmp_path, "check", UNCOUNTED)
    assert done.exit_code == 0
    assert done.stdout == "rules.yaml:18:9: 提醒：评分表没有收录规则“hold-limits”，所以不考核它\n"
    assert "没有错误，1 处提醒" in done.stderr


def test_faults_end_with_two_and_warnings_stay_apart(tmp_path: Path) -> None:
    done = run(tmp_path, "check", UNCOUNTED.replace("says: hold_request", "say: hold_request"))
    assert done.exit_code == 2
    warning, fault = done.stdout.splitlines()
    assert "提醒" in warning
    assert fault == "rules.yaml:40:9: 没有“say”这种判断；是不是想写“says”？"
    assert "1 处错误，1 处提醒" in done.stderr


@pytest.mark.parametrize("text", [CLERK, UNCOUNTED])
def test_examples_that_are_right(tmp_path: Path, text: str) -> None:
    done = run(tmp_path, "test", text)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "共 12 段示例，0 段与预期不符" in done.stderr


def test_a_rule_without_examples_is_named_and_fails_nothing(tmp_path: Path) -> None:
    start = CLERK.index("    examples:", CLERK.index("id: no-shirking"))
    end = CLERK.index("  - id: no-long-silence")
    done = run(tmp_path, "test", CLERK[:start] + CLERK[end:])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "没有示例的规则：no-shirking" in done.stderr


def test_an_example_that_is_wrong_shows_what_was_found(tmp_path: Path) -> None:
    done = run(tmp_path, "test", CLERK.replace("[持线 70s]", "[持线 40s]"))
    assert done.exit_code == 1
    first, *notes = done.stdout.splitlines()
    assert first == "rules.yaml:31:11: “hold-limits”：示例应为“不合格”，结果是“合格”"
    assert notes[0] == "    没有超出限度"
    assert "持线 40.0 秒" in notes[1]


def test_the_words_that_were_found_are_quoted(tmp_path: Path) -> None:
    wrong = CLERK.replace("          [方向 呼出]\n", "", 1)
    done = run(tmp_path, "test", wrong, "--lang", "en")
    assert done.exit_code == 1
    first, *notes = done.stdout.splitlines()
    assert first.endswith("the example should be “passes”, but is “not applicable”")
    assert any("the agent: “请问是王先生本人吗”" in note for note in notes)


def test_what_a_rule_hangs_on_and_was_not_heard_surely_is_shown(tmp_path: Path) -> None:
    text = CLERK.replace("id: hold-limits", "id: hold-limits\n    applies_if: {says: hold_request}")
    text = text.replace("请您稍等。\n          [持线 70s]", "请您少等。\n          [持线 70s]")
    done = run(tmp_path, "test", text)
    assert "示例应为“不合格”，结果是“待复核”" in done.stdout
    assert "请您少等" in done.stdout


def test_the_schema_is_that_of_the_package() -> None:
    done = CliRunner().invoke(app, ["rules", "schema"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["properties"].keys() >= {"rules", "phrases", "form"}


def test_rules_with_faults_are_not_tried_and_every_fault_is_told(tmp_path: Path) -> None:
    wrong = CLERK.replace("role: 坐席", "rol: 坐席", 1).replace("name: 不推诿", "nam: 不推诿")
    done = run(tmp_path, "test", wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "rules.yaml:7:7: 不认识“rol”" in done.stderr
    assert "rules.yaml:55:5: 不认识“nam”" in done.stderr
