"""What the samples say, without words: who makes sound when, tones, music, the recording's faults.

``listen(audio)`` measures each channel once (``frames``), asks two ears for speech
(``voice_activity``), runs the detectors of ``DETECTORS``, takes away what only leaked over from the
other channel (``crosstalk``) and remarks on what cannot be judged (``audit``). Each detector is a
module whose docstring is its manual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autoqa.acoustics import (
    audit,
    busy_tone,
    crosstalk,
    dead_line,
    dtmf,
    fax_tone,
    frames,
    music,
    raised_voice,
    ringback,
    voice_activity,
)
from autoqa.acoustics.line import Line
from autoqa.acoustics.loudness import levels
from autoqa.acoustics.tracks import runs, to_mask, to_segments
from autoqa.audio import Audio
from autoqa.types import Channel, Event, EventKind, Remark, Role

VERSION = 8
"""Raised by hand whenever a result changes."""

Detector = Callable[[Line, tuple[Event, ...]], tuple[Event, ...]]
"""Hears one kind of event on a line, given what the detectors before it found there."""

DETECTORS: Mapping[EventKind, Detector] = {
    EventKind.BUSY_TONE: busy_tone.detect,
    EventKind.RINGBACK: ringback.detect,
    EventKind.FAX_TONE: fax_tone.detect,
    EventKind.DTMF: dtmf.detect,
    EventKind.MUSIC: music.detect,
}


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What was heard. ``channels``: one each, role unknown yet. ``events``: in order of time.
    ``heard``: the kinds listened for."""

    channels: tuple[Channel, ...]
    events: tuple[Event, ...]
    remarks: tuple[Remark, ...]
    heard: tuple[EventKind, ...]


def listen(audio: Audio) -> Acoustics:
    """Hears a recording of any length and number of channels; silence gives no speech, no error.

    Channels that are copies of others are left out, so that a dual mono is judged as a mix; so are
    the spare ones of a recorder with more than two.
    """
    copied = crosstalk.copies(audio)
    lines = [_line(audio, index) for index in range(audio.samples.shape[0]) if index not in copied]
    lines = _without_leaks(audio, lines)
    heard = _in_use([_detect(line) for line in lines])
    lines = [line for line, _ in heard]
    found = [event for _, events in heard for event in events]
    return Acoustics(
        channels=tuple(_channel(audio, line, found) for line in lines),
        events=crosstalk.once(found, lines),
        remarks=audit.remarks(audio, lines, bool(copied) and len(lines) == 1),
        heard=tuple(DETECTORS),
    )


def _line(audio: Audio, index: int) -> Line:
    tracks = frames.measure(audio, index)
    probability = voice_activity.probability(audio, index, tracks)
    found = voice_activity.speech(tracks, probability)
    voiced = to_mask(to_segments(found, audio.duration_ms), len(tracks))
    return Line(index, audio.duration_ms, tracks, probability, voiced, voiced)


def _without_leaks(audio: Audio, lines: list[Line]) -> list[Line]:
    cleaned = []
    for line in lines:
        clean = line
        for source in lines:
            if source is not line and (leak := crosstalk.find_leak(audio, clean, source)):
                clean = crosstalk.without_leak(clean, source, leak)
        cleaned.append(clean)
    return cleaned


def _detect(line: Line) -> tuple[Line, tuple[Event, ...]]:
    """The events on a line, and the line without speech that is a tone."""
    found: tuple[Event, ...] = ()
    for kind, detect in DETECTORS.items():
        if kind is EventKind.MUSIC:
            line = voice_activity.without_tones(line, found)
        found += detect(line, found)
    return line, found


def _in_use(heard: list[tuple[Line, tuple[Event, ...]]]) -> list[tuple[Line, tuple[Event, ...]]]:
    """Of more than two lines those on which there is anything: two parties are a call, and the
    other channels of a recorder are nobody's. Two are always left."""
    unused = [line.index for line, events in heard if not (line.voiced.any() or events)]
    spare = unused[::-1][: max(0, len(heard) - 2)]
    return [(line, events) for line, events in heard if line.index not in spare]


def _channel(audio: Audio, line: Line, found: list[Event]) -> Channel:
    own = [event.segment for event in found if event.channel == line.index]
    occupied = to_mask(own, len(line.frames))
    level = levels(line.frames.level_dbfs, line.voiced, occupied)
    return Channel(
        line.index,
        Role.UNKNOWN,
        to_segments(runs(line.voiced), line.duration_ms),
        speech_dbfs=level.speech_dbfs,
        noise_dbfs=level.noise_dbfs,
        dead=dead_line.stretches(audio, line, occupied),
        raised=raised_voice.stretches(line),
    )
