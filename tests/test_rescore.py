"""Stored calls are scored again by the public function, as a first run would have scored them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoqa.events import interpret
from autoqa.readings import Heard
from autoqa.rescore import each_call, rescore
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Store
from bench.made_calls import made_call

RULES = Path(__file__).parents[1] / "rules" / "retail-bank"


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'autoqa.db'}"
    rules = load_rules(RULES)
    with Store(url) as store:
        for number in range(3):
            call, contact = made_call(number)
            store.put_call(call)
            call = interpret(call, contact)
            store.put_scorecard(contact, call, score(call, contact, rules)[0])
    return url


def _lengths(calls: Sequence[Heard]) -> list[int]:
    return [one.call.duration_ms for one in calls]


def test_the_same_rules_make_the_same_scorecards_and_keep_them_once(url: str) -> None:
    rules = load_rules(RULES)
    found = list(rescore(url, rules, workers=1))
    assert [one.contact.call_id for one in found] == ["made-0", "made-1", "made-2"]
    with Store(url) as store:
        for one in found:
            assert store.scorecards(one.contact.call_id) == [one.scorecard]


def test_processes_find_the_same_as_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autoqa.rescore.BATCH", 1)
    assert list(each_call(url, _lengths, workers=2)) == list(each_call(url, _lengths, workers=1))


def test_only_calls_since_then_are_looked_at(url: str) -> None:
    assert list(each_call(url, _lengths, workers=1, since=datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_an_empty_store_has_no_calls(tmp_path: Path) -> None:
    assert list(each_call(f"sqlite:///{tmp_path / 'none.db'}", _lengths)) == []
