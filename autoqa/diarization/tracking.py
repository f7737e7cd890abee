"""From voice prints to who speaks when.

A print is of a second and a half, longer than many turns, so a stretch of speech is laid out in
cells of 100 ms, each as near to a voice as the prints around it, and the likeliest sequence of
voices is taken, a change costing as much as ``CHANGE`` (Viterbi). A change is put where the stretch
is quietest near it: people seldom change in the middle of a syllable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from autoqa.diarization.interface import RATE_HZ, Floats, Voice
from autoqa.types import Segment

CELL_MS = 100
CHANGE = 2.5
"""What a change of voice costs, in cells of a voice that is as much its own as usual: half a
second of the other's on both sides."""
NEAR_MS = 300
"""How far from where it seems to be a change may lie: a word's error of time."""

_FRAME_MS = 10
_SMOOTH_FRAMES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A voice print, of unit length, and the stretch that it is of."""

    segment: Segment
    values: Floats


class Printer(Protocol):
    """Makes voice prints."""

    def of(self, stretch: Segment, samples: Floats) -> list[Print]:
        """The prints of a stretch of speech, by time; none where it is too short for one."""


def usual_margin(prints: Sequence[Print], centres: Floats) -> float:
    """How much nearer speech is to its own voice than to the next, in the middle; over 0."""
    alike = np.sort(np.stack([one.values for one in prints]) @ centres.T, axis=1)
    return max(1e-6, float(np.median(alike[:, -1] - alike[:, -2])))


def track(
    stretch: Segment, prints: Sequence[Print], centres: Floats, margin: float, samples: Floats
) -> list[Voice]:
    """The voices in a stretch of speech; ``prints`` are of it, ``samples`` its own.

    At least two centres; ``margin`` is their ``usual_margin``.
    """
    near = _cells(stretch, prints, centres) / margin
    path = _best_path(near)
    changes = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    edges = [stretch.start_ms]
    for at in changes[1:-1]:
        edges.append(max(edges[-1], _quietest_ms(stretch, at * CELL_MS, samples)))
    edges.append(stretch.end_ms)
    voices = []
    for place, (first, last) in enumerate(pairwise(changes)):
        if edges[place + 1] > edges[place]:
            speaker = int(path[first])
            mean = near[first:last].mean(axis=0)
            lead = float(mean[speaker] - np.delete(mean, speaker).max())
            certainty = round(min(1.0, max(0.0, lead)), 3)
            voices.append(Voice(Segment(edges[place], edges[place + 1]), speaker, certainty))
    return voices


def _cells(stretch: Segment, prints: Sequence[Print], centres: Floats) -> Floats:
    """(cells, voices): how alike each is, the prints around it weighed by how central it lies."""
    count = max(1, -(-stretch.duration_ms // CELL_MS))
    near, weights = np.zeros((count, len(centres))), np.full((count, 1), 1e-9)
    for one in prints:
        first = min(count - 1, (one.segment.start_ms - stretch.start_ms) // CELL_MS)
        last = max(first + 1, min(count, (one.segment.end_ms - stretch.start_ms) // CELL_MS))
        middle, half = (first + last - 1) / 2, (last - first) / 2
        weight = (1.01 - np.abs(np.arange(first, last) - middle) / half)[:, None] ** 2
        near[first:last] += weight * (centres @ one.values)
        weights[first:last] += weight
    blank = weights[:, 0] < 1e-6
    near /= weights
    if blank.any() and not blank.all():  # beyond the last print
        known = np.flatnonzero(~blank)
        near[blank] = near[
            known[np.searchsorted(known, np.flatnonzero(blank)).clip(0, len(known) - 1)]
        ]
    return near.astype(np.float32)


def _best_path(near: Floats) -> npt.NDArray[np.intp]:
    """The voice of each cell."""
    count, voices = near.shape
    came_from = np.zeros((count, voices), np.intp)
    score = near[0].astype(np.float64)
    for cell in range(1, count):
        other = int(np.argmax(score))
        stays = score >= score[other] - CHANGE
        came_from[cell] = np.where(stays, np.arange(voices), other)
        score = np.where(stays, score, score[other] - CHANGE) + near[cell]
    path = np.zeros(count, np.intp)
    path[-1] = int(np.argmax(score))
    for cell in range(count - 1, 0, -1):
        path[cell - 1] = came_from[cell, path[cell]]
    return path


def _quietest_ms(stretch: Segment, offset_ms: int, samples: Floats) -> int:
    """The quietest moment near an offset into a stretch, as a time of the recording."""
    low = max(0, offset_ms - NEAR_MS) // _FRAME_MS
    high = min(stretch.duration_ms, offset_ms + NEAR_MS) // _FRAME_MS
    size = RATE_HZ * _FRAME_MS // 1000
    part = samples[low * size : high * size]
    frames = part[: len(part) // size * size].reshape(-1, size).astype(np.float64)
    if len(frames) < _SMOOTH_FRAMES:
        return stretch.start_ms + offset_ms
    energy = np.convolve((frames**2).mean(axis=1), np.ones(_SMOOTH_FRAMES), mode="same")
    return stretch.start_ms + (low + int(energy.argmin())) * _FRAME_MS
