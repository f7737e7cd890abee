"""From a layout to a recording: two lines, their noise and crosstalk, and what befalls them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench import codecs, signals
from bench.layout import EDGE_MS, Layout
from bench.signals import RATE_HZ, SAMPLES_PER_MS, Samples

LINES = ("agent", "customer")
TELEPHONE_BAND_HZ = (300, 3400)  # ITU-T G.712
LOSS_FRAME_MS, LOSS_BURST = 20, 1.6  # a packet, and how many are lost in a row on average


@dataclass(frozen=True, slots=True)
class Condition:
    """What happens to a recording.

    ``noise`` is pink, babble, street or car, ``snr_db`` below the speech of each line; ``codec`` is
    one that both lines pass through; ``loss`` is the share of packets that never arrive.
    """

    name: str
    noise: str = ""
    snr_db: float = 0.0
    codec: str = ""
    file_codec: str = "pcm"
    loss: float = 0.0
    mono: bool = False
    swapped: bool = False
    crosstalk_db: float | None = None
    speed: float = 1.0
    real_music: bool = False
    turn_voices: int = 0


def mix(
    layout: Layout,
    condition: Condition,
    talkers: Callable[[], Sequence[Samples]] = lambda: (),
) -> Samples:
    """Render (count, 2) float32 samples at 8 kHz: agent, customer; or (count, 1) when mono.

    ``talkers`` gives the voices that babble is made of.
    """
    random = np.random.default_rng((layout.script.seed, sum(condition.name.encode())))
    count = layout.duration_ms * SAMPLES_PER_MS
    clean = band_limit(_sum(layout, count)) * _gains(layout)
    crosstalk_db = float(random.uniform(-45, -36))
    if condition.crosstalk_db is not None:
        crosstalk_db = condition.crosstalk_db
    lines = clean + clean[:, ::-1] * 10 ** (crosstalk_db / 20)
    lines = lines + _line_noise(count, random)
    if condition.noise:
        lines = lines + _noise(clean, condition, talkers, random)
    for start_ms, end_ms in dead_line(layout):
        lines[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS] = 0
    if condition.loss:
        lines = lose_packets(lines, condition.loss, random)
    lines = np.clip(lines, -0.99, 0.99).astype(np.float32)
    if condition.codec:
        lines = codecs.through(lines, condition.codec)
    if condition.mono:
        lines = np.clip(lines.sum(axis=1, keepdims=True), -0.99, 0.99)
    return lines[:, ::-1] if condition.swapped else lines


def channel_roles(condition: Condition) -> list[str]:
    if condition.mono:
        return ["mixed"]
    return ["customer", "agent"] if condition.swapped else ["agent", "customer"]


def band_limit(lines: Samples) -> Samples:
    """Keep the telephone band, without delay."""
    from scipy.signal import butter, sosfiltfilt

    filters = butter(4, TELEPHONE_BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")
    return np.asarray(sosfiltfilt(filters, lines, axis=0), dtype=np.float32)


def dead_line(layout: Layout) -> list[tuple[int, int]]:
    """Return where the line itself is dead: digital silence on both channels."""
    return [
        (sound.start_ms + EDGE_MS, sound.end_ms - EDGE_MS)
        for sound in layout.sounds
        if sound.kind == "pause" and sound.item and sound.item.cause == "line_dead"
    ]


def lose_packets(lines: Samples, share: float, random: np.random.Generator) -> Samples:
    """Lose packets of 20 ms in short bursts; the last one heard is repeated and fades."""
    step = LOSS_FRAME_MS * SAMPLES_PER_MS
    result = lines.copy()
    enter, leave = share / (1 - share) / LOSS_BURST, 1 / LOSS_BURST
    for channel in range(lines.shape[1]):
        lost = 0
        for start in range(step, len(lines) - step, step):
            goes_on = random.random() < (1 - leave if lost else enter)
            lost = lost + 1 if goes_on else 0
            if lost:
                before = result[start - step : start, channel]
                result[start : start + step, channel] = before * (0.7 if lost < 3 else 0.0)
    return result


def _sum(layout: Layout, count: int) -> Samples:
    lines = np.zeros((count, 2), dtype=np.float32)
    for line, start_ms, samples in layout.audio:
        start = start_ms * SAMPLES_PER_MS
        part = samples[max(0, -start) :]
        start = max(0, start)
        part = part[: count - start]
        lines[start : start + part.size, LINES.index(line)] += part
    return lines


def _gains(layout: Layout) -> Samples:
    """Every call has levels of its own: 5 dB either way for each line."""
    random = np.random.default_rng((layout.script.seed, 1))
    return np.asarray(10 ** (random.uniform((-5, -6), (2, 3)) / 20), dtype=np.float32)


def _line_noise(count: int, random: np.random.Generator) -> Samples:
    noise = [
        signals.level(signals.pink_noise(count, random), float(random.uniform(-68, -58)))
        for _ in LINES
    ]
    return np.stack(noise, axis=1)


def _noise(
    clean: Samples,
    condition: Condition,
    talkers: Callable[[], Sequence[Samples]],
    random: np.random.Generator,
) -> Samples:
    noises = []
    for channel in range(2):
        if condition.noise == "babble":
            noise = signals.babble(talkers(), len(clean), random)
        elif condition.noise == "street":
            noise = signals.street_noise(len(clean), random)
        elif condition.noise == "car":
            noise = signals.car_noise(len(clean), random)
        else:
            noise = signals.pink_noise(len(clean), random)
        loud = band_limit(noise[:, np.newaxis])[:, 0]
        noises.append(signals.level(loud, speech_level(clean[:, channel]) - condition.snr_db))
    return np.stack(noises, axis=1)


def speech_level(line: Samples) -> float:
    """Return the level in dBFS of the active parts of a clean line (frames within 25 dB of its
    95th percentile), which is what a signal-to-noise ratio refers to."""
    step = 20 * SAMPLES_PER_MS
    frames = line[: line.size // step * step].reshape(-1, step).astype(np.float64)
    power = np.mean(np.square(frames), axis=1)
    if not power.size or power.max() == 0:
        return -23.0
    heard = power[power > 1e-8]
    reference = np.percentile(heard if heard.size else power, 95)
    return float(10 * np.log10(np.mean(power[power > reference / 10**2.5])))
