"""Amounts, rates, times and dates in speech."""

from __future__ import annotations

import pytest

from autoqa.knowledge.quantities import quantities, quantity


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("年费三百块", ["300元"]),
        ("年费300元整", ["300元"]),
        ("三到五个工作日", ["3-5工作日"]),
        ("3-5个工作日", ["3-5工作日"]),
        ("百分之二点七五", ["2.75%"]),
        ("2.75%", ["2.75%"]),
        ("每天万分之五", ["0.05%"]),
        ("一天五万块", ["1天", "50000元"]),
        ("上午九点到下午五点半", ["9:00", "17:30"]),
        ("9:00到17:30", ["9:00", "17:30"]),
        ("三月十五号", ["3月15日"]),
        ("這個是免費的", ["0元"]),
        ("2026年", []),
        ("三五天，两三百块，几百元，一百来块，一百多块", []),
        ("您好", []),
        ("", []),
    ],
)
def test_what_is_said(said: str, expected: list[str]) -> None:
    assert [str(one) for one in quantities(said)] == expected


@pytest.mark.parametrize("said", ["年费三百块", "三百", "三百块四百块", ""])
def test_what_is_not_one_quantity_is_none(said: str) -> None:
    assert quantity(said) is None


def test_what_cannot_both_be_contradicts() -> None:
    def one(text: str) -> bool:
        found, wanted = quantity(text), quantity("3-5个工作日")
        assert found is not None
        assert wanted is not None
        return found.contradicts(wanted)

    assert one("6个工作日")
    assert one("2个工作日")
    assert not one("4个工作日")
    assert not one("5到7个工作日")
    assert not one("10天")
