"""A run over many recordings survives what one of them does to its worker."""

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.batch import score_all
from autoqa.folder import Source
from autoqa.i18n import language, render
from autoqa.reports.row import Row
from autoqa.settings import Settings
from autoqa.types import Contact
from autoqa.worker import Plan, Scored


def start(_plan: Plan) -> None:
    """Nothing to load."""


def work(group: tuple[Source, ...]) -> list[Scored]:
    """Notes each try beside the recording, and does what the recording's name says."""
    for source in group:
        (tries,) = (path.with_suffix(".tries") for path in source.paths)
        with tries.open("a") as file:
            file.write("x")
        if "killer" in source.file:
            os._exit(11)
        if "endless" in source.file:
            threading.Event().wait()
    return [Scored(Row(source.contact, duration_ms=1)) for source in group]


def sources(folder: Path, names: Sequence[str]) -> list[Source]:
    for name in names:
        (folder / name).touch()
    return [Source(Contact(name, name), (folder / name,)) for name in names]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    settings = Settings(workers=2, retries=1, language="en")
    return Plan(settings, tmp_path / "rules", "", tmp_path / "out")


def run(recordings: list[Source], plan: Plan) -> dict[str, Row]:
    rows = [scored.row for scored in score_all(recordings, plan, start=start, work=work)]
    assert len(rows) == len(recordings)
    return {row.contact.file: row for row in rows}


def tries(folder: Path, name: str) -> int:
    return len((folder / name).with_suffix(".tries").read_text())


def test_every_recording_comes_back_once(tmp_path: Path, plan: Plan) -> None:
    names = [f"{number:02}.wav" for number in range(23)]
    rows = run(sources(tmp_path, names), plan)
    assert sorted(rows) == names
    assert {row.error for row in rows.values()} == {None}


def test_a_killer_is_set_aside_and_its_neighbours_are_scored(tmp_path: Path, plan: Plan) -> None:
    names = [f"{number:02}.wav" for number in range(15)] + ["killer.wav"]
    rows = run(sources(tmp_path, names), plan)
    assert [name for name, row in rows.items() if row.error] == ["killer.wav"]
    error = rows["killer.wav"].error
    assert error is not None
    with language("en"):
        assert "died" in render(error)
    # Once with its neighbours, once alone, and once more for the retry.
    assert tries(tmp_path, "killer.wav") == 3
    assert (plan.out / "killer.wav.json").is_file()


def test_a_recording_that_never_ends_is_stopped(tmp_path: Path, plan: Plan) -> None:
    plan = replace(plan, settings=replace(plan.settings, retries=0, shortest_timeout_s=1.0))
    rows = run(sources(tmp_path, ["endless.wav", "a.wav", "b.wav"]), plan)
    assert [name for name, row in rows.items() if row.error] == ["endless.wav"]


def test_no_recordings_no_results(plan: Plan) -> None:
    assert list(score_all([], plan, start=start, work=work)) == []
