"""The bench's measures: empty, perfect, wrong, permuted, borderline."""

from typing import Any

import pytest

from bench.measures import Counts, Measures, event_counts, frame_counts


def event(kind: str, start_ms: int, end_ms: int, **measures: Any) -> dict[str, Any]:
    return {"kind": kind, "start_ms": start_ms, "end_ms": end_ms, "measures": measures}


def counts(kind: str, heard: list[Any], truth: list[Any]) -> tuple[int, int, int]:
    found = event_counts(kind, heard, truth)[0]
    return found.right, found.invented, found.missed


def test_nothing_heard_of_nothing() -> None:
    assert counts("hold", [], []) == (0, 0, 0)
    assert Counts().f1 is None


@pytest.mark.parametrize(
    ("heard", "right"),
    [((0, 10_000), 1), ((0, 5_000), 1), ((0, 4_990), 0), ((0, 20_000), 1), ((0, 20_010), 0)],
)
def test_overlap_must_be_half_of_union(heard: tuple[int, int], right: int) -> None:
    found = counts("hold", [event("hold", *heard)], [event("hold", 0, 10_000)])
    assert found == (right, 1 - right, 1 - right)


def test_order_does_not_matter() -> None:
    truth = [event("hold", 0, 9_000), event("hold", 10_000, 20_000)]
    assert counts("hold", truth[::-1], truth) == (2, 0, 0)


def test_one_long_event_matches_one_of_two() -> None:
    truth = [event("hold", 0, 9_000), event("hold", 10_000, 14_000)]
    assert counts("hold", [event("hold", 0, 14_000)], truth) == (1, 0, 1)


@pytest.mark.parametrize(
    ("kind", "length"), [("hold", 3_000), ("dead_air", 2_800), ("talk_over", 500)]
)
def test_borderline_counts_neither_way(kind: str, length: int) -> None:
    one = event(kind, 0, length, interrupter="agent")
    assert counts(kind, [one], []) == (0, 0, 0)
    assert counts(kind, [], [one]) == (0, 0, 0)
    assert counts(kind, [one], [one]) == (0, 0, 0)


def test_a_key_must_be_the_same_and_near() -> None:
    truth = [event("dtmf", 1_000, 1_100, key="0")]
    assert counts("dtmf", [event("dtmf", 1_150, 1_200, key="0")], truth) == (1, 0, 0)
    assert counts("dtmf", [event("dtmf", 1_151, 1_200, key="0")], truth) == (0, 1, 1)
    assert counts("dtmf", [event("dtmf", 1_000, 1_100, key="8")], truth) == (0, 1, 1)


def test_talk_over_needs_its_interrupter() -> None:
    truth = [event("talk_over", 1_000, 2_000, interrupter="agent")]
    assert (
        counts("talk_over", [event("talk_over", 1_900, 9_000, interrupter="agent")], truth)[0] == 1
    )
    assert (
        counts("talk_over", [event("talk_over", 1_000, 2_000, interrupter="none")], truth)[0] == 0
    )


def test_frames_of_the_right_role() -> None:
    truth = [("agent", 0, 1_000), ("customer", 500, 1_000)]
    assert frame_counts(truth, truth, 2_000).f1 == 1
    swapped = [("customer", 0, 1_000), ("agent", 500, 1_000)]
    assert frame_counts(swapped, truth, 2_000) == Counts(100, 50, 50)


def result(**scorecard: Any) -> dict[str, Any]:
    return {"call": {"events": [], "utterances": []}, "scorecard": {"findings": [], **scorecard}}


TRUTH: dict[str, Any] = {
    "duration_ms": 10_000,
    "turns": [{"role": "agent", "start_ms": 0, "end_ms": 3_000, "text": "您好,很高兴为您服务"}],
    "events": [],
    "phrases": [{"phrase": "greeting", "role": "agent", "start_ms": 0, "end_ms": 3_000}],
    "outcomes": {"greeting": "passed"},
}


def finding(outcome: str, *evidence: dict[str, Any]) -> dict[str, Any]:
    occurrences = [{"outcome": outcome, "evidence": list(evidence)}]
    return {"rule_id": "greeting", "outcome": outcome, "occurrences": occurrences}


def hit(start_ms: int, end_ms: int, role: str = "agent", quote: str = "您好") -> dict[str, Any]:
    return {"start_ms": start_ms, "end_ms": end_ms, "role": role, "quote": quote}


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([hit(0, 500)], (1, 0, 0)),
        ([hit(0, 500), hit(900, 1_200)], (1, 0, 0)),
        ([hit(3_000, 3_500)], (0, 1, 1)),
        ([hit(0, 500, role="customer")], (0, 0, 1)),
        ([hit(0, 500, quote="")], (0, 0, 1)),
        ([], (0, 0, 1)),
    ],
)
def test_hits_of_phrases(evidence: list[Any], expected: tuple[int, int, int]) -> None:
    measures = Measures()
    measures.add("a", result(findings=[finding("passed", *evidence)]), TRUTH)
    found = measures.phrases["greeting"]
    assert (found.right, found.invented, found.missed) == expected


@pytest.mark.parametrize(
    ("outcome", "right", "wrongly_failed"),
    [("passed", 1, 0), ("failed", 0, 1), ("undetermined", 0, 0)],
)
def test_outcomes(outcome: str, right: int, wrongly_failed: int) -> None:
    measures = Measures()
    measures.add("a", result(findings=[finding(outcome)]), TRUTH)
    assert measures.outcomes["greeting"].right == right
    assert len(measures.wrongly_failed) == wrongly_failed
    assert measures.otherwise == ({} if right else {outcome: 1})


def test_text_is_compared_in_one_form() -> None:
    measures = Measures()
    heard = result()
    heard["call"]["utterances"] = [
        {"role": "agent", "start_ms": 0, "end_ms": 3_000, "text": "您好,很高興為您服務。"}
    ]
    measures.add("a", heard, TRUTH)
    assert measures.edits["agent"] == [0, 9]


def test_a_recording_that_failed_is_counted() -> None:
    measures = Measures()
    measures.add("a", {"call": None, "scorecard": None}, TRUTH)
    assert (measures.calls, measures.failed_recordings) == (1, 1)
