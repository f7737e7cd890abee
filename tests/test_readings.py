"""What follows from a stored call is kept beside it, and never outlives what it follows from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.events import interpret
from autoqa.prompts import Library, known_prompts, write_table
from autoqa.readings import Heard, Reader, found_in
from autoqa.scoring.rule import PhraseSet, WrittenPhrase
from autoqa.scoring.spoken import find_spoken
from autoqa.settings import Settings
from autoqa.store import Store
from bench.made_calls import made_call


def phrases(name: str, *texts: str) -> PhraseSet:
    return PhraseSet(name, tuple(map(WrittenPhrase, texts)), ())


SETS = (
    phrases("thanks", "感谢您的来电", "感谢您的耐心等待"),
    phrases("wait", "请您稍等", "请稍等"),
)
MORE = (*SETS, phrases("question", "请问"))


@pytest.fixture
def store() -> Iterator[Store]:
    with Store("sqlite://") as store:
        for number in range(2):
            call, contact = made_call(number)
            store.put_call(call)
            store.put_contact(contact, call)
        yield store


def read(store: Store, library: Library | None = None) -> list[Heard]:
    return Reader(store, library).read(store.call_ids())


def test_what_was_kept_is_what_would_be_found_again(store: Store) -> None:
    calls = [interpret(*made_call(number)) for number in range(2)]
    for sets in (SETS, SETS, MORE, MORE[1:]):
        reader = Reader(store)
        heard = reader.read(store.call_ids())
        assert found_in(heard, sets) == find_spoken(calls, sets)
        reader.keep(heard)
    assert any(hit.start_ms for found in find_spoken(calls, MORE) for hit in found["question"])


def test_a_kept_call_has_no_words_until_somebody_needs_them(store: Store) -> None:
    reader = Reader(store)
    heard = reader.read(store.call_ids())
    found_in(heard, SETS)
    reader.keep(heard)
    (kept, _) = read(store)
    assert not any(one.words for one in kept.call.utterances)
    assert kept.worded() == interpret(*made_call(0))


def test_another_contact_or_another_label_is_read_anew(store: Store, tmp_path: Path) -> None:
    reader = Reader(store)
    heard = reader.read(store.call_ids())
    found_in(heard, SETS)
    reader.keep(heard)
    assert [bool(one.found) for one in read(store)] == [True, True]
    write_table(tmp_path, ())
    library = known_prompts(Settings(prompts=tmp_path))
    assert [bool(one.found) for one in read(store, library)] == [False, False]
    call, contact = made_call(0)
    store.put_contact(replace(contact, channel_roles=contact.channel_roles[::-1]), call)
    changed, same = read(store)
    assert not changed.found and same.found
    assert changed.call != heard[0].call
