"""What is stored is encrypted where the bank has a key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.codec import decode, encode
from autoqa.errors import StoreError, UsageError
from autoqa.sealing import KEY, KEY_FILE, sealed, unsealed
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
