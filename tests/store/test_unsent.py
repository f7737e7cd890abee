"""What somebody typed and did not send is there again, for him alone, until it is sent or old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoqa.store import Store, Unsent
from autoqa.store.unsent import KEPT, LONGEST
from tests.databases import url_of


@pytest.fixture
def unsent(tmp_path: Path) -> Iterator[Unsent]:
    with Store(url_of(tmp_path / "autoqa.db")) as store:
        yield Unsent(store)


def test_the_last_text_of_a_place_is_kept_for_who_wrote_it(unsent: Unsent) -> None:
    unsent.keep("wang", "a/1.wav", "correct greeting", "她说")
    unsent.keep("wang", "a/1.wav", "correct greeting", "她说了")
    unsent.keep("wang", "a/1.wav", "comment greeting", "再听")
    assert unsent.of("wang", "a/1.wav") == {
        "correct greeting": "她说了",
        "comment greeting": "再听",
    }
    assert unsent.of("li", "a/1.wav") == unsent.of("wang", "a/2.wav") == {}


def test_an_empty_text_is_forgotten(unsent: Unsent) -> None:
    unsent.keep("wang", "1", "p", "text")
    unsent.keep("wang", "1", "p", " ")
    assert unsent.of("wang", "1") == {}


def test_what_nobody_touched_for_long_goes(unsent: Unsent) -> None:
    then = datetime.now(UTC) - KEPT - timedelta(minutes=1)
    unsent.keep("wang", "1", "p", "old", at=then)
    unsent.keep("wang", "2", "p", "new")
    assert (unsent.of("wang", "1"), unsent.of("wang", "2")) == ({}, {"p": "new"})


def test_a_call_that_goes_takes_the_texts_about_it_along(unsent: Unsent) -> None:
    unsent.keep("wang", "1", "p", "x")
    unsent.keep("li", "1", "p", "y")
    unsent.keep("li", "2", "p", "z")
    unsent.delete("1")
    assert (unsent.of("wang", "1"), unsent.of("li", "1"), unsent.of("li", "2")) == (
        {},
        {},
        {"p": "z"},
    )


def test_a_text_has_an_end(unsent: Unsent) -> None:
    unsent.keep("wang", "1", "p", "啊" * (LONGEST + 1))
    assert len(unsent.of("wang", "1")["p"]) == LONGEST
