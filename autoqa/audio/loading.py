"""``probe``, ``load`` and the identity of a recording."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoqa.audio.container import (
    Opened,
    Probe,
    check_channels,
    open_recording,
)
from autoqa.audio.decoding import Decoder
from autoqa.audio.raw import RawFormat, is_headerless
from autoqa.audio.samples import Audio
from autoqa.audio.source import open_source, shown_name
from autoqa.errors import RecordingTooLarge, UnreadableRecording
from autoqa.i18n import N_
from autoqa.settings import Settings
from autoqa.types import Recording, Segment

_NARROW_HZ, _WIDE_HZ = 8000, 16000
"""The rates that voice activity detection takes and a telephone has; the recogniser wants 16 kHz,
and nothing above its 8 kHz band is ever used."""


def probe(path: Path, raw: RawFormat | None = None, settings: Settings | None = None) -> Probe:
    """What the header of a file says, without decoding it.

    Raises ``UnreadableRecording`` or ``RecordingTooLarge`` (bytes, channels).
    """
    with open_recording(path, settings or Settings(), raw) as opened:
        return opened.probe


def content_id(
    paths: Sequence[Path], settings: Settings | None = None, raw: RawFormat | None = None
) -> str:
    """SHA-256 of the bytes of a recording (of both files of a pair, in order), in hexadecimal.

    Where ``raw`` is how a file is read its name counts too: the same bytes read otherwise are
    another recording.
    Raises ``UnreadableRecording`` or ``RecordingTooLarge`` (bytes).
    """
    digest = hashlib.sha256()
    for path in paths:
        with open_source(path, settings or Settings()) as source:
            while data := source.read(1 << 20):
                digest.update(data)
            if raw is not None and is_headerless(source, path):
                digest.update(str(raw).encode())
    return digest.hexdigest()


def load(paths: Sequence[Path], settings: Settings, raw: RawFormat | None = None) -> Audio:
    """Decode one file, or the two files of a pair: (agent, customer).

    Each file of a pair becomes one channel (its own are averaged); the shorter one is padded with
    silence. ``raw`` says how to read files that have no header. A truncated file is no error:
    ``recording.missing_ms`` says how much is missing, ``damaged`` where it could not be decoded.

    Raises ``UnreadableRecording`` or ``RecordingTooLarge``: one sentence each, naming the file.
    """
    if len(paths) not in {1, 2}:
        raise ValueError("a recording is one file, or a pair of two")
    marks = [_mark(path) for path in paths]
    identity = content_id(paths, settings, raw)
    probes = [probe(path, raw, settings) for path in paths]
    rate_hz = _NARROW_HZ if max(each.rate_hz for each in probes) <= _NARROW_HZ else _WIDE_HZ
    decoders: list[Decoder] = []
    missing_ms = 0
    for path in paths:
        with open_recording(path, settings, raw) as opened:
            decoder = _decode(opened, path, settings, rate_hz, mixed=len(paths) > 1)
            decoders.append(decoder)
            decoded_ms = decoder.frames * 1000 // rate_hz
            missing_ms = max(missing_ms, opened.declared.missing_ms(decoded_ms))
    for path, mark in zip(paths, marks, strict=True):
        if _mark(path) != mark:
            raise UnreadableRecording(
                N_("{file} changed while it was read; try again when the recorder is done with it"),
                file=shown_name(path),
            )
    samples = _join(decoders)
    recording = Recording(
        id=identity,
        sample_rate_hz=max(each.rate_hz for each in probes),
        channel_count=samples.shape[0],
        duration_ms=samples.shape[1] * 1000 // rate_hz,
        codec="+".join(dict.fromkeys(each.codec for each in probes)),
        missing_ms=missing_ms,
    )
    return Audio(recording, samples, rate_hz, _merged(decoders))


def _mark(path: Path) -> tuple[int, int] | None:
    """Size and time of change: what differs once a file has been written to."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _decode(
    opened: Opened, path: Path, settings: Settings, rate_hz: int, *, mixed: bool
) -> Decoder:
    decoder = Decoder(opened, rate_hz, mixed=mixed)
    for frames in decoder.chunks():
        check_channels(decoder.channels, shown_name(path), settings)
        if frames > settings.max_duration_s * rate_hz:
            raise RecordingTooLarge(
                N_("{file} is longer than {limit} s; split it or raise AUTOQA_MAX_DURATION_S"),
                file=shown_name(path),
                limit=settings.max_duration_s,
            )
    if decoder.frames * 1000 < rate_hz:  # less than a millisecond
        raise UnreadableRecording(
            N_("{file} holds no sound that can be decoded; export it again"), file=shown_name(path)
        )
    return decoder


def _join(decoders: Sequence[Decoder]) -> NDArray[np.int16]:
    """All channels as one array; each decoder's blocks are let go on the way."""
    channels = sum(decoder.blocks.channels for decoder in decoders)
    frames = max(decoder.frames for decoder in decoders)
    samples = np.empty((channels, frames), np.int16)
    row = 0
    for decoder in decoders:
        blocks = decoder.blocks
        blocks.move_into(samples[row : row + blocks.channels])
        row += blocks.channels
    return samples


def _merged(decoders: Sequence[Decoder]) -> tuple[Segment, ...]:
    """The damaged stretches of all files, touching ones joined."""
    merged: list[Segment] = []
    for segment in sorted(segment for decoder in decoders for segment in decoder.damaged):
        if merged and segment.start_ms <= merged[-1].end_ms:
            end_ms = max(merged[-1].end_ms, segment.end_ms)
            merged[-1] = Segment(merged[-1].start_ms, end_ms)
        else:
            merged.append(segment)
    return tuple(merged)
