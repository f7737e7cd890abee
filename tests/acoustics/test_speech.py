"""Speech, music, levels and leaks, heard in examples and in sounds made on the spot."""

import json
from typing import Any

import numpy as np
import pytest

from autoqa.acoustics import Acoustics, listen
from autoqa.audio import load
from autoqa.settings import Settings
from autoqa.types import EventKind, Segment
from tests.acoustics.signals import (
    EXAMPLES,
    RATE_HZ,
    audio,
    hear,
    noise,
    sentence,
    silence,
    spans,
    tone,
    tune,
)


def example(name: str) -> tuple[Acoustics, dict[str, Any]]:
    path = next(path for path in EXAMPLES.glob(f"{name}.*") if path.suffix != ".json")
    truth = json.loads((EXAMPLES / f"{name}.truth.json").read_text(encoding="utf-8"))
    return listen(load((path,), Settings())), truth


def turns(truth: dict[str, Any], role: str) -> list[Segment]:
    return [
        Segment(turn["start_ms"], turn["end_ms"]) for turn in truth["turns"] if turn["role"] == role
    ]


def seconds(heard: Acoustics, channel: int = 0) -> float:
    return sum(part.duration_ms for part in heard.channels[channel].speech) / 1000


@pytest.mark.parametrize("name", ["balance-good", "bill-hold-good", "menu-greets"])
def test_every_turn_is_heard_on_its_channel_and_begins_when_it_begins(name):
    heard, truth = example(name)
    late = []
    for channel, role in zip(heard.channels, truth["channel_roles"], strict=True):
        for turn in turns(truth, role):
            parts = [part for part in channel.speech if part.overlap_ms(turn)]
            assert parts, f"{role} at {turn.start_ms} ms was not heard"
            late.append(abs(parts[0].start_ms - turn.start_ms))
    assert np.percentile(late, 75) <= 50


@pytest.mark.parametrize("name", ["balance-good", "bill-hold-good"])
def test_nobody_is_heard_where_nobody_speaks(name):
    heard, truth = example(name)
    for channel, role in zip(heard.channels, truth["channel_roles"], strict=True):
        for part in channel.speech:
            assert any(part.overlap_ms(turn) for turn in turns(truth, role))


@pytest.mark.parametrize("kind", [EventKind.MUSIC, EventKind.RINGBACK])
def test_music_and_ringing_of_a_call_are_found(kind):
    heard, truth = example("bill-hold-good")
    expected = [
        (event["start_ms"], event["end_ms"]) for event in truth["events"] if event["kind"] == kind
    ]
    found = spans(heard, kind)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(np.subtract(one, other)).max() <= 1000


def test_music_is_no_speech():
    heard = hear(np.concatenate([silence(2), tune(10), silence(2)]))
    assert heard.channels[0].speech == ()
    ((start_ms, end_ms),) = spans(heard, EventKind.MUSIC)
    assert abs(start_ms - 2000) <= 500
    assert abs(end_ms - 12000) <= 1000


@pytest.mark.parametrize("seed", [1, 2])
def test_long_music_makes_nobody_deaf_to_the_words_after_it(seed):
    call = np.concatenate([tune(40, seed=seed), silence(0.6), sentence()])
    first = hear(call).channels[0].speech[0]
    alone = hear(sentence()).channels[0].speech[0]
    assert abs(first.start_ms - (40_600 + alone.start_ms)) <= 50


def test_speech_over_music_stays_speech_and_the_music_goes_on():
    words = np.concatenate([silence(8), sentence(0, 500, 5500), silence(8)])
    heard = hear(words + tune(len(words) / RATE_HZ, level=0.02))
    assert seconds(heard) > 3
    assert len(spans(heard, EventKind.MUSIC)) == 1


def test_a_sentence_between_two_holds_parts_their_music():
    words = np.concatenate([silence(1), sentence(0, 500, 5500), silence(1)])
    heard = hear(np.concatenate([tune(8), words, tune(8)]))
    assert len(spans(heard, EventKind.MUSIC)) == 2


@pytest.mark.parametrize("level", [0.0005, 0.01, 0.1])
def test_noise_is_neither_speech_nor_music(level):
    heard = hear(noise(20, level))
    assert heard.channels[0].speech == ()
    assert heard.events == ()


def test_the_hum_of_a_line_is_no_music():
    hum = tone(20, 150, 250, 350, 450, 550, level=0.01)
    assert spans(hear(hum + noise(20)), EventKind.MUSIC) == []


@pytest.mark.parametrize("gain_db", [-40, -20, 6])
def test_speech_is_heard_at_any_level(gain_db):
    words = sentence()
    usual = seconds(hear(words))
    assert seconds(hear(words * 10 ** (gain_db / 20))) == pytest.approx(usual, rel=0.1)


def test_levels_follow_the_recording():
    words = sentence() + noise(len(sentence()) / RATE_HZ, 0.001)
    loud, quiet = hear(words).channels[0], hear(words / 4).channels[0]
    assert loud.speech_dbfs is not None
    assert loud.noise_dbfs is not None
    assert quiet.speech_dbfs is not None
    assert quiet.noise_dbfs is not None
    assert loud.speech_dbfs - quiet.speech_dbfs == pytest.approx(12, abs=1)
    assert loud.noise_dbfs - quiet.noise_dbfs == pytest.approx(12, abs=1)
    assert loud.speech_dbfs > loud.noise_dbfs + 15


@pytest.mark.parametrize(("gain_db", "delay_ms"), [(-20, 0), (-25, 60), (-30, 300)])
def test_crosstalk_is_nobodys_speech(gain_db, delay_ms):
    agent, customer = sentence(0), sentence(1)
    alone = hear(agent, customer)
    delay = np.zeros(delay_ms * RATE_HZ // 1000)
    leaked = np.concatenate([delay, agent])[: len(agent)] * 10 ** (gain_db / 20)
    heard = hear(agent, customer + leaked)
    assert seconds(heard, 1) == pytest.approx(seconds(alone, 1), rel=0.15)
    assert seconds(heard, 0) == pytest.approx(seconds(alone, 0), rel=0.02)


def test_two_who_talk_at_once_are_both_heard():
    agent, other = sentence(0, 500, 5500), sentence(1, 5900, 9300)
    heard = hear(agent, other)
    assert seconds(heard, 0) == pytest.approx(seconds(hear(agent)), rel=0.1)
    assert seconds(heard, 1) == pytest.approx(seconds(hear(other)), rel=0.1)


def test_swapped_channels_are_heard_alike():
    agent, customer = sentence(0), sentence(1)
    one, other = hear(agent, customer), hear(customer, agent)
    assert one.channels[0].speech == other.channels[1].speech
    assert one.channels[1].speech == other.channels[0].speech


def test_what_is_heard_does_not_depend_on_the_rate():
    words = load((EXAMPLES / "balance-good.wav",), Settings())
    wide = words.clip(0, 0, words.duration_ms, 16_000).astype(np.float64)
    assert seconds(listen(audio(wide, rate_hz=16_000))) == pytest.approx(
        seconds(hear(sentence(0))), rel=0.03
    )


@pytest.mark.parametrize("length", [0, 1, 79, 80, 2000])
def test_hardly_any_samples_give_no_speech_and_no_error(length):
    heard = hear(np.zeros(length))
    assert [channel.speech for channel in heard.channels] == [()]
    assert heard.events == ()


def test_of_eight_channels_each_has_its_own():
    lines = [noise(3, seed=number) for number in range(8)]
    lines[2], lines[7] = sentence(1), sentence(0)
    heard = hear(*lines)
    alone = [channel.speech for channel in hear(lines[2], lines[7]).channels]
    assert [channel.index for channel in heard.channels] == [2, 7]
    assert [channel.speech for channel in heard.channels] == alone


@pytest.mark.parametrize("name", ["fund-guarantee", "transfer-survey", "wealth-risk-notice"])
def test_what_a_codec_makes_last_is_no_music(name):
    heard, truth = example(name)
    expected = [event for event in truth["events"] if event["kind"] == "music"]
    assert len(spans(heard, EventKind.MUSIC)) == len(expected)
    for channel, role in zip(heard.channels, truth["channel_roles"], strict=True):
        said = turns(truth, role) + (turns(truth, "recorded") if role == "agent" else [])
        for turn in said:
            assert sum(part.overlap_ms(turn) for part in channel.speech) > 0.7 * turn.duration_ms


def test_an_offset_of_the_recorder_hides_no_words():
    assert seconds(hear(sentence() + 0.02)) == pytest.approx(seconds(hear(sentence())), rel=0.02)
