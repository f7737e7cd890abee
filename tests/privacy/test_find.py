"""What is personal data in a call, and what is not."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.privacy import PLACEHOLDERS, Kind, find, masked_text
from autoqa.types import Role, Utterance, Word

ROLES = {"a": Role.AGENT, "c": Role.CUSTOMER, "u": Role.UNKNOWN}


def said(*lines: str) -> list[Utterance]:
    """``"c: 您好"``, four seconds a line."""
    return [
        Utterance(0, ROLES[line[0]], 4000 * at, 4000 * at + 3000, line[3:], (), 1.0)
        for at, line in enumerate(lines)
    ]


def found(*lines: str) -> list[tuple[str, str]]:
    call = said(*lines)
    return [(one.kind.value, call[one.utterance].text[one.start : one.end]) for one in find(call)]


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("c: 打我手机13800138000吧", "phone", "13800138000"),
        ("c: 号码是138 0013 8000", "phone", "138 0013 8000"),
        ("c: 号码是幺三八零零幺三八零零零", "phone", "幺三八零零幺三八零零零"),
        ("c: 要三八嗯零零一三八三个零", "phone", "要三八嗯零零一三八三个零"),
        ("c: 座机是010-62345678", "phone", "010-62345678"),
        ("c: 卡号6222 0212 3456 7890 123", "card", "6222 0212 3456 7890 123"),
        ("c: 身份证330102199003074046", "identity", "330102199003074046"),
        (
            "c: 是幺幺零幺零幺一九九零零三零七四零四X",
            "identity",
            "幺幺零幺零幺一九九零零三零七四零四X",
        ),
        ("c: 验证码是384756", "code", "384756"),
        ("c: 宴征马三八四七五六", "code", "三八四七五六"),
        ("c: 密码是abc123", "code", "abc123"),
        ("c: 免贵姓王", "name", "王"),
        ("c: 你好，我叫陈志远，查余额", "name", "陈志远"),
        ("a: 您好，请问是刘伟先生吗", "name", "刘伟"),
        ("a: 谢谢陈先生", "name", "陈"),
        ("c: 我住在西湖区文三路128号3栋501", "address", "西湖区文三路128号3栋501"),
    ],
)
def test_one_line_tells_what_it_is(line, kind, text):
    assert found(line) == [(kind, text)]


@pytest.mark.parametrize(
    "line",
    [
        "a: 您的余额是14680元，利息三百二十五块",
        "a: 一共14,680.50元，2024年3月15日到账",
        "a: 请拨打95588或者400-820-8888",
        "a: 您好，工号8026为您服务",
        "a: 8026号客服很高兴为您服务",
        "a: 您尾号6612的卡已经挂失",
        "a: 密码输错三次会锁，二十四小时以后再试",
        "a: 这款产品一百八十天，年化百分之三点五，一万起购",
        "c: 您好女士，对不起先生",
        "a: 您贵姓",
        "a: 我们网点在中山路128号，营业厅九点开门",
        "c: 转了一千两百万",
        "",
    ],
)
def test_what_names_nobody_stays(line):
    assert found(line or "a: ") == []


def test_pieces_over_several_turns_are_one_number():
    assert found(
        "a: 请报一下您的卡号",
        "c: 六二二八",
        "a: 嗯请继续",
        "c: 四八零零，然后幺二三四",
        "a: 好的",
        "c: 五六七八九",
    ) == [("card", "六二二八"), ("card", "四八零零，然后幺二三四"), ("card", "五六七八九")]


def test_what_the_other_party_reads_back_and_corrects_is_found():
    texts = [
        text
        for _, text in found(
            "c: 手机幺三八零零幺三八零零零",
            "a: 幺三八，零零幺三，对吗",
            "c: 不对，是幺三九",
        )
    ]
    assert texts == ["幺三八零零幺三八零零零", "幺三八，零零幺三", "幺三九"]


def test_last_digits_stay_for_a_card_and_not_for_an_identity_number():
    assert found("a: 卡号后四位是多少", "c: 9756") == []
    assert found("a: 身份证后四位报一下", "c: 9756") == [("identity", "9756")]


def test_an_answer_is_a_name_only_where_one_was_asked_for():
    assert found("a: 请问您贵姓", "c: 陈") == [("name", "陈")]
    assert found("a: 请问您办什么", "c: 陈") == []


def test_a_name_is_found_again_and_so_is_how_it_is_written():
    assert found("c: 我叫陈志远，志气的志", "a: 好的，陈志远是吧") == [
        ("name", "陈志远"),
        ("name", "志气的志"),
        ("name", "陈志远"),
    ]


def test_times_are_those_of_the_words():
    words = tuple(Word(100 * at, 100 * at + 90, char, 1.0) for at, char in enumerate("我姓王嗯"))
    (span,) = find([Utterance(0, Role.CUSTOMER, 0, 400, "我姓王嗯", words, 1.0)])
    assert (span.start_ms, span.end_ms, span.kind) == (200, 290, Kind.NAME)


def test_a_text_by_itself_is_masked():
    number, name = PLACEHOLDERS[Kind.PHONE], PLACEHOLDERS[Kind.NAME]
    assert masked_text("客户手机13800138000，我叫王伟") == f"客户手机{number}，我叫{name}"
    assert masked_text("") == ""


@given(
    st.lists(
        st.text("幺三八零0123456789,，。 我姓叫王先生路号栋要吧X卡嗯", max_size=20), max_size=5
    )
)
def test_spans_lie_in_their_utterances_and_apart(texts):
    call = said(*(f"{'ac'[at % 2]}: {text}" for at, text in enumerate(texts)))
    spans = find(call)
    assert list(spans) == sorted(spans)
    for span in spans:
        one = call[span.utterance]
        assert 0 <= span.start < span.end <= len(one.text)
        assert one.start_ms <= span.start_ms <= span.end_ms <= one.end_ms
    for span, other in pairwise(spans):
        assert span.utterance < other.utterance or span.end <= other.start
