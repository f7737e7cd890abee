"""The form writes the same file: what it changes changes, and nothing else does."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from autoqa.errors import UsageError
from autoqa.i18n import language
from autoqa.rulebook.drafting import faults_of_texts, texts_of
from autoqa.rulebook.editing import contents, edits
from autoqa.rulebook.fields import groups_of
from autoqa.rulebook.form import Change, at, changed, read_changes
from autoqa.rulebook.form_parts import Field, Group
from autoqa.scoring.source import parse
from tests.rulebook.stores import RULES

SHIPPED = Path(__file__).parents[2] / "rules" / "retail-bank"
GREETING = ("rules", 0)


def lines_changed(before: str, after: str) -> list[str]:
    found = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in found if line[:2] in ("+ ", "- ")]


def data_of(text: str) -> Any:
    return parse("rules.yaml", text.encode()).data


def fields_of(groups: list[Group]) -> list[Field]:
    inner = [field for group in groups for field in fields_of(list(group.groups))]
    return [field for group in groups for field in group.fields] + inner


def test_a_value_is_changed_where_it_stands_and_comments_stay() -> None:
    text = changed(RULES, [Change("set", (*GREETING, "name"), "问候")])
    assert lines_changed(RULES, text) == ["-     name: 开头问候", "+     name: 问候"]
    same = changed(RULES, [Change("set", (*GREETING, "name"), "开头问候")])
    assert same == RULES


def test_what_was_not_there_is_added_and_taken_away_again() -> None:
    place = (*GREETING, "passes_if", "within_first")
    text = changed(RULES, [Change("set", place, "15s")])
    assert at(data_of(text), place) == "15s"
    assert changed(text, [Change("set", place, None)]) == RULES
    assert changed(RULES, [Change("set", place, None)]) == RULES
    deep = changed(RULES, [Change("set", (*GREETING, "applies_if", "says"), "promise")])
    assert at(data_of(deep), (*GREETING, "applies_if")) == {"says": "promise"}


def test_an_example_is_added_moved_and_removed() -> None:
    passing, failing = ((*GREETING, "examples", key) for key in ("pass", "fail"))
    dialogue = "坐席: 您好。\n客户: 喂。\n"
    more = changed(RULES, [Change("add", passing, dialogue)])
    assert at(data_of(more), (*passing, 1)).strip() == dialogue.strip()
    moved = changed(more, [Change("add", failing, dialogue), Change("set", (*passing, 1), None)])
    assert len(at(data_of(moved), passing)) == 1
    assert len(at(data_of(moved), failing)) == 2
    fresh = changed(RULES, [Change("add", (*GREETING, "examples", "not_applicable"), dialogue)])
    assert len(at(data_of(fresh), (*GREETING, "examples", "not_applicable"))) == 1


def test_phrases_are_edited_as_lines_and_those_with_options_stay() -> None:
    text = (
        "phrases:\n  fee:\n    - 年费多少 # 常见\n    - {text: 收费, exact: true}\n    - 怎么收\n"
    )
    edited = changed(text, [Change("lines", ("phrases", "fee"), "年费多少\n要不要钱\n\n 怎么算 ")])
    assert at(data_of(edited), ("phrases", "fee")) == [
        "年费多少",
        {"text": "收费", "exact": True},
        "要不要钱",
        "怎么算",
    ]
    assert "# 常见" in edited
    with pytest.raises(UsageError):
        changed("phrases:\n  fee:\n    - 年费\n", [Change("lines", ("phrases", "fee"), " ")])


def test_what_cannot_be_written_for_sure_is_refused() -> None:
    for bad in (
        Change("set", (), {}),
        Change("set", ("rules", 99, "name"), "x"),
        Change("lines", (*GREETING, "name"), "x"),
        Change("turn", (*GREETING, "name"), "x"),
    ):
        with pytest.raises(UsageError):
            changed(RULES, [bad])
    with pytest.raises(UsageError):
        changed("rules: [\n", [Change("set", ("rules", 0, "name"), "x")])


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "x",
        [{"path": "rules"}],
        [{"path": ["rules", 1, "name"], "value": "x"}],
        [{"path": ["rules", 0, None], "value": "x"}],
        [{"path": ["rules", 0, "name"], "value": {"a": object()}}],
    ],
)
def test_a_browser_changes_only_what_its_form_shows(given: object) -> None:
    with pytest.raises(UsageError):
        read_changes(given, [GREETING])


def test_what_a_browser_sends_is_read() -> None:
    given = [{"kind": "add", "path": ["rules", 0, "examples", "pass"], "value": "坐席: 您好。"}]
    (change,) = read_changes(given, [GREETING])
    assert change == Change("add", (*GREETING, "examples", "pass"), "坐席: 您好。")


def test_every_choice_of_a_shipped_file_leaves_rules_that_can_be_read() -> None:
    text = texts_of(SHIPPED)["resolution.yaml"]
    data = data_of(text)
    (path,) = [("rules", n) for n, rule in enumerate(data["rules"]) if rule["id"] == "risk-notice"]
    choices = [
        option
        for field in fields_of(groups_of("rules", data, path))
        for option in field.options
        if option.changes and field.kind != "dialogue"
    ]
    assert len(choices) > 20
    for option in choices:
        after = changed(text, read_changes(list(option.changes), [path]))
        assert isinstance(data_of(after)["rules"], list)


def test_what_others_hang_on_is_not_edited_by_the_form() -> None:
    """A part that another rule refers to by an alias would change there, too."""
    text = texts_of(SHIPPED)["courtesy.yaml"]
    (number,) = [n for n, rule in enumerate(data_of(text)["rules"]) if rule["id"] == "offer-help"]
    with pytest.raises(UsageError):
        changed(text, [Change("set", ("rules", number, "applies_if"), {"says": "closing"})])


def test_choosing_another_kind_of_condition_makes_good_rules() -> None:
    for field in fields_of(groups_of("rules", data_of(RULES), GREETING)):
        for option in field.options:
            if not option.changes or field.kind != "choice":
                continue
            after = changed(RULES, read_changes(list(option.changes), [GREETING]))
            serious = [
                fault
                for fault in faults_of_texts({"rules.yaml": after})
                if fault.severity == "error" and "form" not in fault.message.template
            ]
            assert serious == [], option.label


def test_what_the_form_has_no_fields_for_is_shown_as_it_is_written() -> None:
    text = RULES.replace("{says: greeting, role: 坐席}", "{says: greeting, mentions: false}")
    notes = [f for f in fields_of(groups_of("rules", data_of(text), GREETING)) if f.value]
    assert any(field.kind == "source" and "mentions: false" in field.value for field in notes)
    odd = RULES.replace("{says: greeting, role: 坐席}", "{recording_cut: end}")
    shown = fields_of(groups_of("rules", data_of(odd), GREETING))
    assert any(field.kind == "source" and "recording_cut" in str(field.value) for field in shown)


def test_points_of_a_form_are_numbers_to_fill_in() -> None:
    fields = fields_of(groups_of("forms", data_of(RULES), ("form",)))
    by_path = {field.path: field.value for field in fields}
    worth = ("form", "sections", 0, "rules")
    assert by_path[(*worth, "greeting")] == 10
    assert by_path[(*worth, "no-promise", "points")] == 5
    assert groups_of("rules", None, GREETING) == []


def test_a_sentence_is_added_in_its_line_and_told_by_itself() -> None:
    path = SHIPPED / "sentences" / "forbidden.yaml"
    text = path.read_text("utf-8")
    place = ("sentences", "forbidden", "is_not")
    fields = {one.path: one for one in fields_of(groups_of("sentences", data_of(text), place[:2]))}
    added = f"{fields[place].value.rstrip()}\n他骂您傻，您可以举报他\n"
    edited = changed(text, [Change("set", place, added)])
    assert lines_changed(text, edited) == ["+       他骂您傻，您可以举报他"]
    ordinary = "ordinary: |\n  您好\n"
    assert fields_of(groups_of("sentences", data_of(ordinary), ("ordinary",)))[0].hint == "1"
    with language("en"):
        told = list(edits(contents({"a": text.encode()}), contents({"a": edited.encode()})))
    assert told == ["sentences forbidden is_not: added “他骂您傻，您可以举报他”"]


def test_sentences_of_several_files_are_told_together() -> None:
    files = [b"sentences:\n  a:\n    is: |\n      x\n", b"sentences:\n  a:\n    is: |\n      y\n"]
    assert contents({"1": files[0], "2": files[1]}) == {"sentences": {"a": {"is": ["x", "y"]}}}
    assert contents({"1": b"ordinary: |\n  x\n", "2": b"ordinary: |\n  y\n"}) == {
        "ordinary": ["x", "y"]
    }
