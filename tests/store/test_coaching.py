"""What an agent would gain most by, of stored calls, and the library that his examples are from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from autoqa.coaching import coaching
from autoqa.errors import NothingThere, ReviewRefused
from autoqa.i18n import language
from autoqa.reports.coaching import Coaching, coaching_html, coaching_json
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Cases, Filter, Recordings, Reviews, Store
from autoqa.store.deletion import delete_calls
from autoqa.store.overview import ALL
from autoqa.store.trait_rows import traits
from autoqa.store.upgrades import put_traits
from autoqa.types import Draft, Outcome, ReviewKind
from tests.databases import url_of
from tests.rulebook.stores import RULES, write_rules
from tests.store.calls import LATE

FORM = RULES.replace("greeting: 10", "greeting: 10\n        goodbye: 30")
FORM = FORM.replace(
    "phrases:\n",
    "  - id: goodbye\n    name: 道别\n    passes_if: {says: goodbye, role: 坐席}\n"
    "    examples: {pass: ['坐席: 感谢您的来电'], fail: ['坐席: 挂了']}\n"
    "phrases:\n  goodbye: [感谢您的来电]\n",
)
GREETED, BYE, PROMISE = "您好，很高兴为您服务。", "感谢您的来电。", "保证收益百分之五。"
CALLS = (
    ("801", (GREETED, "挂了。")),
    ("801", ("什么事？", BYE)),
    ("801", ("什么事？", "挂了。")),
    ("801", (GREETED, BYE)),
    ("801", (GREETED, BYE)),
    ("802", (GREETED, BYE)),
    ("802", (GREETED, PROMISE, "挂了。")),
)
"""Of the agents 801 and 802, a day each."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    rules = load_rules(write_rules(tmp_path / "rules", FORM))
    with Store(url_of(tmp_path / "qa.db")) as store:
        for number, (agent, said) in enumerate(CALLS):
            call, contact = read_dialogue("\n客户: 好的。\n".join(f"坐席: {one}" for one in said))
            contact = replace(
                contact,
                call_id=f"{number}.wav",
                file=f"{number}.wav",
                agent_id=agent,
                agent_name={"801": "张三", "802": "李四"}[agent],
                started_at=LATE + timedelta(days=number),
            )
            call = replace(call, recording=replace(call.recording, id=f"{number:064}"))
            store.put_call(call)
            store.put_scorecard(contact, call, score(call, contact, rules)[0])
        yield store


def told(store: Store, agent: str = "801", chosen: Filter = ALL, **more: Any) -> Coaching:
    found = coaching(store, agent, chosen, **more)
    assert found is not None
    return found


def test_the_rule_that_costs_most_of_the_score_comes_first(store: Store) -> None:
    found = told(store)
    # 45 points apply: a goodbye is worth 30 of them, a greeting 10.
    gains = {one.rule_id: (round(one.gain, 1), one.failed.hits) for one in found.advice}
    assert gains == {"goodbye": (26.7, 2), "greeting": (8.9, 2)}
    assert [one.rule_id for one in found.advice] == ["goodbye", "greeting"]
    assert (found.calls, found.is_few) == (5, True)
    low, high = found.advice[0].low, found.advice[0].high
    assert low is not None and high is not None and low < found.advice[0].gain < high
    assert [one.call_id for one in found.advice[0].moments] == ["2.wav", "0.wav"]


def test_nothing_is_won_behind_a_fatal_rule(store: Store) -> None:
    found = told(store, "802")
    assert [one.rule_id for one in found.advice] == ["no-promise"]
    assert found.advice[0].low is None  # two calls tell no interval
    assert found.advice[0].moments[0].quote


def test_what_people_decided_counts_and_what_is_appealed_does_not(store: Store) -> None:
    reviews = Reviews(store)
    word = Draft(
        "0.wav", "goodbye", ReviewKind.CORRECT, "王芳", outcome=Outcome.PASSED, reason="有"
    )
    reviews.add(word)
    reviews.add(Draft("2.wav", "goodbye", ReviewKind.APPEAL, "张三", reason="说过"))
    found = told(store)
    assert [one.rule_id for one in found.advice] == ["greeting"]
    assert found.appealed == 1


def test_days_choose_the_calls(store: Store) -> None:
    day = (LATE + timedelta(days=3)).date()
    assert told(store, chosen=Filter(first_day=day)).advice == ()
    assert coaching(store, "803") is None


def test_examples_are_of_colleagues_and_from_the_library_alone(store: Store) -> None:
    assert told(store).advice[0].examples == ()
    candidates = told(store, with_candidates=True).advice[0].candidates
    assert [one.call_id for one in candidates] == ["5.wav"]
    Cases(store).put("5.wav", "goodbye", by="李强", note="语速正好", tags=["结束语", "结束语"])
    Cases(store).put("3.wav", "goodbye", by="李强")  # his own
    found = told(store, with_candidates=True).advice[0]
    (example,) = found.examples
    assert (example.note, example.tags, example.agent) == ("语速正好", ("结束语",), "")
    assert "感谢" in example.moment.quote
    assert found.candidates == ()
    named = told(store, name_colleagues=True).advice[0].examples[0]
    assert named.agent == "李四 802"


def test_a_case_is_shown_while_it_is_what_it_was_put_up_as(store: Store, tmp_path: Path) -> None:
    library = Cases(store)
    case = library.put("5.wav", "goodbye", by="李强")
    assert library.put("5.wav", "goodbye", by="李强", note="听结尾").number == case.number
    bad = library.put("2.wav", "greeting", by="李强", is_good=False)
    assert [one.number for one in library.all()] == [bad.number, case.number]
    word = Draft(
        "5.wav", "goodbye", ReviewKind.CORRECT, "王芳", outcome=Outcome.FAILED, reason="无"
    )
    Reviews(store).add(word)
    assert [one.number for one in library.all()] == [bad.number]
    with pytest.raises(ReviewRefused):
        library.put("5.wav", "goodbye", by="李强")
    with pytest.raises(NothingThere):
        library.put("5.wav", "no-such-rule", by="李强")
    with pytest.raises(ReviewRefused):
        library.put("2.wav", "greeting", by="李强", is_good=False, tags=["长" * 41])
    delete_calls(store, Recordings(store, tmp_path / "recordings"), {"2.wav": f"{2:064}"})
    assert library.all() == []
    with pytest.raises(NothingThere):
        library.case(bad.number)


def test_the_page_runs_nothing_that_somebody_said(store: Store) -> None:
    Cases(store).put("5.wav", "goodbye", by="李强", note="<script>")
    found = replace(told(store), name="<script>")
    with language("en"):
        page = coaching_html(found, sounds={("2.wav", 0): "data:audio/ogg;base64,AA=="})
    assert "<script>" not in page
    assert "How it is done well" in page
    assert '"rule_id": "goodbye"' in coaching_json(found)


def test_an_older_store_gets_what_calls_tell_of_their_lines(store: Store) -> None:
    with store.reading() as connection:
        before = connection.execute(traits.select()).all()
    with store.begin() as connection:
        connection.execute(traits.delete())
        put_traits(connection)
        assert connection.execute(traits.select()).all() == before != []
