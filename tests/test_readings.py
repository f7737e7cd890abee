"""What follows from a stored call is kept beside it, and never outlives what it follows from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autoqa.events import interpret
from autoqa.privacy import Masks
from autoqa.prompts import Library, known_prompts, write_table
from autoqa.readings import Heard, Reader, found_in
from autoqa.rescore import judged, judged_again
from autoqa.scoring.evaluate import score
from autoqa.scoring.rule import PhraseSet, WrittenPhrase
from autoqa.scoring.spoken import find_spoken
from autoqa.settings import Settings
from autoqa.store import Store
from bench.made_calls import made_call
from tests.databases import url_of
from tests.scoring.packs import pack

pytestmark = pytest.mark.usefixtures("on_both")


def phrases(name: str, *texts: str) -> PhraseSet:
    return PhraseSet(name, tuple(map(WrittenPhrase, texts)), ())


SETS = (
    phrases("thanks", "感谢您的来电", "感谢您的耐心等待"),
    phrases("wait", "请您稍等", "请稍等"),
)
MORE = (*SETS, phrases("question", "请问"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(url_of(tmp_path / "qa.db")) as store:
        for number in range(2):
            call, contact = made_call(number)
            store.put_call(call)
            store.put_contact(contact, call)
        yield store


def read(store: Store, library: Library | None = None) -> list[Heard]:
    return Reader(store, library).read(store.call_ids())


@pytest.mark.parametrize("recent", [0, 20])
def test_what_was_kept_is_what_would_be_found_again(
    store: Store, recent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autoqa.readings._MOST_RECENT", recent)
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


def test_personal_data_is_looked_for_once(store: Store) -> None:
    reader = Reader(store)
    heard = reader.read(store.call_ids())
    assert all(one.spans is None for one in heard)
    reader.keep(heard)
    assert [one.spans for one in read(store)] == [Masks(one.call).spans for one in heard]
    assert any(one.spans for one in read(store))


def test_another_contact_or_another_label_is_read_anew(store: Store, tmp_path: Path) -> None:
    reader = Reader(store)
    heard = reader.read(store.call_ids())
    found_in(heard, SETS)
    reader.keep(heard)
    assert [bool(one.hits) for one in read(store)] == [True, True]
    write_table(tmp_path, ())
    library = known_prompts(Settings(prompts=tmp_path))
    assert [bool(one.hits) for one in read(store, library)] == [False, False]
    call, contact = made_call(0)
    store.put_contact(replace(contact, channel_roles=contact.channel_roles[::-1]), call)
    changed, same = read(store)
    assert not changed.hits and same.hits
    assert changed.call != heard[0].call


def test_what_was_scored_once_is_not_searched_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = pack(tmp_path, "passes_if: {says: hold_request, role: 坐席}")
    cards = []
    for one in store.stored(store.call_ids()):
        call = interpret(one.call, one.contact)
        (found,) = find_spoken([call], rules.phrases)
        card, _ = score(call, one.contact, rules)
        made = store.put_scorecard(one.contact, call, card)
        Reader(store).keep_first(one.contact, call, rules.phrases, found, made)
        cards.append(card)
    monkeypatch.setattr("autoqa.readings.find_spoken", None)
    reader = Reader(store)
    heard = reader.read(store.call_ids())
    assert [card for card, _ in judged(heard, rules)] == cards
    assert judged_again(heard, rules, reader.before(heard)) == cards
    points = pack(tmp_path, "passes_if: {says: hold_request, role: 坐席}", points="20")
    again = judged_again(heard, points, reader.before(heard))
    assert [card.findings for card in again] == [card.findings for card, _ in judged(heard, points)]


def test_a_rule_that_looks_at_words_finds_the_same_in_a_kept_call(
    store: Store, tmp_path: Path
) -> None:
    body = """
    passes_if: {not: {repeats: 坐席, similarity: 60%, within_turns: 60}}
    """
    rules = pack(tmp_path, body)
    calls = [
        (interpret(one.call, one.contact), one.contact) for one in store.stored(store.call_ids())
    ]
    cards = [score(*call, rules)[0] for call in calls]
    reader = Reader(store)
    heard = reader.read(store.call_ids())
    found_in(heard, SETS)
    reader.keep(heard)
    assert [card for card, _ in judged(read(store), rules)] == cards
    assert any(case.evidence for card in cards for case in card.findings[0].occurrences)
