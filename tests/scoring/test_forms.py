"""Forms: what they earn or deduct, which one a call gets, and on which days a rule holds."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.i18n import language
from autoqa.scoring import totals
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.rule import Form, Item, RuleSet, Section
from autoqa.types import Contact, Finding, Grade, Occurrence, Outcome, Party, Scorecard, Total

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
OPEN, NONE = Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE

RULES = """
rules:
  - id: hello
    name: 问候
    passes_if: {says: 问候语}
  - id: sorry
    name: 致歉
    applies_if: {says: 投诉语, role: 客户}
    passes_if: {says: 致歉语}
  - id: rude
    name: 忌语
    passes_if: {does_not_say: 忌语}
phrases:
  问候语: [很高兴为您服务]
  致歉语: [非常抱歉]
  投诉语: [我要投诉]
  忌语: [随便你, 爱办不办]
"""
FORM = """
form:
  id: plain
  name: 普通表
  pass_mark: 60
  sections:
    - name: 全部
      rules: {hello: 10, sorry: 10, rude: 10}
"""


def write(folder: Path, form: str = FORM, rules: str = RULES) -> Path:
    (folder / "rules.yaml").write_text(dedent(rules), encoding="utf-8")
    (folder / "form.yaml").write_text(dedent(form), encoding="utf-8")
    return folder


def scored(rule_set: RuleSet, dialogue: str, day: date | None = None) -> Scorecard:
    call, contact = read_dialogue(dedent(dialogue))
    return score(call, contact, rule_set, day=day)[0]


def faults(folder: Path) -> list[str]:
    with language("en"):
        return [str(item) for item in check_rules(folder) if "no example" not in str(item)]


# ---------------------------------------------------------------- what failing costs

DEDUCTING = """
form:
  id: minus
  name: 扣分表
  pass_mark: 85
  start: 100
  grades: {优秀: 95, 良好: 85, 合格: 60, 不合格: 0}
  sections:
    - name: 礼貌
      rules:
        hello: {deduct: 4}
        sorry: {deduct: 10}
    - name: 红线
      rules:
        rude: {deduct: 6, per_occurrence: 是, at_most: 15}
"""
RUDE = "坐席: 随便你。\n客户: 什么？\n"


@pytest.mark.parametrize(
    ("dialogue", "wanted", "grade"),
    [
        ("坐席: 很高兴为您服务。", 100, "优秀"),
        ("坐席: 你好。", 96, "优秀"),
        ("坐席: 你好。\n客户: 我要投诉。\n坐席: 嗯。", 86, "良好"),
        ("坐席: 很高兴为您服务。\n客户: 什么？\n" + RUDE, 94, "良好"),
        ("坐席: 很高兴为您服务。\n客户: 什么？\n" + RUDE * 2, 88, "良好"),
        ("坐席: 很高兴为您服务。\n客户: 什么？\n" + RUDE * 5, 85, "良好"),
    ],
)
def test_a_form_may_deduct(tmp_path: Path, dialogue: str, wanted: int, grade: str) -> None:
    card = scored(load_rules(write(tmp_path, DEDUCTING)), dialogue)
    assert card.agent.score == wanted
    assert card.grade == grade
    assert card.passed is True


def test_a_section_of_a_form_that_deducts_tells_what_it_lost(tmp_path: Path) -> None:
    card = scored(load_rules(write(tmp_path, DEDUCTING)), "坐席: 你好。\n客户: 什么？\n" + RUDE)
    assert {one.name: one.lost for one in card.sections} == {"礼貌": 4, "红线": 6}
    assert {one.score for one in card.sections} == {None}
    assert card.agent.lost == 10


def test_each_section_of_a_form_with_weights_loses_no_more_than_its_own(tmp_path: Path) -> None:
    form = DEDUCTING.replace("- name: 礼貌", "- name: 礼貌\n      weight: 10").replace(
        "- name: 红线", "- name: 红线\n      weight: 90"
    )
    card = scored(load_rules(write(tmp_path, form)), "坐席: 你好。\n客户: 我要投诉。\n坐席: 嗯。")
    assert {one.name: one.score for one in card.sections} == {"礼貌": 0, "红线": 100}
    assert {one.name: one.weight for one in card.sections} == {"礼貌": 10, "红线": 90}
    assert card.agent.score == 90


def test_weights_share_the_score_among_sections_that_apply(tmp_path: Path) -> None:
    form = """
    form:
      id: weighed
      name: 加权表
      pass_mark: 60
      total: 100
      sections:
        - name: 开头
          weight: 20
          rules: {hello: 3}
        - name: 投诉
          weight: 30
          rules: {sorry: 7}
        - name: 红线
          weight: 50
          rules: {rude: 1}
    """
    rules = load_rules(write(tmp_path, form))
    assert scored(rules, "坐席: 你好。").agent.score == Decimal("71.43")  # 50 of 70
    grumble = "坐席: 很高兴为您服务。\n客户: 我要投诉。\n坐席: 嗯。"
    assert scored(rules, grumble).agent.score == 70


def test_a_part_of_the_points_may_be_lost_each_time(tmp_path: Path) -> None:
    form = FORM.replace("rude: 10", "rude: {points: 10, deduct: 4, per_occurrence: true}")
    rules = load_rules(write(tmp_path, form))
    lost = [
        next(f.points_lost for f in scored(rules, "坐席: 您好。\n客户: 啊？\n" + RUDE * n).findings
             if f.rule_id == "rude")
        for n in range(4)
    ]  # fmt: skip
    assert lost == [0, 4, 8, 10]


ITEMS = st.builds(
    lambda points, deduct, each, fatal: Item(
        "", points, fatal, min(deduct, points) if deduct or each else None, each
    ),
    st.decimals(1, 40, places=1),
    st.decimals(1, 20, places=1),
    st.booleans(),
    st.just(False),
)
OUTCOMES = st.lists(st.sampled_from(list(Outcome)), max_size=4)


def judged(item: Item, section: str, outcome: Outcome, cases: list[Outcome]) -> Finding:
    if outcome == FAILED and item.per_occurrence:
        cases = [*cases, FAILED]
    occurrences = tuple(Occurrence(case, ()) for case in cases)
    earned, open_ = totals.points_of(item, outcome, occurrences)
    return Finding(
        "r", "r", section, Party.AGENT, item.fatal, outcome, earned, item.points, occurrences,
        points_open=open_,
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(data=st.data(), start=st.sampled_from([None, Decimal(50), Decimal(100)]))
def test_points_stay_in_bounds_and_doubt_only_widens(
    data: st.DataObject, start: Decimal | None
) -> None:
    count = data.draw(st.integers(1, 3))
    weighed = data.draw(st.booleans())
    weights = [Decimal(data.draw(st.integers(1, 9))) if weighed else None for _ in range(count)]
    findings = []
    for number, _ in enumerate(weights):
        for item in data.draw(st.lists(ITEMS, max_size=3)):
            outcome = data.draw(st.sampled_from(list(Outcome)))
            finding = judged(item, str(number), outcome, data.draw(OUTCOMES))
            assert finding.points_earned >= 0
            assert finding.points_open >= 0
            assert finding.points_earned + finding.points_open <= item.points
            findings.append((item, finding))
    sections = tuple(Section(str(number), (), weight) for number, weight in enumerate(weights))
    form = Form("f", "f", Decimal(60), sections, start)
    found = [finding for _, finding in findings]
    total = totals.party_total(form, Party.AGENT, found)
    assert_in_bounds(total)
    random.Random(1).shuffle(found)
    assert totals.party_total(form, Party.AGENT, found) == total
    for at, (item, finding) in enumerate(findings):
        if finding.outcome not in (PASSED, FAILED):
            continue
        doubtful = [one for _, one in findings]
        doubtful[at] = judged(item, finding.section, OPEN, [OPEN for _ in finding.occurrences])
        wider = totals.party_total(form, Party.AGENT, doubtful)
        assert wider.low is not None
        assert wider.high is not None
        assert total.low is not None
        assert total.high is not None
        assert wider.low <= total.low
        assert wider.high >= total.high


def assert_in_bounds(total: Total) -> None:
    if total.low is not None and total.score is not None and total.high is not None:
        assert 0 <= total.low <= total.score <= total.high <= 100


def test_grades_name_ranges_without_gaps() -> None:
    grades = (Grade("优秀", Decimal(90)), Grade("合格", Decimal(60)), Grade("不合格", Decimal(0)))
    form = Form("f", "f", Decimal(60), (), grades=grades)
    zero = Decimal(0)

    def named(low: str, high: str) -> str | None:
        top = Decimal(high)
        total = Total("f", Party.AGENT, zero, zero, zero, top, Decimal(low), top)
        return totals.grade(form, total)

    assert [named(mark, mark) for mark in ("100", "90", "89.99", "60", "59.99", "0")] == [
        "优秀", "优秀", "合格", "合格", "不合格", "不合格",
    ]  # fmt: skip
    assert named("89.99", "90") is None
    assert named("60", "89") == "合格"


# ---------------------------------------------------------------- which form

SEVERAL = """
forms:
  - id: complaint
    name: 投诉表
    used_if: {says: 投诉语, role: 客户}
    pass_mark: 80
    sections:
      - name: 全部
        rules: {sorry: 30, rude: 10}
  - id: sales
    name: 销售表
    used_if: {metadata: {技能组: "*营销*"}}
    pass_mark: 70
    sections:
      - name: 全部
        rules: {hello: 20, rude: 10}
  - id: rest
    name: 普通表
    pass_mark: 60
    sections:
      - name: 全部
        rules: {hello: 10, rude: {points: 10, fatal: 是}}
"""


@pytest.mark.parametrize(
    ("dialogue", "form"),
    [
        ("坐席: 您好。\n客户: 查账。", "rest"),
        ("坐席: 您好。\n客户: 我要投诉。", "complaint"),
        ("[队列 信用卡营销]\n坐席: 您好。\n客户: 喂。", "sales"),
        ("[队列 信用卡营销]\n坐席: 您好。\n客户: 我要投诉。", "complaint"),
        ("坐席: 我要投诉。\n客户: 喂。", "rest"),
    ],
)
def test_the_first_form_that_fits_is_the_calls(tmp_path: Path, dialogue: str, form: str) -> None:
    card = scored(load_rules(write(tmp_path, SEVERAL)), dialogue)
    assert card.form == form
    assert card.form_doubt is None
    assert not card.provisional


def test_where_the_form_is_not_sure_nothing_is_decided(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, SEVERAL))
    call, contact = read_dialogue("坐席: 您好。\n客户: 我要投述。\n坐席: 随便你。")
    card, _ = score(call, contact, rules)
    assert card.form == "rest"
    assert card.form_doubt is not None
    assert "投诉表" in card.form_doubt.params.values()
    assert card.provisional
    assert card.passed is None
    assert card.fatal_rule_ids == ()
    assert card.agent.score == 0  # neither greeted nor polite; by points, not by the fatal rule
    nobody = [replace(one, text="…", words=()) for one in call.utterances]
    unheard = replace(call, model="base", utterances=tuple(nobody), turns=())
    assert score(unheard, contact, rules)[0].passed is None


def test_a_fatal_rule_of_a_form_in_doubt_never_fires(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, SEVERAL))
    told = "坐席: 很高兴为您服务。\n客户: 我要投{}。\n坐席: 随便你。"
    sure, doubtful = scored(rules, told.format("资")), scored(rules, told.format("述"))
    assert (sure.form, doubtful.form) == ("rest", "rest")
    assert sure.agent.score == 0
    assert doubtful.agent.score == 50
    assert doubtful.agent.low == 0


# ---------------------------------------------------------------- status and days

DATED = """
rules:
  - id: hello
    name: 问候（旧）
    until: 2026-06-30
    passes_if: {says: 旧问候}
  - id: hello
    name: 问候（新）
    owner: 质检组 王敏
    from: 2026年7月1日
    passes_if: {says: 新问候}
  - id: tried
    name: 试一试
    status: 试行
    passes_if: {says: 新问候}
  - id: drafted
    name: 还没写好
    status: 草稿
    passes_if: {says: 新问候}
  - id: gone
    name: 不用了
    status: retired
    passes_if: {says: 新问候}
phrases:
  旧问候: [您好请讲]
  新问候: [很高兴为您服务]
"""
DATED_FORM = """
form:
  id: f
  name: 表
  pass_mark: 60
  total: 10
  sections:
    - name: 全部
      rules: {hello: 10, tried: {points: 90, fatal: 是}, drafted: 5, gone: 5}
"""


def test_a_rule_changes_on_its_day(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, DATED_FORM, DATED))
    call, contact = read_dialogue("坐席: 您好，请讲。\n客户: 喂。")
    zone = ZoneInfo("Asia/Shanghai")
    for moment, name, points in (
        (datetime(2026, 6, 30, 23, 59, tzinfo=zone), "问候（旧）", 100),
        (datetime(2026, 7, 1, 0, 0, tzinfo=zone), "问候（新）", 0),
    ):
        card, _ = score(call, replace(contact, started_at=moment), rules)
        assert card.findings[0].name == name
        assert card.agent.score == points
    assert score(call, contact, rules, day=date(2026, 6, 1))[0].agent.score == 100
    assert rules.rule("hello").owner == "质检组 王敏"


def test_a_call_without_a_day_is_todays(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, DATED_FORM, DATED))
    call, contact = read_dialogue("坐席: 您好，请讲。")
    assert score(call, contact, rules) == score(call, contact, rules, day=date.today())


def test_a_rule_on_trial_is_shown_and_counts_for_nothing(tmp_path: Path) -> None:
    rules = load_rules(write(tmp_path, DATED_FORM, DATED))
    card = scored(rules, "坐席: 您好，请讲。\n客户: 喂。", date(2026, 1, 1))
    assert [finding.rule_id for finding in card.findings] == ["hello", "tried"]
    tried = card.findings[1]
    assert tried.trial
    assert tried.outcome == FAILED
    assert tried.points_possible == 0
    assert card.counted == card.findings[:1]
    assert card.agent.score == 100
    assert card.agent.applicable == 10
    assert card.fatal_rule_ids == ()


@pytest.mark.parametrize(("first", "second"), list(product((0, 1), repeat=2)))
def test_order_of_versions_and_forms_in_files(tmp_path: Path, first: int, second: int) -> None:
    """Rules may stand in any order and file; forms have the order in which they are written."""
    head, *bodies = DATED.split("  - id: ")
    rules, phrases = [*bodies[:-1], bodies[-1].split("phrases:")[0]], DATED.split("phrases:")[1]
    ordered = rules[::-1] if first else rules
    text = head + "".join("  - id: " + body for body in ordered)
    folder = write(tmp_path, DATED_FORM, text if second else text + "\nphrases:" + phrases)
    if second:
        (folder / "a.yaml").write_text("phrases:" + phrases, encoding="utf-8")
    again = load_rules(folder)
    assert [rule.name for rule in again.rules if rule.id == "hello"] == ["问候（旧）", "问候（新）"]
    (tmp_path / "other").mkdir()
    assert again.version == load_rules(write(tmp_path / "other", DATED_FORM, DATED)).version


def test_only_a_rule_that_runs_is_missed_on_the_form(tmp_path: Path) -> None:
    form = DATED_FORM.replace(", drafted: 5, gone: 5", "").replace(
        "tried: {points: 90, fatal: 是}", ""
    )
    (told,) = (line for line in faults(write(tmp_path, form, DATED)) if "no points" in line)
    assert "“tried”" in told


# ---------------------------------------------------------------- faults

WRONG = [
    (FORM, "rude: 10", "rude: {deduct: 10}", "either “points” or"),
    (FORM, "rude: 10", "rude: {points: 10, at_most: 5}", "either “points” or"),
    (FORM, "rude: 10", "rude: {points: 10, per_occurrence: true}", "needs “deduct”"),
    (FORM, "rude: 10", "rude: {points: 10, deduct: 12}", "“points” is less than “deduct”"),
    (FORM, "  pass_mark: 60", "  pass_mark: 60\n  start: 100", "either “points” or"),
    (FORM, "  pass_mark: 60", "  pass_mark: 60\n  total: 100", "add up to 30, not to 100"),
    (FORM, "  pass_mark: 60", "  pass_mark: 60\n  grades: {好: 60}", "no grade begins at 0"),
    (FORM, "  pass_mark: 60", "  pass_mark: 60\n  grades: {好: 0, 差: 0}", "begin at 0"),
    (FORM, "  pass_mark: 60", "  pass_mark: 60\n  grades: 好", "write each grade"),
    (FORM, "  pass_mark: 60", "  pass_mark: 60\n  grades: {好: 80, 差: 0}", "“差” holds scores on"),
    (
        FORM,
        "  pass_mark: 60",
        "  pass_mark: 60\n  used_if: {says: 投诉语}",
        "is for all calls that",
    ),
    (FORM, "form:", "forms: []\nform:", "either “form”"),
    (DEDUCTING, "{deduct: 4}", "{deduct: 400}", "more than the 100"),
    (DEDUCTING, "at_most: 15", "at_most: 5", "“at_most” is less than “deduct”"),
    (DEDUCTING, ", per_occurrence: 是", "", "“at_most” needs “per_occurrence”"),
    (DEDUCTING, "- name: 礼貌", "- name: 礼貌\n      weight: 50", "give this one its weight, too"),
    (SEVERAL, '    used_if: {metadata: {技能组: "*营销*"}}\n', "", "no “used_if”"),
    (SEVERAL, "id: sales", "id: complaint", "already a form “complaint” in line 3"),
    (SEVERAL, "says: 投诉语", "says: 投诉词", "no phrase set “投诉词”; did you mean “投诉语”"),
    (SEVERAL, "技能组:", "技能祖:", "no field “技能祖”; did you mean “技能组”"),
    (SEVERAL, "used_if: {says", "use_if: {says", "nobody knows the key “use_if”"),
    (SEVERAL, "sorry: 30", "sory: 30", "no rule “sory”; did you mean “sorry”"),
    (SEVERAL, "sorry: 30, ", "", "gives the rule “sorry” no points"),
    (DATED, "from: 2026年7月1日", "from: 2026-06-30", "holds on 2026-06-30, too"),
    (DATED, "from: 2026年7月1日", "from: 下个月", "“下个月” is no date"),
    (DATED, "from: 2026年7月1日", "from: 2026-02-30", "“2026-02-30” is no date"),
    (DATED, "until: 2026-06-30", "from: 2026-07-01\n    until: 2026-06-30", "is before “from”"),
    (DATED, "status: 试行", "status: 试用", "did you mean “试行”"),
    (DATED, "    until: 2026-06-30\n", "", "holds on 2026-07-01, too"),
]


@pytest.mark.parametrize(("text", "old", "new", "said"), WRONG)
def test_what_cannot_be_meant_is_told(
    tmp_path: Path, text: str, old: str, new: str, said: str
) -> None:
    assert old in text
    is_rules = text == DATED
    folder = write(tmp_path, *((DATED_FORM, text) if is_rules else (text, RULES)))
    assert [line for line in faults(folder) if said in line] == []
    folder = write(
        tmp_path,
        DATED_FORM if is_rules else text.replace(old, new, 1),
        text.replace(old, new, 1) if is_rules else RULES,
    )
    told = [line for line in faults(folder) if said in line]
    assert told, faults(folder)
    at = text[: text.index(old)].count("\n") + 1
    line = int(told[0].split(":")[1])
    assert abs(line - at) <= 6 or "gives the rule" in said


def test_two_files_with_forms_are_told(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "more.yaml").write_text(SEVERAL, encoding="utf-8")
    assert any(
        line.startswith("more.yaml:2:1: there is already a form in") for line in faults(tmp_path)
    )


def test_a_contact_of_another_zone_is_on_the_banks_day() -> None:
    from autoqa.cells import moment

    assert moment("2026-06-30T16:30:00Z", "Asia/Shanghai").date() == date(2026, 7, 1)
    assert Contact("a", "a").started_at is None
