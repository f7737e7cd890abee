"""A YAML file is edited where something is to change, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoqa.rulebook.workbook.manuscript import Addition, CannotEdit, Edits, Manuscript
from autoqa.rulebook.workbook.yaml_text import Flow, Source
from autoqa.scoring.source import parse
from tests.scoring.packs import RETAIL_BANK

TEXT = """\
# 头
rules:
  - id: a   # 第一条
    name: 甲
    passes_if: {says: x, role: 坐席}
    examples:
      pass:
        - |
          坐席: 您好。
          客户: 好。
        # 第二段
        - |
          坐席: 早上好。

  # 乙之前
  - id: b
    name: 乙
phrases:
  x: [您好, 早上好]
  y:
    - 再见
    - "[您]慢走"  # 注
form: {id: f, sections: [{name: 节, rules: {a: 5}}]}
"""


def edited(**edits: object) -> str:
    return Manuscript(TEXT).edited(Edits(**edits))  # type: ignore[arg-type]


def test_nothing_to_do_changes_nothing() -> None:
    assert edited() == TEXT


@pytest.mark.parametrize(
    ("edits", "old", "new"),
    [
        ({"replaced": {("rules", 0, "name"): "丙"}}, "name: 甲", "name: 丙"),
        ({"replaced": {("rules", 0, "id"): "c"}}, "id: a   # 第一条", "id: c   # 第一条"),
        ({"replaced": {("phrases", "y", 1): "[您]走好"}}, '- "[您]慢走"  #', '- "[您]走好"  #'),
        ({"replaced": {("phrases", "x", 0): "喂"}}, "[您好, 早", "[喂, 早"),
        (
            {"replaced": {("rules", 0, "passes_if"): Source("all:\n  - {says: x}\n  # 注\n")}},
            "passes_if: {says: x, role: 坐席}\n",
            "passes_if:\n      all:\n        - {says: x}\n        # 注\n",
        ),
        (
            {"replaced": {("rules", 0, "examples", "pass", 0): "坐席: 喂。\n客户: 嗯。"}},
            "坐席: 您好。\n          客户: 好。\n",
            "坐席: 喂。\n          客户: 嗯。\n",
        ),
        (
            {"added": [Addition(("phrases", "y"), None, "走好")]},
            '慢走"  # 注\n',
            '慢走"  # 注\n    - 走好\n',
        ),
        ({"added": [Addition(("phrases", "x"), None, "喂: 好")]}, "早上好]", '早上好, "喂: 好"]'),
        (
            {"added": [Addition(("rules", 1), "rationale", "因为")]},
            "name: 乙\n",
            "name: 乙\n    rationale: 因为\n",
        ),
        (
            {
                "added": [
                    Addition(("form", "sections", 0, "rules"), "b", Flow(points=3, fatal=True))
                ]
            },
            "rules: {a: 5}",
            "rules: {a: 5, b: {points: 3, fatal: true}}",
        ),
        ({"deleted": {("phrases", "x", 0)}}, "[您好, 早上好]", "[早上好]"),
        ({"deleted": {("phrases", "x", 1)}}, "[您好, 早上好]", "[您好]"),
        ({"deleted": {("phrases", "y", 0)}}, "    - 再见\n", ""),
        ({"deleted": {("rules", 0, "id")}}, "- id: a   # 第一条\n    name", "- name"),
        ({"deleted": {("rules", 1)}}, "  - id: b\n    name: 乙\n", ""),
        (
            {"deleted": {("phrases", "y", 0), ("phrases", "y", 1)}},
            '  y:\n    - 再见\n    - "[您]慢走"  # 注\n',
            "",
        ),
        (
            {
                "deleted": {("phrases", "y", 0), ("phrases", "y", 1)},
                "added": [Addition(("phrases", "y"), None, "走好")],
            },
            '    - 再见\n    - "[您]慢走"  # 注\n',
            "    - 走好\n",
        ),
    ],
)
def test_only_what_is_edited_changes(edits: dict[str, object], old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert edited(**edits) == TEXT.replace(old, new)


def test_a_new_rule_stands_below_the_last_and_looks_like_it() -> None:
    rule = {"id": "c", "passes_if": Source("{says: x}"), "examples": {"pass": ["坐席: 您好。\n"]}}
    text = edited(added=[Addition(("rules",), None, rule)])
    new = (
        "\n\n  - id: c\n    passes_if: {says: x}\n    examples:\n      pass:\n"
        "        - |\n          坐席: 您好。\n"
    )
    assert text == TEXT.replace("name: 乙\n", "name: 乙" + new)


def test_line_ends_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    made = Manuscript(text).edited(Edits({("rules", 0, "name"): "丙"}))
    assert made == text.replace("name: 甲", "name: 丙")


def test_what_aliases_share_is_not_edited_by_halves() -> None:
    manuscript = Manuscript("a: &x [您好]\nb: *x\n")
    with pytest.raises(CannotEdit):
        manuscript.edited(Edits(added=[Addition(("a",), None, "早")]))


@pytest.mark.parametrize("path", sorted(RETAIL_BANK.glob("*.yaml")), ids=lambda path: path.name)
def test_every_text_of_the_shipped_rules_can_be_replaced_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    manuscript = Manuscript(text)
    tree = parse(path.name, text.encode())
    texts = [where for where in tree.styles if "&" not in text or "_if" not in str(where)]
    for number, where in enumerate(texts):
        if number % 40 == 0:
            made = manuscript.edited(Edits({where: "新的说法"}))
            assert "新的说法" in made
            assert made.count("#") == text.count("#")
