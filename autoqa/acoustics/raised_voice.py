"""A voice that is raised over the speaker's usual level.

Definition
    A second (``WINDOW_MS``) or more of speech without a pause whose level (root mean square) is
    6 dB (``RAISED_DB``) or more over the median level of all such seconds on the line, of which
    there are 10 s (``KNOWN_MS``) or more.
Thresholds
    6 dB: from normal to raised vocal effort speech gains 6 dB (62.35 to 68.34 dB at 1 m, ANSI
    S3.5-1997, table 1; loud is 12.5 over normal). Within a second the levels of syllables even out:
    synthesized voices, which have one effort, stay under 6. 1 s and 10 s are the project's choice:
    a stressed word is shorter, and who has said little has no usual level.
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
    return to_segments(runs(raised), line.duration_ms)


def _windows(line: Line) -> Iterator[tuple[npt.NDArray[np.intp], Floats]]:
    """First frames and levels in dBFS of the windows in each run of speech."""
    for first, end in runs(line.voiced).tolist():
        if end - first >= _WINDOW:
            power = 10 ** (line.frames.level_dbfs[first:end].astype(np.float64) / 10)
            energy = np.concatenate([[0.0], np.cumsum(power)])
            starts = np.arange(0, end - first - _WINDOW + 1, _HOP)
            mean = (energy[starts + _WINDOW] - energy[starts]) / _WINDOW
            yield first + starts, (10 * np.log10(mean)).astype(np.float32)
