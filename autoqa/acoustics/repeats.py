"""Sound that is played again: stretches of a line whose fingerprint lies in an index of others.

Definition
    Hashes that a line shares with an indexed sound vote for the time between the two. Votes that
    agree within 50 ms and go on for 2 s (for a shorter sound: for most of it) are a repeat: nobody
    says the same twice in the same rhythm to 50 ms for so long. It reaches as far as votes go on
    coming as densely as within it, so a sound that was cut off at either end is found as far as it
    was played.
Unit
    Milliseconds. A *moment* is a step of 16 ms at which a hash begins; votes are counted by
    moments, since hashes of one moment are not independent.
Thresholds
    ``LEAST_MOMENTS`` in ``LEAST_CELLS`` different half seconds: the chance votes of an hour of
    speech against an hour of other speech reach a third of it, the same word by the same synthetic
    voice (which real voices never repeat) two thirds. ``MISSED``: where so many votes are missing
    it was no longer played (Poisson: e**-5, under 1 %); between two stretches with votes for the
    same shift twice as many, since what was broken off does not come back in time.
Example
    An advertisement of 12 s, broken off by a key after 7 s, in a call through GSM: one ``Repeat``
    of 7 s whose ``offset_ms`` is where the advertisement began in the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autoqa.acoustics.fingerprints import STEP_MS, Fingerprint

LEAST_MOMENTS, LEAST_CELLS = 16, 4
CELL_MS = 500
LEAST_MS = 2_000
MOST_OF_IT = 0.8
MISSED, MISSED_WITHIN = 5.0, 10.0
DRIFT_MS = 8.0
"""Half a step: a recording keeps time exactly, a person who is nearly as fast drifts away."""
LEAST_A_SECOND = 3.0
"""Votes. Music through AMR in noise still has so many, a voice twice as many; what two lines with
the same looped noise share has half."""
SHARED = 0.04
"""Of a repeat's moments so many are found again; through the worst of codecs and noise a tenth."""

_SPREAD, _APART = 1, 3
"""Steps by which votes for one shift differ, and by which two shifts do at least."""
_CHUNK_MS = 600_000
_MOST_ALIKE = 400
"""Of an index of hours, hashes that occur more often than this are tones and hum: they tell
nothing and cost the most."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeat:
    """[``start_ms``, ``end_ms``) of the line is the sound ``number`` of the index, which began (or
    would have) at ``offset_ms`` of the line. ``moments`` voted for it, ``share`` of those it has
    there, 0 to 1."""

    number: int
    start_ms: int
    end_ms: int
    offset_ms: int
    moments: int
    share: float

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


class Index:
    """Fingerprints to look in."""

    def __init__(self, sounds: Sequence[Fingerprint]) -> None:
        self._moments = [np.unique(one.times_ms) for one in sounds]
        self._ends_ms = [one.duration_ms for one in sounds]
        hashes = np.concatenate([np.zeros(0, np.uint32), *(one.hashes for one in sounds)])
        times = np.concatenate([np.zeros(0, np.int32), *(one.times_ms for one in sounds)])
        owners = np.repeat(np.arange(len(sounds), dtype=np.int32), [len(one) for one in sounds])
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._times, self._owners = hashes[order], times[order], owners[order]

    def find(self, line: Fingerprint, besides: frozenset[int] = frozenset()) -> list[Repeat]:
        """Every repeat on a line, in order of time; they may overlap. Sounds ``besides`` are not
        looked for."""
        found: list[Repeat] = []
        for first_ms in range(0, line.duration_ms, _CHUNK_MS):
            end_ms = first_ms + _CHUNK_MS
            first, last = np.searchsorted(line.times_ms, [first_ms - LEAST_MS * 5, end_ms])
            part = Fingerprint(line.hashes[first:last], line.times_ms[first:last], end_ms)
            found += self._find(part, besides)
        return sorted(found, key=lambda one: (one.start_ms, one.end_ms, one.number))

    def _find(self, line: Fingerprint, besides: frozenset[int]) -> Iterator[Repeat]:
        times, owners, shifts = self._votes(line)
        if besides:
            kept = ~np.isin(owners, list(besides))
            times, owners, shifts = times[kept], owners[kept], shifts[kept]
        if not len(times):
            return
        steps = (shifts - shifts.min()) // STEP_MS + 2 * _SPREAD
        width = int(steps.max()) + 2 * _SPREAD + 1
        keys = owners * width + steps
        order = np.argsort(keys, kind="stable")
        keys, times, owners, shifts = keys[order], times[order], owners[order], shifts[order]
        for first, last in _peaks(keys):
            number = int(owners[first])
            if len(np.unique(times[first:last])) >= LEAST_MOMENTS:
                order = np.argsort(times[first:last], kind="stable")
                yield from self._runs(number, times[first:last][order], shifts[first:last][order])

    def _votes(self, line: Fingerprint) -> tuple[Ints, Ints, Ints]:
        low = np.searchsorted(self._hashes, line.hashes, "left")
        count = np.searchsorted(self._hashes, line.hashes, "right") - low
        count[count > _MOST_ALIKE] = 0
        asked = np.repeat(np.arange(len(line)), count)
        places = np.arange(len(asked)) - np.repeat(np.cumsum(count) - count, count) + low[asked]
        times = line.times_ms[asked].astype(np.int64)
        return times, self._owners[places].astype(np.int64), times - self._times[places]

    def _runs(self, number: int, times: Ints, shifts: Ints) -> Iterator[Repeat]:
        """The stretches in which votes for one shift keep coming."""
        shift_ms, moments = int(np.median(shifts)), np.unique(times)
        own = self._moments[number].astype(np.int64) + shift_ms
        end_ms = self._ends_ms[number] + shift_ms
        least_ms = min(LEAST_MS, int(MOST_OF_IT * (end_ms - shift_ms)))
        for votes in _dense(moments, own):
            share = min(1.0, len(votes) / max(1, _between(own, votes[0], votes[-1] + 1)))
            cells = len(np.unique(votes // CELL_MS))
            begins, ends = int(votes[0]), int(votes[-1]) + CELL_MS // 2
            if share * _between(own, shift_ms, begins) < MISSED:
                begins = shift_ms
            if share * _between(own, int(votes[-1]) + 1, end_ms) < MISSED:
                ends = end_ms
            enough = len(votes) >= LEAST_MOMENTS and share >= SHARED
            inside = slice(*np.searchsorted(times, [votes[0], votes[-1] + 1]))
            enough = enough and _drift_ms(shifts[inside]) <= DRIFT_MS
            enough = enough and len(votes) * 1000 >= LEAST_A_SECOND * (votes[-1] - votes[0])
            if enough and cells >= LEAST_CELLS and votes[-1] - votes[0] >= least_ms - CELL_MS:
                yield Repeat(number, max(0, begins), ends, shift_ms, len(votes), round(share, 3))


def _dense(votes: Ints, own: Ints) -> Iterator[Ints]:
    """``votes`` parted where so many are missing that the sound cannot have played there."""
    share = len(votes) / max(1, _between(own, votes[0], votes[-1] + 1))
    share = max(share, SHARED)
    at = np.searchsorted(own, votes)
    missing = share * np.diff(at)
    cuts = np.flatnonzero(missing > MISSED_WITHIN) + 1
    yield from (part for part in np.split(votes, cuts) if len(part) >= LEAST_MOMENTS)


def _drift_ms(shifts: Ints) -> float:
    """How far the shift of the later half of the votes is from that of the earlier."""
    half = len(shifts) // 2
    return abs(float(shifts[half:].mean() - shifts[:half].mean()))


def _between(moments: Ints, first_ms: int, last_ms: int) -> int:
    low, high = np.searchsorted(moments, [first_ms, last_ms])
    return int(high - low)


def _peaks(keys: Ints) -> Iterator[tuple[int, int]]:
    """Ranges of sorted ``keys`` around each shift that has the most votes of those near it."""
    shifts, starts, counts = np.unique(keys, return_index=True, return_counts=True)
    low = np.searchsorted(shifts, shifts - _SPREAD)
    high = np.searchsorted(shifts, shifts + _SPREAD, "right")
    sums = np.concatenate([[0], np.cumsum(counts)])
    around = sums[high] - sums[low]
    ends = np.append(starts, len(keys))
    taken = -_APART - 1
    for at in np.flatnonzero(around >= LEAST_MOMENTS):
        first, last = np.searchsorted(shifts, [shifts[at] - _APART, shifts[at] + _APART + 1])
        if around[at] == around[first:last].max() and shifts[at] > taken + _APART:
            taken = int(shifts[at])
            yield int(ends[low[at]]), int(ends[high[at]])
