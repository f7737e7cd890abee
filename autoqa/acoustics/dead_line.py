"""A line on which there is nothing at all, not even noise: the connection is gone.

Definition
    1 s (``DEAD_MS``) or more in which the samples of each 10 ms differ by 8 (``ROUNDING``, of
    65,536) at most, on a line whose pauses had noise before: 1 s (``KNOWN_MS``) of them or more,
    at most a tenth of it (``MUTED_SHARE``) without noise.
Thresholds
    8: a constant, as a switch sends where nobody is connected, by whatever codec's code for
    silence, with a step of 13 bits, the finest that telephone codecs make (GSM 06.10, mu-law). The
    quietest noise of a line in A-law toggles by 16. Pauses count from 300 ms (``AROUND_MS``) after
    a voice or a tone, as for the level of noise: a gate that mutes pauses has closed by then, and a
    line that it mutes is not dead. 1 s is a pause that no gate waits for; a tenth, by judgement.
Example
    Noise at -60 dBFS to 20,000 ms, zeros to 28,000, noise → 20,000 to 28,000.
"""

from __future__ import annotations

import numpy as np

from autoqa.acoustics.frames import STEP_MS, Mask
from autoqa.acoustics.line import Line
from autoqa.acoustics.tracks import runs, to_segments, widen
from autoqa.audio import Audio
from autoqa.types import Segment

DEAD_MS = 1000
KNOWN_MS = 1000
AROUND_MS = 300
ROUNDING = 8
MUTED_SHARE = 0.1
_BLOCK_MS = 60_000


def stretches(audio: Audio, line: Line, occupied: Mask) -> tuple[Segment, ...]:
    """Where the line is dead, by start. ``occupied``: frames of music and tones."""
    blank = _blank(audio, line)
    around = AROUND_MS // STEP_MS
    pause = ~widen(line.audible | occupied, around, around)
    dead = []
    for first, end in runs(blank):
        if (end - first) * STEP_MS < DEAD_MS:
            continue
        before = pause[:first]
        muted = int((before & blank[:first]).sum())
        known = int(before.sum())
        if known * STEP_MS >= KNOWN_MS and muted <= MUTED_SHARE * known:
            dead.append((first, end))
            pause[first:end] = False
    found = np.array(dead, np.intp).reshape(-1, 2)
    return to_segments(found, line.duration_ms)


def _blank(audio: Audio, line: Line) -> Mask:
    """Frames whose samples are all the same, but for rounding."""
    step = audio.rate_hz * STEP_MS // 1000
    blank = np.zeros(len(line.frames), np.bool_)
    size = _BLOCK_MS // STEP_MS
    for first in range(0, len(blank), size):
        samples = audio.samples[line.index, first * step : (first + size) * step]
        cells = np.pad(samples, (0, -len(samples) % step), mode="edge").reshape(-1, step)
        cells = cells[: len(blank) - first].astype(np.int32)
        blank[first : first + len(cells)] = cells.max(axis=1) - cells.min(axis=1) <= ROUNDING
    return blank
