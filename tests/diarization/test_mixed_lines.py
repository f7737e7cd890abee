"""A mixed line in the pipeline: speech cut where the voice changes, utterances with speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autoqa import diarization, pipeline
from autoqa.audio import Audio, load
from autoqa.diarization import Reader, Voice, cut, with_speakers
from autoqa.errors import UsageError
from autoqa.settings import Settings
from autoqa.types import Role, Segment, Utterance
from tests.builders_transcriber import FakeTranscriber

EXAMPLES = Path(__file__).parents[2] / "examples"
VOICES = (
    Voice(Segment(1000, 3000), 0, 0.9),
    Voice(Segment(3000, 4000), 1, 0.3),
    Voice(Segment(6000, 7000), None),
)


class Halving:
    """Hears two voices in each stretch, one in each half."""

    name = "halving:test"

    def tell_apart(self, speech: Sequence[Segment], read: Reader) -> list[Voice]:
        voices = []
        for one in speech:
            assert abs(len(read(one)) - one.duration_ms * 16) <= 16
            middle_ms = (one.start_ms + one.end_ms) // 2
            voices.append(Voice(Segment(one.start_ms, middle_ms), 0, 0.9))
            voices.append(Voice(Segment(middle_ms, one.end_ms), 1, 0.8))
        return voices


def said(start_ms: int, end_ms: int) -> Utterance:
    return Utterance(0, Role.UNKNOWN, start_ms, end_ms, "好的", (), 0.9)


def mono() -> Audio:
    return load([EXAMPLES / "wrong-number.amr"], Settings())


def test_speech_is_cut_where_the_voice_changes() -> None:
    speech = [(0, Segment(1500, 4000)), (0, Segment(6000, 6500)), (0, Segment(8000, 9000))]
    assert cut(speech[:2], VOICES) == [
        (0, Segment(1500, 3000)),
        (0, Segment(3000, 4000)),
        (0, Segment(6000, 6500)),
    ]
    assert cut(speech, ()) == speech


def test_an_utterance_has_the_speaker_of_the_voice_that_it_lies_in() -> None:
    spoken = with_speakers([said(1100, 2900), said(3100, 3900), said(6000, 6900)], VOICES)
    assert [(one.speaker, one.speaker_certainty) for one in spoken] == [
        (0, 0.9),
        (1, 0.3),
        (None, 0.0),
    ]
    assert with_speakers([said(0, 1)], ()) == (said(0, 1),)


def test_each_voice_of_a_mixed_line_is_transcribed_by_itself() -> None:
    recording = mono()
    [plain] = pipeline.analyze([recording], pipeline.Models(FakeTranscriber({})))
    halves = cut([(0, one) for one in plain.channels[0].speech], tuple(_halves(recording)))
    texts = {(0, 0, part.start_ms): "你好" for _, part in halves}
    models = pipeline.Models(FakeTranscriber(texts), diarizer=Halving())
    [call] = pipeline.analyze([recording], models)
    assert [Segment(one.start_ms, one.end_ms) for one in call.utterances] == [
        part for _, part in halves
    ]
    assert [one.speaker for one in call.utterances] == [0, 1] * (len(halves) // 2)
    assert call.stages["speakers"] == diarization.VERSION
    assert "speakers" not in plain.stages


def test_lines_of_their_own_need_no_diarizer() -> None:
    recording = load([EXAMPLES / "balance-good.wav"], Settings())
    models = pipeline.Models(FakeTranscriber({}), diarizer=Halving())
    [call] = pipeline.analyze([recording], models)
    assert [call] == pipeline.analyze([recording], pipeline.Models(FakeTranscriber({})))


def test_two_channels_with_the_same_mix_are_one_mixed_line() -> None:
    recording = mono()
    double = replace(
        recording,
        samples=np.concatenate([recording.samples, recording.samples]),
        recording=replace(recording.recording, channel_count=2),
    )
    [call] = pipeline.analyze([double], pipeline.Models(FakeTranscriber({}), diarizer=Halving()))
    assert "speakers" in call.stages


def test_the_hearing_of_a_mixed_line_tells_whether_voices_were_told_apart() -> None:
    off = Settings(speakers="off")
    assert pipeline.hearing(off) == pipeline.hearing_mixed(off) == pipeline.hearing(Settings())
    told_apart = pipeline.hearing_mixed(Settings()) != pipeline.hearing(Settings())
    assert told_apart == diarization.is_installed()


def test_who_speaks_can_be_left_unasked() -> None:
    assert diarization.load_diarizer(Settings(speakers="off")) is None
    with pytest.raises(UsageError, match="auto, off"):
        diarization.load_diarizer(Settings(speakers="maybe"))


def _halves(recording: Audio) -> list[Voice]:
    [call] = pipeline.analyze([recording], pipeline.Models(FakeTranscriber({})))
    read: Reader = lambda part: recording.clip(0, part.start_ms, part.end_ms, 16_000)  # noqa: E731
    return Halving().tell_apart(call.channels[0].speech, read)
