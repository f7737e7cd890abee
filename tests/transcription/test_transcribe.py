"""The real recogniser on real speech, and on everything that is none."""

from __future__ import annotations

import numpy as np
import pytest

from autoqa.models import resolve
from autoqa.settings import Settings
from autoqa.text import normalise
from autoqa.transcription import RATE_HZ, Clip, Heard, Transcriber, name
from autoqa.transcription.engine import Engine
from autoqa.transcription.interface import Samples
from autoqa.transcription.whisper import WhisperTranscriber
from tests.transcription.samples import SECOND, Said, noise, said_in


@pytest.fixture(scope="module")
def speech() -> list[Said]:
    return said_in("bill-hold-good.wav")[:6]


@pytest.fixture(scope="module")
def heard(transcriber: Transcriber, speech: list[Said]) -> list[Heard]:
    return transcriber.transcribe([said.clip for said in speech])


def shared(one: str, other: str) -> float:
    """The share of the characters of ``one`` that ``other`` has too."""
    wanted, given = normalise(one).text, list(normalise(other).text)
    return sum(char in given for char in wanted) / len(wanted)


def test_each_clip_gets_its_own_words(speech: list[Said], heard: list[Heard]) -> None:
    assert len(speech) >= 3
    for said, result in zip(speech, heard, strict=True):
        assert result.segment == said.clip.segment
        assert result.unheard == ()
        assert shared(said.text, result.text) > 0.6


def test_words_lie_inside_their_clip_in_order_and_spell_the_text(heard: list[Heard]) -> None:
    for result in heard:
        for utterance in result.utterances:
            words = utterance.words
            assert "".join(word.text for word in words) == utterance.text
            assert utterance.text == utterance.text.strip() != ""
            assert 0 < utterance.probability <= 1
            times = [at for word in words for at in (word.start_ms, word.end_ms)]
            assert times == sorted(times)
            assert result.segment.start_ms <= times[0]
            assert times[-1] <= result.segment.end_ms


def test_times_follow_the_recording(transcriber: Transcriber, speech: list[Said]) -> None:
    """A phrase that is cut out of its sentence is heard where it was."""
    clip = speech[0].clip
    pause = np.zeros(SECOND, np.float32)
    later = Clip(0, 0, 50_000, np.concatenate([pause, clip.samples]))
    early = transcriber.hear_alone(Clip(0, 0, 50_000, clip.samples)).utterances[0]
    late = transcriber.hear_alone(later).utterances[0]
    assert abs(late.words[-1].end_ms - early.words[-1].end_ms - 1000) <= 300


def test_all_of_a_clip_with_a_breath_in_it_is_heard(
    transcriber: Transcriber, speech: list[Said]
) -> None:
    first, second = speech[-1], speech[0]
    breath = np.zeros(SECOND // 3, np.float32)
    samples = np.concatenate([first.clip.samples, breath, second.clip.samples])
    result = transcriber.hear_alone(Clip(0, 0, 0, samples))
    assert shared(first.text, result.text) > 0.6
    assert shared(second.text, result.text) > 0.6
    assert result.unheard == ()


def test_the_batch_changes_nothing(
    transcriber: Transcriber, speech: list[Said], heard: list[Heard]
) -> None:
    own = [said.clip for said in speech]
    strangers = [said.clip for said in said_in("interrupting-agent.flac", key=7)[:4]]
    mixed = [*strangers[:2], *reversed(own), *strangers[2:]]
    results = {
        id(clip): result for clip, result in zip(mixed, transcriber.transcribe(mixed), strict=True)
    }
    assert [results[id(clip)] for clip in own] == heard


def test_windows_heard_all_at_once_say_the_same(speech: list[Said], heard: list[Heard]) -> None:
    """As a graphics card is handed them; here a processor stands in its place."""
    folder = resolve(Settings().model)
    engine = Engine(folder, "zh", "cpu", "int8", together=True)
    results = WhisperTranscriber(engine, "base:int8", 64).transcribe([said.clip for said in speech])
    assert [one.text for one in results] == [one.text for one in heard]
    for one, other in zip(results, heard, strict=True):
        for mine, theirs in zip(one.utterances, other.utterances, strict=True):
            ends = [
                (word.end_ms, same.end_ms)
                for word, same in zip(mine.words, theirs.words, strict=True)
            ]
            assert max(abs(end_ms - known_ms) for end_ms, known_ms in ends) <= 100


def test_no_clips_no_results(transcriber: Transcriber) -> None:
    assert transcriber.transcribe([]) == []


def tone(seconds: float, hz: float) -> Samples:
    return (0.2 * np.sin(2 * np.pi * hz * np.arange(int(seconds * SECOND)) / SECOND)).astype(
        np.float32
    )


def chord(seconds: float) -> Samples:
    return sum((tone(seconds, hz) for hz in (220.0, 277.2, 329.6, 440.0)), np.zeros(1, np.float32))


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros(10, np.float32),
        np.zeros(3 * SECOND, np.float32),
        noise(0.4, 0.1),
        noise(3, 0.001),
        noise(12, 0.05),
        noise(30, 0.01),
        tone(4, 450),
        chord(8),
    ],
    ids=["nothing", "a click", "silence", "burst", "hiss", "noise", "long", "ringing", "chord"],
)
def test_no_speech_no_text(transcriber: Transcriber, samples: Samples) -> None:
    [result] = transcriber.transcribe([Clip(0, 0, 1_000, samples)])
    assert result.text == ""
    assert sum(part.duration_ms for part in result.unheard) == len(samples) * 1000 // RATE_HZ


def test_noise_beside_speech_takes_no_words(transcriber: Transcriber, speech: list[Said]) -> None:
    said = speech[0]
    after = Clip(0, said.clip.channel, said.clip.segment.end_ms + 500, noise(2, 0.02))
    first, second = transcriber.transcribe([said.clip, after])
    assert shared(said.text, first.text) > 0.6
    assert second.text == ""


def test_a_text_that_was_said_is_likelier(transcriber: Transcriber, speech: list[Said]) -> None:
    right, wrong = transcriber.likelihoods(
        speech[0].clip, [speech[0].text, "这个我不知道，你自己去问网点。"]
    )
    assert wrong < right <= 0


def test_the_name_is_known_before_loading(transcriber: Transcriber) -> None:
    assert transcriber.name == name(Settings()) == "base:int8"
    assert name(Settings(model="/models/tiny", device="cuda")) == "tiny:float16"
