"""What is remarked on a recording itself."""

from dataclasses import replace

import numpy as np
import pytest

from autoqa.acoustics import listen
from autoqa.i18n import language, render
from autoqa.types import Segment
from tests.acoustics.signals import audio, hear, noise, sentence, silence


def kinds(heard):
    return [(remark.kind, remark.channel) for remark in heard.remarks]


def padded(signal):
    return np.concatenate([silence(1), signal, silence(1)])


def test_a_sound_recording_has_no_remarks():
    assert kinds(hear(padded(sentence(0)), padded(sentence(1)))) == []


def test_a_copied_channel_is_left_out():
    words = padded(sentence(0) + sentence(1))
    heard = hear(words, words * 0.7 + noise(len(words) / 8000, 0.0005))
    assert kinds(heard) == [("dual_mono", None)]
    assert [channel.index for channel in heard.channels] == [0]


def test_spare_channels_of_a_recorder_are_left_out():
    spare = silence(20)
    heard = hear(padded(sentence(0)), spare, noise(20), padded(sentence(1)), *[spare] * 4)
    assert kinds(heard) == []
    assert [channel.index for channel in heard.channels] == [0, 3]


def test_of_a_recorder_with_one_voice_two_channels_are_left():
    heard = hear(silence(20), silence(20), padded(sentence(0)), silence(20))
    assert kinds(heard) == [("silent_channel", 0)]
    assert [channel.index for channel in heard.channels] == [0, 2]


def test_both_parties_twice_are_no_mix():
    agent, customer = padded(sentence(0)), padded(sentence(1))
    heard = hear(agent, customer, agent * 0.5, customer * 0.5)
    assert kinds(heard) == []
    assert [channel.index for channel in heard.channels] == [0, 1]


def test_nobody_speaks():
    heard = hear(noise(5), noise(5, seed=2))
    assert kinds(heard) == [("no_speech", None)]
    assert not heard.remarks[0].judgeable


def test_a_party_that_was_not_recorded():
    heard = hear(padded(sentence(0)), silence(20))
    assert kinds(heard) == [("silent_channel", 1)]
    assert not heard.remarks[0].judgeable


def test_a_party_that_does_not_speak_is_no_fault():
    assert kinds(hear(padded(sentence(0)), noise(20))) == []


def test_clipped_speech():
    assert kinds(hear(padded(np.clip(sentence(0) * 30, -1, 1)))) == [("clipped", 0)]


def test_lost_packets():
    words = padded(sentence(0))
    for start in range(8000, len(words) - 8000, 3200):
        words[start : start + 160] = 0
    assert kinds(hear(words)) == [("dropouts", 0)]


def test_pauses_that_a_gate_mutes_are_no_lost_packets():
    words = sentence(0, 0, 6000)
    loud = np.convolve(np.abs(words), np.ones(1600) / 1600, "same") > 0.002
    assert "dropouts" not in [kind for kind, _ in kinds(hear(padded(words * loud)))]


@pytest.mark.parametrize(("first_ms", "last_ms", "kind"), [
    (1500, 7000, "starts_in_speech"),
    (0, 4000, "ends_in_speech"),
])  # fmt: skip
def test_a_voice_at_the_edge_may_be_cut_off(first_ms, last_ms, kind):
    assert kinds(hear(sentence(0, first_ms, last_ms))) == [(kind, 0)]


def test_what_could_not_be_decoded_is_remarked():
    whole = audio(padded(sentence(0)))
    broken = replace(
        whole,
        recording=replace(whole.recording, missing_ms=12_340),
        damaged=(Segment(0, 500),),
    )
    heard = listen(broken)
    assert kinds(heard) == [("truncated", None), ("damaged", None)]
    assert "12.3" in render(heard.remarks[0].message)


def test_remarks_are_read_in_either_language():
    (remark,) = hear(noise(5)).remarks
    assert render(remark.message) == "录音中没有人说话"
    with language("en"):
        assert render(remark.message) == "Nobody speaks in this recording"
