"""Codecs of recorders: write a recording in one, or send samples through one and back."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from bench.signals import RATE_HZ, Samples


@dataclass(frozen=True, slots=True)
class Codec:
    """How to write a recording: by soundfile (``subtype``) or by PyAV (``encoder``)."""

    suffix: str
    subtype: str = ""
    encoder: str = ""
    container: str = ""
    bit_rate: int = 0
    rate_hz: int = RATE_HZ


CODECS = {
    "pcm": Codec(".wav", subtype="PCM_16"),
    "alaw": Codec(".wav", subtype="ALAW"),
    "ulaw": Codec(".wav", subtype="ULAW"),
    "gsm": Codec(".wav", subtype="GSM610"),  # one channel only
    "flac": Codec(".flac", subtype="PCM_16"),
    "mp3": Codec(".mp3", encoder="libmp3lame", container="mp3", bit_rate=24_000),
    "mp3-16k": Codec(".mp3", encoder="libmp3lame", container="mp3", bit_rate=16_000),
    "opus": Codec(".opus", encoder="libopus", container="ogg", bit_rate=24_000),
    "m4a": Codec(".m4a", encoder="aac", container="ipod", bit_rate=24_000),
    "amr": Codec(".amr", encoder="libopencore_amrnb", container="amr", bit_rate=12_200),
    "amr-7k": Codec(".amr", encoder="libopencore_amrnb", container="amr", bit_rate=7_400),
}


def encode(lines: Samples, codec: str) -> bytes:
    """Encode samples of shape (count, channels) at 8 kHz; a codec's own delay is taken out.

    A codec's delay is found by listening to what comes back, and as much is cut off at the front
    (line noise, since a call begins with some), so that times of the truth hold for the file.
    """
    data = _encode(lines, CODECS[codec])
    if CODECS[codec].subtype:
        return data
    delay = _delay(lines, decode(data))
    return data if delay <= 0 else _encode(lines[delay:], CODECS[codec])


def decode(data: bytes) -> Samples:
    """Decode what ``encode`` made, to (count, channels) at 8 kHz."""
    import av

    with av.open(io.BytesIO(data), "r") as container:
        stream: Any = container.streams.audio[0]
        resampler = av.AudioResampler("fltp", stream.layout, RATE_HZ)
        planes = [
            piece.to_ndarray()
            for frame in [*container.decode(stream), None]
            for piece in resampler.resample(frame)
        ]
    return np.concatenate(planes, axis=1).T.astype(np.float32)


def through(lines: Samples, codec: str) -> Samples:
    """Send each line by itself through a codec and back, in time and length with the original."""
    result = np.zeros_like(lines)
    for channel in range(lines.shape[1]):
        line = lines[:, channel : channel + 1]
        back = decode(encode(line, codec))[: len(lines), 0]
        result[: back.size, channel] = back
    return result


def write(path: Path, lines: Samples, codec: str) -> int:
    """Write a recording; returns its duration in ms as a decoder finds it."""
    data = encode(lines, codec)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return round(len(decode(data)) * 1000 / RATE_HZ)


def _encode(lines: Samples, codec: Codec) -> bytes:
    output = io.BytesIO()
    if codec.subtype:
        import soundfile

        kind = "FLAC" if codec.suffix == ".flac" else "WAV"
        soundfile.write(output, lines, codec.rate_hz, format=kind, subtype=codec.subtype)
        return output.getvalue()
    import av

    with av.open(output, "w", format=codec.container) as container:
        layout = "stereo" if lines.shape[1] == 2 else "mono"
        stream: Any = container.add_stream(codec.encoder, rate=codec.rate_hz, layout=layout)
        stream.bit_rate = codec.bit_rate
        pcm = np.clip(np.round(lines * 32767), -32768, 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = RATE_HZ
        frame.time_base = Fraction(1, RATE_HZ)
        frame.pts = 0
        for packet in stream.encode(frame):
            container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return output.getvalue()


def _delay(sent: Samples, received: Samples) -> int:
    """Find by how many samples ``received`` lags behind ``sent`` (0 to 0.5 s)."""
    from scipy.signal import fftconvolve

    count = min(len(sent), len(received))
    one, other = sent[:count].sum(axis=1), received[:count].sum(axis=1)
    likeness = fftconvolve(other, one[::-1])[count - 1 : count - 1 + RATE_HZ // 2]
    return int(np.argmax(likeness))
