"""Which stretches of a recording a call's page plays, and where to find one.

Clips are cut for evidence only. Evidence that lies close together shares a clip; what cost points
comes first, until the page has as much audio as it may carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autoqa.types import Evidence, Outcome, Scorecard, Segment

MARGIN_MS = 500
"""Heard before and after evidence, so that a word is not cut."""
LEAD_MS = 2_000
"""Heard before evidence too long for a clip (a hold): what was said before it began."""
MAX_CLIP_MS = 12_000
MAX_TOTAL_MS = 120_000
"""About 480 kB of base64 at 24 kbit/s: a page stays under 600 kB."""

ORDER = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of the recording as a browser plays it. ``data``: a file of type ``mime``."""

    start_ms: int
    end_ms: int
    data: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Where evidence is in a page's clips: clip number, and seconds into it."""

    clip: int
    start_s: float
    end_s: float


def clip_spans(scorecard: Scorecard, duration_ms: int) -> tuple[Segment, ...]:
    """The stretches to encode, sorted, each at most 12 s, together at most 120 s.

    Empty where a scorecard has no evidence. They may touch; none lies inside another.
    """
    spans: list[Segment] = []
    for evidence in _by_weight(scorecard):
        wanted = _span(evidence, duration_ms)
        if wanted.duration_ms <= 0:
            continue
        joined, rest = _absorb(wanted, spans)
        if sum(span.duration_ms for span in rest) + joined.duration_ms <= MAX_TOTAL_MS:
            spans = [*rest, joined]
    return tuple(sorted(spans))


def cue(evidence: Evidence, clips: Sequence[Clip]) -> Cue | None:
    """Where to play ``evidence``; None where no clip has its beginning."""
    for number, clip in enumerate(clips):
        if clip.start_ms <= evidence.start_ms < clip.end_ms:
            is_long = evidence.end_ms - evidence.start_ms > MAX_CLIP_MS - 2 * MARGIN_MS
            start_ms = evidence.start_ms - (LEAD_MS if is_long else MARGIN_MS)
            end_ms = min(evidence.end_ms + MARGIN_MS, clip.end_ms)
            return Cue(
                number,
                max(start_ms - clip.start_ms, 0) / 1000,
                (end_ms - clip.start_ms) / 1000,
            )
    return None


def _by_weight(scorecard: Scorecard) -> list[Evidence]:
    """Every piece of evidence: of failed findings first, of failed occurrences first in each."""
    return [
        evidence
        for finding in sorted(
            scorecard.findings, key=lambda item: (item.trial, ORDER.index(item.outcome))
        )
        for occurrence in sorted(finding.occurrences, key=lambda item: ORDER.index(item.outcome))
        for evidence in occurrence.evidence
    ]


def _span(evidence: Evidence, duration_ms: int) -> Segment:
    start_ms, end_ms = evidence.start_ms - MARGIN_MS, evidence.end_ms + MARGIN_MS
    if end_ms - start_ms > MAX_CLIP_MS:
        start_ms = evidence.start_ms - LEAD_MS
        end_ms = start_ms + MAX_CLIP_MS
    return Segment(max(start_ms, 0), max(min(end_ms, duration_ms), 0))


def _absorb(wanted: Segment, spans: Sequence[Segment]) -> tuple[Segment, list[Segment]]:
    """``wanted`` joined with every span it can be joined with, and the spans left over."""
    rest = list(spans)
    found = True
    while found:
        found = False
        for span in rest:
            if (both := _joined(span, wanted)) is not None:
                wanted, found = both, True
                rest.remove(span)
                break
    return wanted, rest


def _joined(one: Segment, other: Segment) -> Segment | None:
    """Both as one clip, where they touch and it is short enough."""
    if one.start_ms > other.end_ms or other.start_ms > one.end_ms:
        return None
    both = Segment(min(one.start_ms, other.start_ms), max(one.end_ms, other.end_ms))
    return both if both.duration_ms <= MAX_CLIP_MS else None
