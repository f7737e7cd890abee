"""The recordings of a bench of speed: those of a folder, made longer or more of.

Nothing is heard twice by the product, so copies differ by some milliseconds at their beginning.
"""

from __future__ import annotations

import json
import shutil
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoqa.audio import Audio, load
from autoqa.folder import find_sources
from autoqa.settings import Settings
from bench.baselines import keywords, roles_of

RATE_HZ = 8_000
WARM_UP_S, SHORT_S = 6, 12
WARM_UP = "warm-up.wav"

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Material:
    """``files`` of ``folder``, ``seconds`` in all; ``warm_up``: one more, to begin with.

    ``truths``: of those that have one. ``roles``: of each channel of these.
    """

    folder: Path
    files: tuple[str, ...]
    seconds: float
    warm_up: str = WARM_UP
    truths: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, list[str]] = field(default_factory=dict)

    def with_roles(self, file: str, document: dict[str, Any]) -> dict[str, Any]:
        """The document of an ear that knows no roles and no rules with the ground truth's roles
        and the keywords' findings; the product's as it is."""
        if document["scorecard"]["findings"]:
            return document
        roles = self.roles[file]
        said = [{**one, "role": roles[one["channel"]]} for one in document["call"]["utterances"]]
        call = {**document["call"], "utterances": said}
        return {"call": call, "scorecard": {"findings": list(keywords(said))}}


def material(source: Path, folder: Path, *, short: bool = False) -> Material:
    """The recordings of ``source``, copied into ``folder``; ``short``: the first seconds of one."""
    folder.mkdir()
    found = find_sources(source, Settings())[0]
    audios = {one.file: load(one.paths, Settings()) for one in found[: 1 if short else None]}
    first = next(iter(audios.values()))
    write(folder / WARM_UP, first.samples[:, : WARM_UP_S * first.rate_hz], first.rate_hz)
    if short:
        samples = first.samples[:, first.rate_hz : (1 + SHORT_S) * first.rate_hz]
        write(folder / "short.wav", samples, first.rate_hz)
        return Material(folder, ("short.wav",), samples.shape[1] / first.rate_hz)
    truths, roles = {}, {}
    for one in found:
        for path in source.joinpath(one.file).parent.glob(f"{Path(one.file).stem}.*"):
            place = folder / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        truth = (source / one.file).with_name(f"{Path(one.file).stem}.truth.json")
        if truth.is_file():
            truths[one.file] = json.loads(truth.read_text("utf-8"))
            roles[one.file] = roles_of(audios[one.file], truths[one.file])
    for table in source.glob("calls.csv"):
        shutil.copyfile(table, folder / table.name)
    seconds = sum(audio.duration_ms for audio in audios.values()) / 1000
    return Material(folder, tuple(audios), seconds, truths=truths, roles=roles)


def joined(heard: Material, folder: Path, seconds: int) -> Material:
    """One call of so many seconds: the recordings of two channels, one after the other."""
    folder.mkdir()
    parts: list[Samples] = []
    for samples in cycle(_lines(heard)):
        parts.append(samples)
        if sum(part.shape[1] for part in parts) >= seconds * RATE_HZ:
            break
    write(folder / "joined.wav", np.concatenate(parts, axis=1)[:, : seconds * RATE_HZ], RATE_HZ)
    shutil.copyfile(heard.folder / heard.warm_up, folder / WARM_UP)
    return Material(folder, ("joined.wav",), seconds)


def copies(heard: Material, folder: Path, count: int) -> Material:
    """So many calls, over and over those of two channels, no two with the same bytes."""
    folder.mkdir()
    files, frames = [], 0
    every = list(_lines(heard))
    for number in range(count):
        samples = every[number % len(every)][:, 80 * (number // len(every)) :]
        files.append(f"{number:04}.wav")
        write(folder / files[-1], samples, RATE_HZ)
        frames += samples.shape[1]
    shutil.copyfile(heard.folder / heard.warm_up, folder / WARM_UP)
    return Material(folder, tuple(files), frames / RATE_HZ)


def channels(heard: Material, folder: Path) -> dict[str, list[str]]:
    """A file of its own for each channel of each recording, for those that take no two."""
    folder.mkdir()
    names: dict[str, list[str]] = {}
    for number, file in enumerate(heard.files):
        audio = load((heard.folder / file,), Settings())
        names[file] = [f"{number:04}-{channel}.wav" for channel in range(audio.channel_count)]
        for channel, name in enumerate(names[file]):
            write(folder / name, audio.samples[channel : channel + 1], audio.rate_hz)
    return names


def _lines(heard: Material) -> Iterator[Samples]:
    for file in heard.files:
        audio: Audio = load((heard.folder / file,), Settings())
        if audio.channel_count == 2 and audio.rate_hz == RATE_HZ:
            yield audio.samples


def write(path: Path, samples: Samples, rate_hz: int) -> None:
    """``samples`` of 16 bits, shape (channels, frames), as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.ascontiguousarray(samples.T).tobytes())
