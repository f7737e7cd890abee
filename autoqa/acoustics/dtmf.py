"""Keys, pressed in-band: each is a tone of its row and one of its column.

Definition
    One event for each press, with its ``key``: 0 to 9, *, #, A to D.
Thresholds (ITU-T Q.23, Q.24)
    A tone is accepted within 1.8 % of its frequency and surely refused beyond 3.5 %; here up to
    2.5 % for a frame (32 ms resolve no better), 1.8 % for the press. 40 ms at least. The column may
    be 4 dB louder and the row 8 dB; telephone codecs and band limits move that, so 12 dB.
    Talk-off: a voice has several harmonics in each band, a key one tone: 80 % of each band's energy
    is in it, and the two hold 55 % of all energy. Two presses are 30 ms apart at least.
Measures
    ``key``.
Example
    ``Event(DTMF, 8_120, 8_220, channel=1, measures={"key": "1"})``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from autoqa.acoustics.frames import STEP_MS, Floats, Frames
from autoqa.acoustics.line import Line
from autoqa.acoustics.tracks import bridge, runs
from autoqa.types import Event, EventKind

KEYS = ("123A", "456B", "789C", "*0#D")
ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)

_FRAME_TOLERANCE, _PRESS_TOLERANCE = 0.025, 0.018
_SHARE, _PURITY, _TWIST_DB = 0.55, 0.8, 12.0
_SHORTEST = 40 // STEP_MS
_DROPOUT = 20 // STEP_MS
_FADE_DB = 10.0
_QUIETEST_DBFS = -55.0


def detect(line: Line, found: tuple[Event, ...]) -> tuple[Event, ...]:
    """Presses on a line, in order of time."""
    frames = line.frames
    row, row_error = _nearest(frames.row_hz, ROWS_HZ)
    column, column_error = _nearest(frames.column_hz, COLUMNS_HZ)
    error = np.maximum(np.abs(row_error), np.abs(column_error))
    clear = _clear(frames) & (error <= _FRAME_TOLERANCE)
    code = np.where(clear, row * 4 + column, -1)
    events = []
    for number in np.unique(code[code >= 0]).tolist():
        for first, last in runs(bridge(code == number, _DROPOUT)).tolist():
            own = np.flatnonzero(code[first:last] == number) + first
            drift = max(
                abs(float(np.median(row_error[own]))), abs(float(np.median(column_error[own])))
            )
            if len(own) >= _SHORTEST and drift <= _PRESS_TOLERANCE:
                events.append(_event(line, first, last, KEYS[number // 4][number % 4]))
    return tuple(sorted(events, key=lambda event: event.start_ms))


def _clear(frames: Frames) -> npt.NDArray[np.bool_]:
    return np.asarray(
        (frames.key_share >= _SHARE)
        & (frames.key_purity >= _PURITY)
        & (np.abs(frames.twist_db) <= _TWIST_DB)
        & (frames.level_dbfs > _QUIETEST_DBFS)
    )


def _nearest(hertz: Floats, nominal: tuple[float, ...]) -> tuple[npt.NDArray[np.intp], Floats]:
    """Index of the nominal frequency nearest to each, and how far off it is, as a fraction."""
    off = np.asarray(hertz[:, np.newaxis] / np.array(nominal) - 1, np.float32)
    index = np.argmin(np.abs(off), axis=1)
    return index, np.take_along_axis(off, index[:, np.newaxis], axis=1)[:, 0]


def _event(line: Line, first: int, last: int, key: str) -> Event:
    level = line.frames.level_dbfs[first:last]
    loud = np.flatnonzero(level > level.max() - _FADE_DB)
    start_ms = (first + int(loud[0])) * STEP_MS
    end_ms = min((first + int(loud[-1]) + 1) * STEP_MS, line.duration_ms)
    return Event(EventKind.DTMF, start_ms, end_ms, channel=line.index, measures={"key": key})
