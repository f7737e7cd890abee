"""What is not believed, and what must be."""

from __future__ import annotations

import pytest

from autoqa.transcription.guards import Fault, echoes, faults, is_only_phantom, spoken_length

SURE, LIKELY_SPEECH = -0.3, 0.05


def found(text: str, duration_ms: int = 3000) -> frozenset[Fault]:
    return faults(text, duration_ms, SURE, LIKELY_SPEECH)


@pytest.mark.parametrize(
    "text",
    [
        "您好，很高兴为您服务，请问有什么可以帮您？",
        "对对对对对，就是这张卡",
        "好的好的好的好的，谢谢您",
        "好的好的，谢谢您",
        "我的卡号是六二二二零零零零零零",
        "一八八八八八八八八八八",
        "您可以订阅短信提醒，每月两元",
        "祝您生活愉快，下次再见",
        "请您欣赏一段音乐",
        "OK，可以的",
        "工号8026为您服务",
    ],
)
def test_what_people_say_on_a_hotline_is_believed(text: str) -> None:
    assert found(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "字幕by索兰娅",
        "字幕由Amara.org社区提供",
        "中文字幕志愿者 李宗盛",
        "优优独播剧场——YoYo Television Series Exclusive",
        "感谢观看",
        "谢谢大家收看",
        "下期再见",
        "(音乐播放中)",
        "[掌声]",
        "♪ ♪",
        "词曲 李宗盛",
    ],
)
def test_phantoms_are_known(text: str) -> None:
    assert found(text) & {Fault.PHANTOM, Fault.EMPTY}
    assert is_only_phantom(text)


@pytest.mark.parametrize(
    "text", ["要不然" * 12, "嗯" * 40, "谢谢观看" * 2 + "我们我们我们我们我们我们", "12" * 120]
)
def test_loops_are_known(text: str) -> None:
    assert Fault.LOOP in found(text, 12_000)


@pytest.mark.parametrize("text", ["", " ", "。", "，…"])
def test_punctuation_is_no_text(text: str) -> None:
    assert found(text) == {Fault.EMPTY}


def test_text_must_fit_its_time() -> None:
    sentence = "感谢您的来电祝您生活愉快再见"
    assert found(sentence, 2_000) == frozenset()
    assert found(sentence, 500) == {Fault.DENSE}
    assert found("好的", 8_000) == {Fault.SPARSE}
    assert found("嗯", 400) == frozenset()


def test_unlikely_text_is_doubted_and_with_no_speech_it_is_noise() -> None:
    assert faults("我去找你", 1500, -1.2, 0.1) == {Fault.UNLIKELY}
    assert faults("我去找你", 1500, -1.2, 0.9) == {Fault.UNLIKELY, Fault.NOISE}
    assert faults("我去找你", 1500, -3.0, 0.1) == {Fault.UNLIKELY, Fault.NOISE}
    assert faults("我去找你", 1500, -0.3, 0.9) == frozenset()


def test_length_is_counted_in_syllables() -> None:
    assert spoken_length("您好，再见") == 4
    assert spoken_length("APP") == 1
    assert spoken_length("") == 0


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), ()),
        (("三年2.3", "年2.3", "年2.3年2.3"), (True, True, True)),
        (("年2.3年2.3", "年2.3年2", "明白了"), (True, True, False)),
        (("利率是3年2.3", "好的"), (False, False)),
        (("我的卡号是6225", "您的卡号是6225对吗"), (False, False)),
        (("好的", "好的", "好的"), (False, False, False)),
    ],
)
def test_what_one_window_repeats_from_stretch_to_stretch(
    texts: tuple[str, ...], expected: tuple[bool, ...]
) -> None:
    assert echoes(texts) == expected
