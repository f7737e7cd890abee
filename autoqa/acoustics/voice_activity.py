"""Speech: where somebody talks, live or recorded; not music, tones or noise.

Definition
    Stretches of voiced frames. Pauses under 250 ms belong to the speech around them; what is
    shorter than 80 ms is no speech.
Two ears
    webrtcvad (30 ms frames, generous) says where anything happens; there Silero's model says
    whether it is speech, in windows of 32 ms. Silero is given an ordinary level, so that a quiet
    party is heard as well as a loud one. The edges come from the level: the first and last frame
    near Silero's that stands out of the noise and lies within 30 dB of the stretch's loud
    parts, which is where a vowel begins, not a breath.
Thresholds
    Silero 0.5 to begin and 0.35 to go on are its authors' defaults. A stretch whose best window
    reaches only 0.25 counts where it stands 10 dB out of the noise: a short 嗯 does.
    250 ms: longer than the closure of a stop, shorter than a pause for breath (Goldman-Eisler
    1968).
Example
    ``speech`` of a channel with one sentence from 1.2 to 3.4 s: ``[[120, 340]]``.
"""

from __future__ import annotations

import numpy as np

from autoqa.acoustics import silero
from autoqa.acoustics.frames import FLOOR_DBFS, STEP_MS, Floats, Frames, Mask
from autoqa.acoustics.loudness import noise_floor
from autoqa.acoustics.tracks import Indexes, bridge, moving_sum, runs, widen
from autoqa.audio import Audio

BEGIN, GO_ON = 0.5, 0.35
_FAINT, _FAINT_DB = 0.25, 10.0
_GAP, _SHORTEST = 250 // STEP_MS, 80 // STEP_MS
_REACH = 120 // STEP_MS
"""How far the level may move an edge outwards: three and a half of Silero's windows."""
_UNDER_LOUD_DB = 30.0
_OVER_NOISE_DB = 2.0, 6.0
_LOOK = 60_000 // STEP_MS
"""Longest stretch that is given to Silero at one level."""
_WARM_UP = 500 // STEP_MS
"""Silero hears half a second before a stretch, so that its memory has settled."""
_AFTER = 200 // STEP_MS
_ORDINARY_DBFS, _MAX_GAIN_DB = -20.0, 30.0


def probability(audio: Audio, channel: int, frames: Frames) -> Floats:
    """Silero's probability of speech for each frame, 0 where webrtcvad did not fire; shape (n,)."""
    track = np.zeros(len(frames), np.float32)
    audible = frames.active & (frames.level_dbfs > FLOOR_DBFS)
    for first, last in runs(bridge(widen(audible, _WARM_UP, _AFTER), _WARM_UP)):
        for start in range(int(first), int(last), _LOOK):
            end = min(start + _LOOK, int(last))
            before = start - min(_WARM_UP, start - int(first))
            samples = audio.clip(channel, before * STEP_MS, end * STEP_MS, silero.RATE_HZ)
            samples *= _gain(frames.level_dbfs[before:end])
            heard = silero.speech_probability(np.clip(samples, -1, 1))
            centres = (np.arange(start, end) - before) * STEP_MS + STEP_MS // 2
            track[start:end] = heard[np.minimum(centres // silero.WINDOW_MS, len(heard) - 1)]
    return track


def speech(level_dbfs: Floats, speech_probability: Floats) -> Indexes:
    """Runs of frames with speech, rows of (first, end); both tracks have shape (n,)."""
    mask = np.zeros(len(level_dbfs), np.bool_)
    floor = noise_floor(level_dbfs)
    level = _smooth(level_dbfs)
    found = runs(speech_probability >= _FAINT)
    for first, last in found:
        inside = slice(int(first), int(last))
        over = float(np.max(level[inside] - floor[inside]))
        if speech_probability[inside].max() < BEGIN and over < _FAINT_DB:
            continue
        wide = slice(max(0, int(first) - _REACH), int(last) + _REACH)
        mask[wide] |= _voiced(level[wide], floor[wide])
    return _tidy(mask)


def _voiced(level: Floats, floor: Floats) -> Mask:
    """Frames from the first to the last that is loud enough to be voiced; pauses left out."""
    loud = float(np.percentile(level, 90))
    over = np.clip((loud - floor) / 3, *_OVER_NOISE_DB)
    return np.asarray(level > np.maximum(floor + over, loud - _UNDER_LOUD_DB))


def _tidy(mask: Mask) -> Indexes:
    found = runs(bridge(mask, _GAP - 1))
    return found[found[:, 1] - found[:, 0] >= _SHORTEST]


def _smooth(level_dbfs: Floats) -> Floats:
    power = moving_sum((10 ** (level_dbfs / 10)).astype(np.float32), 3) / 3
    return np.asarray(10 * np.log10(np.maximum(power, 1e-10)), np.float32)


def _gain(level_dbfs: Floats) -> np.float32:
    loud = float(np.percentile(level_dbfs, 90))
    return np.float32(10 ** (min(max(_ORDINARY_DBFS - loud, 0.0), _MAX_GAIN_DB) / 20))
