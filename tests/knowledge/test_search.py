"""Which entry a customer asks about."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from autoqa.knowledge.search import Index
from autoqa.scoring.load import load_rules

EXAMPLE_BANK = Path(__file__).parents[2] / "rules" / "example-bank"


@cache
def _index() -> Index:
    entries = load_rules(EXAMPLE_BANK).knowledge
    return Index(one for one in entries if one.last_day is None)


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("喂你好，我就想问一下金卡一年要多少钱年费", ["gold-annual-fee"]),
        ("金卡的年費是多少", ["gold-annual-fee"]),
        ("那白金卡的年费呢？", ["platinum-annual-fee"]),
        ("二类账户一天最多可以转多少钱啊", ["class-two-limit"]),
        ("附属卡的年费是多少", []),
        ("我金卡的年费交了。", []),
        ("帮我查一下余额", []),
        ("", []),
    ],
)
def test_only_what_surely_asks_is_recognised(said: str, ids: list[str]) -> None:
    assert [one.id for one in _index().recognise(said)] == ids


def test_the_nearest_entry_comes_first_whatever_their_order() -> None:
    said = "大额存单几万起存"
    turned = Index(reversed(_index().entries))
    assert _index().search(said)[0].entry.id == "large-deposit-minimum"
    assert [one.entry.id for one in turned.search(said)] == [
        one.entry.id for one in _index().search(said)
    ]


def test_without_entries_nothing_is_found() -> None:
    assert Index(()).search("金卡年费") == []
