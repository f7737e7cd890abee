"""Which workers live, and that no count ever falls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.store import Store, Workers
from tests.databases import url_of

GREETED = ("outcome", "greeting", "passed")
FAILED = ("failed", "{file} is empty")


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    with Store(url_of(tmp_path / "qa.db")) as store:
        yield Workers(store)


def test_a_worker_lives_until_it_is_gone(workers: Workers) -> None:
    assert workers.living() == 0
    for name in ("a", "b", "b"):
        workers.beat(name, {})
    assert workers.living() == 2
    workers.gone("a")
    workers.gone("nobody")
    assert workers.living() == 1


def test_who_says_nothing_for_long_does_not_live(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.beat("a", {})
    monkeypatch.setattr("autoqa.store.workers.ALIVE_S", 0.0)
    assert workers.living() == 0


def test_what_was_done_is_the_sum_of_all_that_ever_were(workers: Workers) -> None:
    assert workers.done() == {}
    workers.beat("a", {GREETED: 1})
    workers.beat("a", {GREETED: 3, ("audio_ms",): 2000})
    workers.beat("b", {GREETED: 4})
    workers.count(*FAILED)
    everything = {GREETED: 7, ("audio_ms",): 2000, FAILED: 1}
    assert workers.done() == everything
    for name in ("a", "a", "b"):
        workers.gone(name)
        assert workers.done() == everything
    workers.count(*FAILED)
    assert workers.done()[FAILED] == 2
