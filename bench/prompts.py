"""Are recordings found again, and nothing else? ``python -m bench.prompts CALLS --extra FOLDER``

From a folder of rendered calls with truth (``bench/synthesize.py``, clean) and, with ``--extra``,
files of real prompts and hold music, it makes a bank's day: each call begins with a few recordings
(a welcome, one of several advertisements or menus, music to wait by), the last of them broken off
in one call of three, and goes on with the live part of a rendered call. Hard negatives: before its
live part each call has the *same greeting of an agent*, warped in time and pitch by a few per cent
as no two of a person's greetings are alike. The day is sent through each condition; the library
holds the originals.

Printed for each condition: recordings played and found (an event matches where overlap is at least
half of union), false ones, the error of their edges, what finding cost; and what discovery makes of
the day: recordings found (by ``autoqa.discovery.repeated``, before any words), how exact their
extent is, and how many clusters are something else, the greeting counted apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autoqa import acoustics
from autoqa.acoustics.fingerprints import fingerprint
from autoqa.audio import Audio, load
from autoqa.discovery.lines import Line
from autoqa.discovery.repeated import Repeats
from autoqa.prompts import Entry, load_library, write_table
from autoqa.settings import Settings
from autoqa.types import EventKind, Recording
from bench import codecs, signals
from bench.signals import RATE_HZ, SAMPLES_PER_MS, Samples

CONDITIONS = (
    "clean", "ulaw", "gsm", "amr", "mp3-16k", "babble-10db", "pink-10db", "pink-5db", "quiet-20db",
)  # fmt: skip
GREETING, MUSIC_FOLDER = "greeting", "hold_music"
LONGEST_MS, SHORTEST_MS = 12_000, 2_500


@dataclass(frozen=True, slots=True)
class Played:
    """A recording in a call: which, from where to where."""

    name: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """Calls of shape (count, 2) with what plays in each, and the originals."""

    calls: tuple[Samples, ...]
    played: tuple[tuple[Played, ...], ...]
    originals: dict[str, Samples]
    music: frozenset[str]


def make_day(folder: Path, extra: Sequence[Path], count: int, seed: int = 1) -> Day:
    """A day of ``count`` calls, the same for the same seed."""
    draw = np.random.default_rng(seed)
    originals, lives, greeting = _material(folder, extra)
    names = list(originals)
    calls, played = [], []
    for number in range(count):
        line, plays = [_silence(700)], []
        chosen = [names[0], *draw.choice(names[1:], size=int(draw.integers(1, 3)), replace=False)]
        for place, name in enumerate(chosen):
            sound = originals[str(name)]
            if place == len(chosen) - 1 and draw.random() < 1 / 3:
                least = SHORTEST_MS * SAMPLES_PER_MS
                sound = sound[: max(least, int(len(sound) * draw.uniform(0.4, 0.9)))]
            start_ms = sum(len(one) for one in line) // SAMPLES_PER_MS
            plays.append(Played(str(name), start_ms, start_ms + len(sound) // SAMPLES_PER_MS))
            line += [sound, _silence(int(draw.integers(350, 1500)))]
        start_ms = sum(len(one) for one in line) // SAMPLES_PER_MS
        said = warped(greeting, draw)
        plays.append(Played(GREETING, start_ms, start_ms + len(said) // SAMPLES_PER_MS))
        agent = np.concatenate([*line, said, _silence(600)])
        before = np.column_stack([agent, np.zeros_like(agent)])
        live, later = lives[number % len(lives)]
        length_ms = len(agent) // SAMPLES_PER_MS
        plays += [
            Played(one.name, one.start_ms + length_ms, one.end_ms + length_ms)
            for one in later
            if one.name in originals
        ]
        calls.append(np.concatenate([before, live]).astype(np.float32))
        played.append(tuple(plays))
    music = frozenset(path.stem for path in extra if path.parent.name == MUSIC_FOLDER)
    return Day(tuple(calls), tuple(played), originals, music)


def warped(sound: Samples, draw: np.random.Generator) -> Samples:
    """The same words, at a pace and a pitch that differ by a few per cent and wander."""
    knots = np.linspace(0, 1, 8)
    pace = 1 + draw.uniform(0.02, 0.06) * draw.choice([-1, 1]) + draw.uniform(-0.02, 0.02, 8)
    steps = np.interp(np.linspace(0, 1, len(sound)), knots, pace)
    at = np.cumsum(steps)
    at = at[at < len(sound) - 1]
    return np.asarray(np.interp(at, np.arange(len(sound)), sound), np.float32)


def condition(call: Samples, name: str, voices: Sequence[Samples], seed: int) -> Samples:
    """A call as another line and recorder would have it; noise lies under every line's voice."""
    draw = np.random.default_rng(seed)
    if name == "clean":
        return call
    if name == "quiet-20db":
        return call * np.float32(0.1)
    kind, _, level = name.partition("-")
    if level.endswith("db") and kind in ("babble", "pink"):
        noisy = call.copy()
        for channel in range(call.shape[1]):
            line = call[:, channel]
            loud = line[np.abs(line) > 1e-3]
            dbfs = 10 * np.log10(float(np.mean(loud**2)) if loud.size else 1e-4) - float(level[:-2])
            if kind == "pink":
                noise = signals.pink_noise(len(line), draw)
            else:  # warped, or the same people would say the same in every call
                people = [warped(voice, draw) for voice in voices]
                noise = signals.babble(people, len(line), draw)
            noisy[:, channel] += signals.level(noise, dbfs)
        return np.clip(noisy, -0.99, 0.99).astype(np.float32)
    return codecs.through(np.clip(call, -0.99, 0.99), name)


def measure(day: Day, name: str, library_folder: Path) -> dict[str, float]:
    """The figures of one condition."""
    settings = Settings()
    library = load_library(library_folder, settings)
    ids = {entry.id: entry.name for entry in library.entries}
    voices = [call[-8 * RATE_HZ :, 1] for call in day.calls[:6]]
    lines: list[Line] = []
    true = false = total = tunes = tunes_found = 0
    errors: list[int] = []
    cost_s = length_s = 0.0
    for number, call in enumerate(day.calls):
        audio = _audio(condition(call, name, voices, number), number)
        heard = acoustics.listen(audio)
        music = [(e.channel, e.segment) for e in heard.events if e.kind is EventKind.MUSIC]
        begun = time.process_time()
        played = library.find(audio, heard.channels, music)
        cost_s += time.process_time() - begun
        length_s += audio.duration_ms / 1000
        wanted = [one for one in day.played[number] if one.name != GREETING]
        total += len(wanted)
        tunes += sum(one.name in day.music for one in wanted)
        for one in played:
            match = [
                w for w in wanted
                if w.name == ids[one.prompt] and _alike(w, one.start_ms, one.end_ms)
            ]  # fmt: skip
            if match:
                wanted.remove(match[0])
                true += 1
                tunes_found += match[0].name in day.music
                errors += [abs(match[0].start_ms - one.start_ms), abs(match[0].end_ms - one.end_ms)]
            else:
                false += 1
        lines += _lines(number, audio, heard)
    clusters = list(_judged(day, lines))
    found = len({kind for kind, _ in clusters if kind not in ("", GREETING)})
    edges = [error for kind, error in clusters if kind in _repeated(day, whole=True)]
    return {
        "played": total,
        "recall": round((true - tunes_found) / max(1, total - tunes), 3),
        "music_recall": round(tunes_found / max(1, tunes), 3),
        "precision": round(true / max(1, true + false), 3),
        "edge_p95_ms": float(np.percentile(errors or [0], 95)),
        "cpu_s_an_hour": round(cost_s / length_s * 3600, 1),
        "discoverable": len(_repeated(day)),
        "discovered": found,
        "extent_p90_ms": float(np.percentile(edges or [0], 90)),
        "greetings": sum(kind == GREETING for kind, _ in clusters),
        "other": sum(kind == "" for kind, _ in clusters),
    }


def _judged(day: Day, lines: Sequence[Line]) -> Iterator[tuple[str, int]]:
    """For each cluster what it is (empty: nothing that was played) and the worse of its edges."""
    for cluster in Repeats(lines, 3).clusters():
        line, segment = lines[cluster.best.line], cluster.best.segment
        near = [
            one
            for one in day.played[line.call]
            if line.channel == 0
            and min(one.end_ms, segment.end_ms) - max(one.start_ms, segment.start_ms)
            > (segment.duration_ms) // 2
        ]
        if not near:
            yield "", 0
            continue
        error = max(abs(near[0].start_ms - segment.start_ms), abs(near[0].end_ms - segment.end_ms))
        yield near[0].name, error


def _repeated(day: Day, *, whole: bool = False) -> set[str]:
    """What plays three times or more; ``whole``: twice to its end."""
    names = [
        one.name
        for plays in day.played
        for one in plays
        if not whole
        or one.end_ms - one.start_ms == len(day.originals.get(one.name, ())) // SAMPLES_PER_MS
    ]
    return {name for name in names if name != GREETING and names.count(name) >= (3 - whole)}


def _alike(one: Played, start_ms: int, end_ms: int) -> bool:
    both = min(one.end_ms, end_ms) - max(one.start_ms, start_ms)
    return 2 * both >= max(one.end_ms, end_ms) - min(one.start_ms, start_ms)


def _lines(number: int, audio: Audio, heard: acoustics.Acoustics) -> Iterator[Line]:
    for channel in heard.channels:
        music = tuple(
            e.segment for e in heard.events
            if e.kind is EventKind.MUSIC and e.channel in (channel.index, None)
        )  # fmt: skip
        clarity = (channel.speech_dbfs or 0.0) - (channel.noise_dbfs or 0.0)
        sound = fingerprint(audio, channel.index)
        yield Line(number, channel.index, sound, channel.speech, music, clarity)


def _audio(call: Samples, number: int) -> Audio:
    samples = np.clip(np.rint(call.T * 32767), -32768, 32767).astype(np.int16)
    length_ms = samples.shape[1] * 1000 // RATE_HZ
    recording = Recording(f"{number:064}", RATE_HZ, 2, length_ms, "pcm_s16le")
    return Audio(recording, samples, RATE_HZ)


def _material(
    folder: Path, extra: Sequence[Path]
) -> tuple[dict[str, Samples], list[tuple[Samples, list[Played]]], Samples]:
    """Recordings by name, live parts with what plays in them, and a greeting of an agent."""
    originals: dict[str, Samples] = {}
    lives: list[tuple[Samples, list[Played]]] = []
    greeting = _silence(0)
    for path in sorted(folder.glob("*.truth.json")):
        audio_path = path.with_name(path.name.replace(".truth.json", ".wav"))
        truth = json.loads(path.read_text(encoding="utf-8"))
        if truth["channel_roles"] != ["agent", "customer"] or not audio_path.is_file():
            continue
        call = codecs.decode(audio_path.read_bytes())
        live_ms = min(one["start_ms"] for one in truth["turns"] if one["role"] != "recorded")
        from_ms = max(0, live_ms - 200)
        later = [
            Played(one["text"][:12], one["start_ms"] - from_ms, one["end_ms"] - from_ms)
            for one in truth["turns"]
            if one["role"] == "recorded" and one["start_ms"] >= from_ms
        ]
        lives.append((call[from_ms * SAMPLES_PER_MS :], later))
        for turn in truth["turns"]:
            sound = call[turn["start_ms"] * SAMPLES_PER_MS : turn["end_ms"] * SAMPLES_PER_MS, 0]
            length_ms = turn["end_ms"] - turn["start_ms"]
            loud = sound.size and float(np.abs(sound).max()) > 0.03
            if turn["role"] == "recorded" and length_ms >= SHORTEST_MS and loud:
                originals.setdefault(turn["text"][:12], sound)
            elif turn["role"] == "agent" and not greeting.size and "为您服务" in turn["text"]:
                greeting = sound
    for path in extra:
        sound = load([path], Settings()).clip(0, 0, LONGEST_MS, RATE_HZ)
        if len(sound) >= SHORTEST_MS * SAMPLES_PER_MS:
            originals[path.stem] = sound
    return originals, lives, greeting


def write_library(folder: Path, originals: dict[str, Samples]) -> None:
    """The originals as a library, as a bank would put them there."""
    entries = []
    for number, (name, sound) in enumerate(originals.items(), start=1):
        file = f"clips/P{number:03}.wav"
        codecs.write(folder / file, sound[:, np.newaxis], "pcm")
        entries.append(Entry(f"P{number:03}", "notice", name=name, text=name, file=file))
    write_table(folder, entries)


def _silence(duration_ms: int) -> Samples:
    return signals.silence(duration_ms)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("calls", type=Path, help="folder of rendered calls with truth, clean")
    parser.add_argument("--extra", type=Path, nargs="*", default=[], help="more recordings")
    parser.add_argument("--count", type=int, default=24, help="calls of the day")
    parser.add_argument("--conditions", nargs="*", default=CONDITIONS)
    parser.add_argument("--work", type=Path, default=Path("bench-prompts"), help="for the library")
    options = parser.parse_args(arguments)
    day = make_day(options.calls, options.extra, options.count)
    write_library(options.work, day.originals)
    for name in options.conditions:
        print(name, json.dumps(measure(day, name, options.work)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
