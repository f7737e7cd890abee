"""Small tools for tracks and masks of frames: runs, gaps, segments."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from autoqa.acoustics.frames import STEP_MS, Floats, Mask
from autoqa.types import Segment

Indexes = npt.NDArray[np.intp]


def runs(mask: Mask) -> Indexes:
    """Half-open runs of true frames as rows of (first, end); shape (r, 2).

    >>> runs(np.array([False, True, True, False, True])).tolist()
    [[1, 3], [4, 5]]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return edges.reshape(-1, 2)


def bridge(mask: Mask, gap: int) -> Mask:
    """``mask`` with every gap of up to ``gap`` frames between two true runs filled.

    >>> bridge(np.array([True, False, True, False, False, True]), 1).astype(int).tolist()
    [1, 1, 1, 0, 0, 1]
    """
    filled = mask.copy()
    found = runs(mask)
    for end, start in zip(found[:-1, 1], found[1:, 0], strict=True):
        if start - end <= gap:
            filled[end:start] = True
    return filled


def widen(mask: Mask, before: int, after: int) -> Mask:
    """``mask`` with each run begun ``before`` frames earlier and ended ``after`` frames later;
    a negative number shortens it."""
    wide = np.zeros_like(mask)
    for start, end in runs(mask):
        wide[max(0, start - before) : max(0, end + after)] = True
    return wide


def to_mask(segments: Iterable[Segment], frames: int) -> Mask:
    """Frames of which at least half lies in a segment."""
    mask = np.zeros(frames, np.bool_)
    half = STEP_MS // 2
    for segment in segments:
        first = max(0, (segment.start_ms + half) // STEP_MS)
        mask[first : max(0, (segment.end_ms + half) // STEP_MS)] = True
    return mask


def to_segments(found: Indexes, duration_ms: int) -> tuple[Segment, ...]:
    """Runs of frames as segments that end with the recording at the latest."""
    return tuple(
        Segment(int(first) * STEP_MS, min(int(end) * STEP_MS, duration_ms)) for first, end in found
    )


def merge(segments: Iterable[Segment], gap_ms: int) -> tuple[Segment, ...]:
    """Segments in order of time, those less than ``gap_ms`` apart or overlapping joined."""
    merged: list[Segment] = []
    for segment in sorted(segments):
        if merged and segment.start_ms - merged[-1].end_ms < gap_ms:
            last = merged[-1]
            merged[-1] = Segment(last.start_ms, max(last.end_ms, segment.end_ms))
        else:
            merged.append(segment)
    return tuple(merged)


def moving_sum(track: Floats, width: int) -> Floats:
    """Sum over ``width`` frames around each frame; beyond the ends lie zeros."""
    if not len(track):
        return track
    before = width // 2
    total = np.cumsum(np.pad(track.astype(np.float64), (before + 1, width - before - 1)))
    return (total[width:] - total[:-width]).astype(np.float32)
