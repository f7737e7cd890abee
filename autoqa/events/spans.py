"""Algebra of intervals. Results are sorted, disjoint and not empty; inputs may be in any order.

>>> subtract([Segment(0, 10)], [Segment(3, 4)])
(Segment(start_ms=0, end_ms=3), Segment(start_ms=4, end_ms=10))
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from autoqa.types import Segment

Spans = tuple[Segment, ...]


def union(segments: Iterable[Segment], gap_ms: int = 0) -> Spans:
    """Segments joined where they meet or lie less than ``gap_ms`` apart; empty ones drop out."""
    joined: list[Segment] = []
    for segment in sorted(one for one in segments if one.duration_ms > 0):
        last = joined[-1] if joined else None
        if last and (segment.start_ms <= last.end_ms or segment.start_ms - last.end_ms < gap_ms):
            joined[-1] = Segment(last.start_ms, max(last.end_ms, segment.end_ms))
        else:
            joined.append(segment)
    return tuple(joined)


def subtract(segments: Iterable[Segment], holes: Iterable[Segment]) -> Spans:
    """What of ``segments`` is in none of ``holes``."""
    holes = union(holes)
    rest: list[Segment] = []
    for segment in union(segments):
        start_ms = segment.start_ms
        for hole in holes:
            if hole.end_ms <= start_ms:
                continue
            if hole.start_ms >= segment.end_ms:
                break
            if hole.start_ms > start_ms:
                rest.append(Segment(start_ms, hole.start_ms))
            start_ms = hole.end_ms
        if start_ms < segment.end_ms:
            rest.append(Segment(start_ms, segment.end_ms))
    return tuple(rest)


def intersect(one: Iterable[Segment], other: Iterable[Segment]) -> Spans:
    """What both cover."""
    left, right = union(one), union(other)
    both: list[Segment] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start_ms = max(left[i].start_ms, right[j].start_ms)
        end_ms = min(left[i].end_ms, right[j].end_ms)
        if start_ms < end_ms:
            both.append(Segment(start_ms, end_ms))
        if left[i].end_ms < right[j].end_ms:
            i += 1
        else:
            j += 1
    return tuple(both)


def meeting(spans: Spans, segment: Segment) -> Spans:
    """Those of ``spans``, which are sorted and disjoint, that share time with ``segment``."""
    first = bisect_right(spans, segment.start_ms, key=lambda one: one.end_ms)
    last = bisect_left(spans, segment.end_ms, key=lambda one: one.start_ms)
    return spans[first:last]


def starts_between(spans: Spans, after_ms: int, before_ms: int) -> bool:
    """Whether one of ``spans``, which are sorted and disjoint, begins in (after, before)."""
    first = bisect_right(spans, after_ms, key=lambda one: one.start_ms)
    return first < len(spans) and spans[first].start_ms < before_ms


def covered_ms(segment: Segment, spans: Spans) -> int:
    """Milliseconds of ``segment`` that ``spans``, which are sorted and disjoint, cover."""
    return sum(segment.overlap_ms(one) for one in meeting(spans, segment))
