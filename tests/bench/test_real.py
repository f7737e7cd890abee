"""Public recordings laid out as calls, and what is counted of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autoqa.audio import load
from autoqa.settings import Settings
from bench.mono import Told
from bench.real import Heard, Row, rows_of, voices_rows
from bench.real_material import conversation, delay_ms, lay_out, together, truth_of
from tests.audio.sounds import tones, write_wav


def segment(role: str, start_ms: int, end_ms: int, text: str, late_ms: int = 0) -> dict[str, Any]:
    """A turn as HarperValleyBank writes it: ``start_ms`` is its file's time."""
    return {
        "speaker_role": role,
        "start_ms": start_ms - late_ms,
        "offset_ms": start_ms,
        "duration_ms": end_ms - start_ms,
        "human_transcript": text,
    }


SEGMENTS = [
    segment("agent", 3_000, 5_000, "hello", late_ms=2_000),
    segment("caller", 4_000, 4_700, "hi my name is"),
    segment("caller", 6_000, 6_200, "[noise]"),
    segment("agent", 9_000, 9_500, "[unintelligible]", late_ms=2_000),
]


@pytest.mark.parametrize(
    ("text", "is_turn"),
    [
        ("", False),
        ("[noise]", False),
        ("[noise] [laughter]", False),
        ("[laughter] um tuesday", True),
        ("[unintelligible]", True),
        ("<unk>", True),
    ],
)
def test_noise_is_no_turn(text: str, is_turn: bool) -> None:
    assert bool(conversation([segment("agent", 0, 500, text)])) is is_turn


def test_silence_and_talk_over_come_from_the_transcript() -> None:
    truth = truth_of(conversation(SEGMENTS), 10_000)
    found = [(event["kind"], event["start_ms"], event["end_ms"]) for event in truth["events"]]
    assert found == [("dead_air", 5_000, 9_000), ("talk_over", 4_000, 4_700)]
    assert truth["events"][1]["interrupter"] == "customer"
    assert [turn["role"] for turn in truth["turns"]] == ["agent", "customer", "agent"]


def test_the_order_of_a_transcript_does_not_matter() -> None:
    assert conversation(SEGMENTS[::-1]) == conversation(SEGMENTS)


def test_the_clock_of_a_file() -> None:
    assert (delay_ms(SEGMENTS, "agent"), delay_ms(SEGMENTS, "caller")) == (2_000, 0)
    assert delay_ms([], "agent") == 0


def test_lines_become_channels() -> None:
    lines = together([np.array([1, 2, 3], np.int16), np.array([4], np.int16)])
    assert lines.tolist() == [[1, 2, 3], [4, 0, 0]]


def test_recordings_are_laid_out_as_calls(tmp_path: Path) -> None:
    folder, out = tmp_path / "real", tmp_path / "calls"
    for name in ("aishell", "harpervalley", "hold_music"):
        (folder / name).mkdir(parents=True)
    sound = tones(8_000, 2.0, 1)
    write_wav(folder / "aishell" / "one.wav", sound)
    write_wav(folder / "hold_music" / "tune.wav", sound)
    write_wav(folder / "harpervalley" / "call.agent.wav", sound)
    write_wav(folder / "harpervalley" / "call.caller.wav", sound)
    (folder / "harpervalley" / "call.transcript.json").write_text(json.dumps(SEGMENTS))
    (folder / "index.tsv").write_text(
        'path\treference transcript or label file\naishell/one.wav\t说"百分之八十"\n', "utf-8"
    )
    out.mkdir()
    lay_out(folder, out)
    with (out / "calls.csv").open(encoding="utf-8", newline="") as table:
        assert {
            row["file"]: row["channel_roles"] for row in csv.DictReader(table)
        } == dict.fromkeys(
            ["aishell/one.wav", "harpervalley/call.wav", "hold_music/tune.wav"], "agent,customer"
        )
    read = json.loads((out / "aishell" / "one.truth.json").read_text("utf-8"))
    assert [turn["text"] for turn in read["turns"]] == ['说"百分之八十"']
    assert json.loads((out / "hold_music" / "tune.truth.json").read_text("utf-8"))["turns"] == []
    quiet = load((out / "hold_music" / "tune.wav",), Settings()).samples[1]
    assert 10 < float(np.std(quiet.astype(float))) < 100
    call = load((out / "harpervalley" / "call.wav",), Settings())
    assert call.duration_ms == 4_000
    assert not call.samples[0, :16_000].any()
    assert call.samples[1, :16_000].any()


def result(text: str, *evidence: str) -> dict[str, Any]:
    """A call of the product's in which an agent said ``text`` and the quotes were found."""
    span = {"start_ms": 0, "end_ms": 1_000, "role": "agent"}
    found = [{"evidence": [{**span, "quote": quote}]} for quote in evidence]
    return {
        "call": {
            "channels": [{"role": "agent", "speech": [span]}],
            "utterances": [{**span, "text": text}] if text else [],
            "events": [],
            "remarks": [] if text else [{"kind": "language"}],
        },
        "scorecard": {
            "findings": [{"rule_id": "greeting", "outcome": "passed", "occurrences": found}]
        },
    }


NOTHING = truth_of([], 5_000)


def values(material: str, *results: dict[str, Any], truth: Any = NOTHING) -> dict[str, Any]:
    heard = Heard()
    for one in results:
        heard.add("a.wav", one, truth)
    return {row.measure: row.value for row in rows_of({material: heard})}


def test_a_phrase_in_music_is_counted() -> None:
    found = values("hold_music", result("您好", "您好"), result(""))
    assert (found["phrases found"], found["characters heard"], found["speech"]) == (1, 2, 2.0)


def test_character_errors_of_what_was_read() -> None:
    turn = {"role": "agent", "start_ms": 0, "end_ms": 1_000, "text": "投资需求"}
    found = values("aishell", result("投资需要"), truth={**NOTHING, "turns": [turn]})
    assert found["character error rate"] == 25
    assert values("aishell", result("您好"))["character error rate"] is None


def test_another_language_decides_nothing() -> None:
    found = values("harpervalley", result(""))
    assert (found["calls in another language"], found["rules decided"]) == (1, 1)
    assert found["dead_air: F1"] is None


def test_a_recording_that_failed_is_counted() -> None:
    found = values("ivr", {"call": None})
    assert (found["calls"], found["recordings failed"], found["speech"]) == (1, 1, 0)


def test_voices_told_apart() -> None:
    rows = voices_rows("ami", Told(right=60, wrong=20, unsure=20), 2)
    assert [row.value for row in rows] == [2, 25, 20]
    assert voices_rows("ami", Told(), 0)[1] == Row("ami", "speaker error", None, "3 %", "%")
