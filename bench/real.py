"""What the product makes of recordings that it and its bench have not made.

    python -m bench.real FOLDER [--rules DIR] [--out DIR] [--json]

FOLDER holds public recordings (``bench.real_material`` says which and where). They are laid out as
calls and scored as ``autoqa score`` does it. Printed, with what is aimed at:

* ``harpervalley``: silence and talk-over against those of its transcripts; whether it is heard as
  another language and no rule is decided;
* ``aishell``: character error rate, and phrases found in it, where there are none;
* ``hold_music``, ``ivr``: speech, characters and phrases heard on the agent's line, where nobody
  speaks or a recording does;
* ``ami``: voices told apart on one line (``bench.mono``), where the extra is installed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from autoqa.audio import load
from autoqa.diarization import load_diarizer
from autoqa.i18n import language
from autoqa.night import score_night
from autoqa.settings import Settings, read_settings
from autoqa.text import normalise
from bench.measures import Counts, Measures, frame_counts
from bench.mono import Told, compare, read_rttm, tell_apart
from bench.quality import total
from bench.real_material import lay_out

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``value`` is None where there was nothing to measure."""

    material: str
    measure: str
    value: float | None
    aim: str = ""
    unit: str = ""


@dataclass(slots=True)
class Heard:
    """What was made of one kind of material; adds up over its calls."""

    measures: Measures = field(default_factory=Measures)
    speech: Counts = field(default_factory=Counts)
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    speech_ms: int = 0
    characters: int = 0
    foreign: int = 0

    def add(self, name: str, result: Json, truth: Json) -> None:
        """Counts one call: the product's document against its truth."""
        self.measures.add(name, result, truth)
        if (call := result.get("call")) is None:
            return
        spoken = [
            (channel["role"], speech["start_ms"], speech["end_ms"])
            for channel in call["channels"]
            for speech in channel["speech"]
        ]
        said = [(turn["role"], turn["start_ms"], turn["end_ms"]) for turn in truth["turns"]]
        self.speech += frame_counts(spoken, said, truth["duration_ms"])
        self.speech_ms += sum(end_ms - start_ms for _, start_ms, end_ms in spoken)
        self.characters += sum(len(normalise(one["text"]).text) for one in call["utterances"])
        self.foreign += any(remark["kind"] == "language" for remark in call["remarks"])
        for finding in result["scorecard"]["findings"]:
            self.outcomes[finding["outcome"]] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules/retail-bank"))
    parser.add_argument("--out", type=Path, help="keep the calls and the product's output here")
    parser.add_argument("--json", action="store_true", help="a JSON list on stdout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        calls, scored = out / "calls", out / "scored"
        calls.mkdir(parents=True, exist_ok=True)
        lay_out(options.folder, calls)
        settings = replace(read_settings(), language="en", mask=False)
        console = Console(stderr=True)
        with language(settings.language):
            score_night(calls, options.rules, scored, settings=settings, console=console)
        rows = [*rows_of(measure(calls, scored)), *_voices(options.folder / "ami")]
    if options.json:
        json.dump([asdict(row) for row in rows], sys.stdout, indent=1)
        return 0
    table = Table("material", "measure", "found", "aim", title=str(options.folder))
    for row in rows:
        table.add_row(row.material, row.measure, _shown(row), row.aim)
    Console().print(table)
    return 0


def measure(calls: Path, scored: Path) -> dict[str, Heard]:
    """What was made of each kind of material, by its folder."""
    heard: dict[str, Heard] = {}
    for path in sorted(calls.rglob("*.truth.json")):
        recording = path.with_name(path.name.removesuffix(".truth.json") + ".wav")
        file = recording.relative_to(calls).as_posix()
        result = json.loads((scored / f"{file}.json").read_text("utf-8"))
        truth = json.loads(path.read_text("utf-8"))
        heard.setdefault(recording.parent.name, Heard()).add(file, result, truth)
    return heard


def rows_of(heard: Mapping[str, Heard]) -> Iterator[Row]:
    """The lines of the table for the materials that there are."""
    for material, one in heard.items():
        yield Row(material, "calls", one.measures.calls)
        yield Row(material, "recordings failed", one.measures.failed_recordings, "0")
        yield from MATERIALS[material](material, one)


def _english(material: str, heard: Heard) -> Iterator[Row]:
    for kind in ("dead_air", "talk_over"):
        ours_ms, theirs_ms = heard.measures.event_ms.get(kind, (0, 0))
        yield Row(material, f"{kind}: F1", heard.measures.events[kind].f1, "1")
        yield Row(material, f"{kind}: heard", ours_ms / 1000, f"{theirs_ms / 1000:.1f} s", "s")
    yield Row(material, "who speaks: F1", heard.speech.f1, "1")
    yield Row(material, "calls in another language", heard.foreign, str(heard.measures.calls))
    decided = heard.outcomes.get("passed", 0) + heard.outcomes.get("failed", 0)
    yield Row(material, "rules undetermined", heard.outcomes.get("undetermined", 0))
    yield Row(material, "rules decided", decided, "0")
    yield from _phrases(material, heard)


def _mandarin(material: str, heard: Heard) -> Iterator[Row]:
    edits, characters = heard.measures.edits.get("everyone", (0, 0))
    rate = 100 * edits / characters if characters else None
    yield Row(material, "character error rate", rate, "", "%")
    yield from _phrases(material, heard)


def _no_agent(material: str, heard: Heard) -> Iterator[Row]:
    aim = "0" if material == "hold_music" else ""
    yield Row(material, "speech", heard.speech_ms / 1000, aim, "s")
    yield Row(material, "characters heard", heard.characters, aim)
    yield Row(material, "rules failed", heard.outcomes.get("failed", 0), "0")
    yield from _phrases(material, heard)


def _phrases(material: str, heard: Heard) -> Iterator[Row]:
    yield Row(material, "phrases found", total(heard.measures.phrases).invented, "0")


MATERIALS: Mapping[str, Callable[[str, Heard], Iterator[Row]]] = {
    "harpervalley": _english,
    "aishell": _mandarin,
    "hold_music": _no_agent,
    "ivr": _no_agent,
}


def _voices(folder: Path) -> Iterator[Row]:
    """Voices on one line, against an ``.rttm``."""
    diarizer = load_diarizer(Settings())
    spoken = read_rttm(folder)
    if diarizer is None or not spoken:
        return
    told = Told()
    for name, turns in spoken.items():
        told += compare(tell_apart(load((folder / f"{name}.wav",), Settings()), diarizer), turns)
    yield from voices_rows("ami", told, len(spoken))


def voices_rows(material: str, told: Told, recordings: int) -> Sequence[Row]:
    """The lines of the table for voices that were told apart."""
    given = told.right + told.wrong
    voiced = given + told.unsure
    return (
        Row(material, "recordings", recordings),
        Row(material, "speaker error", 100 * told.wrong / given if given else None, "3 %", "%"),
        Row(material, "given to nobody", 100 * told.unsure / voiced if voiced else None, "", "%"),
    )


def _shown(row: Row) -> str:
    if row.value is None:
        return "–"
    number = f"{row.value:.2f}" if "F1" in row.measure else f"{row.value:.1f}"
    return f"{number.removesuffix('.0')} {row.unit}".strip()


if __name__ == "__main__":
    sys.exit(main())
