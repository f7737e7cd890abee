"""A small copy of a stretch for a browser to play.

Opus in Ogg: Chromium, Edge and Firefox play it, and at 16 kbit/s speech stays clear (RFC 7587
recommends 16 to 20 kbit/s for wideband speech). Recorders' own codecs (GSM, ADPCM, AMR, G.72x)
no browser plays.
"""

from __future__ import annotations

import io

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from autoqa.audio.samples import Audio

_BIT_RATE = 16_000
_FRAME_S = 1
MIME = "audio/ogg"


def encode_clip(
    audio: Audio, start_ms: int, end_ms: int, channel: int | None = None
) -> tuple[bytes, str]:
    """The stretch [start_ms, end_ms) of all channels mixed, or of one, as (bytes, MIME type).

    About 2 kB a second. Voices keep their level: channels are added, and the clip is made quieter
    only where the sum would overdrive. An empty stretch gives a tenth of a second of silence, which
    players take better than nothing. The same stretch always gives the same bytes.
    """
    channels = range(audio.channel_count) if channel is None else [channel]
    lines = [audio.clip(one, start_ms, end_ms) for one in channels]
    mix = np.sum(lines, axis=0, dtype=np.float32)
    mix /= max(1.0, float(np.abs(mix).max(initial=0.0)))
    samples = np.rint(mix * 32767).astype(np.int16)
    if samples.size == 0:
        samples = np.zeros(audio.rate_hz // 10, np.int16)
    file = io.BytesIO()
    # Bit-exact: no random stream number and no version of the encoder in the file.
    with av.open(file, mode="w", format="ogg", container_options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("libopus", rate=audio.rate_hz)
        assert isinstance(stream, AudioStream)
        stream.layout = "mono"
        stream.bit_rate = _BIT_RATE
        # Effort 3 of 10: a night has tens of thousands of clips, and speech gains little from more.
        stream.options = {"application": "voip", "vbr": "on", "compression_level": "3"}
        step = audio.rate_hz * _FRAME_S
        for at in range(0, samples.size, step):
            frame = AudioFrame.from_ndarray(samples[None, at : at + step], "s16", "mono")
            frame.sample_rate = audio.rate_hz
            frame.pts = at
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return file.getvalue(), MIME
