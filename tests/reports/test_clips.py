"""Which stretches are cut for a page, and where evidence is found in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autoqa.reports.clips import MAX_CLIP_MS, MAX_TOTAL_MS, Clip, clip_spans, cue
from autoqa.types import Evidence, Outcome, Role, Segment
from tests.reports.samples import card_of, hit, rich_call, rich_scorecard, stretch

DURATION_MS = 600_000
places = st.tuples(st.integers(0, DURATION_MS), st.integers(0, 90_000)).map(
    lambda pair: stretch(pair[0], pair[0] + pair[1], Role.AGENT, "x")
)


def spans_for(*evidence: Evidence, duration_ms: int = DURATION_MS) -> tuple[Segment, ...]:
    case = (Outcome.FAILED, list(evidence))
    return clip_spans(card_of({"greeting": (Outcome.FAILED, [case])}), duration_ms)


def as_clips(spans: tuple[Segment, ...]) -> list[Clip]:
    return [Clip(span.start_ms, span.end_ms, b"", "audio/ogg") for span in spans]


def test_short_evidence_has_a_margin_on_both_sides() -> None:
    assert spans_for(hit(10_000, 11_000, Role.AGENT, "您好")) == (Segment(9_500, 11_500),)


def test_long_evidence_plays_its_beginning_and_what_came_before() -> None:
    assert spans_for(stretch(10_000, 70_000, Role.AGENT, "x")) == (Segment(8_000, 20_000),)


def test_evidence_close_together_shares_a_clip() -> None:
    near = spans_for(hit(10_000, 11_000, Role.AGENT, "a"), hit(11_800, 13_000, Role.AGENT, "b"))
    assert near == (Segment(9_500, 13_500),)


def test_same_evidence_of_two_rules_is_cut_once() -> None:
    evidence = hit(10_000, 11_000, Role.AGENT, "a")
    assert len(spans_for(evidence, evidence)) == 1


def test_no_evidence_no_clips() -> None:
    assert clip_spans(card_of({}), DURATION_MS) == ()
    assert spans_for(hit(0, 0, Role.AGENT, "x"), duration_ms=0) == ()


def test_what_cost_points_comes_before_what_earned_them() -> None:
    card = card_of(
        {
            "greeting": (
                Outcome.PASSED,
                [
                    (Outcome.PASSED, [stretch(i * 20_000, i * 20_000 + 12_000, Role.AGENT, "x")])
                    for i in range(20)
                ],
            ),
            "closing": (
                Outcome.FAILED,
                [(Outcome.FAILED, [hit(590_000, 591_000, Role.AGENT, "x")])],
            ),
        }
    )
    assert Segment(589_500, 591_500) in clip_spans(card, DURATION_MS)


@given(st.lists(places, max_size=40))
def test_clips_are_short_few_and_inside_the_call(evidence: list[Evidence]) -> None:
    spans = spans_for(*evidence)
    assert list(spans) == sorted(set(spans))
    assert sum(span.duration_ms for span in spans) <= MAX_TOTAL_MS
    for span in spans:
        assert 0 <= span.start_ms < span.end_ms <= DURATION_MS
        assert span.duration_ms <= MAX_CLIP_MS


@given(st.lists(places, min_size=1, max_size=8))
def test_a_cue_plays_the_beginning_of_its_evidence(evidence: list[Evidence]) -> None:
    clips = as_clips(spans_for(*evidence))
    for item in evidence:
        found = cue(item, clips)
        if found is not None:
            clip = clips[found.clip]
            assert 0 <= found.start_s <= found.end_s
            assert clip.start_ms + 1000 * found.start_s <= item.start_ms < clip.end_ms
            assert clip.start_ms + 1000 * found.end_s <= clip.end_ms


def test_every_failed_occurrence_of_the_sample_can_be_played() -> None:
    card = rich_scorecard()
    clips = as_clips(clip_spans(card, rich_call().duration_ms))
    failed = [
        evidence
        for finding in card.findings
        for occurrence in finding.occurrences
        if occurrence.outcome == Outcome.FAILED
        for evidence in occurrence.evidence
    ]
    assert failed
    assert all(cue(evidence, clips) for evidence in failed)
