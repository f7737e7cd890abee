"""Solved at once: what is judged, what is not yet, and what goes with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.reports.solved import board, is_satisfied, rows
from autoqa.survey.solved import Part
from autoqa.survey.traits import SATISFIED

CALLS = Part(
    team="一组",
    topic="账单",
    held=False,
    talked_over=None,
    again=False,
    is_young=False,
    satisfaction="满意",
    calls=180,
    handled=180,
    handled_s=180 * 60.0,
    squares=180 * 60.0**2 + 1800,
)
AGAIN = replace(
    CALLS, again=True, satisfaction="不满意", calls=20, handled=0, handled_s=0, squares=0
)
OTHER = replace(CALLS, team="二组", topic="", calls=120, satisfaction="")
WORSE = replace(OTHER, again=True, calls=80)
YOUNG = replace(CALLS, again=None, is_young=True, satisfaction="", calls=50)


def test_shares_are_of_the_calls_that_can_be_judged() -> None:
    found = board([CALLS, AGAIN, OTHER, WORSE, YOUNG], [(60, 300), (90, 30)])
    figures = {one.key: (one.value, one.count) for one in found.figures}
    assert (found.calls, found.judged, found.young, found.by_topic) == (450, 400, 50, 200)
    assert figures["solved"] == (300 / 400, 400)
    assert figures["satisfied"] == (0.9, 200)
    assert figures["handled-p90"] == (60, 330)


def test_what_goes_with_it_is_marked_where_it_is_sure() -> None:
    found = board([CALLS, AGAIN, OTHER, WORSE])
    told = {side.key: side.beside[0].standing for side in found.sides}
    assert told == {"topic:账单": "better", "team:一组": "better", "team:二组": "worse"}
    one = found.sides[-1].beside[0]
    assert one.less is not None and one.more is not None
    assert one.less < 0.6 - 0.9 < one.more < 0
    few = board([CALLS, replace(OTHER, calls=20)]).sides
    assert {side.beside[0].standing for side in few} == {"few"}


def test_nothing_is_said_without_calls() -> None:
    found = board([])
    assert [one.value for one in found.figures] == [None] * 5
    assert found.sides == ()
    assert [one.calls for one in rows(found)] == [0] * 5


@pytest.mark.parametrize(
    ("keyed", "keys", "said"),
    [
        ("", (), None),
        ("满意", (), True),
        ("不满意", (), False),
        ("1", (), None),
        ("1", ("1", "2"), True),
        ("3", ("1", "2"), False),
    ],
)
def test_a_digit_says_something_only_where_the_bank_has_told_what(
    keyed: str, keys: tuple[str, ...], said: bool | None
) -> None:
    assert is_satisfied(keyed, {*SATISFIED, *keys}) is said
