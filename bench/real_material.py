"""Public recordings of people and of real equipment, laid out as calls that the product can score.

A folder holds any of these; what is missing is left out:

=================== ================================================================================
``harpervalley/``   ``NAME.agent.wav``, ``NAME.caller.wav`` and ``NAME.transcript.json``: simulated
                    bank calls in English over real telephones (HarperValleyBank)
``aishell/``        ``NAME.wav``, read Mandarin; its texts in the columns ``path`` and ``reference
                    transcript or label file`` of ``index.tsv`` (AISHELL-1)
``hold_music/``     music as an exchange plays it (Asterisk sounds)
``ivr/``            recorded prompts (Asterisk sounds)
=================== ================================================================================

Each becomes a call of two channels, agent and customer, with its truth in the format that
``bench.measures`` reads. A customer who was not recorded is a line that is open and quiet, so that
nothing excuses the product from judging.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autoqa.audio import Audio, load
from autoqa.settings import Settings
from bench.layout import Sound
from bench.truth import dead_air, talk_over

Lines = npt.NDArray[np.int16]
Segments = Sequence[Mapping[str, Any]]

ONE_SIDED = ("aishell", "hold_music", "ivr")
_QUIET = 10 ** (-60 / 20) * 32768
"""Noise of an open line, 60 dB under full scale."""
_TEXT = "reference transcript or label file"
_SOUND = re.compile(r"\[(?!unintelligible)[^]]*\]")
"""What a transcript notes that is no speech: breath, noise, laughter."""


def lay_out(folder: Path, out: Path) -> None:
    """Write every recording of ``folder`` that is known as a call below ``out``."""
    calls = [*_harpervalley(folder / "harpervalley"), *_one_sided(folder)]
    for name, lines, rate_hz, truth in calls:
        _write(out / f"{name}.wav", lines, rate_hz)
        (out / f"{name}.truth.json").write_text(json.dumps(truth, ensure_ascii=False), "utf-8")
    with (out / "calls.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(["file", "channel_roles"])
        writer.writerows([f"{name}.wav", "agent,customer"] for name, *_ in calls)


def conversation(segments: Segments) -> list[Sound]:
    """The live turns of a transcript in the call's time; what is only noise is none."""
    return sorted(
        (_turn(one) for one in segments if _SOUND.sub("", one["human_transcript"]).strip()),
        key=lambda turn: (turn.start_ms, turn.end_ms),
    )


def delay_ms(segments: Segments, role: str) -> int:
    """How much later than the call a party's file begins."""
    return next(
        (one["offset_ms"] - one["start_ms"] for one in segments if one["speaker_role"] == role), 0
    )


def truth_of(turns: Sequence[Sound], duration_ms: int) -> dict[str, Any]:
    """Silence and talk-over of live turns, in the format of the truth."""
    events = [*dead_air(turns, []), *talk_over(turns)]
    said = [
        {"role": one.role, "start_ms": one.start_ms, "end_ms": one.end_ms, "text": one.text}
        for one in turns
    ]
    return _truth(duration_ms, said, events)


def together(lines: Sequence[npt.NDArray[np.int16]]) -> Lines:
    """Lines as channels, the shorter padded: shape (channels, frames)."""
    channels = np.zeros((len(lines), max(map(len, lines))), np.int16)
    for channel, line in zip(channels, lines, strict=True):
        channel[: len(line)] = line
    return channels


def _turn(segment: Mapping[str, Any]) -> Sound:
    start_ms, role = segment["offset_ms"], segment["speaker_role"]
    end_ms = start_ms + segment["duration_ms"]
    return Sound(
        "speech",
        start_ms,
        end_ms,
        role="customer" if role == "caller" else role,
        text=segment["human_transcript"],
        voiced=((start_ms, end_ms),),
    )


def _harpervalley(folder: Path) -> Iterator[tuple[str, Lines, int, dict[str, Any]]]:
    for path in sorted(folder.glob("*.transcript.json")):
        name = path.name.removesuffix(".transcript.json")
        segments = json.loads(path.read_text("utf-8"))
        lines = []
        for role in ("agent", "caller"):
            audio = _load(folder / f"{name}.{role}.wav")
            late = delay_ms(segments, role) * audio.rate_hz // 1000
            lines.append(np.pad(audio.samples[0], (late, 0)))
        samples = together(lines)
        duration_ms = samples.shape[1] * 1000 // audio.rate_hz
        truth = truth_of(conversation(segments), duration_ms)
        yield f"harpervalley/{name}", samples, audio.rate_hz, truth


def _one_sided(folder: Path) -> Iterator[tuple[str, Lines, int, dict[str, Any]]]:
    texts = _texts(folder / "index.tsv")
    random = np.random.default_rng(0)
    for group in ONE_SIDED:
        for path in sorted((folder / group).glob("*.*")):
            if path.suffix not in {".wav", ".gsm"}:
                continue
            audio = _load(path)
            quiet = np.asarray(random.normal(0, _QUIET, audio.samples.shape[1]), np.int16)
            text = texts.get(f"{group}/{path.name}", "") if group == "aishell" else ""
            said = [{"role": "agent", "start_ms": 0, "end_ms": audio.duration_ms, "text": text}]
            truth = _truth(audio.duration_ms, said if text else [], [])
            samples = together([audio.samples[0], quiet])
            yield f"{group}/{path.stem}", samples, audio.rate_hz, truth


def _texts(index: Path) -> dict[str, str]:
    if not index.is_file():
        return {}
    with index.open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["path"]: row[_TEXT] or "" for row in rows}


def _truth(duration_ms: int, turns: list[Any], events: list[Any]) -> dict[str, Any]:
    return {
        "duration_ms": duration_ms,
        "channel_roles": ["agent", "customer"],
        "turns": turns,
        "events": events,
        "phrases": [],
        "outcomes": {},
    }


def _load(path: Path) -> Audio:
    return load((path,), Settings())


def _write(path: Path, lines: Lines, rate_hz: int) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, lines.T, rate_hz, subtype="PCM_16")
