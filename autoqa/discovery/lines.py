"""What discovery knows of each recording: sounds and fingerprints, never words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from autoqa import acoustics
from autoqa.acoustics import Acoustics
from autoqa.acoustics.fingerprints import Fingerprint, fingerprint
from autoqa.audio import Audio, RawFormat, load
from autoqa.errors import AutoqaError
from autoqa.folder import Source
from autoqa.settings import Settings
from autoqa.types import EventKind, Message, Recording, Segment


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """One recording. ``number``: its own, from 0."""

    number: int
    source: Source
    recording: Recording
    acoustics: Acoustics


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One channel of one recording. ``call``: the recording's number; ``clarity_db``: how far its
    speech stands out of its noise."""

    call: int
    channel: int
    print: Fingerprint
    speech: tuple[Segment, ...]
    music: tuple[Segment, ...]
    clarity_db: float


def hear(
    sources: Sequence[Source],
    settings: Settings,
    raw: RawFormat | None,
    on_fault: Callable[[Message], None],
) -> Iterator[tuple[Sounds, tuple[Line, ...]]]:
    """Each recording that can be read, once, however many names it has."""
    known: set[str] = set()
    for source in sources:
        try:
            audio = load(source.paths, settings, raw)
        except AutoqaError as error:
            on_fault(error.message)
            continue
        if audio.recording.id in known:
            continue
        sounds = Sounds(len(known), source, audio.recording, acoustics.listen(audio))
        known.add(audio.recording.id)
        yield sounds, tuple(_lines(sounds, audio))


def _lines(sounds: Sounds, audio: Audio) -> Iterable[Line]:
    for channel in sounds.acoustics.channels:
        music = (
            event.segment
            for event in sounds.acoustics.events
            if event.kind is EventKind.MUSIC and event.channel in (channel.index, None)
        )
        loud, quiet = channel.speech_dbfs, channel.noise_dbfs
        yield Line(
            call=sounds.number,
            channel=channel.index,
            print=fingerprint(audio, channel.index),
            speech=channel.speech,
            music=tuple(music),
            clarity_db=0.0 if loud is None or quiet is None else loud - quiet,
        )
