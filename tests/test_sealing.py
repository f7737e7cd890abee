"""What is stored is encrypted where the bank has a key."""

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.audio import content_id
from autoqa.codec import decode, encode
from autoqa.errors import StoreError, UnreadableRecording, UsageError
from autoqa.sealing import KEY, KEY_FILE, create, name_of, opened, read_whole, sealed, unsealed
from autoqa.store import Store, hearing_key
from tests.builders import dialogue

ONE, OTHER = "0a" * 32, "0b" * 32
CALL = dialogue("客户 0.0-2.0 我的手机是13800138000。")


@given(st.binary(max_size=200))
def test_what_was_sealed_comes_back(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY, ONE)
        assert unsealed(sealed(data)) == data
        assert sealed(data) == sealed(data)


def test_a_key_changes_every_byte_string(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = encode(CALL)
    monkeypatch.setenv(KEY, ONE)
    made = encode(CALL)
    assert made != plain
    assert decode(type(CALL), made) == decode(type(CALL), plain)  # older rows stay readable


def test_nobody_reads_it_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, ONE)
    made = encode(CALL)
    monkeypatch.setenv(KEY, OTHER)
    with pytest.raises(StoreError):
        decode(type(CALL), made)
    monkeypatch.delenv(KEY)
    with pytest.raises(StoreError):
        decode(type(CALL), made)


def test_the_key_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(KEY, ONE)
    made = encode(CALL)
    monkeypatch.delenv(KEY)
    (tmp_path / "key").write_text(f"{ONE}\n", "ascii")
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "key"))
    assert encode(CALL) == made


@pytest.mark.parametrize("text", ["short", "zz" * 32])
def test_a_bad_key_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(KEY, text)
    with pytest.raises(UsageError):
        encode(CALL)


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "none"))
    with pytest.raises(UsageError):
        encode(CALL)


def test_a_store_with_a_key_works_as_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(KEY, ONE)
    with Store(f"sqlite:///{tmp_path / 'qa.db'}") as store:
        store.put_call(CALL)
        kept = store.call(CALL.recording.id, hearing_key(CALL.model, CALL.stages))
    assert kept == CALL


# ---------------------------------------------------------------- files

PLACES = st.tuples(st.integers(-10, 200_000), st.integers(0, 200_000))
SIZES = st.one_of(
    st.integers(0, 100), st.sampled_from([n + d for n in (65_536, 131_072) for d in (-1, 0, 1)])
)


@given(size=SIZES, cut=st.integers(1, 70_000), places=st.lists(PLACES, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_file_is_read_from_anywhere_as_it_was_written(
    size: int, cut: int, places: list[tuple[int, int]]
) -> None:
    data = random.Random(size).randbytes(size)
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv(KEY, ONE)
        path = Path(folder, "a.wav")
        with create(path) as file:
            for start in range(0, size, cut):
                file.write(data[start : start + cut])
        assert data[:16] not in path.read_bytes() or size < 16
        assert read_whole(path) == data
        with opened(path) as file:
            assert file.seek(0, os.SEEK_END) == size
            for offset, length in places:
                start = max(offset, 0)
                file.seek(start)
                assert file.read(length) == data[start : start + length]


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "a.wav"
    with create(path) as file:
        file.write(data)
    return path


def test_names_tell_nothing_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for key in ("", ONE, OTHER):
        monkeypatch.setenv(KEY, key)
        assert name_of(b"13800138000") == name_of(b"13800138000") != name_of(b"13800138001")
        names.append(name_of(b"13800138000"))
    assert len(set(names)) == 3


def test_a_file_that_is_there_is_not_written_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEY, ONE)
    path = _file(tmp_path, b"RIFF")
    with pytest.raises(FileExistsError):
        create(path)
    assert read_whole(path) == b"RIFF"


def test_a_file_without_a_key_is_as_it_is(tmp_path: Path) -> None:
    assert _file(tmp_path, b"RIFF").read_bytes() == b"RIFF"


def test_a_file_of_before_the_key_stays_readable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = _file(tmp_path, b"RIFF")
    monkeypatch.setenv(KEY, ONE)
    assert read_whole(path) == b"RIFF"


@pytest.mark.parametrize("key", [OTHER, ""])
def test_nobody_reads_a_file_without_its_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    monkeypatch.setenv(KEY, ONE)
    path = _file(tmp_path, b"RIFF")
    monkeypatch.setenv(KEY, key)
    with pytest.raises(StoreError):
        opened(path)
    with pytest.raises(UnreadableRecording, match=r"a\.wav"):
        content_id([path])


@pytest.mark.parametrize("change", ["cut", "swapped", "flipped", "left out"])
def test_a_changed_file_is_never_taken_for_what_was_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str
) -> None:
    monkeypatch.setenv(KEY, ONE)
    path = _file(tmp_path, random.Random(1).randbytes(3 * 65_536))
    whole = path.read_bytes()
    piece = 65_536 + 16
    head = len(whole) - 3 * piece
    parts = [whole[head + n * piece :][:piece] for n in range(3)]
    changed = {
        "cut": parts[:2],
        "swapped": [parts[1], parts[0], parts[2]],
        "flipped": [parts[0], parts[1], parts[2][:-1] + bytes([parts[2][-1] ^ 1])],
        "left out": [parts[0], parts[2]],
    }[change]
    path.write_bytes(whole[:head] + b"".join(changed))
    with pytest.raises((StoreError, OSError)):
        read_whole(path)
    with pytest.raises(UnreadableRecording, match=r"a\.wav"):
        content_id([path])
