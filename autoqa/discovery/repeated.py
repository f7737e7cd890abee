"""Stretches that are the same sound in several calls, each found once and in its full extent.

Every line is looked up in an index of all others (``acoustics.repeats``). What at least so many
other calls have too is cut into pieces where it speaks and where music plays. Neighbouring pieces
are one recording where most calls that have the one have the other, at the same distance: so a
welcome that is followed by this advertisement today and that one tomorrow is parted from both.
The longest piece stands for all that are the same, so that what a key broke off does not count as
a recording of its own.

Two recordings of one length that share more than half of their speech are the same call (a copy
in another codec): they count as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from autoqa.acoustics.fingerprints import Fingerprint
from autoqa.acoustics.repeats import Index, Repeat
from autoqa.discovery.lines import Line
from autoqa.events import spans
from autoqa.types import Segment

DENSE = 7.0
"""Votes a second that two playings of a voice share: 8 or more where each went through AMR, or has
noise at 10 dB; 7 or less where the words, the voice, the pace and the pitch are alike to a few per
cent. (A fingerprint has 17 moments a second. Music has fewer, and no person makes it.)"""
TOGETHER = 0.8
"""Of the calls that have the one so many have the other: they are one recording."""
JOIN_MS = 2_000
"""As ``events.recorded_prompt`` parts recordings."""
SAME_CALL, COPY_MS = 0.5, 200
SHORTEST_MS, SHORTEST_MUSIC_MS = 1_500, 5_000
MOSTLY = 0.5
SHARED_MS = 1_000
"""Of a stretch of speech that goes on live, so much must be shared to be looked at."""
AS_LONG = 0.95
SAME_SHIFT_MS = 64


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of line ``line`` (its place in the list)."""

    line: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class Cluster:
    """One sound: where it is best heard, and everywhere it plays. ``offset_ms`` of an occurrence
    is where the whole begins or would have begun."""

    best: Place
    is_music: bool
    occurrences: tuple[tuple[Place, int], ...]
    calls: frozenset[int]


class Repeats:
    """What lines have in common."""

    def __init__(self, lines: Sequence[Line], least_calls: int) -> None:
        self._lines = lines
        self._least = least_calls
        self._index = Index([line.print for line in lines])
        found = [self._index.find(line.print, self._own(i)) for i, line in enumerate(lines)]
        self._calls = _same_calls(lines, found)
        self._found = [
            [one for one in repeats if self._call(one.number) != self._call(i)]
            for i, repeats in enumerate(found)
        ]

    def clusters(self, known: Iterable[Place] = ()) -> list[Cluster]:
        """The sounds that at least so many calls share, longest first, without ``known`` ones."""
        taken: dict[int, list[Segment]] = defaultdict(list)
        for place in known:
            taken[place.line].append(place.segment)
        clusters = []
        for piece, is_music in sorted(
            (one for line in range(len(self._lines)) for one in self._pieces(line)),
            key=lambda one: (-one[0].segment.duration_ms, one[0].line, one[0].segment),
        ):
            if _mostly(piece.segment, taken[piece.line]):
                continue
            cluster = self._cluster(piece, is_music)
            for place, _ in cluster.occurrences:
                taken[place.line].append(place.segment)
            if len(cluster.calls) >= self._least:
                clusters.append(cluster)
        return clusters

    def distinct(self, calls: Iterable[int]) -> int:
        """How many calls these are, copies counted once."""
        return len({self._calls[call] for call in calls})

    def _own(self, line: int) -> frozenset[int]:
        call = self._lines[line].call
        return frozenset(i for i, one in enumerate(self._lines) if one.call == call)

    def _call(self, line: int) -> int:
        return self._calls[self._lines[line].call]

    # ------------------------------------------------------------ pieces

    def _pieces(self, line: int) -> Iterable[tuple[Place, bool]]:
        """Pieces of a line that enough calls share, and whether each is music."""
        own = self._lines[line]
        shared = self._shared(line, DENSE)
        speech = [piece for part in own.speech for piece in _shared_part(part, shared)]
        joined: list[Segment] = []
        for piece in speech:
            if joined and self._belong(line, joined[-1], piece):
                joined[-1] = Segment(joined[-1].start_ms, piece.end_ms)
            else:
                joined.append(piece)
        for piece in joined:
            if piece.duration_ms >= SHORTEST_MS:
                yield Place(line, piece), False
        tunes = spans.intersect(own.music, self._shared(line, 0.0))
        for piece in spans.subtract(tunes, joined):
            if piece.duration_ms >= SHORTEST_MUSIC_MS:
                yield Place(line, piece), True

    def _shared(self, line: int, dense: float) -> tuple[Segment, ...]:
        """What enough other calls have, and beyond it what goes on in one of them at least: in the
        others a key may have broken it off. ``dense``: votes a second that are wanted."""
        by_call: dict[int, list[Segment]] = defaultdict(list)
        for one in self._found[line]:
            if _is_dense(one, dense):
                by_call[self._call(one.number)].append(Segment(one.start_ms, one.end_ms))
        parts = [spans.union(own) for own in by_call.values()]
        core = _covered(parts, self._least - 1)
        return tuple(
            wide for wide in _covered(parts, 1) if any(wide.overlap_ms(one) for one in core)
        )

    def _belong(self, line: int, one: Segment, other: Segment) -> bool:
        """Whether two pieces of a line are one recording."""
        if other.start_ms - one.end_ms > JOIN_MS:
            return False
        first, second = self._with(line, one), self._with(line, other)
        return len(first & second) >= TOGETHER * max(len(first), len(second))

    def _with(self, line: int, piece: Segment) -> set[tuple[int, int]]:
        """Where else a piece is: calls, and the shift to each in coarse steps."""
        return {
            (one.number, round(one.offset_ms / (4 * SAME_SHIFT_MS)))
            for one in self._found[line]
            if 2 * piece.overlap_ms(Segment(one.start_ms, one.end_ms)) > piece.duration_ms
        }

    # ------------------------------------------------------------ clusters

    def _cluster(self, piece: Place, is_music: bool) -> Cluster:
        own = self._lines[piece.line]
        sound = _part(own.print, piece.segment)
        places = [(piece, piece.segment.start_ms)]
        for one in self._index.find(sound):
            if not is_music and not _is_dense(one, DENSE):
                continue
            other = Segment(max(0, one.start_ms - one.offset_ms), one.end_ms - one.offset_ms)
            if one.number != piece.line or not piece.segment.overlap_ms(other):
                places.append((Place(one.number, other), -one.offset_ms))
        whole = [
            (place, at_ms)
            for place, at_ms in places
            if place.segment.duration_ms >= AS_LONG * piece.segment.duration_ms
        ]
        clearest = max(whole, key=lambda one: self._lines[one[0].line].clarity_db)
        best = piece
        if self._lines[clearest[0].line].clarity_db > own.clarity_db:
            start_ms = max(0, clearest[1])
            end_ms = start_ms + piece.segment.duration_ms
            best = Place(clearest[0].line, Segment(start_ms, end_ms))
        calls = frozenset(self._call(place.line) for place, _ in places)
        return Cluster(best, is_music, tuple(places), calls)


def _is_dense(one: Repeat, dense: float) -> bool:
    return one.moments * 1000 >= dense * one.duration_ms


def _covered(parts: Iterable[Sequence[Segment]], least: int) -> tuple[Segment, ...]:
    """Where at least so many of ``parts``, each without overlaps, cover the time."""
    edges = sorted(
        edge for own in parts for one in own for edge in ((one.start_ms, 1), (one.end_ms, -1))
    )
    covered, depth, since_ms = [], 0, 0
    for at_ms, step in edges:
        if step > 0 and depth == least - 1:
            since_ms = at_ms
        elif step < 0 and depth == least:
            covered.append(Segment(since_ms, at_ms))
        depth += step
    return spans.union(covered)


def _part(line: Fingerprint, segment: Segment) -> Fingerprint:
    """The fingerprint of a stretch, with times from its start."""
    first, last = np.searchsorted(line.times_ms, [segment.start_ms, segment.end_ms])
    times = (line.times_ms[first:last] - segment.start_ms).astype(np.int32)
    return Fingerprint(line.hashes[first:last], times, segment.duration_ms)


def _shared_part(speech: Segment, shared: tuple[Segment, ...]) -> list[Segment]:
    """The whole stretch of speech where most of it is shared, else that which is."""
    if spans.covered_ms(speech, shared) >= MOSTLY * speech.duration_ms:
        return [speech]
    parts = spans.intersect([speech], shared)
    return [part for part in parts if part.duration_ms >= SHARED_MS]


def _mostly(segment: Segment, taken: Sequence[Segment]) -> bool:
    return spans.covered_ms(segment, spans.union(taken)) >= MOSTLY * segment.duration_ms


def _same_calls(lines: Sequence[Line], found: Sequence[Sequence[Repeat]]) -> dict[int, int]:
    """For each recording the first that is the same call, itself where there is no other."""
    speech_ms: dict[int, int] = defaultdict(int)
    length_ms: dict[int, int] = {}
    shared: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for line, repeats in zip(lines, found, strict=True):
        speech_ms[line.call] += sum(one.duration_ms for one in line.speech)
        length_ms[line.call] = line.print.duration_ms
        for one in repeats:
            shift = round(one.offset_ms / SAME_SHIFT_MS)
            shared[line.call, lines[one.number].call][shift] += one.duration_ms
    first = {line.call: line.call for line in lines}
    for (call, other), by_shift in sorted(shared.items()):
        at_one_ms = max(ms + by_shift.get(shift + 1, 0) for shift, ms in list(by_shift.items()))
        as_long = abs(length_ms[call] - length_ms[other]) <= COPY_MS
        if as_long and at_one_ms >= SAME_CALL * max(1, speech_ms[call], speech_ms[other]):
            keep, drop = sorted((first[call], first[other]))
            first = {one: keep if home == drop else home for one, home in first.items()}
    return first
