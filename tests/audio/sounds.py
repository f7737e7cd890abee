"""Recordings of known sound, made on the spot.

A 440 Hz tone on the first channel, 1,000 Hz on the second, and so on.
"""

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from numpy.typing import NDArray

from autoqa.audio import Audio
from autoqa.settings import Settings

TONES_HZ = (440, 1000, 1600, 2200, 600, 800, 1200, 1400)
SETTINGS = Settings()
fuzz = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def tones(rate_hz: int, seconds: float, channels: int) -> NDArray[np.int16]:
    """Shape (channels, frames); a tone for each channel at 30 % of full scale."""
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    lines = [np.sin(2 * np.pi * tone_hz * time_s) for tone_hz in TONES_HZ[:channels]]
    return np.round(np.stack(lines) * 0.3 * 32767).astype(np.int16)


def packets(codec: Any, samples: NDArray[np.int16], rate_hz: int) -> Iterator[Any]:
    """What an encoder (a codec context or a stream) makes of samples."""
    layout = {1: "mono", 2: "stereo"}[samples.shape[0]]
    step = 960
    resampler = av.AudioResampler(format=codec.format, layout=layout, rate=rate_hz)
    for at in range(0, samples.shape[1], step):
        part = np.ascontiguousarray(samples[:, at : at + step].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, "s16", layout)
        frame.sample_rate, frame.pts = rate_hz, at
        for converted in resampler.resample(frame):
            yield from codec.encode(converted)
    yield from codec.encode(None)


def write(
    path: Path, codec: str, samples: NDArray[np.int16], rate_hz: int, bit_rate: int = 0
) -> Path:
    """A file in the container that its suffix names."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate_hz)
        stream.layout = {1: "mono", 2: "stereo"}[samples.shape[0]]
        if bit_rate:
            stream.bit_rate = bit_rate
        for packet in packets(stream, samples, rate_hz):
            container.mux(packet)
    return path


def write_wav(path: Path, samples: NDArray[np.int16], rate_hz: int = 8000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.ascontiguousarray(samples.T).tobytes())
    return path


def write_raw(path: Path, codec: str, samples: NDArray[np.int16], rate_hz: int) -> Path:
    context: Any = av.CodecContext.create(codec, "w")
    context.sample_rate, context.time_base = rate_hz, Fraction(1, rate_hz)
    context.layout = {1: "mono", 2: "stereo"}[samples.shape[0]]
    context.format = context.codec.audio_formats[0]
    if codec.startswith("g726"):
        context.bit_rate = 32000
    path.write_bytes(b"".join(bytes(each) for each in packets(context, samples, rate_hz)))
    return path


def heard_hz(audio: Audio, start_ms: int = 1000, end_ms: int = 2000) -> list[int]:
    """The loudest frequency of each channel."""
    spectra = [
        np.abs(np.fft.rfft(clip * np.hanning(clip.size)))
        for clip in (audio.clip(each, start_ms, end_ms) for each in range(audio.channel_count))
    ]
    return [round(int(np.argmax(each)) * audio.rate_hz / (2 * (each.size - 1))) for each in spectra]
