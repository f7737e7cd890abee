"""Phrases as they were heard: found by characters and by sound, and not where nobody said them."""

from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.scoring.phrases import Hit, Matcher, Phrase, PhraseError

COURTESY = (
    ("hold", Phrase("<请>[您]<稍>(等|候)[片刻|一下]")),
    ("thanks", Phrase("感谢[您]的耐心等待")),
    ("closing", Phrase("感谢您的来电")),
    ("closing", Phrase("祝您生活愉快")),
    ("bill", Phrase("查询账单")),
    ("help", Phrase("[请问]<还>有(什么|其他)[问题]可以帮[助]您")),
    ("greeting", Phrase("很高兴为您服务")),
    ("greeting", Phrase("有什么可以帮您")),
    ("staff", Phrase("工号{数字}")),
    ("staff", Phrase("{数字}号[客服]为您服务")),
    ("name", Phrase("{人名}先生")),
    ("guarantee", Phrase("保证收益")),
    ("rude", Phrase("随便你", unless=("随便你(选|挑)",))),
    ("rude", Phrase("不知道", exact=True)),
)
MATCHER = Matcher(COURTESY)
OTHER_WORDS = "天气公园步行颜色苹果山水风云"


def keys(text: str) -> list[str]:
    return [hit.key for hit in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("heard", "key"),
    [
        ("感谢您的来店", "closing"),
        ("感谢您的来点", "closing"),
        ("感谢你的来电", "closing"),
        ("请您少等", "hold"),
        ("请稍后", "hold"),
        ("请您烧等一下", "hold"),
        ("查询帐弹", "bill"),
        ("祝您生活与快", "closing"),
        ("很高新为你服务", "greeting"),
        ("感谢您得耐心等代", "thanks"),
        ("公号八零二六", "staff"),
        ("还有什么可以班您", "help"),
    ],
)
def test_what_sounds_alike_is_found_and_said_to_be_by_sound(heard: str, key: str) -> None:
    hits = [hit for hit in MATCHER.find(heard) if hit.key == key]
    assert [hit.how for hit in hits] == ["sound"]
    assert 0.5 <= hits[0].certainty < 1


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("請您稍候", "hold"),
        ("请您，稍等！", "hold"),
        ("请您，嗯，稍等", "hold"),
        ("工號：８０２６", "staff"),
        ("工号八零二六", "staff"),
        ("三零六号客服为您服务", "staff"),
        ("王先生，您好", "name"),
        ("感谢您的\n来电", "closing"),
        ("这个我不知道", "rude"),
    ],
)
def test_script_width_punctuation_and_fillers_do_not_matter(said: str, key: str) -> None:
    assert [(hit.key, hit.how, hit.certainty) for hit in MATCHER.find(said)] == [
        (key, "exact", 1.0)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "。，",
        "嗯",
        "多少等级才可以",
        "你等一下",
        "等会儿",
        "保证金收到了",
        "有什么不明白的",
        "您的卡号是八零二六",
        "感谢您的理解",
        "感谢您的接待",
        "随便你选哪一种",
        "步知道",
        "今天天气不错",
    ],
)
def test_what_was_not_said_is_not_found(text: str) -> None:
    assert keys(text) == []


def test_what_must_be_heard_must_be_heard() -> None:
    assert keys("请问有什么可以帮您") == ["greeting"]
    assert "help" in keys("请问还有什么可以帮您")
    assert "help" in keys("请问孩有什么可以帮您")


@pytest.mark.parametrize(
    ("phrase", "text", "sure"),
    [
        ("查到了", "我查到了", True),
        ("免年费", "这张卡免年费", True),
        ("请稍等", "您请稍等一下", True),
        ("犹豫期", "在犹豫期内可以退保", True),
        ("年费", "避免年费用完", False),
    ],
)
def test_very_words_are_never_as_if_not_said(phrase: str, text: str, sure: bool) -> None:
    [hit] = Matcher([("it", Phrase(phrase))]).find(text)
    assert (hit.how == "exact", hit.phrase.perhaps) == (sure, not sure)


def test_a_short_phrase_matches_at_word_boundaries_only() -> None:
    matcher = Matcher([("fine", Phrase("生活")), ("hello", Phrase("您好"))])
    assert [hit.key for hit in matcher.find("学生活动")] == []
    assert [hit.key for hit in matcher.find("您好，请讲")] == ["hello"]
    assert [hit.key for hit in matcher.find("你好吗")] == []


def test_a_negation_never_slips_into_a_phrase() -> None:
    matcher = Matcher([("risk", Phrase("产品有风险")), ("notice", Phrase("理财非存款"))])
    assert matcher.find("产品没有风险") == []
    assert matcher.find("理财是存款") == []
    assert [hit.key for hit in matcher.find("理财飞存款")] == ["notice"]


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("我们保证收益", ""),
        ("不好意思，保证收益", ""),
        ("不错的，我们保证收益", ""),
        ("这款产品不保证收益", "negated"),
        ("这并不是保证收益的", "negated"),
        ("我们不能保证收益", "negated"),
        ("没有人可以保证收益", "negated"),
        ("无法保证收益", "negated"),
        ("保证收益是不可能的", "negated"),
        ("保证收益吗", "question"),
        ("是不是保证收益", "question"),
        ("保证收益？", "question"),
        ("您说保证收益", "quoted"),
        ("所谓保证收益", "quoted"),
        ("他刚才跟您说保证收益", "quoted"),
        ("我跟您说，保证收益", ""),
        ("您说保证收益是吗", "question quoted"),
    ],
)
def test_denied_asked_and_reported_phrases_are_flagged(text: str, flags: str) -> None:
    (hit,) = (hit for hit in MATCHER.find(text) if hit.key == "guarantee")
    set_flags = [name for name in ("negated", "question", "quoted") if getattr(hit, name)]
    assert " ".join(set_flags) == flags


@pytest.mark.parametrize(
    "text",
    [
        "没有处理好给您添了麻烦非常抱歉",
        "如果没有其他问题，非常抱歉",
        "因为系统不稳定给您带来不便很抱歉",
    ],
)
def test_a_negation_elsewhere_in_the_clause_takes_no_courtesy_from_an_agent(text: str) -> None:
    matcher = Matcher([("apology", Phrase("[非常|很]<抱歉>"))])
    (hit,) = matcher.find(text)
    assert not (hit.negated or hit.quoted)
    assert hit.doubted


@pytest.mark.parametrize(
    "text",
    [
        "从来不会跟客户说，保证收益这样的话",
        "保证收益这种话我们是不讲的",
        "我们严禁对外承诺，保证收益",
        "合同里没有写保证收益的字眼",
    ],
)
def test_words_that_are_talked_about_are_doubted(text: str) -> None:
    hits = [hit for hit in MATCHER.find(text) if hit.key == "guarantee"]
    assert hits
    assert all(hit.doubted for hit in hits)


@pytest.mark.parametrize(
    ("text", "is_doubted"),
    [
        ("爱用不用随便你", False),
        ("找谁都没用，随便你", False),
        ("这个没用随便你", False),
        ("我没说随便你", True),
        ("没用过随便你这种话", True),
        ("不要用，随便你", True),
    ],
)
def test_useless_and_like_it_or_not_deny_nothing(text: str, is_doubted: bool) -> None:
    (hit,) = (hit for hit in MATCHER.find(text) if hit.key == "rude")
    assert (hit.doubted, hit.negated and not is_doubted) == (is_doubted, False)


@pytest.mark.parametrize("text", ["怖能说保证收益", "不能說保證收益", "布保证收益"])
def test_a_negation_is_seen_in_any_script_and_by_its_sound(text: str) -> None:
    (hit,) = (hit for hit in MATCHER.find(text) if hit.key == "guarantee")
    assert hit.doubted


def test_the_end_of_what_is_no_question_word() -> None:
    matcher = Matcher([("forbidden", Phrase("不知道"))])
    assert not matcher.find("不知道什么情况")[0].question
    assert matcher.find("不知道么")[0].question


def test_a_problem_is_no_question_of_somebody() -> None:
    matcher = Matcher([("forbidden", Phrase("保证下卡"))])
    assert not matcher.find("您放心没问题保证下卡")[0].doubted
    assert matcher.find("您问能不能保证下卡")[0].doubted


def test_a_phrase_with_a_question_mark_is_meant_when_it_is_asked() -> None:
    (rude,) = Matcher([("forbidden", Phrase("你烦不烦？"))]).find("你烦不烦，有完没完吗？")
    (plain,) = Matcher([("forbidden", Phrase("你听不懂话"))]).find("你听不懂话吗？")
    assert not rude.question
    assert plain.question


def test_an_excuse_does_not_run_over_a_comma_unless_written_with_one() -> None:
    rude = Phrase("不知道", unless=("不知道(你|您)",))
    sorry = Phrase("对不起", unless=("对不起，没听清",))
    matcher = Matcher([("forbidden", rude), ("apology", sorry)])
    assert keys_of(matcher, "不知道，你自己去问") == ["forbidden"]
    assert keys_of(matcher, "不知道您方便吗") == []
    assert keys_of(matcher, "对不起，没听清") == []


def test_an_excuse_that_is_plainly_there_counts_though_more_of_it_is_less_plainly() -> None:
    excuse = "我不知道[您][这边方便]"
    matcher = Matcher([("forbidden", Phrase("我不知道", unless=(excuse,)))])
    (whole,) = Matcher([("it", Phrase(excuse))]).find("我不知道您那边方便吗")
    assert whole.certainty < 0.92
    assert keys_of(matcher, "我不知道您那边方便吗") == []


def test_an_excuse_that_begins_before_the_hit_counts_however_it_is_punctuated() -> None:
    yes = Phrase("好的", unless=("不用[了]好的", "不{任意}好的"))
    matcher = Matcher([("yes", yes)])
    assert keys_of(matcher, "不用了好的") == keys_of(matcher, "不用了，好的。") == []
    assert keys_of(matcher, "给您添了不便，好的") == ["yes"]


@pytest.mark.parametrize("text", ["不行就是不行", "抱歉抱歉", "爱办不办"])
def test_a_phrase_that_repeats_itself_is_found(text: str) -> None:
    assert keys_of(Matcher([("it", Phrase(text))]), f"好的，{text}。") == ["it"]


def keys_of(matcher: Matcher, text: str) -> list[str]:
    return [hit.key for hit in matcher.find(text)]


def test_exact_asks_for_the_very_characters() -> None:
    loose, strict = Phrase("查询账单"), Phrase("查询账单", exact=True)
    assert Matcher([("bill", loose)]).find("查询帐弹")
    assert not Matcher([("bill", strict)]).find("查询帐弹")
    assert Matcher([("bill", strict)]).find("查询账单")


def test_a_number_slot_takes_the_whole_number() -> None:
    text = "您好，工号八零二六，请讲"
    (hit,) = MATCHER.find(text)
    assert text[hit.start : hit.end] == "工号八零二六"


def test_a_phrase_said_twice_is_found_twice() -> None:
    assert keys("感谢您的来电，嗯，感谢您的来店") == ["closing", "closing"]


@pytest.mark.parametrize(
    "text", ["", "。", "[您]", "{任意}", "请(您", "请您)", "请<您", "{工号}", "[", "请" * 500]
)
def test_a_phrase_nobody_can_match_is_an_error_with_a_sentence(text: str) -> None:
    with pytest.raises(PhraseError) as fault:
        Matcher([("x", Phrase(text))])
    assert fault.value.message.template


def test_no_phrases_find_nothing() -> None:
    assert Matcher([]).find("请您稍等") == []


def test_a_matcher_survives_a_trip_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(MATCHER))
    assert copy.find("请您少等，感谢您的来电") == MATCHER.find("请您少等，感谢您的来电")


SAID = st.sampled_from(["请您稍等片刻", "感谢您的来电", "祝您生活愉快", "很高兴为您服务"])
FILLING = st.text(st.sampled_from(OTHER_WORDS + "，。 "), max_size=12)


@settings(deadline=None)
@given(FILLING, SAID, FILLING)
def test_a_phrase_is_found_in_any_text_and_quoted_rightly(
    before: str, said: str, after: str
) -> None:
    text = f"{before}，{said}。{after}"
    (hit,) = MATCHER.find(text)
    assert text[hit.start : hit.end] == said
    assert hit.how == "exact"


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.lists(SAID, max_size=3), FILLING)
def test_the_order_of_phrases_does_not_change_hits(
    shuffle: random.Random, said: list[str], filling: str
) -> None:
    phrases = list(COURTESY)
    shuffle.shuffle(phrases)
    text = filling.join(said)
    assert _plain(Matcher(phrases).find(text)) == _plain(MATCHER.find(text))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(SAID, FILLING, st.text(max_size=20)), max_size=6))
def test_what_is_found_in_a_text_does_not_depend_on_the_texts_around_it(texts: list[str]) -> None:
    assert MATCHER.find_all(texts) == [MATCHER.find(text) for text in texts]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_hits_lie_inside_the_text_and_certainty_is_a_share(text: str) -> None:
    for hit in MATCHER.find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert 0 < hit.certainty <= 1


@settings(deadline=None)
@given(st.text(st.sampled_from("(){}[]<>|（）【】｛｝您好请稍等数字任意人名"), max_size=14))
def test_a_badly_written_phrase_is_never_more_than_a_phrase_error(text: str) -> None:
    try:
        found = Matcher([("x", Phrase(text))]).find("您好请稍等")
    except PhraseError as fault:
        assert fault.message.template
    else:
        assert all(hit.key == "x" for hit in found)


def _plain(hits: list[Hit]) -> list[tuple[str, str, int, int, float]]:
    return [(hit.key, hit.phrase.text, hit.start, hit.end, hit.certainty) for hit in hits]


def test_anything_is_up_to_about_thirty_characters() -> None:
    matcher = Matcher([("greeting", Phrase("您好{任意}为您服务"))])
    between = "这里是某某银行信用卡中心客服代表今天由我来给您办理一下这件"
    for length in (0, 1, 12, 25):
        (hit,) = matcher.find(f"您好{between[:length]}为您服务")
        assert hit.how == "exact", length
    far = matcher.find(f"您好{between}{between}为您服务")
    assert all(hit.how != "exact" for hit in far)


@pytest.mark.parametrize(
    ("phrase", "said", "is_found"),
    [
        ("等您(明天|{数字}号)", "那等您明天还", True),
        ("等您(明天|{数字}号)", "那等您五号还", True),
        ("等[了](几天|{数字}天|半个月)", "都等了半个月", True),
        ("({数字}号|{数字}日)之前", "二十五号之前", True),
        ("({数字}号|{数字}日)之前", "什么号之前", False),
    ],
)
def test_a_number_is_demanded_only_where_every_way_has_one(
    phrase: str, said: str, is_found: bool
) -> None:
    hits = Matcher([("it", Phrase(phrase))]).find(said)
    assert bool(hits) == is_found
