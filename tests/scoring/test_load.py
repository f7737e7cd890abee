"""Rule files: every fault at its place, and never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoqa.errors import UsageError
from autoqa.i18n import language
from autoqa.scoring.check import try_examples
from autoqa.scoring.faults import RuleError
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.source import MAX_BYTES, parse
from tests.scoring.packs import PHRASES, RETAIL_BANK, pack, write_pack

GOOD = "passes_if: {says: greeting}"


def faults(folder: Path) -> list[str]:
    with language("en"):
        return [str(item) for item in check_rules(folder) if item.severity == "error"]


def test_a_good_pack_has_no_errors(tmp_path: Path) -> None:
    assert faults(write_pack(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "passes_if: {says: greting}",
            "rules.yaml:4:23: there is no phrase set “greting”; did you mean “greeting”?",
        ),
        (
            "passes_if: {says: greeting, rol: 坐席}",
            "rules.yaml:4:33: nobody knows the key “rol”; did you mean “role”?",
        ),
        (
            "passes_if: {says: greeting, role: 经理}",
            "rules.yaml:4:39: “经理” is no role; write one of “坐席” “客户” “录音”",
        ),
        (
            "passes_if: {says: greeting, within_first: 15}",
            "rules.yaml:4:47: “15” is no duration; write it with its unit, such as “30s”",
        ),
        (
            "passes_if: {event: holt, count: {at_most: 1}}",
            "did you mean “hold”?",
        ),
        ("passes_if: {event: hold}", "rules.yaml:4:16: “event” needs a limit"),
        (
            "passes_if: {event: hold, longest: {at_least: 9s, at_most: 3s}}",
            "no number is both at least 9s and at most 3s",
        ),
        ("passes_if: {nothing: 1}", "rules.yaml:4:16: a condition says what it asks"),
        ("passes_if: 5", "rules.yaml:4:16: a condition says what it asks"),
        ("applies_if: {says: greeting}", "rules.yaml:2:5: “passes_if” is missing"),
        (
            "passes_if:\n  all:\n    - {says: greeting}\n    - {says: sory}",
            "rules.yaml:7:18: there is no phrase set “sory”; did you mean “sorry”?",
        ),
        (
            "passes_if: {says: greeting, within: 5s}",
            "“within” and “within_turns” need “before”, “after” or “near”",
        ),
        (
            "passes_if: {says: greeting}\npasses_if: {says: sorry}",
            "rules.yaml:5:5: “passes_if” stands here and in line 4",
        ),
        (GOOD + "\ncounts_for: 老板", "rules.yaml:5:17: “老板” is nobody a rule can count for"),
    ],
)
def test_a_fault_names_its_place_and_what_was_meant(
    tmp_path: Path, body: str, expected: str
) -> None:
    assert any(expected in line for line in faults(write_pack(tmp_path, body)))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    write_pack(tmp_path, "passes_if: {says: nobody, rol: 坐席, times: 0}\nnam: x")
    (tmp_path / "form.yaml").write_text("form: {id: f}", encoding="utf-8")
    lines = faults(tmp_path)
    assert len(lines) >= 7
    assert {line.split(":")[0] for line in lines} == {"rules.yaml", "form.yaml"}


def test_the_form_and_the_rules_must_know_each_other(tmp_path: Path) -> None:
    write_pack(tmp_path, GOOD)
    form = (tmp_path / "form.yaml").read_text(encoding="utf-8")
    (tmp_path / "form.yaml").write_text(form.replace("it: 10", "itt: 10"), encoding="utf-8")
    with language("en"):
        every = [str(item) for item in check_rules(tmp_path)]
    assert any("there is no rule “itt”" in line for line in every)
    assert any("the form gives the rule “it” no points" in line for line in every)


def test_an_id_or_a_phrase_set_is_defined_once(tmp_path: Path) -> None:
    write_pack(tmp_path, GOOD)
    more = "rules:\n  - id: it\n    name: 又\n    passes_if: {says: greeting}\n"
    (tmp_path / "zz.yaml").write_text(more + "phrases: {sorry: [抱歉]}\n", encoding="utf-8")
    lines = faults(tmp_path)
    assert any(
        line.startswith("zz.yaml:2:") and "there is already a rule “it” in “rules.yaml:2" in line
        for line in lines
    )
    assert any(
        line.startswith("zz.yaml:5:")
        and "there is already a phrase set “sorry” in “phrases.yaml" in line
        for line in lines
    )


def test_points_are_positive_numbers(tmp_path: Path) -> None:
    for points in ("-1", "0", "abc", "true", "1.0e9"):
        assert faults(write_pack(tmp_path, GOOD, points))


def test_gbk_from_windows_is_read_and_said(tmp_path: Path) -> None:
    write_pack(tmp_path, GOOD)
    (tmp_path / "phrases.yaml").write_bytes(PHRASES.encode("gbk"))
    with language("en"):
        lines = [str(item) for item in check_rules(tmp_path)]
    assert any("saved as GBK" in line for line in lines)
    assert load_rules(tmp_path).phrase_set("sorry").phrases[0].text == "非常抱歉"


@pytest.mark.parametrize(
    "content",
    [
        b"rules:\n\t- id: x",
        b"rules: [",
        b"a: &a [*a]",
        b"a: !!python/object:os.system [ls]",
        b"\xff\xff\xff",
        b"\x00\x01",
        b"- 1\n- 2",
        b"5",
        b"rules: 5\nphrases: 7\nform: []",
        b"rules: [[1], null, {}]",
        b"? [a]\n: b",
        b"[" * 10_000,
        b"- " * 10_000,
        b"x" * (MAX_BYTES + 1),
        b"a: &x [1,1,1,1,1,1,1,1,1,1]\nb: &y [*x,*x,*x,*x,*x,*x,*x,*x,*x]\n"
        b"c: &z [*y,*y,*y,*y,*y,*y,*y,*y,*y]\nd: &w [*z,*z,*z,*z,*z,*z,*z,*z]\n"
        b"e: [*w,*w,*w,*w,*w,*w,*w,*w,*w,*w]",
    ],
)
def test_whatever_is_in_a_file_ends_in_faults(tmp_path: Path, content: bytes) -> None:
    write_pack(tmp_path, GOOD)
    (tmp_path / "zz.yaml").write_bytes(content)
    assert any(line.startswith("zz.yaml:") for line in faults(tmp_path))
    with pytest.raises(RuleError):
        load_rules(tmp_path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300) | st.text(alphabet="ab:- \n{}[]&*!?'\"|>#%,\t您", max_size=120))
def test_parsing_never_raises(content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    tree = parse("f.yaml", data)
    assert all(item.line >= 1 and item.column >= 1 for item in tree.faults)


MANUAL = (Path(__file__).parents[2] / "docs" / "manual.zh-CN.md").read_text("utf-8")
REAL = [
    (RETAIL_BANK / "resolution.yaml").read_text("utf-8"),
    *re.findall(r"^```yaml\n(rules:.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL),
]
JUNK = st.one_of(
    st.text(alphabet="ab:- \n{}[]'\"您\t#&*!|>：，", max_size=10),
    st.sampled_from(
        [
            "null",
            "1e999",
            "9" * 40,
            "!!python/object:os.system",
            "- " * 60,
            "[" * 300,
            "\ufeff",
            "{says: [], times: 0}",
            "{condition: it}",
            "nth: last",
            "999999999h",
            "-1%",
            "\x00",
        ]
    ),
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mangled_file_ends_in_faults_or_rules(tmp_path: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(REAL))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(JUNK) + text[at + data.draw(st.integers(0, 40)) :]
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    write_pack(tmp_path, GOOD)
    (tmp_path / "zz.yaml").write_bytes(text.encode(encoding, "replace"))
    try:
        rule_set = load_rules(tmp_path)
    except RuleError as error:
        assert error.faults
        assert all(str(fault) for fault in check_rules(tmp_path))
    else:
        assert try_examples(rule_set).count >= 0


def test_values_are_not_guessed() -> None:
    tree = parse("f", b"a: 12:30\nb: no\nc: 1_000\nd: '5'")
    assert tree.data == {"a": "12:30", "b": "no", "c": 1000, "d": "5"}


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_rules(tmp_path / "nothing")
    with pytest.raises(UsageError):
        load_rules(tmp_path)


def test_the_version_changes_with_what_can_change_a_score_only(tmp_path: Path) -> None:
    first = pack(tmp_path, GOOD).version
    commented = pack(tmp_path, "# 说明\n" + GOOD + "\nexamples: {pass: ['坐席: 您好']}").version
    old, new = "您好请问有什么可以帮您, 很高兴为您服务", "很高兴为您服务, 您好请问有什么可以帮您"
    assert old in PHRASES
    (tmp_path / "phrases.yaml").write_text(PHRASES.replace(old, new), encoding="utf-8")
    reordered = load_rules(tmp_path).version
    assert first == commented == reordered
    assert pack(tmp_path, "passes_if: {says: sorry}").version != first
    assert pack(tmp_path, GOOD, "11").version != first


def test_the_error_carries_every_fault(tmp_path: Path) -> None:
    write_pack(tmp_path, "passes_if: {says: nobody, rol: 坐席}")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert len(caught.value.faults) == 2
