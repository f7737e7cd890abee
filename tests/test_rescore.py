"""Stored calls are scored again by the public function, as a first run would have scored them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoqa.events import interpret
from autoqa.readings import Heard
from autoqa.rescore import each_call, rescore
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.store import Overview, Sort, Standing, Store, hearing_key
from autoqa.store.figures import Figures, RuleFigures
from autoqa.types import Answer
from bench.made_calls import made_call
from tests.databases import url_of
from tests.rulebook.stores import RULES, write_rules
from tests.store.calls import PERHAPS, filled

pytestmark = pytest.mark.usefixtures("on_both")

PACK = Path(__file__).parents[1] / "rules" / "retail-bank"


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = url_of(tmp_path / "autoqa.db")
    rules = load_rules(PACK)
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
    rules = load_rules(PACK)
    found = list(rescore(url, rules, workers=1))
    assert [one.call_id for one in found] == ["made-0", "made-1", "made-2"]
    with Store(url) as store:
        for one in found:
            (card,) = store.scorecards(one.call_id)
            assert card.provisional == one.provisional


def test_processes_find_the_same_as_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autoqa.rescore.BATCH", 1)
    assert list(each_call(url, _lengths, workers=2)) == list(each_call(url, _lengths, workers=1))


def test_only_calls_since_then_are_looked_at(url: str) -> None:
    assert list(each_call(url, _lengths, workers=1, since=datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_an_empty_store_has_no_calls(tmp_path: Path) -> None:
    assert list(each_call(url_of(tmp_path / "none.db"), _lengths)) == []


EDITS = (
    ("promise: [保证收益]", "promise: [保证收益, 稳赚不赔]"),
    ("greeting: 10", "greeting: 12"),
    ("name: 开头问候", "name: 问候"),
    ("fatal: true", "fatal: false"),
    ("passes_if: {says: greeting, role: 坐席}", "passes_if: {says: greeting, within_first: 1s}"),
    ("greeting: [很高兴为您服务]", "greeting: [很高兴为您服务, 很乐意为您效劳]"),
    ("        greeting: 12\n", ""),
)
"""One after the other, as staff do: phrases, points, names, conditions, a rule off the form."""


def test_after_each_edit_calls_stand_by_what_scoring_them_anew_says(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        url, text = url_of(tmp_path / "qa.db"), RULES
        for number, (old, new) in enumerate(EDITS):
            assert old in text
            text = text.replace(old, new)
            rules = load_rules(write_rules(tmp_path / "rules", text))
            assert len(list(rescore(url, rules, workers=1))) == 4
            assert standing(store) == anew(store, rules, tmp_path / f"{number}.db")


def test_an_answer_of_the_second_listen_counts_from_then_on(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        url = url_of(tmp_path / "qa.db")
        rules = load_rules(write_rules(tmp_path / "rules", RULES))
        list(rescore(url, rules, workers=1))
        for one in store.stored([PERHAPS]):
            call = interpret(one.call, one.contact)
            _, (question,) = score(call, one.contact, rules)
            answer = Answer(question, False, -30.0)
            store.put_answers(call.recording.id, hearing_key(call.model, call.stages), [answer])
        list(rescore(url, rules, workers=1))
        assert [one.failed for one in standing(store)[0]] == [0, 0, 1, 1]
        assert standing(store) == anew(store, rules, tmp_path / "anew.db")


def standing(store: Store) -> tuple[list[Standing], list[RuleFigures]]:
    """Where all calls stand, but for which scorecard it is and when it was made."""
    rows = Overview(store).page(sort=Sort.TIME, descending=False).rows
    known = Overview(store).count()
    assert len(rows) == known
    now = datetime(2026, 1, 1, tzinfo=UTC)
    figures = Figures(store).rules()
    return [replace(row, scorecard_id=0, scored_at=now) for row in rows], figures


def anew(old: Store, rules: RuleSet, path: Path) -> tuple[list[Standing], list[RuleFigures]]:
    """The same of a store in which each call was scored once, by these rules and by itself."""
    with Store(url_of(path)) as store:
        for one in old.stored(old.call_ids()):
            call = interpret(one.call, one.contact)
            card, _ = score(call, one.contact, rules, one.answers)
            assert old.current_scorecard(one.contact.call_id) == card
            store.put_scorecard(one.contact, call, card)
        return standing(store)
