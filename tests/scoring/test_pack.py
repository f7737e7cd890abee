"""The pack that ships: sound, complete, and right about its own examples."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib import resources

import jsonschema
import pytest

from autoqa.scoring.check import outcome_of, run_examples
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.rule import Form, RuleSet
from autoqa.scoring.schema import NAME, schema_text
from autoqa.scoring.source import parse
from autoqa.types import Outcome, Party, Role
from tests.scoring.packs import RETAIL_BANK, finding

WATCHING = {"escalation-complaint", "escalation-media", "escalation-regulator"}
"""Without points, for alerts."""
CENTRE = {"answer-time", "menu-depth", "forced-ad", "debt-hours"} | WATCHING
AGENT = {
    "agent-pitch",
    "greeting",
    "staff-id",
    "hold-requested",
    "hold-thanked",
    "hold-length",
    "hold-total",
    "offer-help",
    "closing",
    "apology",
    "interruption",
    "dead-air",
    "forbidden-words",
    "no-guarantee",
    "speech-rate",
    "risk-notice",
    "complaint-blocked",
    "complaint-confirmed",
    "complaint-deadline",
    "complaint-recorded",
    "debt-identity",
    "debt-promise",
    "debt-stated",
    "debt-third-party",
    "debt-threat",
    "sales-consent",
    "sales-cooling-off",
    "sales-fee",
    "sales-identity",
    "sales-recorded",
    "sales-risk-level",
}
BASIC = AGENT - {
    rule_id for rule_id in AGENT if rule_id.startswith(("complaint-", "debt-", "sales-"))
}


@cache
def rules() -> RuleSet:
    return load_rules(RETAIL_BANK)


def test_it_has_no_faults_and_no_warnings() -> None:
    assert check_rules(RETAIL_BANK) == []


def test_every_rule_is_there_and_counts_for_the_right_party() -> None:
    assert {rule.id for rule in rules().rules if rule.counts_for == Party.CENTRE} == CENTRE
    assert {rule.id for rule in rules().rules if rule.counts_for == Party.AGENT} == AGENT


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("form", rules().forms, ids=lambda form: form.id)
def test_points_add_up_to_a_hundred_for_each_party(form: Form, party: Party) -> None:
    items = [item for section in form.sections for item in section.items]
    points = [item.points for item in items if rules().rule(item.rule_id).counts_for == party]
    assert sum(points) == Decimal(100)


def test_every_form_has_the_basic_rules_and_only_the_last_has_no_more() -> None:
    for form in rules().forms:
        own = {item.rule_id for section in form.sections for item in section.items}
        assert own >= BASIC | CENTRE - WATCHING - {"debt-hours"}
        assert (own > BASIC | CENTRE - WATCHING - {"debt-hours"}) == (form.used_if is not None)


@pytest.mark.parametrize(
    ("metadata", "form"),
    [
        ("[队列 信用卡]", "retail-bank"),
        ("[队列 信用卡催收]", "collection"),
        ("[班组 贷后二组]", "collection"),
        ("[队列 投诉]", "complaint"),
        ("[产品 理财营销]\n[方向 呼出]", "sales"),
        ("[队列 sales]", "sales"),
        ("", "retail-bank"),
    ],
)
def test_a_call_gets_its_form_by_its_metadata(metadata: str, form: str) -> None:
    call, contact = read_dialogue(metadata + "\n坐席: 您好，请问有什么可以帮您？")
    card, _ = score(call, contact, rules())
    assert card.form == form
    assert card.form_doubt is None


def test_every_rule_has_three_examples_each_way_an_owner_and_a_rationale() -> None:
    for rule in rules().rules:
        outcomes = [example.outcome for example in rule.examples]
        assert outcomes.count(Outcome.PASSED) >= 3, rule.id
        assert outcomes.count(Outcome.FAILED) >= 3, rule.id
        assert rule.rationale, rule.id
        assert rule.owner, rule.id


def test_its_examples_are_right() -> None:
    assert [str(item) for item in run_examples(rules())] == []


def test_the_schema_is_current_and_the_pack_fits_it() -> None:
    kept = (resources.files("autoqa") / "schema" / NAME).read_text(encoding="utf-8")
    assert kept == schema_text(), "run python -m autoqa.scoring.schema"
    for path in RETAIL_BANK.glob("*.yaml"):
        jsonschema.validate(parse(path.name, path.read_bytes()).data, json.loads(kept))


CLOSING = """
客户: 没有了。
坐席: {agent}
客户: {customer}
[停顿 5s]
"""


@pytest.mark.parametrize(
    ("rule_id", "dialogue", "outcome"),
    [
        (
            "closing",
            CLOSING.format(agent="嗯。", customer="祝您生活愉快。"),
            "failed",
        ),
        ("closing", CLOSING.format(agent="祝您生活愉快。", customer="再见。"), "passed"),
        ("greeting", "录音: 您好，很高兴为您服务。\n坐席: 喂，说。\n客户: 我要查账。", "failed"),
        ("greeting", "录音: 您好。\n坐席: 您好，很高兴为您服务。\n客户: 我要查账。", "passed"),
        ("closing", "坐席: 您说。\n客户: 我月底存上。\n坐席: 嗯。", "not_applicable"),
        ("closing", "坐席: 您说。\n客户: 我月底存上。\n坐席: 记着日子。", "undetermined"),
        ("staff-id", "坐席: 您的卡号是六二二五八八零一。\n客户: 对。", "failed"),
        ("staff-id", "未知: 工号六六一八为您服务。\n坐席: 喂，说。\n客户: 查账。", "passed"),
        ("greeting", "未知: 您好，很高兴为您服务。\n坐席: 喂，说。\n客户: 查账。", "undetermined"),
        ("forbidden-words", "客户: 随便你，我不知道。\n坐席: 好的。", "passed"),
        ("forbidden-words", "坐席: 随便您选哪一种。\n客户: 好。", "passed"),
        ("no-guarantee", "客户: 你能保证收益吗，稳赚不赔吗？\n坐席: 投资有风险。", "passed"),
        ("no-guarantee", "客户: 怎么样？\n坐席: 我们不保证收益。", "undetermined"),
        ("apology", "客户: 我要投诉你们！\n客户: 非常抱歉。\n坐席: 您说。", "failed"),
        ("apology", "客户: 我跟你讲我要去投诉你。\n坐席: 爱投诉投诉去。", "failed"),
        ("hold-requested", "客户: 请您稍等。\n[持线 20s 音乐]\n坐席: 好了。", "failed"),
        ("menu-depth", "[菜单 9s]\n[按键 1]\n[菜单 9s]\n[按键 62281234]\n坐席: 您好。", "passed"),
        ("speech-rate", "未知: 您好。\n未知: 我要查账。", "not_applicable"),
        ("dead-air", "客户: 怎么办？\n[静音 9s 打字]\n坐席: 好了。", "passed"),
    ],
)
def test_only_the_agents_own_live_words_count(rule_id: str, dialogue: str, outcome: str) -> None:
    assert finding(rules(), dialogue, rule_id).outcome.value == outcome


@pytest.mark.parametrize("is_known", [True, False])
def test_an_unknown_voice_on_an_unknown_line_may_be_anybodys(is_known: bool) -> None:
    call, contact = read_dialogue("未知: 工号六六一八为您服务。\n坐席: 喂，说。\n客户: 查账。")
    channels = tuple(replace(one, role=Role.UNKNOWN) for one in call.channels) * is_known
    scorecard, _ = score(replace(call, channels=channels), contact, rules())
    found = next(one for one in scorecard.findings if one.rule_id == "staff-id")
    assert found.outcome == Outcome.UNDETERMINED


def test_a_polite_request_before_a_short_wait_is_a_mention() -> None:
    found = finding(
        rules(), "坐席: 请您稍等。\n[持线 4s]\n坐席: 查到了。\n客户: 好。", "hold-requested"
    )
    assert found.outcome == Outcome.NOT_APPLICABLE
    assert [e.quote for o in found.occurrences for e in o.evidence] == ["请您稍等"]


def test_each_hold_can_be_appealed_by_itself() -> None:
    found = finding(
        rules(),
        """
        坐席: 请您稍等。
        [持线 20s]
        坐席: 感谢您的耐心等待，还要再查一个地方，金额比较多，笔数也多，我一笔一笔核对一下给您听吧。
        [持线 30s]
        坐席: 让您久等了。
        """,
        "hold-requested",
    )
    assert [item.outcome for item in found.occurrences] == [Outcome.PASSED, Outcome.FAILED]
    assert found.outcome == Outcome.FAILED


INNOCENT = {
    "debt-threat": [
        "您的逾期记录会上报征信，影响您以后贷款。",
        "我们会按照合同约定采取法律手段。",
        "您要是有困难可以到您家附近的网点办理。",
        "您可以告诉您的家人一起想想办法。",
        "请您通知您单位的财务，卡号已经换了。",
        "您可以去您单位找财务开一个证明。",
        "通知您领导签字以后再寄给我们。",
        "我给您单位打过电话，没人接。",
        "不会让您坐牢的，您放心。",
        "没有人会去您单位找您。",
    ],
    "complaint-blocked": [
        "您投诉我们一定会处理的。",
        "这边不受理投诉，我帮您转到投诉专席。",
        "投诉了没人管您再打给我。",
        "您不用再投诉了，我已经帮您解决了。",
        "请您不要投诉我，我马上给您办。",
        "我没有资格处理投诉，我帮您转接。",
    ],
    "debt-third-party": [
        "好的，那请他给我们回个电话。",
        "这个不方便跟您说，要跟他本人说。",
        "请他按时还款就行了。",
        "没有什么要紧的事，不是欠款。",
        "抱歉，打扰您三分钟。",
    ],
}


@pytest.mark.parametrize(
    ("rule_id", "said"), [(rule_id, said) for rule_id, all_ in INNOCENT.items() for said in all_]
)
def test_nobody_is_failed_for_what_was_not_meant(rule_id: str, said: str) -> None:
    dialogue = f"坐席: 请问是王先生吗？\n客户: 他不在，我要投诉。\n坐席: {said}"
    assert outcome_of(rules(), rule_id, dialogue) != Outcome.FAILED
