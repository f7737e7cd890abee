"""Where weights come from: a folder, installed parts, the hub; and what is said when none has."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autoqa.errors import ModelMissing, UsageError
from autoqa.i18n import language, render
from autoqa.models import assemble, resolve

FIRST, SECOND = b"first half " * 1000, b"second half" * 999
SHA256 = hashlib.sha256(FIRST + SECOND).hexdigest()


@pytest.fixture
def parts(tmp_path: Path) -> tuple[list[Path], list[Path]]:
    folder = tmp_path / "installed"
    folder.mkdir()
    for name, content in (("part1", FIRST), ("part2", SECOND), ("config.json", b"{}")):
        (folder / name).write_bytes(content)
    return [folder / "part1", folder / "part2"], [folder / "config.json"]


def test_a_folder_with_weights_is_itself(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    assert resolve(str(tmp_path), tmp_path / "cache") == tmp_path


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"holds no model\.bin") as caught:
        resolve(str(tmp_path), tmp_path / "cache")
    assert str(tmp_path) in str(caught.value)


def test_installed_parts_become_a_model(tmp_path: Path) -> None:
    folder = resolve("base", tmp_path)
    assert folder.is_relative_to(tmp_path)
    assert {path.name for path in folder.iterdir()} == {
        "model.bin",
        "config.json",
        "tokenizer.json",
        "vocabulary.json",
    }


def test_parts_are_joined_in_order_and_once(
    tmp_path: Path, parts: tuple[list[Path], list[Path]]
) -> None:
    folder = assemble("tiny", SHA256, *parts, tmp_path / "cache")
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert (folder / "config.json").read_bytes() == b"{}"
    made = (folder / "model.bin").stat().st_mtime_ns
    assert assemble("tiny", SHA256, *parts, tmp_path / "cache") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made


def test_a_damaged_part_leaves_nothing_behind(
    tmp_path: Path, parts: tuple[list[Path], list[Path]]
) -> None:
    parts[0][1].write_bytes(SECOND[:-1] + b"X")
    with pytest.raises(ModelMissing, match=r"damaged .*--force-reinstall"):
        assemble("tiny", SHA256, *parts, tmp_path / "cache")
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_a_cut_copy_in_the_cache_is_made_anew(
    tmp_path: Path, parts: tuple[list[Path], list[Path]]
) -> None:
    folder = assemble("tiny", SHA256, *parts, tmp_path / "cache")
    (folder / "model.bin").write_bytes(FIRST)
    assert assemble("tiny", SHA256, *parts, tmp_path / "cache") == folder
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND


def test_several_at_once_get_one_whole_model(
    tmp_path: Path, parts: tuple[list[Path], list[Path]]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = set(
            pool.map(
                lambda _: assemble("tiny", SHA256, *parts, tmp_path / "cache"),
                range(16),
            )
        )
    [folder] = folders
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert list(folder.parent.iterdir()) == [folder]


def test_a_cache_that_cannot_be_written_is_said(
    tmp_path: Path, parts: tuple[list[Path], list[Path]]
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(UsageError, match="AUTOQA_CACHE_DIR"):
        assemble("tiny", SHA256, *parts, tmp_path / "cache")


@pytest.mark.parametrize("name", ["large-v3-turbo", "no-such-model", ""])
def test_no_weights_says_the_three_ways_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelMissing) as caught:
        resolve(name, tmp_path)
    sentence = str(caught.value)
    assert "pip install" in sentence
    assert "--model FOLDER" in sentence
    assert "hub" in sentence
    with language("zh_CN"):
        assert "没有模型" in render(caught.value.message)
