"""How well the diarizer tells voices apart on one line, without a word.

    python -m bench.mono FOLDER

Beside each recording in FOLDER lies ``NAME.truth.json`` with turns, or somewhere in it an ``.rttm``
that names the recording. Recordings with a channel for each party are mixed down. Each speaker that
was found counts as the one in the truth with whom he shares most time: the product names them by
their words, which ``bench.quality`` measures ("who speaks") on the same folder.

Printed for each recording and for all: of the frames (10 ms) of voice that a speaker was surely
given the share that are his, the share of frames that nobody was surely given, the speakers found
and there, and the processor's time as a share of the recording's.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import numpy as np

from autoqa import acoustics
from autoqa.audio import Audio, load
from autoqa.diarization import RATE_HZ, Diarizer, Voice, load_diarizer
from autoqa.events.speaker_lines import SURE
from autoqa.folder import find_sources
from autoqa.settings import Settings
from autoqa.types import Segment

Turns = Mapping[str, Sequence[Segment]]


@dataclass(slots=True)
class Told:
    """Milliseconds of voice that were given to whom they are, to somebody else, and to nobody."""

    right: int = 0
    wrong: int = 0
    unsure: int = 0

    def __iadd__(self, other: Told) -> Told:
        self.right += other.right
        self.wrong += other.wrong
        self.unsure += other.unsure
        return self

    def __str__(self) -> str:
        given = self.right + self.wrong
        right = 100 * self.right / given if given else 0.0
        unsure = 100 * self.unsure / (given + self.unsure) if given + self.unsure else 0.0
        return f"right {right:5.1f} %   unsure {unsure:4.1f} %"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    diarizer = load_diarizer(Settings())
    if diarizer is None:
        print("nothing to measure: install autoqa[mono]", file=sys.stderr)
        return 2
    spoken = read_rttm(folder)
    total = Told()
    for source in find_sources(folder, Settings())[0]:
        path = folder / source.file
        turns = _truth(path) or spoken.get(path.stem)
        if turns:
            recording = _mixed(load(source.paths, Settings()))
            begun = process_time()
            voices = tell_apart(recording, diarizer)
            share = (process_time() - begun) * 1000 / recording.duration_ms
            told = compare(voices, turns)
            total += told
            found = len({voice.speaker for voice in voices} - {None})
            print(f"{source.file:40} {told}   {found} of {len(turns)}   {share:.3f}", flush=True)
    print(f"{'all':40} {total}")
    return 0


def tell_apart(recording: Audio, diarizer: Diarizer) -> list[Voice]:
    """The voices of a recording with one channel."""
    [line] = acoustics.listen(recording).channels
    return diarizer.tell_apart(
        line.speech, lambda part: recording.clip(0, part.start_ms, part.end_ms, RATE_HZ)
    )


def compare(voices: Sequence[Voice], turns: Turns) -> Told:
    """Voices against who spoke when."""
    shared: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    told = Told()
    for voice in voices:
        spoken = {
            name: sum(voice.segment.overlap_ms(turn) for turn in own) for name, own in turns.items()
        }
        if voice.speaker is None or voice.certainty < SURE:
            told.unsure += max(spoken.values())
            continue
        for name, spoken_ms in spoken.items():
            shared[voice.speaker][name] += spoken_ms
    for times in shared.values():
        told.right += max(times.values())
        told.wrong += sum(times.values()) - max(times.values())
    return told


def _mixed(recording: Audio) -> Audio:
    mix = recording.samples.astype(np.int32).sum(axis=0, keepdims=True)
    low, high = np.iinfo(np.int16).min, np.iinfo(np.int16).max
    return replace(recording, samples=mix.clip(low, high).astype(np.int16))


def _truth(path: Path) -> Turns | None:
    truth = path.with_name(path.stem + ".truth.json")
    if not truth.is_file():
        return None
    turns: dict[str, list[Segment]] = defaultdict(list)
    for turn in json.loads(truth.read_text("utf-8"))["turns"]:
        turns[turn["role"]].append(Segment(turn["start_ms"], turn["end_ms"]))
    return turns


def read_rttm(folder: Path) -> dict[str, Turns]:
    """By the recording's name: SPEAKER name channel start_s duration_s <NA> <NA> speaker …"""
    found: dict[str, dict[str, list[Segment]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.rglob("*.rttm")):
        for line in path.read_text("utf-8").splitlines():
            _, name, _, start_s, duration_s, _, _, speaker, *_ = line.split()
            start_ms, duration_ms = round(1000 * float(start_s)), round(1000 * float(duration_s))
            found[name][speaker].append(Segment(start_ms, start_ms + duration_ms))
    return {name: dict(turns) for name, turns in found.items()}


if __name__ == "__main__":
    sys.exit(main())
