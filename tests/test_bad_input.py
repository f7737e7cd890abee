"""What is no call, or hardly one, through the whole line: a result that says so, and no failure."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.acoustics.signals import Signal, audio, noise, sentence, silence, tone, tune
from tests.audio.sounds import write_wav

RULES = Path(__file__).parent.parent / "rules" / "retail-bank"
KEYS = np.concatenate([part for _ in range(4) for part in (tone(0.1, 770, 1336), silence(0.2))])
VOICE = sentence(0)
RECORDINGS: Mapping[str, tuple[Signal, ...]] = {
    "silence": (silence(5), silence(5)),
    "noise": (noise(5, 0.1), noise(5, 0.1, seed=2)),
    "fifty_ms": (VOICE[8_000:8_400], VOICE[8_000:8_400] * 0.1),
    "one_second": (VOICE[16_000:24_000], noise(1)),
    "keys": (KEYS, noise(2)),
    "song": (tune(20), noise(20)),
    "empty_line": (VOICE, silence(20)),
    "copied": (VOICE, VOICE),
    "eight": (VOICE, *[silence(20)] * 6, sentence(1)),
    "nine": (*[noise(1)] * 9,),
    "one_sample": (silence(1 / 8_000),),
}
REMARKS = {
    "silence": "no_speech",
    "noise": "no_speech",
    "fifty_ms": "no_speech",
    "keys": "no_speech",
    "song": "no_speech",
    "empty_line": "silent_channel",
    "copied": "dual_mono",
}
REFUSED = {"nine": "9 channels", "one_sample": "no sound"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them scored in one run."""
    recordings = tmp_path_factory.mktemp("bad")
    for name, lines in RECORDINGS.items():
        write_wav(recordings / f"{name}.wav", audio(*lines).samples)
    command = [sys.executable, "-m", "autoqa", "score", str(recordings), "--rules", str(RULES)]
    command += ["--out", str(recordings / "qa"), "--lang", "en", "--workers", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return recordings / "qa"


def result(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.wav.json").read_text("utf-8"))
    return found


def test_every_recording_has_its_row(folder: Path) -> None:
    with (folder / "summary.csv").open(encoding="utf-8-sig", newline="") as table:
        assert len(list(csv.DictReader(table))) == len(RECORDINGS)


@pytest.mark.parametrize("name", sorted(RECORDINGS.keys() - REFUSED.keys()))
def test_nobody_fails_for_what_was_not_recorded(folder: Path, name: str) -> None:
    scorecard = result(folder, name)["scorecard"]
    failed = [one["rule_id"] for one in scorecard["findings"] if one["outcome"] == "failed"]
    assert failed == []
    assert scorecard["fatal_rule_ids"] == []


@pytest.mark.parametrize(("name", "kind"), REMARKS.items())
def test_what_cannot_be_judged_is_remarked(folder: Path, name: str, kind: str) -> None:
    assert kind in [remark["kind"] for remark in result(folder, name)["call"]["remarks"]]


@pytest.mark.parametrize("name", ["silence", "noise", "fifty_ms", "keys", "song"])
def test_no_word_is_heard_where_nobody_speaks(folder: Path, name: str) -> None:
    assert result(folder, name)["call"]["utterances"] == []


def test_of_eight_channels_the_two_in_use_are_the_parties(folder: Path) -> None:
    channels = result(folder, "eight")["call"]["channels"]
    roles = {channel["index"]: channel["role"] for channel in channels}
    assert roles == {0: "agent", 7: "customer"}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_what_cannot_be_read_says_why(folder: Path, name: str, reason: str) -> None:
    refused = result(folder, name)
    assert refused["call"] is None
    assert reason in refused["error"]["text"]
