"""Crosstalk: what only leaked over from another channel is neither speech nor talk-over.

Definition
    The same sound, quieter and at nearly the same time, on another channel: an echo of the line or
    of a loudspeaker, or wires too close. Delays of -100 to 700 ms; at least 6 dB quieter, since
    what is as loud is a mix, not a leak.
Method
    Only where a channel has speech while another one is louder is there anything to explain. There
    the two signals are correlated, their spectra whitened (GCC-PHAT, Knapp and Carter 1976), and
    summed over up to 40 stretches: a leak has one peak, 8 times the other delays' deviation; two
    voices that have nothing to do with each other stay below 5. A leak is there whenever its
    source is loud, so its level is the lower quartile of the difference. A frame is explained
    where the other channel, delayed, so much quieter and with an echo's tail of 120 ms, is within
    the leak's own spread (6 to 10 dB) of it or above.
Example
    The agent, heard on the customer's channel 30 dB quieter and 40 ms later:
    ``Leak(source=0, delay_ms=40, gain_db=-30.0, spread_db=6.0)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autoqa.acoustics.frames import FLOOR_DBFS, RATE_HZ, STEP_MS, Floats, Mask
from autoqa.acoustics.line import Line
from autoqa.acoustics.tracks import bridge, runs
from autoqa.audio import Audio
from autoqa.types import Event

_EARLIEST_MS, _LATEST_MS = -100, 700
_QUIETER_DB = 6.0
_STRETCH_MS, _STRETCHES = 500, 40
_DEVIATIONS = 8.0
_BAND_HZ = 300.0, 3_400.0
_TOLERANCE_DB = 6.0, 10.0
_TAIL, _LEAD = 120 // STEP_MS, 20 // STEP_MS
_OWN, _OWN_SHARE = 80 // STEP_MS, 0.15
"""Less than this of a stretch unexplained is the estimate's error, not a word of his own."""
_SAME_MS = 700
_MIX_CORRELATION = 0.95


@dataclass(frozen=True, slots=True)
class Leak:
    """``source`` is heard on another channel, ``delay_ms`` later and ``gain_db`` louder (below 0),
    up to ``spread_db`` more where a room or a codec colours it."""

    source: int
    delay_ms: int
    gain_db: float
    spread_db: float


def find_leak(audio: Audio, line: Line, source: Line) -> Leak | None:
    """How ``source`` leaks into ``line``, None where nothing on ``line`` looks like it."""
    near = _near(source.frames.level_dbfs)
    level = line.frames.level_dbfs
    suspect = line.voiced & (level < near - _QUIETER_DB) & _around(source.voiced)
    starts = _stretches(suspect)
    if not len(starts):
        return None
    delay_ms = _delay_ms(audio, line.index, source.index, starts)
    if delay_ms is None:
        return None
    delayed = _delay(source.frames.level_dbfs, delay_ms)
    loud = delayed > np.median(source.frames.level_dbfs[source.voiced])
    usual, least = np.percentile(level[loud] - delayed[loud], (50, 25))
    if least > -_QUIETER_DB:
        return None
    spread_db = float(np.clip(2 * (usual - least), *_TOLERANCE_DB))
    return Leak(source.index, delay_ms, round(float(least), 1), round(spread_db, 1))


def without_leak(line: Line, source: Line, leak: Leak) -> Line:
    """``line`` without the speech that the leak explains."""
    tail = _maximum(_delay(source.frames.level_dbfs, leak.delay_ms), _TAIL, _LEAD)
    explained = line.frames.level_dbfs <= tail + leak.gain_db + leak.spread_db
    voiced = line.voiced.copy()
    for first, last in runs(line.voiced).tolist():
        own = ~explained[first:last]
        if own.all():
            continue
        voiced[first:last] = False
        if own.sum() >= max(_OWN, _OWN_SHARE * (last - first)):
            for start, end in runs(bridge(own, 250 // STEP_MS)).tolist():
                if end - start >= _OWN:
                    voiced[first + start : first + end] = True
    return replace(line, voiced=voiced)


def once(events: Sequence[Event], lines: Sequence[Line]) -> tuple[Event, ...]:
    """Events in order of time, one that is heard on several channels only where it is loudest.

    Two are the same when kind and key agree and one covers half of the other, up to 700 ms apart.
    """
    order = sorted(events, key=lambda event: -_loudness(event, lines))
    kept: list[Event] = []
    for event in order:
        if not any(_same(event, other) for other in kept):
            kept.append(event)
    return tuple(sorted(kept, key=lambda event: (event.start_ms, event.channel or 0)))


def copies(audio: Audio) -> tuple[int, ...]:
    """Channels that are a copy of an earlier one, but for their level and a codec's noise."""
    own: list[int] = []
    for index in range(audio.samples.shape[0]):
        if not any(_correlation(audio, index, other) > _MIX_CORRELATION for other in own):
            own.append(index)
    return tuple(index for index in range(audio.samples.shape[0]) if index not in own)


def _correlation(audio: Audio, index: int, other: int) -> float:
    """Correlation of two channels, -1 to 1; 0 where either is silent."""
    own = first = both = 0.0
    step = 60 * audio.rate_hz
    for start in range(0, audio.samples.shape[1], step):
        a = audio.samples[other, start : start + step].astype(np.float32)
        b = audio.samples[index, start : start + step].astype(np.float32)
        first, own, both = first + float(a @ a), own + float(b @ b), both + float(a @ b)
    return both / np.sqrt(first * own) if first and own else 0.0


def _stretches(suspect: Mask) -> list[int]:
    """First frames of stretches of half a second with the most suspect frames."""
    size = _STRETCH_MS // STEP_MS
    count = len(suspect) // size
    filled = suspect[: count * size].reshape(count, size).sum(axis=1)
    best = np.argsort(-filled, kind="stable")[:_STRETCHES]
    return [int(number) * size for number in best if filled[number] >= size // 5]


def _delay_ms(audio: Audio, index: int, source: int, starts: list[int]) -> int | None:
    """By how much the channel lags behind the source, None where they have nothing in common."""
    before, after = _LATEST_MS * RATE_HZ // 1000, -_EARLIEST_MS * RATE_HZ // 1000
    size = 1 << (before + after + _STRETCH_MS * RATE_HZ // 1000).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / RATE_HZ)
    band = (frequency >= _BAND_HZ[0]) & (frequency <= _BAND_HZ[1])
    total = np.zeros(size)
    for start in starts:
        at_ms = start * STEP_MS
        heard = np.fft.rfft(audio.clip(index, at_ms, at_ms + _STRETCH_MS, RATE_HZ), size)
        first_ms = at_ms - _LATEST_MS
        said = audio.clip(source, first_ms, at_ms + _STRETCH_MS - _EARLIEST_MS, RATE_HZ)
        said = np.pad(said, (max(0, -first_ms) * RATE_HZ // 1000, 0))
        cross = np.fft.rfft(said, size) * np.conj(heard)
        total += np.fft.irfft(np.where(band, cross / (np.abs(cross) + 1e-9), 0), size)
    lags = total[: before + after]
    peak = int(np.argmax(np.abs(lags)))
    deviation = float(np.median(np.abs(lags))) / 0.6745
    if abs(lags[peak]) < _DEVIATIONS * deviation:
        return None
    return round((before - peak) * 1000 / RATE_HZ)


def _near(level_dbfs: Floats) -> Floats:
    """The loudest level from which a leak might come at each frame."""
    return _maximum(level_dbfs, _LATEST_MS // STEP_MS, -_EARLIEST_MS // STEP_MS)


def _around(mask: Mask) -> Mask:
    return _near(mask.astype(np.float32)) > 0


def _maximum(track: Floats, before: int, after: int) -> Floats:
    """Maximum from ``before`` frames earlier to ``after`` frames later."""
    padded = np.pad(track, (before, after), constant_values=track.min(initial=0.0))
    width = before + after + 1
    best = padded.copy()
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        best[:-step] = np.maximum(best[:-step], best[step:])
        reach += step
    return best[: len(track)]


def _delay(track: Floats, delay_ms: int) -> Floats:
    """``track`` so much later, the lowest value where nothing is known."""
    shift = round(delay_ms / STEP_MS)
    moved = np.full_like(track, track.min(initial=0.0))
    if shift >= 0:
        moved[shift:] = track[: len(track) - shift]
    else:
        moved[:shift] = track[-shift:]
    return moved


def _loudness(event: Event, lines: Sequence[Line]) -> float:
    level = next(line for line in lines if line.index == event.channel).frames.level_dbfs
    part = level[event.start_ms // STEP_MS : -(-event.end_ms // STEP_MS)]
    return float(np.percentile(part, 90)) if len(part) else FLOOR_DBFS


def _same(event: Event, other: Event) -> bool:
    if event.channel == other.channel or event.kind != other.kind:
        return False
    if event.measures.get("key") != other.measures.get("key"):
        return False
    shared = min(event.end_ms, other.end_ms) - max(event.start_ms, other.start_ms)
    shorter = min(event.duration_ms, other.duration_ms)
    return shared >= shorter / 2 or (shared > -_SAME_MS and "key" in event.measures)
