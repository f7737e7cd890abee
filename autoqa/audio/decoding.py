"""The decoding loop: packets in, 16-bit blocks at the target rate out, whatever is damaged."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
import soxr
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from autoqa.audio.container import Opened
from autoqa.audio.samples import FULL_SCALE
from autoqa.types import Segment

_BLOCK_FRAMES = 1 << 20
_CHUNK_S = 1
"""Frames are gathered to chunks of this length: a codec's own are as short as 20 ms."""
_GAP_S = 0.06
"""A jump of the time stamps by more than this, the longest frame of a telephone codec, is a gap."""
_LIVE_S = 60.0
"""The longest gap that is filled in a file that does not say how long it is."""
_SILENCE_UNSENT = "matroska"
"""Where a gap is no loss: WebRTC recorders leave out what was silent."""
_DTYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}


class Blocks:
    """Grows by blocks, so that six hours never lie in memory twice.

    Blocks are int16, shape (channels, up to 2^20 frames).
    """

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.frames = 0
        self._blocks: deque[NDArray[np.int16]] = deque()

    def append(self, samples: NDArray[np.float32]) -> None:
        """Add samples in [-1, 1], shape (channels, n)."""
        scaled = np.clip(np.rint(samples * np.float32(FULL_SCALE)), -32768, 32767)
        while scaled.shape[1]:
            used = self.frames % _BLOCK_FRAMES
            if used == 0:
                self._blocks.append(np.empty((self.channels, _BLOCK_FRAMES), np.int16))
            part = scaled[:, : _BLOCK_FRAMES - used]
            self._blocks[-1][:, used : used + part.shape[1]] = part
            self.frames += part.shape[1]
            scaled = scaled[:, part.shape[1] :]

    def move_into(self, target: NDArray[np.int16]) -> None:
        """Fill ``target``, shape (channels, at least frames), and let each block go."""
        at = 0
        while self._blocks:
            block = self._blocks.popleft()[:, : self.frames - at]
            target[:, at : at + block.shape[1]] = block
            at += block.shape[1]
        target[:, at:] = 0


@dataclass(frozen=True, slots=True)
class _Format:
    """What a frame holds; it may change in mid-file (joined recordings, HE-AAC)."""

    rate_hz: int
    channels: int
    sample: str

    @classmethod
    def of(cls, frame: AudioFrame) -> _Format:
        return cls(frame.sample_rate, frame.layout.nb_channels, frame.format.name)

    @property
    def is_usable(self) -> bool:
        return self.rate_hz > 0 and self.channels > 0 and self.sample.rstrip("p") in _DTYPES

    def join(self, frames: list[AudioFrame]) -> NDArray[np.float32]:
        """The samples of frames of this format in [-1, 1], shape (channels, n)."""
        dtype = np.dtype(_DTYPES[self.sample.rstrip("p")])
        is_planar = self.sample.endswith("p")
        width = 1 if is_planar else self.channels
        lines = [
            np.concatenate(
                [
                    # PyAV's planes are buffers, which its type stubs do not say.
                    np.frombuffer(memoryview(each.planes[line]), dtype, each.samples * width)
                    for each in frames
                ]
            )
            for line in range(self.channels if is_planar else 1)
        ]
        samples = np.stack(lines) if is_planar else lines[0].reshape(-1, self.channels).T
        if dtype.kind == "f":
            finite: NDArray[Any] = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
            return finite.clip(-1.0, 1.0).astype(np.float32)
        if dtype.kind == "u":
            return (samples.astype(np.float32) - np.float32(128)) / np.float32(128)
        return samples.astype(np.float32) * np.float32(0.5 ** (8 * dtype.itemsize - 1))


class Decoder:
    """Decodes the first audio stream of an open recording to ``blocks``.

    ``mixed``: the channels are averaged to one. ``damaged`` and ``blocks`` grow while ``chunks`` is
    consumed.
    """

    def __init__(self, opened: Opened, target_hz: int, *, mixed: bool = False) -> None:
        self.damaged: list[Segment] = []
        self.channels = 0
        self.blocks = Blocks(1)
        self._opened = opened
        self._target_hz = target_hz
        self._mixed = mixed
        self._resampler: soxr.ResampleStream | None = None
        self._format = _Format(0, 0, "")
        self._tick_s = 0.0
        self._chunk: list[AudioFrame] = []
        self._chunk_frames = 0
        self._read_s = 0.0
        self._origin_s: float | None = None
        self._lost = False

    @property
    def frames(self) -> int:
        return self.blocks.frames

    def chunks(self) -> Iterator[int]:
        """Decode to the end; yields ``frames`` about once a second, so that a caller can stop."""
        for frame in self._decoded():
            form = _Format.of(frame)
            if form != self._format:
                if not form.is_usable:
                    self._lost = True
                    continue
                self._change_format(form, frame.time_base)
            for gap_frames, is_loss in self._gaps(frame):
                yield self._write_silence(gap_frames, is_loss=is_loss)
            self._chunk.append(frame)
            self._chunk_frames += frame.samples
            self._read_s += frame.samples / form.rate_hz
            self._lost = False
            if self._chunk_frames >= form.rate_hz * _CHUNK_S:
                yield self._flush()
        self._flush()
        yield self._end_resampling()

    def _decoded(self) -> Iterator[AudioFrame]:
        """Every frame that can be decoded; what cannot is skipped and noted."""
        packets = self._opened.container.demux(self._opened.container.streams.audio[0])
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):
                return
            try:
                frames = self._opened.codec.decode(packet if packet.size else None)
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError):
                self._lost = True
                continue
            yield from (frame for frame in frames if frame.samples)

    def _gaps(self, frame: AudioFrame) -> Iterator[tuple[int, bool]]:
        """Pieces of silence, of a second at most, that keep the clock where packets are missing.

        Each with whether it is a loss; else it is silence that was never sent.
        """
        if frame.pts is None or not self._opened.has_clock:
            return
        at_s = frame.pts * self._tick_s
        if self._origin_s is None:
            self._origin_s = at_s
        at_s -= self._origin_s
        gap_s = at_s - self._read_s
        # A damaged time stamp may point anywhere. Most containers know where the recording ends;
        # for those of live streams, which do not, only short gaps are believed.
        container = self._opened.container
        end_s = container.duration / av.time_base if container.duration else self._read_s + _LIVE_S
        if gap_s <= _GAP_S or at_s > end_s:
            return
        is_loss = self._lost or not container.format.name.startswith(_SILENCE_UNSENT)
        frames = round(gap_s * self._format.rate_hz)
        for at in range(0, frames, self._format.rate_hz):
            yield min(frames - at, self._format.rate_hz), is_loss

    def _write_silence(self, frames: int, *, is_loss: bool) -> int:
        self._flush()
        start_ms = round(self._read_s * 1000)
        self._read_s += frames / self._format.rate_hz
        if is_loss:
            self.damaged.append(Segment(start_ms, round(self._read_s * 1000)))
        return self._write(np.zeros((self.channels, frames), np.float32))

    def _change_format(self, form: _Format, time_base: Fraction | None) -> None:
        self._flush()
        self._tick_s = float(time_base or 0)
        if self.channels == 0:
            self.channels = form.channels
            self.blocks = Blocks(1 if self._mixed else form.channels)
        if form.rate_hz != self._format.rate_hz:
            self._end_resampling()
            if form.rate_hz != self._target_hz:
                self._resampler = soxr.ResampleStream(
                    form.rate_hz, self._target_hz, self.blocks.channels, "float32", soxr.HQ
                )
        self._format = form

    def _flush(self) -> int:
        """Write what was gathered; other channels than at the start are a loss, and silent."""
        if not self._chunk:
            return self.frames
        frames, self._chunk = self._chunk, []
        start_s = self._read_s - self._chunk_frames / self._format.rate_hz
        silence = np.zeros((self.channels, self._chunk_frames), np.float32)
        self._chunk_frames = 0
        if self._format.channels == self.channels:
            return self._write(self._format.join(frames))
        self.damaged.append(Segment(round(start_s * 1000), round(self._read_s * 1000)))
        return self._write(silence)

    def _write(self, samples: NDArray[np.float32]) -> int:
        if self._mixed:
            samples = samples.mean(axis=0, keepdims=True)
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples.T)).T
        self.blocks.append(samples)
        return self.frames

    def _end_resampling(self) -> int:
        if self._resampler is not None:
            rest = np.zeros((0, self.blocks.channels), np.float32)
            self.blocks.append(self._resampler.resample_chunk(rest, last=True).T)
            self._resampler = None
        return self.frames
