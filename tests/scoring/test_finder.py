"""Regular expressions and sentences much like one, as lines of phrase sets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.i18n import language
from autoqa.scoring.expressions import Expression, ExpressionError
from autoqa.scoring.load import check_rules
from autoqa.scoring.similarity import best_match
from tests.scoring.packs import finding, pack, write_pack

SETS = """
phrases:
  staff_id:
    - regex: '工号\\d{4,6}为您'
  safe:
    - {similar: 您的资金是非常安全的请您放心, at_least: 80%}
  promise:
    phrases:
      - similar: 我们这个产品保证收益绝对没有风险
    unless: [绝对没有风险吗]
  threat:
    phrases:
      - regex: (派人|上门).{0,6}(找你|找您)
    unless: [上门服务]
"""


@pytest.mark.parametrize(
    ("body", "dialogue", "outcome"),
    [
        ("{says: staff_id}", "坐席: 工号八零二六，为您服务", "passed"),
        ("{says: staff_id}", "坐席: 工號８０２６為您服務", "passed"),
        ("{says: staff_id}", "坐席: 工号八零为您服务", "failed"),
        ("{does_not_say: threat}", "坐席: 明天我们派人去单位找你", "failed"),
        ("{does_not_say: threat}", "坐席: 明天我们上门服务，到时候找您", "passed"),
        ("{does_not_say: threat}", "坐席: 我们不会派人去单位找你", "undetermined"),
        ("{not: {says: threat}}", "坐席: 明天我们派人去单位找你", "failed"),
        ("{says: safe}", "坐席: 您的资金都是非常安全的，请放心", "passed"),
        ("{says: safe}", "坐席: 您的资金是飞常安全的请您方心", "passed"),
        ("{says: safe}", "坐席: 您的资金不是非常安全的请您放心", "failed"),
        ("{says: safe}", "坐席: 您的账单已经发送到您的邮箱了请您查收", "failed"),
        # much alike earns and never costs
        ("{does_not_say: promise}", "坐席: 我们这个产品保证收益绝对没有风险", "undetermined"),
        ("{does_not_say: promise}", "坐席: 我们这个产品保证收益绝对没有风险吗", "passed"),
        ("{for_each: {says: safe, role: 客户}, require: {says: sorry}}",
         "客户: 您的资金是非常安全的请您放心\n坐席: 好", "undetermined"),
    ],
)  # fmt: skip
def test_what_a_line_of_a_phrase_set_finds(
    tmp_path: Path, body: str, dialogue: str, outcome: str
) -> None:
    (tmp_path / "more.yaml").write_text(SETS, "utf-8")
    assert finding(pack(tmp_path, f"passes_if: {body}"), dialogue).outcome.value == outcome


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("regex: '(派人'", "“(”没有配对的“)”"),
        ("regex: '[派人'", "“[”没有配对的“]”"),
        ("regex: '*派人'", "前面没有要重复的内容"),
        ("regex: '派人(?=找你)'", "不支持"),
        ("regex: '派(人)\\1'", "后面的写法不认识"),
        ("regex: '派{1001}人'", "超过 1000"),
        ("regex: '.*'", "什么都没说也能对上"),
        ("regex: '[人-丁]'", "范围不对"),
        ("regex: '((派.{0,99}){0,10}){0,10}'", "超过 1000"),
        ("regex: '" + "派" * 301 + "'", "超过 300 个字符"),
        ("regex: '[^您]{900}.{900}'", "太大"),
        ("similar: 您好", "太短"),
        ("similar: 您的资金{任意}安全", "不带括号和空位"),
        ("{similar: 您的资金很安全, at_least: 30%}", "低于 60%"),
        ("{similar: 您的资金很安全, at_least: 80}", "不是百分比"),
        ("{similr: 您的资金很安全}", "similar"),
    ],
)
def test_a_wrong_line_is_a_fault_at_its_place(tmp_path: Path, line: str, expected: str) -> None:
    write_pack(tmp_path, "passes_if: {says: greeting}")
    (tmp_path / "more.yaml").write_text(f"phrases:\n  one:\n    - {line}\n", "utf-8")
    with language("zh_CN"):
        told = [str(one) for one in check_rules(tmp_path) if one.severity == "error"]
    assert any(one.startswith("more.yaml:3:") and expected in one for one in told), told


@pytest.mark.parametrize("text", ["(a*)*b", "(a|a)*b", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)x"])
def test_an_expression_that_runs_away_elsewhere_takes_no_time_here(text: str) -> None:
    began = time.process_time()
    assert list(Expression(text).find("a" * 20_000)) in ([], [(0, 20_000)])
    assert time.process_time() - began < 20, "an engine that tries all ways would take years"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab(|)[]{}*+?\\^$.-,1您", max_size=30))
def test_any_text_is_an_expression_or_a_fault(text: str) -> None:
    try:
        found = list(Expression(text).find("ab您1" * 50))
    except ExpressionError as error:
        assert str(error.message.params["text"]) in text
    else:
        assert all(start < end for start, end in found)


@given(st.text(alphabet="资金安全有保障您放心", min_size=5, max_size=20))
def test_a_sentence_is_like_itself_wherever_it_stands(sentence: str) -> None:
    match = best_match(sentence, "嗯那么" + sentence + "再见")
    assert match is not None
    assert match.similarity == 1
    assert match.end - match.start == len(sentence)


def test_what_a_difference_costs() -> None:
    sentence = "您的资金非常安全"
    for heard, least, most in [
        ("您的资金非常安全", 1, 1),
        ("您的资金飞常安全", 0.98, 1),  # the same sound but for the tone
        ("您的资金非常全", 7 / 8, 7 / 8),  # one is missing
        ("您的资金非常的安全", 7 / 8, 7 / 8),  # one is too many
        ("您的资金不非常安全", 0, 0.6),  # a denial is no small difference
    ]:
        match = best_match(sentence, heard)
        assert match is not None
        assert least - 1e-9 <= match.similarity <= most + 1e-9, heard
