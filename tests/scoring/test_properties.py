"""What holds of any rules on any call: order, time, points, evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.types import Call, Contact, Evidence, Outcome, Role, Scorecard, Segment
from tests.scoring.packs import PHRASES

CONDITIONS = {
    "said": "{says: greeting}",
    "early": "{says: greeting, within_first: 40%}",
    "after-one": "{says: sorry, after: {says: grumble}, within: 10s, within_turns: 2}",
    "after-first": "{says: sorry, after: {says: grumble, nth: 1}}",
    "each": "{for_each: {says: grumble}, require: {says: sorry, after: it, within_turns: 1}}",
    "each-hold": "{for_each: {event: hold}, require: {says: hold_request, before: it}}",
    "during": "{does_not_say: grumble, role: 客户, during: {event: 播报}}",
    "never": "{does_not_say: bad}",
    "not-said": "{not: {says: bad}}",
    "seldom": "{says: sorry, times: {at_most: 1}}",
    "not-again": "{not: {repeats: 客户}}",
    "two-of": "{some: [{says: greeting}, {says: sorry}, {no_event: hold}], at_least: 2}",
    "named": "{all: [{condition: grumbled}, {says: sorry, after: {condition: grumbled}}]}",
    "holds": "{event: hold, count: {at_most: 1}, longest: {at_most: 9s}}",
    "second-hold": "{event: hold, nth: 2, longest: {at_most: 9s}}",
    "calm": "{no_event: dead_air, after: {says: grumble}}",
    "answers": "{answer_delay: {at_most: 3s}, each: true}",
    "ends": "{call_ends: 客户先挂}",
}
LINES = st.sampled_from(
    [
        "坐席: 您好，请问有什么可以帮您？",
        "坐席: 请您稍等。",
        "坐席: 请您少等。",
        "坐席: 非常抱歉。",
        "坐席: 随便你。",
        "坐席: 您说随便你？",
        "客户: 我要投诉！",
        "客户: 我不是要投诉。",
        "客户: 帮我查一下上个月的账单。",
        "未知: 我要投诉！",
        "录音: 我要投诉请按一。",
        "[持线 12s]",
        "[静音 6s]",
        "[广告 5s]",
        "[停顿 2s]",
    ]
)


def written(folder: Path, names: list[str]) -> Path:
    """A pack of these conditions, a rule each, in this order."""
    rules = "".join(
        f"  - {{id: {name}, name: 规则, passes_if: {CONDITIONS[name]}}}\n" for name in names
    )
    named = "conditions:\n  grumbled: {says: grumble, role: 客户}\n"
    (folder / "rules.yaml").write_text("rules:\n" + rules + named, "utf-8")
    (folder / "phrases.yaml").write_text(PHRASES, "utf-8")
    points = ", ".join(f"{name}: 5" for name in CONDITIONS)
    form = f"{{id: f, name: 表, pass_mark: 60, sections: [{{name: 节, rules: {{{points}}}}}]}}"
    (folder / "form.yaml").write_text(f"form: {form}\n", "utf-8")
    return folder


@cache
def rules() -> RuleSet:
    return load_rules(written(Path(mkdtemp()), list(CONDITIONS)))


def call_of(lines: list[str], recorded: bool) -> tuple[Call, Contact]:
    call, contact = read_dialogue("[停顿 6s]\n" + "\n".join(lines))
    return replace(call, model="base" if recorded else ""), contact


def pieces(card: Scorecard) -> list[Evidence]:
    return [one for item in card.findings for case in item.occurrences for one in case.evidence]


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(list(CONDITIONS)), lines=st.lists(LINES, max_size=8))
def test_the_order_of_rules_never_matters(order: list[str], lines: list[str]) -> None:
    again = load_rules(written(Path(mkdtemp()), order))
    call, contact = call_of(lines, recorded=False)
    assert again.version == rules().version
    assert score(call, contact, again) == score(call, contact, rules())


@settings(max_examples=80, deadline=None)
@given(shift=st.integers(0, 3_600_000), lines=st.lists(LINES, max_size=9), recorded=st.booleans())
def test_shifting_all_times_shifts_the_evidence(
    shift: int, lines: list[str], recorded: bool
) -> None:
    call, contact = call_of(lines, recorded)
    before, _ = score(call, contact, rules())
    after, _ = score(shifted(call, shift), contact, rules())
    for first, second in zip(before.findings, after.findings, strict=True):
        assert first.outcome == second.outcome, first.rule_id
    found = [one.start_ms + shift for one in pieces(before) if is_found(one)]
    assert [one.start_ms for one in pieces(after) if is_found(one)] == found


def is_found(piece: Evidence) -> bool:
    """Whether it is something in the call, not the stretch that was looked at."""
    return bool(piece.quote) or (piece.how == "event" and piece.role is not Role.UNKNOWN)


def shifted(call: Call, by_ms: int) -> Call:
    def moved(item: Any) -> Any:
        return replace(item, start_ms=item.start_ms + by_ms, end_ms=item.end_ms + by_ms)

    return replace(
        call,
        recording=replace(call.recording, duration_ms=call.duration_ms + by_ms),
        utterances=tuple(map(moved, call.utterances)),
        turns=tuple(map(moved, call.turns)),
        events=tuple(map(moved, call.events)),
        channels=tuple(
            replace(
                line,
                speech=tuple(Segment(s.start_ms + by_ms, s.end_ms + by_ms) for s in line.speech),
            )
            for line in call.channels
        ),
    )


@settings(max_examples=80, deadline=None)
@given(lines=st.lists(LINES, max_size=9), recorded=st.booleans())
def test_what_fails_has_evidence_that_lies_in_the_call(lines: list[str], recorded: bool) -> None:
    call, contact = call_of(lines, recorded)
    card, questions = score(call, contact, rules())
    assert recorded or not questions
    for item in card.findings:
        assert 0 <= item.points_earned <= item.points_possible
        if item.outcome == Outcome.FAILED:
            failed = [one for one in item.occurrences if one.outcome == Outcome.FAILED]
            assert failed, item.rule_id
            assert all(one.evidence for one in failed), item.rule_id
    for piece in pieces(card):
        assert 0 <= piece.start_ms <= piece.end_ms <= call.duration_ms


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINES, max_size=9))
def test_what_nobody_knows_who_said_costs_nobody_points(lines: list[str]) -> None:
    """The same call with every voice unknown: no rule about words fails that did not before."""
    call, contact = call_of(lines, recorded=False)
    unknown = replace(
        call,
        channels=tuple(replace(line, role=Role.UNKNOWN) for line in call.channels),
        utterances=tuple(replace(one, role=Role.UNKNOWN) for one in call.utterances),
        turns=tuple(replace(one, role=Role.UNKNOWN) for one in call.turns),
    )
    card, _ = score(unknown, contact, rules())
    failed = {item.rule_id for item in card.findings if item.outcome == Outcome.FAILED}
    assert failed <= {"holds", "second-hold", "ends"}
