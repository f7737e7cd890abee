"""The decoding loop: packets in, 16-bit blocks at the target rate out, whatever is damaged."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import soxr
from av.audio.frame import AudioFrame
from av.container import InputContainer
from numpy.typing import NDArray

from autoqa.audio.samples import FULL_SCALE
from autoqa.types import Segment

_BLOCK_FRAMES = 1 << 20
_CHUNK_S = 1.0
"""Frames are gathered to chunks of this length: a codec's own are as short as 20 ms."""
_GAP_S = 0.06
"""A jump of the time stamps by more than this, the longest frame of a telephone codec, is a gap."""


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
        scaled = np.clip(np.rint(samples * FULL_SCALE), -32768, 32767).astype(np.int16)
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


class Decoder:
    """Decodes the first audio stream of a container to ``blocks``.

    ``mixed``: the channels are averaged to one. ``damaged`` and ``blocks`` grow as ``chunks`` is
    consumed, which yields the frames decoded so far, so that the caller can stop.
    """

    def __init__(self, container: InputContainer, target_hz: int, *, mixed: bool = False) -> None:
        self.damaged: list[Segment] = []
        self.channels = 0
        self.blocks = Blocks(1)
        self._container = container
        self._target_hz = target_hz
        self._mixed = mixed
        self._resampler: soxr.ResampleStream | None = None
        self._rate_hz = 0
        self._chunk: list[NDArray[np.float32]] = []
        self._chunk_frames = 0
        self._written_s = 0.0
        self._origin_s: float | None = None
        self._lost = False

    @property
    def frames(self) -> int:
        return self.blocks.frames

    def chunks(self) -> Iterator[int]:
        """Decode to the end; yields the number of frames in ``blocks`` about once a second."""
        for frame in self._frames():
            self._take(frame)
            if self._chunk_frames >= self._rate_hz * _CHUNK_S:
                yield self._flush()
        yield self._flush(last=True)

    def _frames(self) -> Iterator[AudioFrame]:
        """Every frame that can be decoded; what cannot is skipped and noted."""
        stream = self._container.streams.audio[0]
        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):
                return
            try:
                frames = stream.codec_context.decode(packet if packet.size else None)
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError):
                self._lost = True
                continue
            yield from frames

    def _take(self, frame: AudioFrame) -> None:
        samples = _to_float(frame)
        if samples is None or samples.shape[1] == 0:
            self._lost = self._lost or samples is None
            return
        if self.channels == 0:
            self.channels = samples.shape[0]
            self.blocks = Blocks(1 if self._mixed else self.channels)
        if frame.sample_rate != self._rate_hz:
            self._change_rate(frame.sample_rate)
        self._fill_gap(frame)
        if samples.shape[0] != self.channels:
            self._add_silence(samples.shape[1], damaged=True)
        else:
            self._add(samples)
        self._lost = False

    def _fill_gap(self, frame: AudioFrame) -> None:
        """Keep the clock: silence where packets were lost, or were never sent for want of sound."""
        if frame.pts is None or frame.time_base is None:
            return
        at_s = float(frame.pts * frame.time_base)
        if self._origin_s is None:
            self._origin_s = at_s
        gap_s = at_s - self._origin_s - self._written_s
        # A damaged time stamp may point anywhere; the container knows where the recording ends.
        end_s = (self._container.duration or 0) / av.time_base
        if gap_s > _GAP_S and at_s - self._origin_s <= end_s:
            self._add_silence(round(gap_s * self._rate_hz), damaged=self._lost)

    def _add_silence(self, frames: int, *, damaged: bool) -> None:
        start_ms = round(self._written_s * 1000)
        while frames > 0:
            part = min(frames, self._rate_hz)
            self._add(np.zeros((self.channels, part), np.float32))
            frames -= part
        if damaged:
            self.damaged.append(Segment(start_ms, round(self._written_s * 1000)))

    def _add(self, samples: NDArray[np.float32]) -> None:
        self._chunk.append(samples)
        self._chunk_frames += samples.shape[1]
        self._written_s += samples.shape[1] / self._rate_hz
        if self._chunk_frames >= 60 * self._rate_hz:  # a long gap must not pile up
            self._flush()

    def _change_rate(self, rate_hz: int) -> None:
        self._flush(last=True)
        self._rate_hz = rate_hz
        if rate_hz != self._target_hz:
            self._resampler = soxr.ResampleStream(
                rate_hz, self._target_hz, self.blocks.channels, dtype="float32", quality=soxr.HQ
            )

    def _flush(self, *, last: bool = False) -> int:
        if self.channels == 0:
            return 0
        empty = np.zeros((self.channels, 0), np.float32)
        samples = np.concatenate([empty, *self._chunk], axis=1)
        self._chunk, self._chunk_frames = [], 0
        if self._mixed:
            samples = samples.mean(axis=0, keepdims=True)
        if self._resampler is not None:
            interleaved = np.ascontiguousarray(samples.T)
            samples = self._resampler.resample_chunk(interleaved, last=last).T
            if last:
                self._resampler = None
        self.blocks.append(samples)
        return self.blocks.frames


def _to_float(frame: AudioFrame) -> NDArray[np.float32] | None:
    """Samples in [-1, 1], shape (channels, n); None where the frame's format is unknown."""
    channels = frame.layout.nb_channels
    if channels < 1 or frame.sample_rate < 1:
        return None
    try:
        data: NDArray[Any] = frame.to_ndarray()
    except (av.error.FFmpegError, ValueError):
        return None
    samples = data if frame.format.is_planar else data.reshape(-1, channels).T
    scaled = samples.astype(np.float32)
    if data.dtype == np.uint8:
        return (scaled - np.float32(128)) / np.float32(128)
    if data.dtype.kind == "i":
        return scaled / np.float32(2 ** (8 * data.dtype.itemsize - 1))
    return np.clip(np.nan_to_num(scaled, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
