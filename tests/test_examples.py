"""The whole line on real audio with the real model, as a supervisor runs it."""

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from autoqa.folder import find_sources
from autoqa.reports.result import result_schema
from autoqa.settings import Settings
from bench.measures import COURTESY, Measures
from bench.quality import measure, total

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
RULES = ROOT / "rules" / "retail-bank"


def autoqa(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autoqa", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def score(recordings: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return autoqa("score", recordings, "--rules", RULES, "--out", out, *options)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the examples, scored once for all tests here."""
    out = tmp_path_factory.mktemp("night") / "qa"
    done = score(EXAMPLES, out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return out


@pytest.fixture(scope="module")
def measures(night: Path) -> Measures:
    return measure(EXAMPLES, night)["overall"]


@pytest.fixture(scope="module")
def files() -> list[str]:
    return [source.file for source in find_sources(EXAMPLES, Settings())[0]]


def test_every_recording_has_its_document_and_page(night: Path, files: Sequence[str]) -> None:
    schema = Draft202012Validator(result_schema())
    for file in files:
        document = json.loads((night / f"{file}.json").read_text("utf-8"))
        schema.validate(document)
        assert document["contact"]["file"] == file
        page = (night / "calls" / f"{file}.html").read_text("utf-8")
        assert "data:audio/ogg" in page
        assert "http://" not in page
        assert "https://" not in page


def test_summary_and_report_name_every_recording(night: Path, files: Sequence[str]) -> None:
    data = (night / "summary.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == sorted(files)
    report = (night / "report.html").read_text("utf-8")
    assert all(file in report for file in files)


def test_courtesy_phrases_are_found_and_none_is_invented(measures: Measures) -> None:
    courtesy = total(measures.phrases, COURTESY)
    assert courtesy.precision is not None
    assert courtesy.recall is not None
    assert courtesy.precision >= 0.95, measures.mistakes
    assert courtesy.recall >= 0.95, measures.mistakes


def test_no_phrase_is_credited_where_the_agent_did_not_say_it(
    night: Path, files: Sequence[str]
) -> None:
    """Not in a hold, not in a prompt, not to a customer's voice."""
    for file in files:
        recording = EXAMPLES / file
        truth = json.loads(recording.with_suffix(".truth.json").read_text("utf-8"))
        agent = [turn for turn in truth["turns"] if turn["role"] == "agent"]
        document = json.loads((night / f"{file}.json").read_text("utf-8"))
        for finding in document["scorecard"]["findings"]:
            for occurrence in finding["occurrences"]:
                for one in occurrence["evidence"]:
                    if one["quote"] and one["role"] == "agent":
                        assert any(
                            one["start_ms"] < turn["end_ms"] and turn["start_ms"] < one["end_ms"]
                            for turn in agent
                        ), (file, finding["rule_id"], one)


def test_no_rule_is_wrongly_failed(measures: Measures) -> None:
    assert measures.wrongly_failed == []


def heard_at(night: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(night / "autoqa.db") as connection:
        return connection.execute("SELECT recording_id, heard_at FROM calls ORDER BY 1").fetchall()


def test_what_was_heard_before_is_not_heard_again(night: Path, files: Sequence[str]) -> None:
    before = heard_at(night)
    documents = {file: (night / f"{file}.json").read_text("utf-8") for file in files}
    assert len(before) == len(files)
    again = score(EXAMPLES, night, "--format", "json")
    assert again.returncode == 0, again.stderr
    assert heard_at(night) == before
    printed = [json.loads(line) for line in again.stdout.splitlines()]
    assert sorted(one["contact"]["file"] for one in printed) == sorted(files)
    for one in printed:
        assert one == json.loads(documents[one["contact"]["file"]])


def test_the_same_bytes_under_another_name_are_another_call(night: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "balance-good.wav", tmp_path / "copy.wav")
    store = f"sqlite:///{night / 'autoqa.db'}"
    before = heard_at(night)
    done = score(tmp_path, tmp_path / "qa", "--store", store)
    assert done.returncode == 0, done.stderr
    assert heard_at(night) == before
    assert (tmp_path / "qa" / "copy.wav.json").is_file()


def test_a_broken_file_fails_alone(night: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(EXAMPLES / "balance-good.wav", folder / "good.wav")
    (folder / "bad.wav").write_bytes(b"RIFF\0\0\0\0WAVEnonsense")
    (folder / "empty.mp3").touch()
    done = score(
        folder, tmp_path / "qa", "--lang", "en", "--store", f"sqlite:///{night / 'autoqa.db'}"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    rows = list(
        csv.DictReader((tmp_path / "qa" / "summary.csv").read_text("utf-8-sig").splitlines())
    )
    reasons = {row["File"]: row["Why it could not be scored"] for row in rows}
    assert reasons["good.wav"] == ""
    assert reasons["bad.wav"].startswith("bad.wav")
    assert reasons["empty.mp3"].startswith("empty.mp3")
    document = json.loads((tmp_path / "qa" / "bad.wav.json").read_text("utf-8"))
    assert document["scorecard"] is None
    assert document["error"]["text"] == reasons["bad.wav"]


def test_analyze_prints_one_call(night: Path) -> None:
    done = autoqa("analyze", EXAMPLES / "balance-good.wav")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    Draft202012Validator(result_schema()).validate(document)
    scored = json.loads((night / "balance-good.wav.json").read_text("utf-8"))
    assert document["call"] == scored["call"]
    assert document["scorecard"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["score", "nowhere", "--rules", RULES], "nowhere"),
        (["score", EXAMPLES, "--rules", "nowhere"], "nowhere"),
        (["score", EXAMPLES, "--rules", RULES, "--model", "no-such"], "no-such"),
        (["score", EXAMPLES, "--rules", RULES, "--pair", "x"], "--pair"),
        (["score", EXAMPLES, "--rules", RULES, "--raw", "x"], "raw format"),
        (["score", EXAMPLES, "--rules", RULES, "--store", "x://y"], "x://y"),
        (["rules", "check", "nowhere"], "nowhere"),
        (["analyze", "nowhere.wav"], "nowhere.wav"),
        (["analyze", "a", "b", "c"], "one file, or two"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, arguments: list[str | Path], said: str
) -> None:
    done = autoqa(*arguments, "--lang", "en", cwd=tmp_path, env={"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr
