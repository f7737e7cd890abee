"""What one channel's samples show: every 10 ms levels, the strongest partial, the two bands of the
keypad and webrtcvad's opinion; every 60 ms how long partials last.

Computed once a channel, block by block, and read by every detector. Analysis runs at 8 kHz, the
telephone's rate. Six hours of one channel take 80 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import webrtcvad
from scipy import fft

from autoqa.audio import Audio

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

RATE_HZ = 8_000
STEP_MS = 10
"""One frame of every track but ``tonality``, ``sustain`` and ``drone``."""
TONALITY_STEP_MS = 60
FLOOR_DBFS = -100.0
"""Level of digital silence."""
ROW_BAND_HZ = (620.0, 1_020.0)
COLUMN_BAND_HZ = (1_130.0, 1_720.0)
"""Bands of the keypad's low and high tones (ITU-T Q.23) with a margin."""

_STEP = RATE_HZ * STEP_MS // 1000
_WINDOW = 256
"""32 ms: as long as tells the rows of the keypad apart (73 Hz), shorter than a key (40 ms)."""
_LONG_STEP = RATE_HZ * TONALITY_STEP_MS // 1000
_LONG_WINDOW = 1024
"""128 ms: tells neighbouring semitones apart above 130 Hz."""
_TONALITY_LAG, _SUSTAIN_LAG, _DRONE_LAG = 2, 4, 24
"""A note outlasts 120 ms, the pitch of a voice does not. Nor does it last 240 ms where a codec of
blocks (at 8 kHz AAC codes 128 ms at once, MP3 72 ms) makes anything last 120. What is as alike
after 1.44 s is a hum, or a codec's filter, but no melody."""
DRONE_REACH = _DRONE_LAG // 2
"""So many frames of 60 ms to either side does ``drone`` look."""
_LONG_TRACKS = frozenset({"tonality", "sustain", "drone"})
_BLOCK = 60 * RATE_HZ
_MARGIN = RATE_HZ
_VAD_STEP = 30 * RATE_HZ // 1000
_VAD_MODE = 1
"""webrtcvad's second most generous mode; it only chooses what Silero's model looks at."""
_QUIET_DBFS, _LOUD_DBFS, _MAX_GAIN_DB = -35.0, -25.0, 30.0
"""A block whose loud parts lie under the first is raised to the second for webrtcvad, whose
thresholds were trained on ordinary levels."""
_SURELY_LOUD_DBFS = -45.0
_LOWEST_HZ, _HIGHEST_HZ = 150.0, 3_500.0
"""Mains hum lies below, the telephone's filter ends above."""
_ENVELOPE_BINS = 41
"""320 Hz: wider than the distance of a voice's harmonics, so that subtracting the mean over it
leaves partials and takes away formants and the line's own colour."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Tracks of one channel: ``n`` frames of 10 ms, ``m`` of 60 ms; the last one may be cut.

    ``level_dbfs`` (n,): root mean square of the frame re full scale, -100 to 0.
    ``active`` (n,): webrtcvad fired.
    ``peak_hz``, ``peak_share`` (n,): the strongest partial and its share of the energy, 0 to 1.
    ``row_hz``, ``column_hz`` (n,): the strongest partials of the keypad's two bands.
    ``key_share`` (n,): share of the energy that is in these two, 0 to 1.
    ``key_purity`` (n,): share of its band's energy that a partial holds, of the less pure one.
    ``twist_db`` (n,): level of the column's partial less the row's.
    ``tonality`` (m,): correlation of the fine spectrum with itself 120 ms apart, -1 to 1.
    ``sustain``, ``drone`` (m,): the same 240 ms and 1.44 s apart.
    """

    level_dbfs: Floats
    active: Mask
    peak_hz: Floats
    peak_share: Floats
    row_hz: Floats
    column_hz: Floats
    key_share: Floats
    key_purity: Floats
    twist_db: Floats
    tonality: Floats
    sustain: Floats
    drone: Floats

    def __len__(self) -> int:
        return len(self.level_dbfs)


def measure(audio: Audio, channel: int) -> Frames:
    """The tracks of one channel; all of length 0 for an empty recording."""
    vad = webrtcvad.Vad(_VAD_MODE)
    blocks = [_measure_block(block, vad) for block in _blocks(audio, channel)]
    if not blocks:
        empty = np.zeros(0, np.float32)
        return Frames(empty, np.zeros(0, np.bool_), *[empty] * 10)
    count = -(-audio.duration_ms // STEP_MS)
    long_count = -(-audio.duration_ms // TONALITY_STEP_MS)
    tracks = {}
    for item in fields(Frames):
        joined = np.concatenate([block[item.name] for block in blocks])
        tracks[item.name] = joined[: long_count if item.name in _LONG_TRACKS else count]
    return Frames(**tracks)


def _blocks(audio: Audio, channel: int) -> Iterator[Floats]:
    """Blocks of a minute (the last padded to a whole number of 60 ms) with a second around each."""
    for start_ms in range(0, audio.duration_ms, _BLOCK * 1000 // RATE_HZ):
        first_ms = start_ms - _MARGIN * 1000 // RATE_HZ
        end_ms = start_ms + (_BLOCK + _MARGIN) * 1000 // RATE_HZ
        samples = audio.clip(channel, max(0, first_ms), min(end_ms, audio.duration_ms), RATE_HZ)
        samples -= samples.mean()  # an offset is a fault of the recorder, no sound
        before = _MARGIN if first_ms < 0 else 0
        body = min(_BLOCK, len(samples) + before - _MARGIN)
        padded = -(-body // _LONG_STEP) * _LONG_STEP + 2 * _MARGIN
        block = np.zeros(padded, np.float32)
        samples = samples[: padded - before]
        block[before : before + len(samples)] = samples
        yield block


def _measure_block(block: Floats, vad: webrtcvad.Vad) -> dict[str, Floats | Mask]:
    body = block[_MARGIN:-_MARGIN]
    cells = body.reshape(-1, _STEP)
    power = np.einsum("ij,ij->i", cells, cells) / np.float32(_STEP)
    level = np.maximum(10 * np.log10(power + 1e-12), FLOOR_DBFS).astype(np.float32)
    return {
        "level_dbfs": level,
        "active": _active(body, level, vad),
        **_partials(block, level),
        **_tonality(block),
    }


def _active(body: Floats, level_dbfs: Floats, vad: webrtcvad.Vad) -> Mask:
    loud = float(np.percentile(level_dbfs, 95))
    gain_db = min(_LOUD_DBFS - loud, _MAX_GAIN_DB) if FLOOR_DBFS < loud < _QUIET_DBFS else 0.0
    raised = np.clip(body * np.float32(32768 * 10 ** (gain_db / 20)), -32768, 32767)
    data = raised.astype(np.int16).tobytes()
    size = 2 * _VAD_STEP
    fired = [
        vad.is_speech(data[at : at + size], RATE_HZ) for at in range(0, len(data) - size + 1, size)
    ]
    return np.repeat(np.array(fired, np.bool_), _VAD_STEP // _STEP)


def _partials(block: Floats, level_dbfs: Floats) -> dict[str, Floats]:
    """The tracks of partials; 0 in frames no louder than the noise, where no tone can be."""
    first = _MARGIN - (_WINDOW - _STEP) // 2
    quiet_dbfs = min(float(np.percentile(level_dbfs, 20)) + 3, _SURELY_LOUD_DBFS)
    loud = np.flatnonzero(level_dbfs > quiet_dbfs)
    windows = np.lib.stride_tricks.sliding_window_view(block[first:], _WINDOW)[::_STEP][loud]
    taper = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    spectrum = fft.rfft(windows * taper, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    total = power[:, _bin(_LOWEST_HZ) :].sum(axis=1) + np.float32(1e-9)
    peak_hz, peak, _ = _strongest(power, _LOWEST_HZ, _HIGHEST_HZ)
    row_hz, row, row_purity = _strongest(power, *ROW_BAND_HZ)
    column_hz, column, column_purity = _strongest(power, *COLUMN_BAND_HZ)
    found = {
        "peak_hz": peak_hz,
        "peak_share": np.minimum(peak / total, 1),
        "row_hz": row_hz,
        "column_hz": column_hz,
        "key_share": np.minimum((row + column) / total, 1),
        "key_purity": np.minimum(row_purity, column_purity),
        "twist_db": 10 * np.log10((column + 1e-12) / (row + 1e-12)),
    }
    tracks = {name: np.zeros(len(level_dbfs), np.float32) for name in found}
    for name, values in found.items():
        tracks[name][loud] = values
    return tracks


def _strongest(power: Floats, low_hz: float, high_hz: float) -> tuple[Floats, Floats, Floats]:
    """Frequency and energy of the strongest partial of a band, and its share of the band.

    A sine spreads over four bins of the Hann window at most; the frequency between two bins follows
    from the ratio of their amplitudes, exactly so for a lone sine.
    """
    low, high = _bin(low_hz), _bin(high_hz) + 1
    rows = np.arange(len(power))
    at = low + np.argmax(power[:, low:high], axis=1)
    left, middle, right = power[rows, at - 1], power[rows, at], power[rows, at + 1]
    side = np.sqrt(np.maximum(left, right) / (middle + 1e-12))
    shift = np.where(right >= left, 1, -1) * (2 * side - 1) / (side + 1)
    frequency = (at + np.clip(shift, -0.5, 0.5)) * (RATE_HZ / _WINDOW)
    energy = left + middle + right
    band = power[:, low - 1 : high + 1].sum(axis=1) + np.float32(1e-12)
    return frequency.astype(np.float32), energy, np.minimum(energy / band, 1).astype(np.float32)


def _tonality(block: Floats) -> dict[str, Floats]:
    count = (len(block) - 2 * _MARGIN) // _LONG_STEP
    around = _MARGIN // _LONG_STEP
    first = _MARGIN - around * _LONG_STEP - (_LONG_WINDOW - _LONG_STEP) // 2
    padded = np.pad(block, (max(0, -first), _LONG_WINDOW))[max(0, first) :]
    windows = np.lib.stride_tricks.sliding_window_view(padded, _LONG_WINDOW)[::_LONG_STEP]
    windows = windows[: count + 2 * around]
    taper = np.hanning(_LONG_WINDOW + 1)[:-1].astype(np.float32)
    spectrum = np.abs(fft.rfft(windows * taper, axis=1))
    width = _LONG_WINDOW / RATE_HZ
    fine = np.log10(spectrum[:, int(_LOWEST_HZ * width) : int(_HIGHEST_HZ * width)] + 1e-4)
    fine = (fine - _running_mean(fine, _ENVELOPE_BINS)).astype(np.float32)
    norm = np.sqrt(np.einsum("ij,ij->i", fine, fine)) + np.float32(1e-3)
    fine /= norm[:, np.newaxis]
    return {
        "tonality": _self_similarity(fine, _TONALITY_LAG, around, count),
        "sustain": _self_similarity(fine, _SUSTAIN_LAG, around, count),
        "drone": _self_similarity(fine, _DRONE_LAG, around, count),
    }


def _self_similarity(fine: Floats, lag: int, around: int, count: int) -> Floats:
    early = fine[around - lag // 2 :][:count]
    late = fine[around + lag // 2 :][:count]
    return np.asarray(np.einsum("ij,ij->i", early, late), np.float32)


def _running_mean(rows: npt.NDArray[np.floating], width: int) -> npt.NDArray[np.floating]:
    """Mean over ``width`` neighbours along each row, the edge value continued."""
    half = width // 2
    padded = np.pad(rows, ((0, 0), (half + 1, half)), mode="edge")
    total = np.cumsum(padded, axis=1, dtype=np.float64)
    return np.asarray((total[:, width:] - total[:, :-width]) / width)


def _bin(frequency_hz: float) -> int:
    return round(frequency_hz * _WINDOW / RATE_HZ)
