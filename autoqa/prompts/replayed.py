"""Recordings that a call knows by itself: a voice amid music that is heard twice, sound for sound.

Definition
    Who waits hears music, and every so often the same announcement. Of a line with music, each
    stretch of speech that has music within 3 s (``FLANK_MS``) is looked for on the whole line by
    its fingerprint (``acoustics.repeats``); where it is heard again at another time, both are a
    recording, whatever its words were taken for. Nobody says the same twice in the same rhythm to
    50 ms.
Unit
    Milliseconds; a ``PlayedPrompt`` without a number, since no library has it.
Thresholds
    Two seconds or longer, as ``repeats`` wants, or 0.8 s between music that stops for it; music of
    a second or more in all on the line, as for holds. A repeat of the music itself is none of
    a voice: it counts where it is speech.
Example
    请您耐心等候 at 20, 40 and 60 s amid music, in noise at 10 dB: three ``PlayedPrompt``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from autoqa.acoustics.fingerprints import STEP_MS, Fingerprint, fingerprint
from autoqa.acoustics.repeats import LEAST_MS, Index
from autoqa.audio import Audio
from autoqa.events import spans
from autoqa.types import Channel, PlayedPrompt, Segment

VERSION = 1
"""Raised by hand whenever a result changes."""

FLANK_MS = 3_000
MUSIC_MS = 1_000
LONGEST_MS = 20_000
"""No announcement is longer; a voice over music that goes on is a radio."""
ELSEWHERE_MS = 500
"""A stretch is no repeat of itself."""
PAUSE_MS = 700
"""Recordings pause about 0.3 s at a comma, and noise hides a syllable."""
MOSTLY = 0.5
SHORTEST_MS, BESIDE_MS, EDGE_MS = 800, 1_000, 300
SHORT_MOMENTS = 4
"""Of 1.3 s: an announcement heard again had 23, 15 in talk and 4 in pink noise at 10 dB; two
sentences of one agent 1, rarely 2."""


def played_again(
    audio: Audio, channels: Sequence[Channel], music: Iterable[tuple[int | None, Segment]]
) -> tuple[PlayedPrompt, ...]:
    """The recordings that play at least twice amid the music of a line, in order of time.

    ``music``: (channel, stretch), as heard.
    """
    stretches = list(music)
    return tuple(
        PlayedPrompt("", channel.index, one.start_ms, one.end_ms)
        for channel in channels
        for one in _of_line(
            audio, channel, [one for at, one in stretches if at in (channel.index, None)]
        )
    )


def _of_line(audio: Audio, channel: Channel, tunes: Sequence[Segment]) -> Iterator[Segment]:
    if sum(one.duration_ms for one in tunes) < MUSIC_MS:
        return
    voices = [one for one in spans.union(channel.speech, PAUSE_MS) if _may_be_one(one, tunes)]
    line = fingerprint(audio, channel.index)
    found: list[Segment] = []
    for repeat in Index([_part(line, one) for one in voices]).find(line):
        shift_ms = repeat.offset_ms - voices[repeat.number].start_ms
        there = Segment(repeat.start_ms, repeat.end_ms)
        if abs(shift_ms) >= ELSEWHERE_MS:
            found += [there, Segment(there.start_ms - shift_ms, there.end_ms - shift_ms)]
    for one in spans.union([*found, *_short(line, channel, tunes)]):
        spoken_ms = sum(one.overlap_ms(speech) for speech in channel.speech)
        if spoken_ms >= MOSTLY * one.duration_ms:
            yield one


def _short(line: Fingerprint, channel: Channel, tunes: Sequence[Segment]) -> Iterator[Segment]:
    """Stretches too short for ``repeats`` that the music parts, and stops for."""
    voices = [one for one in channel.speech if _is_amid(one, tunes)]
    for at, one in enumerate(voices):
        others = (other for number, other in enumerate(voices) if number != at)
        if any(_shared_moments(line, one, other) >= SHORT_MOMENTS for other in others):
            yield one


def _is_amid(voice: Segment, tunes: Sequence[Segment]) -> bool:
    before = Segment(max(0, voice.start_ms - BESIDE_MS), voice.start_ms)
    after = Segment(voice.end_ms, voice.end_ms + BESIDE_MS)
    beside = all(any(map(side.overlap_ms, tunes)) for side in (before, after))
    return beside and SHORTEST_MS <= voice.duration_ms < LEAST_MS


def _shared_moments(line: Fingerprint, one: Segment, other: Segment) -> int:
    """Moments of a stretch whose hashes are in the other at the same distance in time."""
    first = _part(line, one)
    second = _part(line, Segment(max(0, other.start_ms - EDGE_MS), other.end_ms + EDGE_MS))
    mine, its = np.nonzero(first.hashes[:, None] == second.hashes[None, :])
    steps = (second.times_ms[its] - first.times_ms[mine]) // STEP_MS
    votes: dict[int, set[int]] = defaultdict(set)
    for step, time_ms in zip(steps.tolist(), first.times_ms[mine].tolist(), strict=True):
        votes[step].add(time_ms)
        votes[step - 1].add(time_ms)
    return max(map(len, votes.values()), default=0)


def _may_be_one(voice: Segment, tunes: Sequence[Segment]) -> bool:
    around = Segment(max(0, voice.start_ms - FLANK_MS), voice.end_ms + FLANK_MS)
    return LEAST_MS <= voice.duration_ms <= LONGEST_MS and any(
        around.overlap_ms(tune) for tune in tunes
    )


def _part(line: Fingerprint, voice: Segment) -> Fingerprint:
    """The fingerprint of a stretch by itself; times from its start."""
    first, last = np.searchsorted(line.times_ms, [voice.start_ms, voice.end_ms])
    times = line.times_ms[first:last] - np.int32(voice.start_ms)
    return Fingerprint(line.hashes[first:last], times, voice.duration_ms)
