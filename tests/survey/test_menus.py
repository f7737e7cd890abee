"""Menus as callers hear them: options of a text, and the tree of many calls."""

from __future__ import annotations

import pytest

from autoqa.survey.menus import Heard, level_of, levels, options


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        (
            "挂失请按1，查询余额请按二，人工服务请按零",
            {"1": "挂失", "2": "查询余额", "0": "人工服务"},
        ),
        ("欢迎致电，信用卡业务请按2号键。返回请按星号键", {"2": "信用卡业务", "*": "返回"}),
        ("您的通话将被录音", {}),
        ("请按1", {}),
        ("尾号6222的卡请按1", {}),
        ("", {}),
    ],
)
def test_options_of_a_menu(text: str, offered: dict[str, str]) -> None:
    assert dict(options(text)) == offered


def test_what_few_heard_is_no_option() -> None:
    menu, misheard = (("1", "挂失"), ("2", "余额")), (("1", "挂失"), ("2", "鱼儿"), ("7", "啥"))
    (first,) = levels([Heard("", menu, 99, 990_000), Heard("", misheard, 1, 10_000)])
    assert first.options == menu
    assert (first.calls, first.mean_ms) == (100, 10_000)


def test_the_first_level_that_offers_it_counts() -> None:
    other = (("1", "账单"), ("9", "其他"))
    tree = levels(
        [Heard("9", (("1", "挂失"),), 5, 1), Heard("", other, 9, 1), Heard("91", (), 1, 1)]
    )
    assert [one.path for one in tree] == ["", "9"]
    found = level_of(tree, "挂失")
    assert found is not None and found.number == 2
    assert level_of(tree, "人工") is None
    assert levels([]) == ()
