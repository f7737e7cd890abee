"""``autoqa prompts discover``: which recordings play in a folder of calls.

::

    recordings → sounds and fingerprints (``lines``) → what several calls share (``repeated``)
    → its words and what it seems to be (``wording``) → clips and rows for staff to label

A folder that was filled before is gone on with: what it knows is found by its sound and keeps its
row, its label and its clip; only the number of calls is counted anew, and what is new gets a row.

Few calls of few agents show little: a sound must be in three calls (``least_calls``), and it should
be a day's calls of several agents, so that a greeting that one agent has recorded for himself, or
that a synthetic voice speaks, is not taken for the bank's. What the words and the place in the
calls make look like an agent's own is listed with the guess 坐席 and not looked for.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from autoqa.audio import Audio, RawFormat, load
from autoqa.discovery.lines import Line, Sounds, hear
from autoqa.discovery.repeated import Cluster, Place, Repeats
from autoqa.discovery.wording import Part, guess_of, is_agents, parts
from autoqa.errors import UsageError
from autoqa.events import spans
from autoqa.files import write_whole
from autoqa.folder import Source
from autoqa.pipeline import Models, clips_of
from autoqa.prompts import TABLE, Entry, Library, load_library, write_table
from autoqa.settings import Settings
from autoqa.transcription.interface import Samples
from autoqa.types import Message, Segment, Utterance

LEAST_CALLS = 3
MOST_RECORDINGS = 300
"""Evenly drawn from a larger folder: what plays every day is in them, and the time to compare all
with all grows with the square."""
CLIPS = "clips"


@dataclass(frozen=True, slots=True)
class Discovered:
    """``entries``: all rows of the table now; ``new``: the ids of those that were not there."""

    entries: tuple[Entry, ...]
    new: frozenset[str]


def discover(
    sources: Sequence[Source],
    out: Path,
    settings: Settings,
    models: Models,
    *,
    raw: RawFormat | None = None,
    least_calls: int = LEAST_CALLS,
    most: int = MOST_RECORDINGS,
    on_step: Callable[[int, int], None] = lambda done, total: None,
    on_fault: Callable[[Message], None] = lambda message: None,
) -> Discovered:
    """Finds the recordings that play in ``sources`` and writes them into the folder ``out``.

    ``on_step`` is told how many recordings were heard, and of how many; ``on_fault`` why one could
    not be. Raises ``UsageError`` where the folder's table cannot be used or fewer than
    ``least_calls`` recordings could be heard.
    """
    chosen = _drawn(sources, most)
    sounds: dict[int, Sounds] = {}
    lines: list[Line] = []
    library = load_library(out, settings, dormant=True) if (out / TABLE).is_file() else None
    for one, own in hear(chosen, settings, raw, on_fault):
        sounds[one.number] = one
        lines += own
        on_step(len(sounds), len(chosen))
    if len(sounds) < least_calls:
        raise UsageError(
            "only {count} recordings can be heard; at least {least} calls are needed to find what "
            "repeats",
            count=len(sounds),
            least=least_calls,
        )
    repeats = Repeats(lines, least_calls)
    entries, known = _known(library, lines, repeats)
    folder = _Folder(out, entries)
    for cluster in repeats.clusters(known):
        place = cluster.best
        audio = load(sounds[lines[place.line].call].source.paths, settings, raw)
        said = _said(audio, lines[place.line], cluster, models)
        is_agent = not cluster.is_music and is_agents(cluster, said, sounds, lines)
        for part in parts(said, place.segment):
            guess = guess_of(part, cluster.is_music, is_agent)
            folder.add(part, guess, audio, lines[place.line], place.segment, len(cluster.calls))
    write_table(out, folder.entries)
    return Discovered(tuple(folder.entries), frozenset(folder.new))


class _Folder:
    """The folder's rows as they grow."""

    def __init__(self, out: Path, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        self.new: set[str] = set()
        self._out = out

    def add(
        self, part: Part, guess: str, audio: Audio, line: Line, sound: Segment, calls: int
    ) -> None:
        """A new row, and its clip."""
        start_ms = sound.start_ms + part.segment.start_ms
        end_ms = sound.start_ms + part.segment.end_ms
        samples = audio.clip(line.channel, start_ms, end_ms)
        used = {one.id for one in self.entries}
        id_ = next(name for n in count(1) if (name := f"P{n:03}") not in used)
        file = f"{CLIPS}/{id_}.wav"
        write_whole(self._out / file, _wave(samples, audio.rate_hz))
        seconds = round(part.segment.duration_ms / 1000, 1)
        self.entries.append(
            Entry(id_, guess=guess, text=part.text, seconds=seconds, calls=calls, file=file)
        )
        self.new.add(id_)


def _known(
    library: Library | None, lines: Sequence[Line], repeats: Repeats
) -> tuple[list[Entry], list[Place]]:
    """The rows that are there with their calls counted anew, and where they play."""
    if library is None:
        return [], []
    calls: dict[str, set[int]] = {one.id: set() for one in library.entries}
    places = []
    for number, line in enumerate(lines):
        for entry, one in library.repeats(line.print):
            places.append(Place(number, Segment(one.start_ms, one.end_ms)))
            calls[entry.id].add(line.call)
    counted = [replace(one, calls=repeats.distinct(calls[one.id])) for one in library.entries]
    return counted, places


def _said(audio: Audio, line: Line, cluster: Cluster, models: Models) -> list[Utterance]:
    """What is heard in a sound where it is best heard; of music nothing."""
    if cluster.is_music:
        return []
    sound = cluster.best.segment
    speech = [(line.channel, part) for part in spans.intersect(line.speech, [sound])]
    heard = models.transcriber.transcribe(clips_of(0, audio, speech))
    return [utterance for one in heard for utterance in one.utterances]


def _drawn(sources: Sequence[Source], most: int) -> list[Source]:
    """At most so many, evenly drawn."""
    usable = [one for one in sources if one.fault is None]
    step = max(1.0, len(usable) / most)
    return [usable[int(at * step)] for at in range(min(most, len(usable)))]


def _wave(samples: Samples, rate_hz: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())
    return file.getvalue()
