"""``autoqa rules check`` tells of phrases that are of no use, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoqa.rulebook.checking import check_folder
from tests.rulebook.stores import RULES, write_rules


def told(tmp_path: Path, greeting: str) -> list[str]:
    text = RULES.replace("greeting: [很高兴为您服务]", f"greeting: {greeting}")
    faults = check_folder(write_rules(tmp_path / "rules", text))
    assert all(fault.severity == "warning" for fault in faults)
    return [str(fault).partition("提醒：")[2] for fault in faults]


@pytest.mark.parametrize(
    "phrases",
    [
        "[很高兴为您服务, 为您效劳]",
        "[请稍等, 稍等]",
        "[{text: 为您效劳, exact: true}, 为您效劳吧]",
        "[{text: 再见, unless: [再见面]}]",
        "['[您]好{任意}服务', 您好服务]",
        "[很高兴为您服务, {text: '[很]高兴为您服务', exact: true}]",
    ],
)
def test_phrases_that_find_something_of_their_own(tmp_path: Path, phrases: str) -> None:
    assert told(tmp_path, phrases) == []


def test_a_phrase_that_its_own_exception_excludes(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "[很高兴为您服务, {text: 再见了您, unless: [再见了您]}]")
    assert line == "“再见了您”永远找不到：它自己的“unless”总是把它排除"


@pytest.mark.parametrize("phrases", ["[为您效劳, 为您效劳]", "[为您效劳, '[很高兴]为您效劳']"])
def test_a_phrase_that_another_says_too(tmp_path: Path, phrases: str) -> None:
    (line,) = told(tmp_path, phrases)
    assert line.startswith("“为您效劳”是多余的：第 ")


def test_a_set_that_no_rule_names(tmp_path: Path) -> None:
    lines = told(tmp_path, "[很高兴为您服务]\n  spare: [备用的话]")
    assert lines == ["没有规则使用话术“spare”"]


def test_where_there_are_faults_only_they_are_told(tmp_path: Path) -> None:
    text = RULES.replace("says: greeting", "say: greeting") + "  # 末尾\n"
    faults = check_folder(write_rules(tmp_path / "rules", text))
    assert [fault.severity for fault in faults] == ["error"]
