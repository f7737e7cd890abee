"""A voice that is raised over the speaker's usual level.

Definition
    2 s (``RAISED_MS``) or more of speech without a pause, made of seconds (``WINDOW_MS``) whose
    level (root mean square) is 6 dB (``RAISED_DB``) or more over the median level of all seconds
    of speech on the line, of which there are 10 (``KNOWN_MS``) or more.
Thresholds
    6 dB: from normal to raised vocal effort speech gains 6 dB (62.35 to 68.34 dB at 1 m, ANSI
    S3.5-1997, table 1; loud is 12.5 over normal). Single seconds of one effort differ by as much
    now and then, 2 s did not once in 20 minutes of synthesized speech, which has one effort. Who
    has said less than 10 s has no usual level (the project's choice).
Example
    Speech at -26 dBFS with 3 s at -18 → these 3 s.

What is raised all through a call is that line's usual level. Prompts on the line count into it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from autoqa.acoustics.frames import STEP_MS, Floats
from autoqa.acoustics.line import Line
from autoqa.acoustics.tracks import runs, to_segments
from autoqa.types import Segment

RAISED_DB = 6.0
WINDOW_MS = 1000
RAISED_MS = 2000
KNOWN_MS = 10_000
_WINDOW = WINDOW_MS // STEP_MS
_HOP = 10
"""Windows begin every 100 ms."""


def stretches(line: Line) -> tuple[Segment, ...]:
    """Where the voice on a line is raised, by start."""
    windows = list(_windows(line))
    if not windows:
        return ()
    starts, levels = (np.concatenate(each) for each in zip(*windows, strict=True))
    raised = np.zeros(len(line.voiced), np.bool_)
    if len(starts) * _HOP * STEP_MS >= KNOWN_MS:
        for start in starts[levels >= np.median(levels) + RAISED_DB]:
            raised[start : start + _WINDOW] = True
    found = runs(raised)
    return to_segments(found[np.diff(found)[:, 0] * STEP_MS >= RAISED_MS], line.duration_ms)


def _windows(line: Line) -> Iterator[tuple[npt.NDArray[np.intp], Floats]]:
    """First frames and levels in dBFS of the windows in each run of speech."""
    for first, end in runs(line.voiced).tolist():
        if end - first >= _WINDOW:
            power = 10 ** (line.frames.level_dbfs[first:end].astype(np.float64) / 10)
            energy = np.concatenate([[0.0], np.cumsum(power)])
            starts = np.arange(0, end - first - _WINDOW + 1, _HOP)
            mean = (energy[starts + _WINDOW] - energy[starts]) / _WINDOW
            yield first + starts, (10 * np.log10(mean)).astype(np.float32)
