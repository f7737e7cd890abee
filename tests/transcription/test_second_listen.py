"""A missed phrase is heard again; nothing is said to have been said without strong evidence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.transcription import Clip, Transcriber, listen_again
from autoqa.transcription.likeness import places
from autoqa.transcription.second_listen import join
from tests.builders_transcriber import FakeTranscriber, clip_of
from tests.transcription.samples import Said, noise, said_in

PHRASE = "感谢您的来电"
HEARD = "好的感谢您的来点再见"
SPLICED = "好的感谢您的来电再见"


def listener(text: str, likelihoods: dict[str, float]) -> FakeTranscriber:
    return FakeTranscriber({(0, 0, 0): text}, likelihoods)


def test_what_was_misheard_is_found_by_its_likelihood() -> None:
    answer = listen_again(listener(HEARD, {HEARD: -5.0, SPLICED: -9.0}), [clip_of(3000)], [PHRASE])
    assert answer.said is True
    assert answer.margin_nats == -4.0
    assert (answer.phrase, answer.quote) == (PHRASE, "感谢您的来点")
    assert 0 < answer.start_ms < answer.end_ms < 3000


@pytest.mark.parametrize(("margin", "said"), [(-4.0, True), (-9.0, None), (-30.0, False)])
def test_between_said_and_not_said_nobody_knows(margin: float, said: bool | None) -> None:
    ears = listener(HEARD, {HEARD: -5.0, SPLICED: -5.0 + margin})
    assert listen_again(ears, [clip_of(3000)], [PHRASE]).said is said


def test_a_phrase_that_this_listen_wrote_is_said() -> None:
    answer = listen_again(listener(SPLICED, {}), [clip_of(3000)], ["请您稍等", PHRASE])
    assert (answer.said, answer.margin_nats, answer.quote) == (True, 0.0, PHRASE)


def test_a_likely_phrase_that_sounds_different_is_not_believed() -> None:
    text, spliced = "啊啊啊啊啊啊", PHRASE
    ears = listener(text, {text: -5.0, spliced: -5.0})
    assert listen_again(ears, [clip_of(3000)], [PHRASE]).said is not True


def test_one_syllable_is_never_proved_by_likelihood() -> None:
    ears = listener("带", {"带": -5.0, "在": -4.0})
    assert listen_again(ears, [clip_of(500)], ["在"]).said is not True


def test_speech_without_text_leaves_the_question_open() -> None:
    assert listen_again(FakeTranscriber({}), [clip_of(3000)], [PHRASE]).said is None


def test_what_was_hardly_heard_is_not_missing_for_certain() -> None:
    ears = FakeTranscriber({(0, 0, 0): HEARD}, {HEARD: -5.0, SPLICED: -40.0}, probability=0.4)
    clips = [clip_of(3000)]
    assert listen_again(ears, clips, [PHRASE], is_clear=False).said is None
    assert listen_again(ears, clips, [PHRASE], is_clear=True).said is False


def test_an_unsure_text_gives_way_to_any_phrase_that_comes_near() -> None:
    text, phrase = "我们都是这样的", "感谢您的来电"
    spliced = [text[:at] + phrase + text[at + len(phrase) :] for at in (0, 1)]
    ears = FakeTranscriber(
        {(0, 0, 0): text}, dict.fromkeys([text, *spliced], -5.0), probability=0.4
    )
    assert listen_again(ears, [clip_of(3000)], [phrase]).said is None


def test_a_number_is_part_of_a_phrase() -> None:
    text, phrase = "你好公号8026很高兴", "工号{数字}"
    ears = listener(text, {text: -5.0, "你好工号8026很高兴": -7.0})
    assert listen_again(ears, [clip_of(3000)], [phrase]).said is not False
    assert listen_again(listener("工号8026", {}), [clip_of(3000)], [phrase]).said is True
    assert listen_again(listener("我的工号", {}), [clip_of(3000)], [phrase]).said is not True


def test_a_long_stretch_is_heard_in_parts() -> None:
    joined = join([clip_of(30_000)])
    assert sum(clip.duration_ms for clip in joined) == 30_000
    assert all(clip.duration_ms <= 13_000 for clip in joined)


def test_a_click_is_too_short_to_hold_a_phrase() -> None:
    ears = listener(HEARD, {HEARD: -5.0, SPLICED: -40.0})
    assert listen_again(ears, [clip_of(3000), clip_of(300, start_ms=9000)], [PHRASE]).said is False


def test_where_nobody_spoke_nothing_was_said() -> None:
    assert listen_again(FakeTranscriber({}), [], [PHRASE]).said is False


def test_close_clips_are_heard_as_one() -> None:
    clips = [clip_of(1000), clip_of(1000, start_ms=1500), clip_of(1000, start_ms=9000)]
    together, apart = join(clips[::-1])
    assert (together.start_ms, together.duration_ms) == (0, 2500)
    assert apart is clips[2]


@settings(deadline=None)
@given(st.text("感谢您的来电请稍等一下，,.8 ok", max_size=30), st.text("感谢您来电8", max_size=8))
def test_places_lie_inside_the_text(text: str, phrase: str) -> None:
    for place in places(phrase, text):
        assert 0 <= place.start < place.end <= len(text)
        assert place.distance >= 0


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("请问有什么可以帮您", "请问还有什么可以帮您", False),
        ("再次向您致歉", "向您道歉", None),
        ("请您稍", "请您稍等", None),
    ],
)
def test_other_words_for_it_are_not_nothing(text: str, phrase: str, said: bool | None) -> None:
    [best, *_] = places(phrase, text)
    spliced = text[: best.start] + phrase + text[best.end :]
    ears = listener(text, {text: -5.0, spliced: -17.0 if said is False else -18.0})
    assert listen_again(ears, [clip_of(3000)], [phrase]).said is said


def test_the_place_of_a_misheard_phrase() -> None:
    [best, *_] = places("很高兴为您服务", "你好恨搞新维尼福请讲")
    assert "你好恨搞新维尼福请讲"[best.start : best.end] == "恨搞新维尼福"


@pytest.fixture(scope="module")
def agent() -> list[Said]:
    return said_in("bill-hold-good.wav")


def test_real_speech_answers_for_what_was_said(transcriber: Transcriber, agent: list[Said]) -> None:
    said = agent[0]
    phrase = max(said.text.rstrip("。？！").split("，"), key=len)
    assert listen_again(transcriber, [said.clip], [phrase]).said is True
    assert listen_again(transcriber, [said.clip], ["投资有风险理财须谨慎"]).said is False


def test_noise_never_says_a_phrase(transcriber: Transcriber) -> None:
    clips = [Clip(0, 0, 0, noise(4, 0.03)), Clip(0, 0, 9_000, noise(1, 0.001))]
    phrases = ["感谢您的来电", "请问还有其他可以帮您的吗", "您好", "请稍等"]
    assert listen_again(transcriber, clips, phrases).said is not True
