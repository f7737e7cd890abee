"""The library of known recordings, and where they play in a call.

A recording is found by its fingerprint (``acoustics.repeats``): through any codec, at any level,
in noise, cut off at either end. Where two of the library would lie on each other, that which more
speaks for is taken. The edges are those of the voice (``Channel.speech``) where one is near.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autoqa.acoustics import fingerprints
from autoqa.acoustics.fingerprints import Fingerprint, fingerprint
from autoqa.acoustics.repeats import Index, Repeat
from autoqa.audio import Audio, load
from autoqa.errors import AutoqaError, UsageError
from autoqa.prompts.table import MUSIC, TABLE, Entry, read_table, shown
from autoqa.settings import Settings
from autoqa.types import Channel, PlayedPrompt, Segment

VERSION = 1
"""Raised by hand whenever the same library finds something else in the same samples."""

SAME_SHIFT_MS = 64
EDGE_MS = 700
"""An edge of the voice so near is the recording's own: in noise the last votes come that early."""
SOUNDING = 0.3
"""Where less of what is found is voice or music of its own line, and more of another's on which it
plays, too, it leaked over from there."""


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """``entries``: all rows of the table; ``version``: changes with what is looked for, not with
    labels, names or wording."""

    folder: Path
    entries: tuple[Entry, ...]
    version: int
    _active: tuple[Entry, ...]
    _index: Index
    _lengths_ms: tuple[int, ...]

    def entry(self, id_: str) -> Entry | None:
        return next((one for one in self.entries if one.id == id_), None)

    def length_ms(self, id_: str) -> int:
        """Of a recording that is looked for; else 0."""
        lengths = zip(self._active, self._lengths_ms, strict=True)
        return next((length_ms for one, length_ms in lengths if one.id == id_), 0)

    def repeats(self, line: Fingerprint) -> list[tuple[Entry, Repeat]]:
        """Where the fingerprint of a line has recordings that are looked for; none on another."""
        found = _parted(_merged(self._index.find(line)))
        return [(self._active[one.number], one) for one in found]

    def find(
        self, audio: Audio, channels: Sequence[Channel], music: Iterable[tuple[int | None, Segment]]
    ) -> tuple[PlayedPrompt, ...]:
        """The recordings that play on ``channels``, in order of time.

        ``music``: (channel, stretch) of the music heard, in which a recording may be, too.
        """
        if not self._active:
            return ()
        stretches = list(music)
        found: list[tuple[PlayedPrompt, bool]] = []
        for channel in channels:
            tunes = [stretch for index, stretch in stretches if index in (channel.index, None)]
            for entry, one in self.repeats(fingerprint(audio, channel.index)):
                span = Segment(one.start_ms, min(one.end_ms, audio.duration_ms))
                if entry.label != MUSIC:
                    span = _at_edges(span, channel.speech)
                played = PlayedPrompt(
                    entry.id,
                    channel.index,
                    span.start_ms,
                    span.end_ms,
                    max(0, span.start_ms - one.offset_ms),
                )
                sounding_ms = sum(span.overlap_ms(part) for part in (*channel.speech, *tunes))
                found.append((played, sounding_ms >= SOUNDING * span.duration_ms))
        kept = [one for one, sounds in found if sounds or not _is_leak(one, found)]
        return tuple(sorted(kept, key=lambda one: (one.start_ms, one.end_ms, one.channel)))


def load_library(folder: Path, settings: Settings, *, dormant: bool = False) -> Library:
    """The library in ``folder``; its clips may be in any format.

    ``dormant``: also look for those that seem to be an agent's own, so that they are known again.
    Raises ``UsageError`` where there is no such folder, or its table or a clip cannot be read.
    """
    if not folder.is_dir():
        raise UsageError("{path} is not a folder of known recordings", path=str(folder))
    entries = tuple(read_table(folder))
    active = tuple(one for one in entries if one.is_active or (dormant and one.file))
    digest = hashlib.sha256(f"{VERSION} {fingerprints.VERSION}".encode())
    sounds = []
    for entry in active:
        audio = _clip(folder, entry, settings)
        unheard = bool(entry.text) or entry.label == MUSIC  # else it is transcribed in each call
        digest.update(f"{entry.id} {audio.recording.id} {unheard}\n".encode())
        sounds.append(fingerprint(audio, 0))
    lengths_ms = tuple(one.duration_ms for one in sounds)
    version = int(digest.hexdigest()[:12], 16)
    return Library(folder, entries, version, active, Index(sounds), lengths_ms)


def known_prompts(settings: Settings) -> Library | None:
    """The library that the settings name, or None where they name none. Raises ``UsageError``."""
    if settings.prompts == Path():
        return None
    return load_library(settings.prompts, settings)


def beside(rules: Path, settings: Settings) -> Settings:
    """The settings; where they name no known recordings, with those beside the folder of rules."""
    folder = rules.absolute().parent / "prompts"
    if settings.prompts == Path() and (folder / TABLE).is_file():
        return replace(settings, prompts=folder)
    return settings


def listing(library: Library) -> Iterator[str]:
    """The rows for people, with tabs between: id, label (a guess in brackets), seconds, calls,
    name, text."""
    for one in library.entries:
        label = shown(one.label) if one.label else f"({shown(one.guess) or '?'})"
        cells = [one.id, label, f"{one.seconds:g}", str(one.calls), one.name, one.text]
        yield "\t".join(cells)


def _clip(folder: Path, entry: Entry, settings: Settings) -> Audio:
    path = folder / entry.file
    try:
        return load([path], settings)
    except AutoqaError as error:
        raise UsageError(
            "the clip {file} of recording {id} in {table} cannot be used: {reason}",
            file=str(path),
            id=entry.id,
            table=str(folder / TABLE),
            reason=str(error),
        ) from None


def _is_leak(one: PlayedPrompt, found: Iterable[tuple[PlayedPrompt, bool]]) -> bool:
    """Whether what makes no sound of its line's own sounds on another at the same time."""
    return any(
        sounds
        and other.prompt == one.prompt
        and other.channel != one.channel
        and 2 * other.segment.overlap_ms(one.segment) > one.segment.duration_ms
        for other, sounds in found
    )


def _merged(repeats: Sequence[Repeat]) -> list[Repeat]:
    """What lies apart of one playing, as one: something louder came over it."""
    merged: list[Repeat] = []
    for one in sorted(repeats, key=lambda one: (one.number, one.offset_ms, one.start_ms)):
        last = merged[-1] if merged else None
        same = last is not None and last.number == one.number
        if last is not None and same and one.offset_ms - last.offset_ms <= SAME_SHIFT_MS:
            merged[-1] = replace(
                last,
                start_ms=min(last.start_ms, one.start_ms),
                end_ms=max(last.end_ms, one.end_ms),
                moments=last.moments + one.moments,
            )
        else:
            merged.append(one)
    return merged


def _parted(repeats: Sequence[Repeat]) -> list[Repeat]:
    """Repeats none of which lie on each other, those with the most votes first choice."""
    taken: list[Repeat] = []
    for one in sorted(repeats, key=lambda one: -one.moments):
        start_ms, end_ms = one.start_ms, one.end_ms
        for other in taken:
            if other.start_ms <= start_ms < other.end_ms:
                start_ms = min(end_ms, other.end_ms)
            if other.start_ms < end_ms <= other.end_ms:
                end_ms = max(start_ms, other.start_ms)
        if end_ms - start_ms > one.duration_ms // 2:
            taken.append(replace(one, start_ms=start_ms, end_ms=end_ms))
    return taken


def _at_edges(span: Segment, speech: Sequence[Segment]) -> Segment:
    """``span`` from and to where the voice in it begins and ends."""
    inside = [one for one in speech if 2 * span.overlap_ms(one) >= one.duration_ms > 0]
    starts = [one.start_ms for one in inside if abs(one.start_ms - span.start_ms) <= EDGE_MS]
    ends = [one.end_ms for one in inside if abs(one.end_ms - span.end_ms) <= EDGE_MS]
    start_ms, end_ms = min(starts, default=span.start_ms), max(ends, default=span.end_ms)
    return Segment(start_ms, end_ms) if start_ms < end_ms else span
