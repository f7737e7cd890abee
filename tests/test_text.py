"""Text in one form: scripts, widths, numbers, and the way back to what was said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.text import han_count, normalise, pinyin, readings, simplify, tokens

ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from("零一二三四五六七八九十百千万亿两幺点分之%％.,，。0123456789"),
        st.sampled_from("您好请稍等帳單查詢後麼ＡＢａ８　 \n"),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("工号8026", "工号八零二六"),
        ("工号8026", "工號八〇二六"),
        ("工号8026", "工号 ８ ０ ２ ６"),
        ("10086", "幺零零八六"),
        ("百分之八十", "80%"),
        ("百分之八十", "80％"),
        ("百分之三点八五", "3.85%"),
        ("百分之百", "100%"),
        ("三千五百六十", "3560"),
        ("3,560.00元", "三千五百六十元"),
        ("两万五", "25000"),
        ("2.5万", "两万五千"),
        ("十二点五万", "125000"),
        ("一百零五", "105"),
        ("一百五", "150"),
        ("一百二十万三千", "1203000"),
        ("一万两千零三", "12003"),
        ("二零二六年", "2026年"),
        ("5分钟", "五分钟"),
        ("2个", "两个"),
        ("10分钟", "十分钟"),
        ("您好，請問！", "您好请问"),
        ("ＶＩＰ客户", "vip客户"),
        ("帳單", "帐单"),
    ],
)
def test_what_sounds_the_same_is_written_the_same(one: str, other: str) -> None:
    assert normalise(one).text == normalise(other).text


@pytest.mark.parametrize("text", ["万一", "千万别", "三五千", "统一", "一下", "十分抱歉"])
def test_words_that_hold_numerals_are_not_numbers(text: str) -> None:
    assert not any(char in "12346789" for char in normalise(text).text)


@pytest.mark.parametrize("text", ["", " ", "。。，", "\n", "…——"])
def test_nothing_said_is_nothing(text: str) -> None:
    assert normalise(text).text == ""
    assert normalise(text).to_source == ()
    assert normalise(text).span(0, 0) == (len(text), len(text))


def test_a_number_maps_back_to_all_of_its_words() -> None:
    source = "还您三千五百六十元整"
    found = normalise(source)
    at = found.text.index("3560")
    start, end = found.span(at, at + 4)
    assert source[start:end] == "三千五百六十"


def test_digits_read_one_by_one_map_back_one_by_one() -> None:
    source = "工号，八零二六"
    found = normalise(source)
    start, end = found.span(2, 4)
    assert source[start:end] == "八零"


@given(ANY_TEXT)
def test_the_map_stays_inside_the_source_and_in_order(source: str) -> None:
    found = normalise(source)
    assert len(found.to_source) == len(found.source_ends) == len(found.text)
    assert list(found.to_source) == sorted(found.to_source)
    for start, end in zip(found.to_source, found.source_ends, strict=True):
        assert 0 <= start < end <= len(source)


@given(ANY_TEXT)
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(simplify(text)) == len(text)


@given(st.integers(min_value=11, max_value=99_999_999))
def test_a_number_in_words_is_the_number(number: int) -> None:
    assert normalise(_in_words(number)).text == str(number)


@settings(deadline=None)  # the first call loads the dictionary
@given(ANY_TEXT)
def test_tokens_cover_the_text(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


def test_own_words_stay_whole_and_do_not_leak() -> None:
    text = "买了天天盈之后"
    assert "天天盈" in [token.text for token in tokens(text, ["天天盈"])]
    assert "天天盈" not in [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("银行", ("yin2", "hang2")),
        ("还款", ("huan2", "kuan3")),
        ("还有", ("hai2", "you3")),
        ("8号", ("hao4",)),
        ("", ()),
    ],
)
def test_polyphones_are_read_in_context(text: str, sounds: tuple[str, ...]) -> None:
    assert pinyin(text) == sounds


def test_a_character_keeps_its_other_readings() -> None:
    assert {"hai2", "huan2"} <= set(readings("还"))
    assert {"xing2", "hang2"} <= set(readings("行"))
    assert readings("a") == ()


def test_han_characters_are_counted() -> None:
    assert han_count("您好VIP客户，8号！") == 5


def _in_words(number: int) -> str:
    """A number as it is spoken: 3560 → 三千五百六十."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return _in_words(high) + "万" + gap + (_in_words(low) if low else "")
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if zero and words else "") + "零一二三四五六七八九"[digit] + name
        zero = digit == 0
    return words
