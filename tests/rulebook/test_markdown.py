"""Knowledge in Markdown becomes a rule file; faults are told by the lines of the Markdown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from autoqa.cli import app
from autoqa.errors import UsageError
from autoqa.rulebook.markdown import imported
from autoqa.scoring.check import try_examples
from autoqa.scoring.faults import RuleError
from autoqa.scoring.load import load_rules
from tests.scoring.packs import RETAIL_BANK

FEES = """\
# 短信提醒收费（sms-fee）
有效：2026-01-01 至 2026-12-31

短信提醒每月三元，前三个月免费。

## 问法
- 短信提醒一个月多少钱
- 短信通知怎么收费

## 问题里的词
- 短信提醒|短信通知
- 多少钱|收费|费用

## 不是问
- 流水短信

## 要点
- 月费：3元；每月|一个月|短信
- 优惠期：“前三个月免费”“头三个月(不收|免)费”；可不说

## 不能说
- 短信[提醒]永久免费

## 示例：合格
```
[开始时间 2026-03-02 10:00]
客户: 请问短信提醒一个月多少钱？
坐席: 短信提醒每月三元。
```

# 补打流水收费 (statement-print)
补打流水免费。
## 问法
- 补打流水多少钱
## 问题里的词
- 补打流水
- 多少钱
## 要点
- 费用：免费；流水|补打|费
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RETAIL_BANK.parent / "example-bank", tmp_path / "bank"))


def written(tmp_path: Path, text: str, name: str = "收费.md") -> Path:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def test_what_is_written_is_the_banks_knowledge(tmp_path: Path, folder: Path) -> None:
    assert imported(written(tmp_path, FEES), folder) == "knowledge/收费.yaml"
    rules = load_rules(folder)
    entry = next(one for one in rules.knowledge if one.id == "sms-fee")
    assert entry.name == "短信提醒收费"
    assert (str(entry.first_day), str(entry.last_day)) == ("2026-01-01", "2026-12-31")
    assert entry.answer == "短信提醒每月三元，前三个月免费。"
    assert entry.words == (("短信提醒", "短信通知"), ("多少钱", "收费", "费用"))
    assert [(fact.name, fact.value, fact.required) for fact in entry.facts] == [
        ("月费", "3元", True),
        ("优惠期", "", False),
    ]
    assert entry.facts[1].says == ("前三个月免费", "头三个月(不收|免)费")
    assert entry.not_about == ("流水短信",)
    assert entry.must_not_say == ("短信[提醒]永久免费",)
    assert try_examples(rules).count > 0


def test_importing_again_writes_the_file_anew(tmp_path: Path, folder: Path) -> None:
    imported(written(tmp_path, FEES), folder)
    imported(written(tmp_path, FEES.replace("3元", "4元")), folder)
    entry = next(one for one in load_rules(folder).knowledge if one.id == "sms-fee")
    assert entry.facts[0].value == "4元"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("（sms-fee）", "", "收费.md:1:1: "),
        ("（sms-fee）", "（短信）", "收费.md:1:1: "),
        ("# 短信提醒收费（sms-fee）\n", "前言\n# 短信提醒收费（sms-fee）\n", "收费.md:1:1: "),
        ("2026-01-01 至 2026-12-31", "明年", "收费.md:2:1: "),
        ("2026-01-01 至 2026-12-31", "2026-12-31 至 2026-01-01", "收费.md:"),
        ("## 问法\n- 短信", "## 问发\n- 短信", "收费.md:6:1: "),
        ("- 短信提醒一个月多少钱", "短信提醒一个月多少钱", "收费.md:7:1: "),
        ("- 短信提醒一个月多少钱", "- 短信提醒怎么开", "收费.md:7:1: "),
        ("月费：3元；", "月费三元", "收费.md:18:1: "),
        ("月费：3元；", "月费：三块多；", "收费.md:18:1: "),
        ("短信[提醒]永久免费", "短信[提醒永久免费", "收费.md:22:1: "),
        ("```\n[开始", "[开始", "收费.md:25:1: "),
        ("客户: 请问短信", "路人: 请问短信", "收费.md:"),
    ],
)
def test_faults_are_told_by_line_and_nothing_is_written(
    tmp_path: Path, folder: Path, old: str, new: str, told: str
) -> None:
    assert old in FEES
    with pytest.raises(RuleError) as error:
        imported(written(tmp_path, FEES.replace(old, new, 1)), folder)
    assert any(str(fault).startswith(told) for fault in error.value.faults)
    assert not (folder / "knowledge" / "收费.yaml").exists()


@pytest.mark.parametrize("text", ["", "- 一句\n", "```\n没完"])
def test_what_has_no_topics_is_one_sentence(tmp_path: Path, folder: Path, text: str) -> None:
    with pytest.raises((UsageError, RuleError)):
        imported(written(tmp_path, text), folder)


PIECES = [*FEES.splitlines(), "#", "##", "- ", "---", "> 引用", "1. 一", "| 表 |", "<b>", "```", ""]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=9), max_size=12))
def test_whatever_is_written_no_traceback_comes_of_it(tmp_path: Path, lines: list[str]) -> None:
    file = tmp_path / "x.md"
    file.write_text("\n".join(lines), "utf-8", errors="replace")
    try:
        imported(file, tmp_path / "none")
    except (UsageError, RuleError) as error:
        assert str(error)


def test_a_file_that_was_made_by_hand_stays(tmp_path: Path, folder: Path) -> None:
    before = (folder / "knowledge" / "cards.yaml").read_bytes()
    with pytest.raises(UsageError, match="cards"):
        imported(written(tmp_path, FEES, "cards.md"), folder)
    assert (folder / "knowledge" / "cards.yaml").read_bytes() == before


def test_the_command_says_what_it_wrote(tmp_path: Path, folder: Path) -> None:
    done = CliRunner().invoke(app, ["rules", "import", str(written(tmp_path, FEES)), str(folder)])
    assert done.exit_code == 0
    assert "knowledge/收费.yaml" in done.output
    bad = written(tmp_path, "# 没有编号\n", "坏.md")
    done = CliRunner().invoke(app, ["rules", "import", str(bad), str(folder)])
    assert done.exit_code == 2
    assert "坏.md:1:1" in done.output
