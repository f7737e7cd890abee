"""Which files are recordings, and which two are one call."""

from pathlib import Path

import pytest

from autoqa.errors import UsageError
from autoqa.folder import find_sources
from autoqa.settings import Settings
from autoqa.types import Role


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def files(folder: Path, pair: str = "", leave_out: Path | None = None) -> list[str]:
    sources, _ = find_sources(folder, Settings(), pair=pair, leave_out=leave_out)
    return [source.file for source in sources]


def test_recordings_of_all_folders_in_order(tmp_path: Path) -> None:
    touch(tmp_path, "b/2.WAV", "b/10.mp3", "a.amr", "calls.csv", "a.truth.json", ".hidden/x.wav")
    assert files(tmp_path) == ["a.amr", "b/10.mp3", "b/2.WAV"]


def test_the_output_folder_is_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "qa/old.wav")
    assert files(tmp_path, leave_out=tmp_path / "qa") == ["a.wav"]


def test_one_file_whatever_its_ending(tmp_path: Path) -> None:
    touch(tmp_path, "a.bin", "b.wav")
    assert files(tmp_path / "a.bin") == ["a.bin"]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_nothing_to_score_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=name):
        files(tmp_path / name)


def test_a_pair_is_one_call_with_known_roles(tmp_path: Path) -> None:
    touch(tmp_path, "x/1.agent.wav", "x/1.caller.wav", "x/2.wav")
    sources, _ = find_sources(tmp_path, Settings(), pair="*.agent.wav,*.caller.wav")
    assert [source.file for source in sources] == ["x/1.agent.wav", "x/2.wav"]
    assert [path.name for path in sources[0].paths] == ["1.agent.wav", "1.caller.wav"]
    assert sources[0].contact.channel_roles == (Role.AGENT, Role.CUSTOMER)


@pytest.mark.parametrize("present", ["1.agent.wav", "1.caller.wav"])
def test_a_file_without_its_partner_is_a_fault(tmp_path: Path, present: str) -> None:
    touch(tmp_path, present)
    sources, _ = find_sources(tmp_path, Settings(), pair="*.agent.wav,*.caller.wav")
    assert [source.file for source in sources] == [present]
    assert sources[0].fault is not None


@pytest.mark.parametrize("pair", ["*.a.wav", "a.wav,b.wav", "*a*,*b", "*,*,*"])
def test_a_pattern_that_is_none_is_one_sentence(tmp_path: Path, pair: str) -> None:
    touch(tmp_path, "a.wav")
    with pytest.raises(UsageError, match="--pair"):
        files(tmp_path, pair=pair)
