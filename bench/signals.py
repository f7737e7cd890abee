"""Sounds of a telephone line that are not speech: tones, keys, music, noise, a keyboard.

Every function returns float32 samples at 8 kHz.  Whatever is random draws from the generator given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE_HZ = 8000
SAMPLES_PER_MS = RATE_HZ // 1000
RING_HZ, RING_ON_MS, RING_OFF_MS = 450.0, 1000, 4000  # GB/T 3380-1982, China
BUSY_ON_MS, BUSY_OFF_MS = 350, 350
KEY_ROWS_HZ, KEY_COLUMNS_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)  # ITU-T Q.23
KEY_SIGNS = "123A456B789C*0#D"
TIMBRES = ("pluck", "organ", "bell", "pad", "flute", "fiddle")
VIBRATO_HZ = 5.5


def silence(duration_ms: int) -> Samples:
    return np.zeros(duration_ms * SAMPLES_PER_MS, dtype=np.float32)


def level(samples: Samples, dbfs: float) -> Samples:
    """Scale to a root mean square of ``dbfs`` (a full-scale square wave is 0); silence stays."""
    rms = math.sqrt(float(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
    return samples if rms == 0 else (samples * (10 ** (dbfs / 20) / rms)).astype(np.float32)


def tone(frequencies_hz: Sequence[float], duration_ms: int) -> Samples:
    """Mix sines with 3 ms ramps at either end, so that switching makes no click."""
    time = np.arange(duration_ms * SAMPLES_PER_MS) / RATE_HZ
    mixed = sum(np.sin(2 * np.pi * frequency * time) for frequency in frequencies_hz)
    ramp = np.minimum(1, np.minimum(time, time[::-1]) / 0.003)
    return np.asarray(mixed * ramp / len(frequencies_hz), dtype=np.float32)


def ringing(bursts: int) -> Samples:
    """Ring back ``bursts`` times: 450 Hz, 1 s on, 4 s off; ends with the last burst."""
    burst = level(tone((RING_HZ,), RING_ON_MS), -21)
    parts = [part for _ in range(bursts) for part in (burst, silence(RING_OFF_MS))]
    return np.concatenate(parts[:-1])


def busy(duration_ms: int) -> Samples:
    """Busy tone: 450 Hz, 0.35 s on, 0.35 s off."""
    period = np.concatenate([level(tone((RING_HZ,), BUSY_ON_MS), -21), silence(BUSY_OFF_MS)])
    repeated = np.tile(period, math.ceil(duration_ms / (BUSY_ON_MS + BUSY_OFF_MS)))
    return repeated[: duration_ms * SAMPLES_PER_MS]


def key_press(key: str, duration_ms: int) -> Samples:
    """Two tones of one telephone key (one of ``123A456B789C*0#D``)."""
    row, column = divmod(KEY_SIGNS.index(key), 4)
    return level(tone((KEY_ROWS_HZ[row], KEY_COLUMNS_HZ[column]), duration_ms), -17)


def typing(duration_ms: int, random: np.random.Generator) -> Samples:
    """A keyboard beside the microphone: short clicks, five or so a second, with lulls."""
    track = silence(duration_ms)
    position = 0.0
    while True:
        position += float(random.exponential(0.17)) + 0.06
        start = int(position * RATE_HZ)
        if start + 240 >= track.size:
            return level(track, -44)
        decay = np.exp(-np.arange(240) / random.uniform(12, 40))
        track[start : start + 240] += (random.normal(0, 1, 240) * decay).astype(np.float32)


def pink_noise(count: int, random: np.random.Generator, slope: float = 0.5) -> Samples:
    """Noise whose power falls by 1/f to the power ``2 * slope`` (0.5: pink, 1: brown)."""
    spectrum = np.fft.rfft(random.normal(0, 1, count))
    bins = np.arange(spectrum.size, dtype=np.float64)
    bins[0] = 1
    spectrum /= np.maximum(bins, count * 60 / RATE_HZ) ** slope
    return level(np.fft.irfft(spectrum, count).astype(np.float32), -20)


def street_noise(count: int, random: np.random.Generator) -> Samples:
    """Passing traffic: brown noise that swells and fades, with now and then a horn."""
    time = np.arange(count) / RATE_HZ
    rolling = pink_noise(count, random, slope=0.8).astype(np.float64)
    hiss = pink_noise(count, random, slope=0.2).astype(np.float64)
    swell = 0.45 + sum(
        np.exp(-(((time - random.uniform(0, time[-1] + 1)) / random.uniform(1, 3)) ** 2))
        for _ in range(max(1, count // (6 * RATE_HZ)))
    )
    noise = rolling * swell + 0.4 * hiss * swell**2
    for _ in range(count // (25 * RATE_HZ)):
        horn = tone((370.0, 466.0, 740.0), int(random.integers(200, 500)))
        start = int(random.integers(0, max(1, count - horn.size)))
        noise[start : start + horn.size] += 0.12 * horn[: count - start]
    return level(noise.astype(np.float32), -20)


def car_noise(count: int, random: np.random.Generator) -> Samples:
    """Inside a moving car: tyres and wind, an engine that changes its speed, an indicator."""
    time = np.arange(count) / RATE_HZ
    rolling = pink_noise(count, random, slope=1.0) + 0.5 * pink_noise(count, random, slope=0.3)
    turns = 2 * np.pi * float(random.uniform(0.02, 0.05)) * time + float(random.uniform(0, 6))
    firing = 2 * np.pi * np.cumsum(70 + 20 * np.sin(turns)) / RATE_HZ
    engine = sum(np.sin(n * firing + n * n) / n for n in range(1, 13))
    noise = rolling + 0.03 * np.asarray(engine)
    indicator = (time % 20 < 4) * (time % 0.35 < 0.008)
    return level((noise + 0.1 * indicator * random.normal(0, 1, count)).astype(np.float32), -20)


def babble(voices: Sequence[Samples], count: int, random: np.random.Generator) -> Samples:
    """Many talkers at once: each voice loops from a place of its own, at a level of its own."""
    total = np.zeros(count, dtype=np.float64)
    for voice in voices:
        looped = np.tile(voice, count // voice.size + 2)
        start = int(random.integers(0, voice.size))
        total += level(looped[start : start + count], -20 + float(random.uniform(-3, 3)))
    return level(total.astype(np.float32), -20)


def tune(duration_ms: int, random: np.random.Generator, timbre: str) -> Samples:
    """Invent hold music: a four-chord progression with a melody over it, in one of ``TIMBRES``."""
    beat_ms = int(random.integers(260, 480))
    root = 220.0 * 2 ** (int(random.integers(-3, 6)) / 12)
    progression = [(0, 4, 7), (-3, 0, 4), (-7, -3, 0), (-5, -1, 2)]
    random.shuffle(progression)
    scale = (0, 2, 4, 7, 9, 12, 14, 16)
    track = np.zeros((duration_ms + 4000) * SAMPLES_PER_MS, dtype=np.float64)
    place = int(random.integers(2, 6))
    for beat, start_ms in enumerate(range(0, duration_ms, beat_ms)):
        start = start_ms * SAMPLES_PER_MS
        if beat % 4 == 0:
            for step in progression[beat // 4 % 4]:
                note = _note(root * 2 ** (step / 12), beat_ms * 4, timbre, random)
                track[start : start + note.size] += 0.5 * note
        if random.random() < 0.8:
            place = int(np.clip(place + random.integers(-2, 3), 0, len(scale) - 1))
            length = beat_ms * int(random.choice((1, 1, 2)))
            note = _note(2 * root * 2 ** (scale[place] / 12), length, timbre, random)
            track[start : start + note.size] += note
    return level(track[: duration_ms * SAMPLES_PER_MS].astype(np.float32), -20)


def _note(
    pitch_hz: float, duration_ms: int, timbre: str, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    seconds = duration_ms / 1000 + (0.8 if timbre in ("pluck", "bell") else 0.1)
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * pitch_hz * time
    release = np.minimum(1, (seconds - time) / 0.06)
    if timbre == "pluck":
        partials = sum(np.sin(n * phase) * np.exp(-2.2 * n * time) / n for n in range(1, 7))
        return np.asarray(partials * release)
    if timbre == "bell":
        ringing_down = np.exp(-2.5 * time)
        return np.asarray(np.sin(phase + 2.5 * ringing_down * np.sin(3.5 * phase)) * ringing_down)
    if timbre in ("flute", "fiddle"):
        swell = np.minimum(1, time / 0.06)
        wavering = phase + pitch_hz * 0.008 / VIBRATO_HZ * np.sin(2 * np.pi * VIBRATO_HZ * time)
        last, fall = (3, 2.0) if timbre == "flute" else (9, 1.0)
        partials = sum(np.sin(n * wavering) / n**fall for n in range(1, last + 1))
        return np.asarray((partials + random.normal(0, 0.03, time.size)) * swell * release)
    attack = np.minimum(1, time / (0.02 if timbre == "organ" else 0.25))
    if timbre == "organ":
        partials = sum(np.sin(n * phase) * share for n, share in ((1, 1.0), (2, 0.6), (4, 0.3)))
        return np.asarray(0.6 * partials * attack * release)
    detuned = sum(
        np.sin(n * phase * (1 + float(random.normal(0, 0.002)))) / n for n in (1, 1, 1, 2, 3, 5)
    )
    return np.asarray(0.4 * detuned * attack * release)
