"""What a score means: points, doubt, the second listen, and what does not matter."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.events import interpret
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.types import (
    Answer,
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Finding,
    Message,
    Outcome,
    Remark,
    Role,
    Scorecard,
    Segment,
    Total,
    Turn,
    Utterance,
    Value,
)
from tests.builders import KNOWN, dialogue
from tests.scoring.packs import RETAIL_BANK, finding, pack

CALL = """
[菜单 8s]
[按键 0]
[排队 12s 音乐]
坐席: 您好，工号八零二六，很高兴为您服务。
客户: 你们乱扣费，我要投诉！
坐席: 非常抱歉给您带来不便，请您稍等，我帮您查询一下。
[持线 20s 音乐]
坐席: 感谢您的耐心等待，已经查到了。
客户: 好的。
[静音 7s]
坐席: 请问还有其他可以帮您的吗？
客户: 没有了。
坐席: 感谢您的来电，再见。
[停顿 3s]
"""


@cache
def rules() -> RuleSet:
    return load_rules(RETAIL_BANK)


def heard(dialogue: str) -> tuple[Call, Contact]:
    """The same as if it had been recorded and transcribed, not typed."""
    call, contact = read_dialogue(dedent(dialogue))
    return replace(call, model="base"), contact


def by_id(scorecard: Scorecard) -> dict[str, Finding]:
    return {item.rule_id: item for item in scorecard.findings}


def outcomes(scorecard: Scorecard) -> dict[str, str]:
    return {item.rule_id: item.outcome.value for item in scorecard.findings}


# ---------------------------------------------------------------- points


def test_a_good_call_scores_what_its_findings_earn() -> None:
    call, contact = read_dialogue(CALL)
    scorecard, questions = score(call, contact, rules())
    assert questions == ()
    failed = [item.rule_id for item in scorecard.counted if item.outcome == Outcome.FAILED]
    assert failed == ["dead-air"]
    assert scorecard.centre.score == 100
    agent = scorecard.agent
    assert agent.applicable - agent.earned == 6
    assert agent.score == agent.low == agent.high
    assert scorecard.passed is True
    assert not scorecard.provisional


def test_a_fatal_rule_that_failed_makes_the_score_zero() -> None:
    call, contact = read_dialogue(CALL + "\n坐席: 您放心，稳赚不赔。")
    scorecard, _ = score(call, contact, rules())
    assert scorecard.fatal_rule_ids == ("no-guarantee",)
    assert scorecard.agent.score == 0
    assert scorecard.passed is False
    assert scorecard.centre.score == 100


def test_an_undetermined_fatal_rule_never_fires_but_leaves_the_verdict_open() -> None:
    call, contact = read_dialogue(CALL + "\n坐席: 我们不保证收益。")
    scorecard, _ = score(call, contact, rules())
    assert scorecard.fatal_rule_ids == ()
    assert scorecard.agent.score is not None
    assert scorecard.agent.score > 80
    assert scorecard.agent.low == 0
    assert scorecard.passed is None
    assert scorecard.provisional


def test_a_call_without_an_agent_does_not_score_him() -> None:
    call, contact = read_dialogue("[菜单 8s]\n[按键 0]\n[排队 60s 音乐]\n客户: 怎么没人接？")
    scorecard, _ = score(call, contact, rules())
    assert scorecard.agent.score is None
    assert scorecard.passed is None
    agent = [item for item in scorecard.findings if item.counts_for.value == "agent"]
    assert {item.outcome for item in agent} == {Outcome.NOT_APPLICABLE}


LINES = st.sampled_from(
    [
        "坐席: 您好，工号八零二六，很高兴为您服务。",
        "坐席: 请您稍等。",
        "坐席: 随便你。",
        "坐席: 我们保证收益。",
        "坐席: 我们不保证收益。",
        "客户: 我要投诉！",
        "客户: 祝您生活愉快。",
        "[持线 12s]",
        "[静音 6s]",
        "[广告 5s]",
        "[菜单 5s]",
        "[按键 1]",
        "[停顿 2s]",
    ]
)


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(LINES, max_size=10), recorded=st.booleans())
def test_points_stay_in_bounds(lines: list[str], recorded: bool) -> None:
    call, contact = read_dialogue("\n".join(lines))
    call = replace(call, model="base" if recorded else "")
    scorecard, questions = score(call, contact, rules())
    assert recorded or not questions
    totals: list[Total] = [*scorecard.sections, scorecard.agent, scorecard.centre]
    for total in totals:
        assert 0 <= total.earned <= total.applicable
        if total.score is not None and total.low is not None and total.high is not None:
            assert 0 <= total.low <= total.score <= total.high <= 100
    for item in scorecard.counted:
        assert item.points_earned in (Decimal(0), item.points_possible)
        assert (item.points_earned > 0) == (item.outcome == Outcome.PASSED)


@settings(max_examples=25, deadline=None)
@given(shift=st.integers(0, 3_600_000), lines=st.lists(LINES, max_size=8))
def test_shifting_all_times_shifts_the_evidence(shift: int, lines: list[str]) -> None:
    """Silence before everything moves what is found and changes nothing else.

    (How soon the agent is there is what shifting changes, so the call begins after 5 s.)
    """
    text = "[停顿 6s]\n" + "\n".join(lines)
    call, contact = read_dialogue(text)
    first, _ = score(call, contact, rules())
    second, _ = score(shifted(call, shift), contact, rules())
    assert outcomes(first) == outcomes(second)
    for before, after in zip(first.findings, second.findings, strict=True):
        starts = [e.start_ms for o in before.occurrences for e in o.evidence if e.how != "searched"]
        moved = [e.start_ms for o in after.occurrences for e in o.evidence if e.how != "searched"]
        assert [start + shift for start in starts] == moved


def shifted(call: Call, by_ms: int) -> Call:
    def moved(item: Event | Turn | Utterance) -> dict[str, int]:
        return {"start_ms": item.start_ms + by_ms, "end_ms": item.end_ms + by_ms}

    return replace(
        call,
        recording=replace(call.recording, duration_ms=call.duration_ms + by_ms),
        utterances=tuple(replace(item, **moved(item)) for item in call.utterances),  # type: ignore[arg-type]
        turns=tuple(replace(item, **moved(item)) for item in call.turns),  # type: ignore[arg-type]
        events=tuple(replace(item, **moved(item)) for item in call.events),  # type: ignore[arg-type]
        channels=tuple(
            replace(
                line,
                speech=tuple(Segment(s.start_ms + by_ms, s.end_ms + by_ms) for s in line.speech),
            )
            for line in call.channels
        ),
    )


def test_the_order_of_rules_and_phrases_in_the_files_never_matters(tmp_path: Path) -> None:
    body = "passes_if: {says: greeting}"
    first = pack(tmp_path, body)
    for path in sorted(tmp_path.iterdir()):
        path.rename(path.with_name("z" + path.name[::-1].removeprefix("lmay.") + ".yaml"))
    again = load_rules(tmp_path)
    dialogue = "坐席: 很高兴为您服务。"
    assert finding(first, dialogue) == finding(again, dialogue)
    assert first.version == again.version


def test_the_order_of_utterances_and_events_never_matters() -> None:
    call, contact = read_dialogue(CALL)
    events = list(call.events)
    random.Random(1).shuffle(events)
    assert score(call, contact, rules()) == score(
        replace(call, events=tuple(events), turns=call.turns[::-1]), contact, rules()
    )


# ---------------------------------------------------------------- doubt


def test_what_nobody_listened_for_is_undetermined() -> None:
    call, contact = read_dialogue(CALL)
    scorecard, _ = score(replace(call, heard=(), events=()), contact, rules())
    found = by_id(scorecard)
    for rule_id in ("answer-time", "menu-depth", "hold-length", "dead-air", "interruption"):
        assert found[rule_id].outcome == Outcome.UNDETERMINED
        reason = found[rule_id].reason
        assert reason is not None
        assert reason.params["code"] == "not_heard_yet"


def test_on_a_mixed_line_what_needs_a_role_is_undetermined_and_names_the_extra() -> None:
    call, contact = heard(CALL)
    mixed = replace(
        call,
        channels=(Channel(0, Role.UNKNOWN, ()),),
        utterances=tuple(replace(u, role=Role.UNKNOWN, channel=0) for u in call.utterances),
        turns=tuple(replace(t, role=Role.UNKNOWN) for t in call.turns),
        heard=tuple(kind for kind in EventKind if kind != EventKind.TALK_OVER),
    )
    scorecard, questions = score(mixed, contact, rules())
    found = by_id(scorecard)
    assert not questions
    wants = dict.fromkeys(("greeting", "staff-id", "closing"), "autoqa[mono]")
    for rule_id, wanted in (wants | {"interruption": "each party on its own channel"}).items():
        assert found[rule_id].outcome == Outcome.UNDETERMINED, rule_id
        reason = found[rule_id].reason
        assert reason is not None
        assert wanted in reason.template
    assert Outcome.FAILED not in {
        item.outcome for item in scorecard.findings if item.rule_id != "dead-air"
    }
    # Nobody at all said them: who spoke does not matter.
    assert found["forbidden-words"].outcome == Outcome.PASSED


def test_a_recording_that_failed_its_audit_is_not_judged() -> None:
    call, contact = read_dialogue(CALL)
    remark = Remark("noise", Message("nothing but noise"), judgeable=False)
    contact = replace(contact, queue_ms=5000)
    scorecard, questions = score(replace(call, remarks=(remark,)), contact, rules())
    found = by_id(scorecard)
    assert found["greeting"].outcome == Outcome.UNDETERMINED
    assert found["greeting"].reason == remark.message
    assert found["answer-time"].outcome == Outcome.PASSED, "the metadata needs no ears"
    assert questions == ()


def test_speech_without_text_leaves_a_missing_phrase_open() -> None:
    call, contact = heard("坐席: 喂。\n客户: 我要查账。\n坐席: 卡号。\n[停顿 9s]")
    line = replace(call.channels[0], speech=(*call.channels[0].speech, Segment(1000, 5000)))
    scorecard, questions = score(replace(call, channels=(line, call.channels[1])), contact, rules())
    answers = [Answer(question, False, -30.0) for question in questions]
    again, _ = score(replace(call, channels=(line, call.channels[1])), contact, rules(), answers)
    for card in (scorecard, again):
        assert by_id(card)["staff-id"].outcome == Outcome.UNDETERMINED
        assert by_id(card)["forbidden-words"].outcome == Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        ("坐席 1-6\n按键 6.5-6.6 1\n音乐 7-15", Outcome.PASSED),
        ("坐席 1-6\n音乐 7-15", Outcome.UNDETERMINED),
        ("坐席 1-6\n按键 14.5-14.6 1", Outcome.UNDETERMINED),
        ("按键 0.5-0.6 1\n坐席 1-6\n音乐 7-15", Outcome.UNDETERMINED),
    ],
)
def test_a_wordless_voice_before_a_key_and_a_queue_is_a_recording(
    before: str, outcome: Outcome
) -> None:
    said = "坐席 16-19 您好，请问有什么可以帮您？\n客户 20-22 我查一下余额。\n坐席 23-25 三百元。"
    call = interpret(dialogue(f"{before}\n{said}"), KNOWN)
    found = by_id(score(call, KNOWN, rules())[0])
    assert found["forbidden-words"].outcome == outcome


@pytest.mark.parametrize(
    ("voice", "outcome"),
    [
        ("", Outcome.FAILED),
        ("坐席 9-11 共浩巴林", Outcome.UNDETERMINED),
        ("坐席 9-11", Outcome.UNDETERMINED),
        ("坐席 25-26 共浩巴林", Outcome.FAILED),
    ],
)
def test_a_voice_that_may_be_the_agents_may_have_ended_the_waiting(
    voice: str, outcome: Outcome
) -> None:
    said = "坐席 27-29 您好，请问有什么可以帮您？\n客户 30-32 我查一下余额。\n坐席 33-35 三百元。"
    keyed = f"坐席 0.5-3 账单请按一，人工请按零。\n按键 4-4.1 0\n{voice}\n{said}"
    call = interpret(dialogue(keyed), KNOWN)
    call = replace(
        call,
        utterances=tuple(
            replace(one, role=Role.UNKNOWN) if "共浩" in one.text else one
            for one in call.utterances
        ),
        turns=tuple(
            replace(one, role=Role.UNKNOWN) if "共浩" in one.text else one for one in call.turns
        ),
    )
    assert by_id(score(call, KNOWN, rules())[0])["answer-time"].outcome == outcome


def test_a_silence_that_may_be_no_hold_costs_nothing_for_a_hold() -> None:
    call, contact = heard("坐席: 您看一下。\n[持线 20s]\n坐席: 好的。\n客户: 好。")
    cases: list[tuple[Value, Outcome]] = [
        ("unknown", Outcome.UNDETERMINED),
        (True, Outcome.FAILED),
    ]
    for asked, outcome in cases:
        told: dict[str, Value] = {"source": "heard", "music": False, "asked": asked}
        events = tuple(
            replace(one, measures={**one.measures, **told}) if one.kind == EventKind.HOLD else one
            for one in call.events
        )
        _, questions = score(replace(call, events=events), contact, rules())
        answers = [Answer(question, False, -30.0) for question in questions]
        card, _ = score(replace(call, events=events), contact, rules(), answers)
        assert by_id(card)["hold-thanked"].outcome == outcome


def test_what_was_surely_said_otherwise_is_not_said_by_likeness() -> None:
    call, contact = heard(
        "坐席: 喂，说。\n客户: 查账。\n坐席: 三百元。还有什么可以帮您？\n客户: 没了。"
    )
    _, questions = score(call, contact, rules())
    (greeting,) = [one for one in questions if one.rule_id == "greeting"]
    for quote, outcome in (
        ("请问还有什么可以帮您", Outcome.UNDETERMINED),
        ("请问有什么可以绑您", Outcome.PASSED),
    ):
        answer = Answer(greeting, True, -2.0, "请问有什么可以帮您", quote, 2000, 3000)
        card, _ = score(call, contact, rules(), [answer])
        assert by_id(card)["greeting"].outcome == outcome


def test_nobody_is_failed_of_whom_no_word_was_heard() -> None:
    call, contact = heard("坐席: 您稍等一下\n[持线 200s 音乐]\n坐席: 您再稍等一下\n客户: 好的。")
    assert by_id(score(call, contact, rules())[0])["hold-length"].outcome == Outcome.FAILED
    unheard = replace(call, utterances=(), turns=())
    found = by_id(score(unheard, contact, rules())[0])
    assert Outcome.FAILED not in {finding.outcome for finding in found.values()}
    assert found["hold-length"].outcome == Outcome.UNDETERMINED
    reason = found["hold-length"].reason
    assert reason is not None
    assert "not one word of the agent" in reason.template


# ---------------------------------------------------------------- the second listen

RUDE = "坐席: 喂，说。\n客户: 我要查账。\n坐席: 卡号多少？\n[停顿 9s]"


def test_a_missing_phrase_is_asked_for_before_it_costs_points() -> None:
    call, contact = heard(RUDE)
    scorecard, questions = score(call, contact, rules())
    found = by_id(scorecard)
    assert {q.rule_id for q in questions} == {"greeting", "staff-id", "offer-help", "closing"}
    assert all(question.role == Role.AGENT and question.phrases for question in questions)
    reason = found["staff-id"].reason
    assert reason is not None
    assert reason.params["code"] == "not_heard_twice"
    assert found["staff-id"].outcome == Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("said", "outcome"),
    [(True, Outcome.PASSED), (False, Outcome.FAILED), (None, Outcome.UNDETERMINED)],
)
def test_the_answer_decides(said: bool | None, outcome: Outcome) -> None:
    call, contact = heard(RUDE)
    _, questions = score(call, contact, rules())
    question = next(item for item in questions if item.rule_id == "staff-id")
    answer = Answer(question, said, -3.0, "工号为您服务", "公号为您服务", 600, 1500)
    scorecard, left = score(call, contact, rules(), [answer])
    found = by_id(scorecard)["staff-id"]
    assert found.outcome == outcome
    assert question not in left
    pieces = [piece for item in found.occurrences for piece in item.evidence]
    if said:
        assert (pieces[0].how, pieces[0].quote, pieces[0].start_ms) == (
            "heard_twice",
            "公号为您服务",
            600,
        )
    else:
        assert all(not piece.quote for piece in pieces), "what was not said is not quoted"


def test_a_typed_transcript_is_exact() -> None:
    call, contact = read_dialogue(RUDE)
    scorecard, questions = score(call, contact, rules())
    assert questions == ()
    assert by_id(scorecard)["staff-id"].outcome == Outcome.FAILED


# ---------------------------------------------------------------- exact and by sound


def test_a_homophone_earns_a_duty_and_never_breaks_a_prohibition(tmp_path: Path) -> None:
    duty = pack(tmp_path, "passes_if: {says: hold_request}")
    assert finding(duty, "坐席: 请您少等。").outcome == Outcome.PASSED
    ban = pack(tmp_path, "passes_if: {does_not_say: hold_request}")
    assert finding(ban, "坐席: 请您少等。").outcome == Outcome.UNDETERMINED
    assert finding(ban, "坐席: 请您稍等。").outcome == Outcome.FAILED


def test_an_occasion_known_by_sound_alone_costs_nothing(tmp_path: Path) -> None:
    body = """
    applies_if: {says: hold_request, role: 客户}
    passes_if: {says: sorry}
    """
    rule_set = pack(tmp_path, body)
    assert finding(rule_set, "客户: 请您稍等。\n坐席: 好。").outcome == Outcome.FAILED
    assert finding(rule_set, "客户: 请您少等。\n坐席: 好。").outcome == Outcome.UNDETERMINED
    assert finding(rule_set, "客户: 你好。\n坐席: 好。").outcome == Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("随便你。", "failed"),
        ("您说随便你？", "undetermined"),
        ("好的。", "passed"),
    ],
)
def test_a_prohibition_fails_on_what_was_meant(tmp_path: Path, text: str, outcome: str) -> None:
    found = finding(pack(tmp_path, "passes_if: {does_not_say: bad}"), f"坐席: {text}")
    assert found.outcome.value == outcome


def test_several_hits_of_one_class_in_a_turn_are_one(tmp_path: Path) -> None:
    rule_set = pack(tmp_path, "passes_if: {says: hold_request}")
    found = finding(rule_set, "坐席: 请您稍等，请稍等。\n客户: 好。\n坐席: 请稍等。")
    pieces = [piece for item in found.occurrences for piece in item.evidence]
    assert len(pieces) == 2


def test_a_phrase_runs_across_two_utterances_of_a_turn(tmp_path: Path) -> None:
    rule_set = pack(tmp_path, "passes_if: {says: hold_request}")
    assert finding(rule_set, "坐席: 请您\n坐席: 稍等").outcome == Outcome.PASSED
    assert finding(rule_set, "坐席: 请您\n[停顿 5s]\n坐席: 稍等").outcome == Outcome.FAILED


def test_evidence_is_timed_by_its_words(tmp_path: Path) -> None:
    rule_set = pack(tmp_path, "passes_if: {says: hold_request}")
    found = finding(rule_set, "坐席: 好的没有问题，请您稍等，马上。")
    piece = found.occurrences[0].evidence[0]
    assert piece.quote == "请您稍等"
    assert (piece.start_ms, piece.end_ms) == (500 + 7 * 250, 500 + 11 * 250)


# ---------------------------------------------------------------- operators


ONE_HOLD = "坐席: 好\n[持线 5s]\n坐席: 好"
TWO_HOLDS = ONE_HOLD + "\n[持线 5s]\n坐席: 好"
ITS_SORRY = "{says: sorry, after: {says: grumble}"
REFUSED = "{no_event: 持线, where: {客户同意: 不同意}}"
NO_AD = "{no_event: recorded_prompt, where: {label: ad}}"
EACH = "{for_each: {event: hold}, require: {says: sorry, after: it}}"


@pytest.mark.parametrize(
    ("body", "dialogue", "outcome"),
    [
        ("{event: hold, count: {at_most: 1}}", TWO_HOLDS, "failed"),
        ("{event: hold, count: {at_most: 2}}", TWO_HOLDS, "passed"),
        ("{event: hold, total: {at_most: 9s}}", TWO_HOLDS, "failed"),
        ("{event: hold, longest: {less_than: 5s}}", ONE_HOLD, "failed"),
        ("{event: hold, longest: {at_most: 5s}}", ONE_HOLD, "passed"),
        ("{event: hold, where: {music: true}, count: {more_than: 0}}", ONE_HOLD, "failed"),
        (REFUSED, "坐席: 好\n[持线 5s 请求 不同意]\n坐席: 好", "failed"),
        (REFUSED, "坐席: 好\n[持线 5s 请求 同意]\n坐席: 好", "passed"),
        (REFUSED, ONE_HOLD, "passed"),
        (NO_AD, "[未知录音 5s]\n坐席: 好", "undetermined"),
        (NO_AD, "[公告 5s]\n坐席: 好", "passed"),
        (EACH, "坐席: 好", "not_applicable"),
        ("{all: [{says: greeting}, {says: sorry}]}", "坐席: 很高兴为您服务", "failed"),
        ("{any: [{says: greeting}, {says: sorry}]}", "坐席: 很高兴为您服务", "passed"),
        ("{not: {says: bad}}", "坐席: 很高兴为您服务", "passed"),
        ("{says_all: [greeting, sorry]}", "坐席: 很高兴为您服务，非常抱歉", "passed"),
        ("{says: sorry, times: 2}", "坐席: 非常抱歉\n客户: 好\n坐席: 非常抱歉", "passed"),
        ("{says: sorry, times: 2}", "坐席: 非常抱歉，非常抱歉", "failed"),
        ("{says: sorry, within_last: 5s}", "坐席: 非常抱歉\n[停顿 20s]\n坐席: 好的", "failed"),
        ("{says: sorry, within_last_turns: 3}", "坐席: 非常抱歉\n[停顿 20s]\n坐席: 好的", "passed"),
        ("{says: sorry, before: {event: hold}}", "坐席: 非常抱歉\n[持线 5s]\n坐席: 好", "passed"),
        (ITS_SORRY + ", within_turns: 1}", "客户: 我要投诉\n坐席: 非常抱歉", "passed"),
        (ITS_SORRY + "}", "坐席: 非常抱歉\n客户: 我要投诉\n坐席: 好", "failed"),
        (ITS_SORRY + "}", "坐席: 非常抱歉", "not_applicable"),
        ("{metadata: {queue: '*投诉*'}}", "[队列 投诉组]\n坐席: 好", "passed"),
        ("{metadata: {queue: '*投诉*'}}", "坐席: 好", "failed"),
        ("{call_ends: by_transfer}", "坐席: 好\n[转接]", "passed"),
        ("{call_ends: after_customer}", "坐席: 好\n客户: 再见", "passed"),
        ("{call_ends: after_customer}", "坐席: 好\n客户: 再见\n[停顿 3s]", "failed"),
        ("{answer_time: {at_most: 20s}}", "[振铃 30s]\n坐席: 好", "undetermined"),
        ("{answer_time: {at_most: 20s}}", "[振铃 3s]\n[排队 30s]\n坐席: 好", "failed"),
    ],
)  # fmt: skip
def test_operators_say_what_they_say(
    tmp_path: Path, body: str, dialogue: str, outcome: str
) -> None:
    assert finding(pack(tmp_path, f"passes_if: {body}"), dialogue).outcome.value == outcome


def test_a_limit_broken_by_less_than_the_error_of_measuring_is_undetermined(tmp_path: Path) -> None:
    rule_set = pack(tmp_path, "passes_if: {event: hold, longest: {at_most: 60s}}")
    for length, expected in (("60s", "passed"), ("60.1s", "undetermined"), ("60.2s", "failed")):
        call, contact = heard(f"坐席: 好\n[持线 {length}]\n坐席: 好")
        scorecard, _ = score(call, contact, rule_set)
        assert outcomes(scorecard) == {"it": expected}
