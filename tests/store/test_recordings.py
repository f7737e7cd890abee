"""Which files a recording has, and which of them are the store's to remove."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.store import Recordings, Store
from tests.databases import url_of

ID = "3f" + 62 * "a"


@pytest.fixture
def recordings(tmp_path: Path) -> Iterator[Recordings]:
    with Store(url_of(tmp_path / "qa.db")) as store:
        yield Recordings(store, tmp_path / "recordings")


def receive(recordings: Recordings, *names: str) -> None:
    with recordings.incoming() as folder:
        for name in names:
            (folder / name).write_bytes(name.encode())
        recordings.keep(ID, [folder / name for name in names])


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "recordings").rglob("*") if path.is_file())


def test_nothing_is_known_of_an_unknown_one(recordings: Recordings) -> None:
    assert recordings.paths(ID) == ()
    assert not recordings.is_own(ID)
    recordings.delete(ID)


def test_what_was_received_is_kept_in_order(recordings: Recordings, tmp_path: Path) -> None:
    receive(recordings, "agent.WAV", "caller.mp3")
    paths = recordings.paths(ID)
    assert [path.read_text() for path in paths] == ["agent.WAV", "caller.mp3"]
    assert [path.name for path in paths] == [f"{ID}.0.wav", f"{ID}.1.mp3"]
    assert len(files(tmp_path)) == 2


def test_a_name_from_outside_never_becomes_a_path(recordings: Recordings, tmp_path: Path) -> None:
    receive(recordings, "x.w a;v")
    assert files(tmp_path) == [f"{ID}.0"]


def test_the_same_bytes_are_kept_once(recordings: Recordings, tmp_path: Path) -> None:
    receive(recordings, "a.wav")
    receive(recordings, "a.wav")
    assert len(files(tmp_path)) == 1


def test_its_own_files_go_with_it(recordings: Recordings, tmp_path: Path) -> None:
    receive(recordings, "a.wav")
    recordings.delete(ID)
    assert files(tmp_path) == []
    assert recordings.paths(ID) == ()


def test_files_of_a_folder_are_played_and_never_removed(
    recordings: Recordings, tmp_path: Path
) -> None:
    found = tmp_path / os.fsdecode("客户\udcff.wav".encode("utf-8", "surrogateescape"))
    found.touch()
    recordings.note(ID, [found])
    assert recordings.paths(ID) == (found,)
    recordings.delete(ID)
    assert found.exists()


def test_own_files_are_not_forgotten_for_those_of_a_folder(
    recordings: Recordings, tmp_path: Path
) -> None:
    receive(recordings, "a.wav")
    recordings.note(ID, [tmp_path / "a.wav"])
    assert recordings.is_own(ID)
    assert recordings.paths(ID)[0].name == f"{ID}.0.wav"


def test_a_pair_found_as_one_file_is_one_file(recordings: Recordings, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).touch()
    recordings.note(ID, [tmp_path / "a", tmp_path / "b"])
    recordings.note(ID, [tmp_path / "c"])
    assert recordings.paths(ID) == (tmp_path / "c",)


def test_where_a_file_is_gone_there_is_no_recording(recordings: Recordings, tmp_path: Path) -> None:
    recordings.note(ID, [tmp_path / "gone.wav"])
    assert recordings.paths(ID) == ()


def test_what_was_never_finished_is_swept_away(recordings: Recordings, tmp_path: Path) -> None:
    receive(recordings, "a.wav")
    orphan = tmp_path / "recordings" / "bb" / f"bb{62 * '0'}.0.wav"
    left = tmp_path / "recordings" / "incoming" / "x" / "part.wav"
    for path in (orphan, left):
        path.parent.mkdir(parents=True)
        path.touch()
    recordings.sweep()
    assert len(files(tmp_path)) == 3
    for path in (orphan, left.parent, recordings.paths(ID)[0]):
        os.utime(path, (0, 0))
    recordings.sweep()
    assert files(tmp_path) == [f"{ID}.0.wav"]
