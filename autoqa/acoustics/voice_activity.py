"""Speech: where somebody talks, live or recorded; not music, tones or noise.

Definition
    Stretches of voiced frames. Pauses under 250 ms belong to the speech around them; what is
    shorter than 80 ms is no speech.
Two ears
    webrtcvad (30 ms frames, generous) says where anything happens; there Silero's model says
    whether it is speech, in windows of 32 ms. It is given the channel at an even level, at which it
    hears beginnings soonest. The edges come from the level: the first and last frame near
    Silero's that stands out of the noise and lies within 30 dB of the stretch's loud parts,
    which is where a vowel begins, not a breath.
Thresholds
    Silero 0.5 (its authors' default) to be sure, 0.15 around that to belong to it: it needs up to
    0.4 s to be sure of a beginning. A stretch that reaches only 0.2 counts where it stands 10 dB
    out of the noise: a short 嗯 does. What lasts like a note is music, unless Silero is sure
    of it beyond 0.8. Speech stands 6 dB and twice the noise's own spread out of it,
    unless Silero has no doubt (0.9); among other people's talk without exception.
    250 ms: longer than the closure of a stop, shorter than a pause for breath (Goldman-Eisler
    1968).
Example
    ``speech`` of a channel with one sentence from 1.2 to 3.4 s: ``[[120, 340]]``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autoqa.acoustics import silero
from autoqa.acoustics.frames import STEP_MS, TONALITY_STEP_MS, Floats, Frames, Mask
from autoqa.acoustics.line import Line
from autoqa.acoustics.loudness import noise_floor, noise_spread
from autoqa.acoustics.melody import melody
from autoqa.acoustics.tracks import Indexes, bridge, moving_sum, runs, to_mask, widen
from autoqa.audio import Audio
from autoqa.types import Event

_BEYOND_DOUBT, _SURE, _BELONGS = 0.9, 0.5, 0.15
_CLEAR_DB, _FAINT, _FAINT_DB = 6.0, 0.2, 10.0
_TONAL, _TONAL_SURE, _TONAL_NOISE = 0.5, 0.8, 0.1
_MUSICAL, _LIKE_NOTES, _LIKE_NOTES_FAINT = 0.14, 0.2, 0.12
"""Tonality of music around a stretch, and of a stretch that is part of it. Words over music as
loud as themselves, or half as loud, have 0.04 to 0.12, what is only music 0.2 to 0.4."""
_NEIGHBOURHOOD, _LEAST_OTHERS = 2_000 // STEP_MS, 500 // STEP_MS
_BEFORE, _BEYOND = 100 // STEP_MS, 300 // STEP_MS
"""A note that begins like speech goes on like a note."""
_BABBLE_DB = 3.0
"""Noise that usually lies further over its floor is other people's talk. In any other, Silero
hears what is too faint for the level."""
_MOSTLY = 0.5
_SMOOTH, _SMOOTH_BABBLE = 30 // STEP_MS, 90 // STEP_MS
_IN_TONE = 0.6
_LATE = 60 // STEP_MS
"""So much after its end Silero is still sure of speech."""
_GAP, _SHORTEST = 250 // STEP_MS, 80 // STEP_MS
_REACH = 120 // STEP_MS
"""How far the level may move an edge outwards: three and a half of Silero's windows."""
_LONG_REACH, _BREAK = 450 // STEP_MS, 80 // STEP_MS
"""How far it may where the sound begins there, out of silence; and how short a silence is none."""
_UNDER_LOUD_DB = 30.0
_LOOK = 8_000 // STEP_MS
"""Longest stretch that Silero hears at once: then it begins anew. Its memory of half a minute of
music makes it deaf to the sentence after it; of eight seconds it does not."""
_WARM_UP, _AFTER = 500 // STEP_MS, 100 // STEP_MS
"""Silero hears so much before a stretch, so that its memory has settled."""
_EVEN_DBFS, _GAIN_DB = -30.0, (-20.0, 30.0)
_LINE_NOISE_DB = 3.0
"""Over its floor a line's noise hardly ever rises so far; under that is nothing to hear."""


def probability(audio: Audio, channel: int, frames: Frames) -> Floats:
    """Silero's probability of speech for each frame, 0 where webrtcvad heard none; shape (n,)."""
    track = np.zeros(len(frames), np.float32)
    stands_out = (
        _smooth(frames.level_dbfs, _SMOOTH) > noise_floor(frames.level_dbfs) + _LINE_NOISE_DB
    )
    audible = frames.active & stands_out
    gain = _gain(frames.level_dbfs[audible])
    for first, last in runs(bridge(widen(audible, _WARM_UP, _AFTER), _WARM_UP)).tolist():
        for start in range(first, last, _LOOK):
            end = min(start + _LOOK, last)
            before = max(first, start - _WARM_UP)
            samples = audio.clip(channel, before * STEP_MS, end * STEP_MS, silero.RATE_HZ)
            level = np.clip((samples - samples.mean()) * gain, -1, 1)
            heard = silero.speech_probability(level)
            centres = (np.arange(start, end) - before) * STEP_MS + STEP_MS // 2
            track[start:end] = heard[np.minimum(centres // silero.WINDOW_MS, len(heard) - 1)]
    return track


def speech(frames: Frames, speech_probability: Floats) -> Indexes:
    """Runs of frames with speech, rows of (first, end); ``speech_probability`` has shape (n,)."""
    floor = noise_floor(frames.level_dbfs)
    tonality = np.repeat(melody(frames), TONALITY_STEP_MS // STEP_MS)[: len(floor)]
    spread, babble = _noise(frames, floor, tonality)
    level = _smooth(frames.level_dbfs, _SMOOTH_BABBLE if babble else _SMOOTH)
    mask = np.zeros(len(level), np.bool_)
    for first, last in runs(speech_probability >= _BELONGS).tolist():
        inside = slice(first, last)
        best = float(speech_probability[inside].max())
        loud = float(np.percentile(level[inside], 90))
        over = loud - float(np.median(floor[inside]))
        least_over = max(2 * spread, _CLEAR_DB if best >= _SURE else _FAINT_DB)
        if best < _FAINT or (over < least_over and (babble or best < _BEYOND_DOUBT)):
            continue
        if best < _TONAL_SURE and _is_music(tonality, speech_probability, first, last):
            continue
        wide = slice(max(0, first - _LONG_REACH), last + _LONG_REACH)
        share, least, most = (0.6, 1.5, 2.0) if babble else (0.5, 1.0, 3.0)
        over_floor = np.clip(share * (loud - floor[wide]), least * spread, most * spread)
        voiced = level[wide] > np.maximum(floor[wide] + over_floor, loud - _UNDER_LOUD_DB)
        mask[wide] |= _near(voiced, first - wide.start, last - wide.start)
    if not babble:
        mask |= widen(speech_probability >= _SURE, 0, -_LATE)
    return _tidy(mask)


def _noise(frames: Frames, floor: Floats, tonality: Floats) -> tuple[float, bool]:
    """The spread of the noise, and whether it is other people's talk: Silero takes that for speech,
    so that only what is louder is somebody on the line."""
    second = 1000 // STEP_MS
    like_noise = moving_sum(tonality, second) / second < _TONAL_NOISE
    spread = noise_spread(frames.level_dbfs[like_noise], floor[like_noise])
    return spread, spread >= _BABBLE_DB and bool(like_noise.mean() >= _MOSTLY)


def _is_music(tonality: Floats, speech_probability: Floats, first: int, last: int) -> bool:
    """Whether a stretch that Silero half takes for speech lasts like a note, or a little less so
    among what does. Words over music break its notes."""
    if tonality[max(0, first - _BEFORE) : last + _BEYOND].mean() > _TONAL:
        return True
    inside = speech_probability[first:last]
    best = float(inside.max())
    own = float(tonality[first:last][inside >= best / 2].mean())
    near = slice(max(0, first - _NEIGHBOURHOOD), last + _NEIGHBOURHOOD)
    others = tonality[near][speech_probability[near] < _BELONGS]
    among_music = len(others) >= _LEAST_OTHERS and float(others.mean()) >= _MUSICAL
    return among_music and own > (_LIKE_NOTES if best >= _SURE else _LIKE_NOTES_FAINT)


def without_tones(line: Line, tones: tuple[Event, ...]) -> Line:
    """``line`` without stretches of speech that lie in a tone for most of their time."""
    covered = to_mask([tone.segment for tone in tones], len(line.voiced))
    voiced, audible = line.voiced.copy(), line.audible.copy()
    for mask in (voiced, audible):
        for first, last in runs(mask).tolist():
            if covered[first:last].mean() > _IN_TONE:
                mask[first:last] = False
    return replace(line, voiced=voiced, audible=audible)


def _near(loud: Mask, first: int, last: int) -> Mask:
    """``loud`` frames from ``first`` to ``last``, and before and after these what belongs to them:
    a little of any sound, more of a sound that has its edge there."""
    near = np.zeros_like(loud)
    near[max(0, first - _REACH) : last + _REACH] = True
    for start, end in runs(bridge(loud, _BREAK)).tolist():
        if start > 0 and start < first < end + _REACH:
            near[start:first] = True
        if end < len(loud) and start - _REACH < last < end:
            near[last:end] = True
    return loud & near


def _tidy(mask: Mask) -> Indexes:
    found = runs(bridge(mask, _GAP - 1))
    return found[found[:, 1] - found[:, 0] >= _SHORTEST]


def _smooth(level_dbfs: Floats, width: int) -> Floats:
    power = moving_sum((10 ** (level_dbfs / 10)).astype(np.float32), width) / width
    return np.asarray(10 * np.log10(np.maximum(power, 1e-10)), np.float32)


def _gain(level_dbfs: Floats) -> np.float32:
    """Factor that brings a channel's loud frames to an even level."""
    loud = float(np.percentile(level_dbfs, 90)) if len(level_dbfs) else _EVEN_DBFS
    return np.float32(10 ** (np.clip(_EVEN_DBFS - loud, *_GAIN_DB) / 20))
