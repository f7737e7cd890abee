"""Words of the same calls are one topic."""

from autoqa.word_groups import topics_of


def test_words_that_share_half_of_their_calls_are_one_topic() -> None:
    found = topics_of(
        {"外币": set("abcdef"), "兑换": set("abcde"), "汇率": set("abc"), "基金": set("fxyz")}
    )
    assert [(one.name, len(one.calls)) for one in found] == [("外币、兑换、汇率", 6), ("基金", 4)]
    assert topics_of({}) == []
