"""The table of costs says of many syllables at once what each pair costs."""

from __future__ import annotations

import pytest

from autoqa.scoring.costs import CostTable, distances
from autoqa.scoring.kernel import NEVER
from autoqa.scoring.pattern import NOT_HEARD, Kind, Syllable
from autoqa.scoring.sounds import syllable_distance

SYLLABLES = (
    "dian4",
    "dian3",
    "tian1",
    "zhang1",
    "zang4",
    "shi4",
    "si4",
    "nin2",
    "lin2",
    "er4",
    "n2",
)


def test_distances_are_those_of_each_pair() -> None:
    found = distances(SYLLABLES, SYLLABLES)
    for one, row in zip(SYLLABLES, found, strict=True):
        for other, distance in zip(SYLLABLES, row, strict=True):
            assert distance == pytest.approx(syllable_distance(one, other))


@pytest.mark.parametrize(
    ("syllable", "heard", "cost"),
    [
        (Syllable(Kind.LITERAL, "电", ("dian4",), False), "电", 0.0),
        (Syllable(Kind.LITERAL, "电", ("dian4",), False), "店", 0.03),
        (Syllable(Kind.LITERAL, "电", ("dian4",), False), "人", 1.0),
        (Syllable(Kind.LITERAL, "电", ("dian4",), True), "人", NOT_HEARD),
        (Syllable(Kind.LITERAL, "您", ("nin2",), False), "你", 0.05),
        (Syllable(Kind.LITERAL, "二", ("er4",), False), "2", 0.0),
        (Syllable(Kind.LITERAL, "不", ("bu4",), False), "部", 0.03),
        (Syllable(Kind.LITERAL, "要", ("yao4",), False), "不", NOT_HEARD),
        (Syllable(Kind.DIGITS, "", (), False), "8", 0.0),
        (Syllable(Kind.DIGITS, "", (), False), "人", NOT_HEARD),
        (Syllable(Kind.SURNAME, "", (), False), "王", 0.0),
        (Syllable(Kind.LITERAL, "电", ("dian4",), False), "\n", NEVER),
    ],
)
def test_a_character_costs_what_its_sound_is_off(
    syllable: Syllable, heard: str, cost: float
) -> None:
    table = CostTable([syllable])
    [column] = table.columns(heard)
    assert table.costs[column, 0] == pytest.approx(cost)


def test_characters_learnt_later_leave_the_others_as_they_were() -> None:
    table = CostTable([Syllable(Kind.LITERAL, "电", ("dian4",), False)])
    first = table.columns("店人")
    before = table.costs[first, 0].tolist()
    again = table.columns("人店天")
    assert again.tolist()[:2] == first.tolist()[::-1]
    assert table.costs[first, 0].tolist() == before
