"""The address of a list says what it shows, whatever has become of it on the way."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from api.guard import LOCAL
from api.workbench.choosing import FIELDS, choice
from autoqa.store import Filter, Sort
from autoqa.types import AppealState, Caller, ReviewState, Scope, Worth

AGENT = Caller("a", frozenset({Scope.READ}), frozenset({"1001"}))


def test_nothing_chosen_is_every_call_by_time() -> None:
    assert choice("").filter(LOCAL) == Filter()
    assert choice("").sort == Sort.TIME


def test_each_field_chooses() -> None:
    query = (
        "first=2025-03-01&last=2025-03-31&team=A&agent=1001&verdict=failed&lowest=10&highest=60.5"
        "&rule=greeting&left=1&reviewed=none&appeal=open&text=abc"
    )
    found = choice(query).filter(LOCAL)
    assert (str(found.first_day), str(found.last_day)) == ("2025-03-01", "2025-03-31")
    assert (found.teams, found.agent_ids) == (("A",), {"1001"})
    assert (found.passed, found.lowest, found.highest) == (False, 10, 60.5)
    assert (found.failed_rule, found.undetermined, found.text) == ("greeting", True, "abc")
    assert (found.reviewed, found.appeal) == ((ReviewState.NONE,), AppealState.OPEN)


def test_an_agent_chooses_among_his_own() -> None:
    assert choice("agent=1002").filter(AGENT).agent_ids == frozenset()
    assert choice("").filter(AGENT).agent_ids == {"1001"}


def test_the_queue_has_what_is_worth_the_time_the_most_pressing_first() -> None:
    queue = choice("view=queue")
    assert (queue.sort, queue.filter(LOCAL).worth) == (Sort.WORTH, Worth.UNSURE)


def test_what_makes_no_sense_is_passed_over() -> None:
    query = "first=yesterday&lowest=much&reviewed=maybe&appeal=?&sort=luck&bogus=1&verdict=x"
    assert choice(query).filter(LOCAL) == Filter()


def test_another_choice_begins_at_its_first_page() -> None:
    there = choice("team=A&after=xyz")
    assert there.query(sort="score") == "team=A&sort=score"
    assert there.query(after="next") == "team=A&after=next"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_address_is_a_fault(query: str) -> None:
    choice(query).filter(AGENT)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), st.text("a1&=%中 +", min_size=1, max_size=5)))
def test_an_address_comes_back_as_it_was_written(values: dict[str, str]) -> None:
    once = choice("&".join(f"{name}={value}" for name, value in values.items()))
    assert choice(once.query(after=once["after"])) == once
