"""Words of the same calls are one topic."""

from autoqa.word_groups import topics_of


def test_words_that_share_half_of_their_calls_are_one_topic() -> None:
    found = topics_of(
        {"外币": set("abcdef"), "兑换": set("abcde"), "汇率": set("abc"), "基金": set("fxyz")}
    )
    assert [(one.name, len(one.calls)) for one in found] == [("外币、兑换、汇率", 6), ("基金", 4)]
    assert topics_of({}) == []


def test_a_topic_is_called_by_its_strongest_words() -> None:
    calls = set("abcdef")
    (found,) = topics_of({"手续费": calls, "乱收": calls, "投诉": calls, "你们": calls | {"g"}})
    assert (found.name, found.words[3], len(found.calls)) == ("手续费、乱收、投诉", "你们", 7)
