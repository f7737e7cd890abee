"""The recording itself: what of it cannot be judged, and why.

========================= ======================================================================
``truncated``             the file declares more than could be decoded (``Recording.missing_ms``)
``damaged``               stretches could not be decoded and are silent
``dual_mono``             the channels are copies: one mix, judged as mono
``no_speech``             nobody speaks on any channel; not judgeable
``silent_channel``        a channel holds nothing over -70 dBFS while another has speech: it was not
                          recorded; not judgeable. A line's noise without a voice is no fault
``clipped``               2 % of the speech or more is cut off at full scale
``dropouts``              2 % of the speech or more is missing: 20 ms to 1 s of one value between
                          two loud frames. A gate that mutes pauses is none: it fades out first
``starts_in_speech``      a voice within 300 ms of the start: its beginning may be missing
``ends_in_speech``        a voice within 300 ms of the end: its end may be missing
========================= ======================================================================

Thresholds: 300 ms is the scorecard's (a greeting cut off is undetermined); 20 ms is the usual
packet of internet telephony. 2 % (worth a word) and 20 % (not judgeable) are this project's choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from autoqa.acoustics.frames import STEP_MS, Floats, Mask
from autoqa.acoustics.line import Line
from autoqa.acoustics.tracks import runs
from autoqa.audio import Audio
from autoqa.i18n import N_
from autoqa.types import Message, Remark, Value

_EDGE_MS = 300
_SILENT_DBFS = -70.0
_NOTABLE, _UNUSABLE = 0.02, 0.2
_DROPOUT = 20 // STEP_MS, 1_000 // STEP_MS
_ABRUPT_DB = 15.0
"""The frames beside a dropout are at most so far below the level of speech."""
_FULL_SCALE = 32_000
"""The largest samples of mu-law (32,124) and A-law (32,256) count as full scale."""
_CLIPPED_RUN = 3
_BLOCK_MS = 60_000

_TRUNCATED = N_("{missing_s} s are missing at the end: the file declares more than it holds")
_DAMAGED = N_("{seconds} s could not be decoded and are silent")
_DUAL_MONO = N_("All channels hold the same mix; judged as a mono recording")
_NO_SPEECH = N_("Nobody speaks in this recording")
_SILENT = N_("Channel {number} is silent; one party was not recorded")
_CLIPPED = N_("Speech on channel {number} is clipped: {percent} percent of it")
_DROPOUTS = N_(
    "Speech on channel {number} has {count} dropouts: {percent} percent of it are missing"
)
_STARTS = N_("The recording starts in the middle of speech on channel {number}")
_ENDS = N_("The recording ends in the middle of speech on channel {number}")


def remarks(audio: Audio, lines: Sequence[Line], copied: bool) -> tuple[Remark, ...]:
    """What the audit noticed: of the whole recording first, then channel by channel.

    ``lines``: the channels that are judged; ``copied``: all others were copies of the only one.
    """
    found = list(_of_recording(audio, lines, copied))
    speaks = any(line.voiced.any() for line in lines)
    for line in lines:
        if speaks and _is_silent(line):
            found.append(_remark("silent_channel", _SILENT, line, judgeable=False))
        elif line.voiced.any():
            found += _of_speech(audio, line)
            found += _of_edges(line)
    return tuple(found)


def _of_recording(audio: Audio, lines: Sequence[Line], copied: bool) -> Iterator[Remark]:
    if audio.recording.missing_ms:
        missing_s = round(audio.recording.missing_ms / 1000, 1)
        yield Remark("truncated", Message(_TRUNCATED, {"missing_s": missing_s}))
    if audio.damaged:
        seconds = round(sum(stretch.duration_ms for stretch in audio.damaged) / 1000, 1)
        yield Remark("damaged", Message(_DAMAGED, {"seconds": seconds}))
    if copied:
        yield Remark("dual_mono", Message(_DUAL_MONO))
    if not any(line.voiced.any() for line in lines):
        yield Remark("no_speech", Message(_NO_SPEECH), judgeable=False)


def _of_speech(audio: Audio, line: Line) -> Iterator[Remark]:
    clipped, blank = _faults(audio, line)
    share = float(clipped[line.voiced].mean())
    if share >= _NOTABLE:
        percent = round(100 * share)
        usable = share < _UNUSABLE
        yield _remark("clipped", _CLIPPED, line, judgeable=usable, percent=percent)
    holes = _dropouts(line, blank)
    share = sum(last - first for first, last in holes) / int(line.voiced.sum())
    if share >= _NOTABLE:
        usable, percent = share < _UNUSABLE, round(100 * share)
        count = len(holes)
        yield _remark("dropouts", _DROPOUTS, line, judgeable=usable, percent=percent, count=count)


def _of_edges(line: Line) -> Iterator[Remark]:
    found = np.flatnonzero(line.voiced) * STEP_MS
    if found[0] < _EDGE_MS:
        yield _remark("starts_in_speech", _STARTS, line)
    if found[-1] + STEP_MS > line.duration_ms - _EDGE_MS:
        yield _remark("ends_in_speech", _ENDS, line)


def _is_silent(line: Line) -> bool:
    return not bool((line.frames.level_dbfs > _SILENT_DBFS).any())


def _remark(
    kind: str, template: str, line: Line, judgeable: bool = True, **params: Value
) -> Remark:
    message = Message(template, {"number": line.index + 1, **params})
    return Remark(kind, message, channel=line.index, judgeable=judgeable)


def _faults(audio: Audio, line: Line) -> tuple[Mask, Mask]:
    """Frames with three samples or more in a row at full scale, and frames of one value only."""
    step = audio.rate_hz * STEP_MS // 1000
    count = len(line.frames)
    clipped, blank = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    size = _BLOCK_MS // STEP_MS
    for first in range(0, count, size):
        samples = audio.samples[line.index, first * step : (first + size) * step]
        cells = np.pad(samples, (0, -len(samples) % step), mode="edge").reshape(-1, step)
        cells = cells[: count - first]
        here = slice(first, first + len(cells))
        blank[here] = (cells == cells[:, :1]).all(axis=1)
        clipped[here] = _flat_tops(cells)
    return clipped, blank


def _flat_tops(cells: npt.NDArray[np.int16]) -> Mask:
    full = (cells >= _FULL_SCALE) | (cells <= -_FULL_SCALE)
    together = full[:, _CLIPPED_RUN - 1 :].copy()
    for shift in range(_CLIPPED_RUN - 1):
        together &= full[:, shift : shift - _CLIPPED_RUN + 1]
    return np.asarray(together.any(axis=1))


def _dropouts(line: Line, blank: Mask) -> list[tuple[int, int]]:
    level: Floats = line.frames.level_dbfs
    near = float(np.median(level[line.voiced])) - _ABRUPT_DB
    holes = []
    for first, last in runs(blank).tolist():
        inside = first > 0 and last < len(level)
        if inside and _DROPOUT[0] <= last - first <= _DROPOUT[1]:
            before, after = max(0, first - 2), last + 2
            if level[before:first].max() > near and level[last:after].max() > near:
                holes.append((first, last))
    return holes
