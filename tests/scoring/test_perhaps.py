"""What may be another way of saying it, and voices that were heard too badly to be judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.types import (
    Answer,
    Event,
    EventKind,
    Finding,
    Message,
    Outcome,
    Remark,
    Role,
    Utterance,
)
from tests.builders import KNOWN, dialogue
from tests.scoring.packs import RETAIL_BANK, finding, pack

CURT = """
坐席: 喂，什么事。
客户: 我查一下余额。
坐席: 三百元。
客户: 知道了。
坐席: 就这样，以后自己在手机银行上看，不要为这点事打电话来。
"""


def with_perhaps(folder: Path, body: str = "passes_if: {says: thanks, role: 坐席}") -> Path:
    pack(folder, "passes_if: {says: sorry, role: 坐席}")
    text = (folder / "phrases.yaml").read_text(encoding="utf-8")
    text += '  thanks: {phrases: [感谢您的耐心等待], perhaps: ["(谢谢|多谢)您{任意}等"]}\n'
    (folder / "phrases.yaml").write_text(text, encoding="utf-8")
    rule = f"rules:\n  - id: it\n    name: 规则\n    {body}\n"
    (folder / "rules.yaml").write_text(rule, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("感谢您的耐心等待，查到了。", Outcome.PASSED),
        ("真是谢谢您肯等，感谢您的耐心等待。", Outcome.PASSED),
        ("真是谢谢您肯等，查到了。", Outcome.UNDETERMINED),
        ("查到了。", Outcome.FAILED),
    ],
)
def test_perhaps_spares_and_earns_nothing(tmp_path: Path, words: str, outcome: Outcome) -> None:
    found = finding(load_rules(with_perhaps(tmp_path)), f"坐席: {words}\n客户: 好的。")
    assert found.outcome == outcome
    quotes = [piece.quote for item in found.occurrences for piece in item.evidence if piece.quote]
    assert bool(quotes) == (outcome == Outcome.PASSED), "only what counts is quoted"


def test_perhaps_forbids_nothing(tmp_path: Path) -> None:
    body = "passes_if: {does_not_say: thanks, role: 坐席}"
    found = finding(load_rules(with_perhaps(tmp_path, body)), "坐席: 多谢您肯等。\n客户: 好。")
    assert found.outcome == Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("offer-help", "除了这一桩，您家里别的账，还需要我帮您瞧一瞧吗？"),
        ("closing", "祝您全家今年有个好收成，再会。"),
        ("staff-id", "我的编号您记一下。"),
    ],
)
def test_courtesy_in_other_words_is_left_to_a_person(rule: str, words: str) -> None:
    lines = CURT.replace("三百元。", f"三百元。{words}")
    outcome = finding(load_rules(RETAIL_BANK), lines, rule).outcome
    assert outcome in (Outcome.UNDETERMINED, Outcome.PASSED)
    assert finding(load_rules(RETAIL_BANK), CURT, rule).outcome == Outcome.FAILED


def announced(probability: float, label: str) -> Finding:
    """Of staff-id, after an announcement and an agent who gives no number."""
    call = dialogue("坐席 4-6 请讲\n客户 7-9 我查一下余额\n坐席 10-12 三百元")
    voice = Utterance(0, Role.RECORDED, 1000, 3000, "广浩林起儿流为您服务", (), probability)
    prompt = Event(EventKind.RECORDED_PROMPT, 1000, 3000, Role.RECORDED, 0, {"label": label})
    roles = {0: Role.AGENT, 1: Role.CUSTOMER}
    call = replace(
        call,
        channels=tuple(replace(one, role=roles[one.index]) for one in call.channels),
        utterances=(voice, *(replace(one, role=roles[one.channel]) for one in call.utterances)),
        events=(prompt,),
        heard=(*call.heard, EventKind.RECORDED_PROMPT),
        model="ears",
    )
    rules = load_rules(RETAIL_BANK)
    _, questions = score(call, KNOWN, rules)
    answers = [Answer(question, False, -50.0) for question in questions]
    scorecard, _ = score(call, KNOWN, rules, answers)
    return next(one for one in scorecard.findings if one.rule_id == "staff-id")


@pytest.mark.parametrize(
    ("probability", "label", "outcome"),
    [
        (0.56, "unknown", Outcome.UNDETERMINED),
        (0.9, "unknown", Outcome.FAILED),
        (0.56, "menu", Outcome.FAILED),
    ],
)
def test_an_announcement_heard_badly_may_have_given_the_number(
    probability: float, label: str, outcome: Outcome
) -> None:
    assert announced(probability, label).outcome == outcome


def test_what_is_forbidden_on_other_calls_only_is_no_mention() -> None:
    outbound = "[方向 呼出]\n坐席: 我行现在推出一款理财产品，您要不要了解一下？\n客户: 不用了。"
    found = finding(load_rules(RETAIL_BANK), outbound, "agent-pitch")
    assert (found.outcome, found.occurrences) == (Outcome.NOT_APPLICABLE, ())


def test_asking_whether_it_suits_is_nothing_forbidden() -> None:
    polite = "坐席: 您好，不知道您现在方便讲两句吗？\n客户: 你说吧。"
    assert finding(load_rules(RETAIL_BANK), polite, "forbidden-words").outcome == Outcome.PASSED


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("不用谢，还有别的事情需要我帮您办理吗？", Outcome.PASSED),
        ("还有别的事吗？没有就这样吧，我要挂电话了。", Outcome.FAILED),
    ],
)
def test_anything_else_is_an_offer_where_help_is_offered(words: str, outcome: Outcome) -> None:
    lines = CURT.replace("三百元。", f"三百元。{words}")
    assert finding(load_rules(RETAIL_BANK), lines, "offer-help").outcome == outcome


def test_a_bank_that_is_only_mentioned_makes_no_greeting() -> None:
    lines = "坐席: 喂。\n客户: 我查养老金。\n坐席: 您好，您的养老金是发到我们银行的存折上吗？"
    found = finding(load_rules(RETAIL_BANK), lines, "greeting")
    assert found.outcome != Outcome.PASSED
    assert not any(piece.quote for item in found.occurrences for piece in item.evidence)


@pytest.mark.parametrize(
    ("differs", "outcome"), [(False, Outcome.FAILED), (True, Outcome.UNDETERMINED)]
)
def test_a_hold_whose_times_are_disputed_fails_nobody(differs: bool, outcome: Outcome) -> None:
    call = dialogue("坐席 0-2 您好\n客户 3-4 查余额\n坐席 5-6 知道了\n坐席 30-34 三百元")
    roles = {0: Role.AGENT, 1: Role.CUSTOMER}
    remark = Remark("holds_differ", Message("they differ"))
    call = replace(
        call,
        channels=tuple(replace(one, role=roles[one.index]) for one in call.channels),
        utterances=tuple(replace(one, role=roles[one.channel]) for one in call.utterances),
        events=(Event(EventKind.HOLD, 6000, 30_000, Role.AGENT, 0, {"source": "metadata"}),),
        remarks=(remark,) if differs else (),
        heard=(*call.heard, EventKind.HOLD),
        model="",
    )
    scorecard, _ = score(call, KNOWN, load_rules(RETAIL_BANK))
    found = {one.rule_id: one.outcome for one in scorecard.findings}
    assert found["hold-requested"] == outcome


def test_a_promise_that_was_misheard_is_left_to_a_person() -> None:
    lines = "坐席: 您好。\n客户: 这个基金会不会赔钱？\n坐席: 您放心，我们这个稳赫不陪。"
    assert finding(load_rules(RETAIL_BANK), lines, "no-guarantee").outcome == Outcome.UNDETERMINED
