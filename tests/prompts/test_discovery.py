"""Discovery: what the bank plays is found once, in its full extent; what people say is not."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from autoqa.audio import load
from autoqa.discovery import discover
from autoqa.errors import UsageError
from autoqa.folder import find_sources
from autoqa.pipeline import Models
from autoqa.prompts import Entry, read_table, write_table
from autoqa.settings import Settings
from autoqa.transcription import Clip, Heard
from autoqa.types import Message
from tests.builders_transcriber import FakeTranscriber
from tests.prompts.sounds import RATE_HZ, Signal, again, silence, voice, write_wav

WELCOME, AD, MENU = voice(4, seed=1), voice(6, seed=2), voice(5, seed=3)
SCRIPTED = voice(5, seed=4)


class Ears(FakeTranscriber):
    """Hears these texts one after the other, each in the first stretch of a sound."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__({})
        self._said = list(texts)
        self.heard: list[Clip] = []

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        self.heard += clips
        text = self._said.pop(0)
        spoken = {(one.key, one.channel, one.start_ms): text for one in clips[:1]}
        return FakeTranscriber(spoken).transcribe(clips)


def call(folder: Path, number: int, *plays: Signal) -> None:
    """A call with these recordings, then an agent's scripted greeting as he says it today, an
    answer by the customer, and talk of its own."""
    pace = 0.9 + 0.035 * number
    agent = [silence(0.5 + 0.137 * number)]
    for sound in plays:
        agent += [sound, silence(0.9 if sound is not WELCOME else 0.6)]
    agent += [again(SCRIPTED, pace), silence(3), voice(6, seed=50 + number), silence(1)]
    line = np.concatenate(agent)
    answer_at = len(line) - 10 * RATE_HZ
    customer = np.concatenate([silence(answer_at / RATE_HZ), voice(2.5, seed=70 + number)])
    write_wav(folder / f"{number}.wav", line, customer)


def run(folder: Path, out: Path, ears: FakeTranscriber, least_calls: int = 3) -> list[Entry]:
    settings = Settings()
    sources, _ = find_sources(folder, settings)
    discover(sources, out, settings, Models(ears), least_calls=least_calls)
    return read_table(out)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A welcome in all calls; an advertisement in three, in one of them broken off; a menu in
    three; a copy of a call under another name."""
    folder = tmp_path_factory.mktemp("day")
    call(folder, 0, WELCOME, AD)
    call(folder, 1, WELCOME, AD)
    call(folder, 2, WELCOME, AD[: 4 * RATE_HZ])
    call(folder, 3, WELCOME, MENU)
    call(folder, 4, WELCOME, MENU)
    call(folder, 5, WELCOME, MENU)
    (folder / "copy of 5.wav").write_bytes((folder / "5.wav").read_bytes())
    return folder


@pytest.fixture(scope="module")
def found(day: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ears]:
    """The folder that discovery filled, and who heard its sounds."""
    out = tmp_path_factory.mktemp("prompts")
    ears = Ears(["金秋分期火热办理中", "个人业务请按一", "您的通话将被录音"])
    run(day, out, ears)
    return out, ears


def test_what_is_played_is_found_and_what_is_said_is_not(found: tuple[Path, Ears]) -> None:
    out, ears = found
    rows = read_table(out)
    assert [(one.guess, one.calls) for one in rows] == [("ad", 3), ("menu", 3), ("notice", 6)]
    for row, seconds in zip(rows, (6, 5, 4), strict=True):
        assert abs(row.seconds - seconds) <= 0.4
        clip = load([out / row.file], Settings())
        assert abs(clip.duration_ms - seconds * 1000) <= 400
        assert row.label == ""
    assert len({one.start_ms for one in ears.heard}) == len(ears.heard), "each was heard once"


def test_run_again_it_keeps_what_staff_wrote(
    day: Path, found: tuple[Path, Ears], tmp_path: Path
) -> None:
    shutil.copytree(found[0], tmp_path, dirs_exist_ok=True)
    first = read_table(tmp_path)
    labelled = [
        Entry(
            one.id, "ad" if one.guess == "ad" else "", one.guess, "金秋分期", one.text,
            one.seconds, 0, one.file, {"备注": "营销部"},
        )
        for one in first
    ]  # fmt: skip
    write_table(tmp_path, labelled)
    second = run(day, tmp_path, Ears([]))
    assert [one.label for one in second] == [one.label for one in labelled]
    assert {one.extra["备注"] for one in second} == {"营销部"}
    assert [one.calls for one in second] == [one.calls for one in first]


def test_what_seems_an_agents_own_is_listed_as_such(tmp_path: Path) -> None:
    """The greeting as a synthetic voice would speak it, the same in each call."""
    folder = tmp_path / "calls"
    for number in range(3):
        agent = np.concatenate([silence(0.5 + number / 3), SCRIPTED, silence(4)])
        customer = np.concatenate([silence(len(agent) / RATE_HZ - 3.5), voice(3, seed=number)])
        write_wav(folder / f"{number}.wav", agent, customer)
    [row] = run(folder, tmp_path / "out", Ears(["您好请问有什么可以帮您"]))
    assert row.guess == "agent"
    assert not row.is_active


def test_too_few_calls_show_nothing(tmp_path: Path) -> None:
    call(tmp_path, 0, WELCOME)
    call(tmp_path, 1, WELCOME)
    with pytest.raises(UsageError, match="2"):
        run(tmp_path, tmp_path / "out", Ears([]))


def test_a_file_that_cannot_be_heard_costs_the_others_nothing(tmp_path: Path) -> None:
    for number in range(3):
        write_wav(tmp_path / f"{number}.wav", np.concatenate([silence(number / 3), AD]), silence(1))
    (tmp_path / "broken.wav").write_bytes(b"RIFF....no sound")
    told: list[Message] = []
    sources, _ = find_sources(tmp_path, Settings())
    out = tmp_path / "out"
    models = Models(Ears(["金秋分期火热办理中"]))
    result = discover(sources, out, Settings(), models, on_fault=told.append)
    assert [one.calls for one in result.entries] == [3]
    assert len(told) == 1
