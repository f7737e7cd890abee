"""From samples to a call: what could not be heard is said, and little is held at once."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autoqa import pipeline
from autoqa.audio import Audio, load
from autoqa.settings import Settings
from autoqa.transcription import RATE_HZ, Clip, Heard
from autoqa.types import Call, Channel, Contact, EventKind, Outcome, Role, Scorecard, Segment
from tests.builders import KNOWN, dialogue
from tests.builders_transcriber import FakeTranscriber
from tests.scoring.packs import pack

EXAMPLE = Path(__file__).parents[1] / "examples" / "balance-good.wav"
GREETING = "passes_if: {says: greeting}"


class Foreign(FakeTranscriber):
    """Hears English on the first channel."""

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        heard = super().transcribe(clips)
        return [replace(one, language="en") if one.channel == 0 else one for one in heard]


class Looking(FakeTranscriber):
    """Looks at every clip, as the recogniser does: one at a time, and lets it go."""

    def __init__(self) -> None:
        super().__init__({})
        self.lengths: list[tuple[Clip, int]] = []

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        self.lengths = [(clip, len(clip.samples[:])) for clip in clips]
        return super().transcribe(clips)


@pytest.fixture(scope="module")
def example() -> Audio:
    return load([EXAMPLE], Settings())


def judged(call: Call, contact: Contact, folder: Path) -> Scorecard:
    [judged] = pipeline.judge(call, contact, pack(folder, GREETING), lambda *_: ())
    return judged.scorecard


def test_speech_without_text_is_unheard(example: Audio) -> None:
    [call] = pipeline.analyze([example], pipeline.Models(FakeTranscriber({})))
    for channel in call.channels:
        assert channel.speech
        assert channel.unheard == channel.speech


def test_a_call_in_another_language_is_not_judged(example: Audio, tmp_path: Path) -> None:
    [call] = pipeline.analyze([example], pipeline.Models(Foreign({})))
    [remark] = [remark for remark in call.remarks if remark.kind == "language"]
    assert (remark.channel, remark.judgeable) == (0, False)
    assert remark.message.params["language"] == "en"
    [finding] = judged(call, KNOWN, tmp_path).findings
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.reason == remark.message


def test_a_recording_without_a_word_is_not_judged(example: Audio, tmp_path: Path) -> None:
    [call] = pipeline.analyze([example], pipeline.Models(FakeTranscriber({})))
    [remark] = call.remarks
    assert (remark.kind, remark.judgeable) == ("no_words", False)
    [finding] = judged(call, KNOWN, tmp_path).findings
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.reason == remark.message
    start_ms = call.channels[0].speech[0].start_ms
    [heard] = pipeline.analyze(
        [example], pipeline.Models(FakeTranscriber({(0, 0, start_ms): "喂"}))
    )
    assert heard.remarks == ()


def test_silence_has_no_words_and_only_one_remark(example: Audio) -> None:
    silence = replace(example, samples=np.zeros_like(example.samples))
    [call] = pipeline.analyze([silence], pipeline.Models(FakeTranscriber({})))
    assert [remark.kind for remark in call.remarks] == ["no_speech"]


def test_an_unheard_stretch_inside_an_utterance_is_not_transcribed(tmp_path: Path) -> None:
    call = dialogue("坐席 0.0-10.0 喂什么事说\n客户 10.5-12.0 你好")
    [finding] = judged(_with_unheard(call, Segment(4_000, 9_000)), KNOWN, tmp_path).findings
    assert finding.outcome is Outcome.UNDETERMINED
    assert finding.reason is not None
    assert "nine tenths" in finding.reason.template


def test_clips_are_what_the_recording_holds(example: Audio) -> None:
    ears = Looking()
    pipeline.analyze([example], pipeline.Models(ears))
    assert ears.lengths
    for clip, length in ears.lengths:
        end_ms = clip.segment.end_ms
        direct = example.clip(clip.channel, clip.start_ms, end_ms, RATE_HZ)
        assert len(clip.samples) == length == len(direct)
        assert np.array_equal(clip.samples[:], direct)
        assert np.array_equal(clip.samples[160:320], direct[160:320])


def test_no_more_than_a_stretch_is_held_at_once(example: Audio) -> None:
    seconds = 600
    stretches = tuple(Segment(at * 1000, (at + 5) * 1000) for at in range(0, seconds, 6))
    frames = seconds * example.rate_hz
    long = replace(example, samples=np.resize(example.samples, (2, frames)))
    ears = Looking()
    clips = pipeline.clips_of(0, long, [(0, stretch) for stretch in stretches])
    tracemalloc.start()
    ears.transcribe(clips)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(length for _, length in ears.lengths) == 5 * len(stretches) * RATE_HZ
    assert peak < 4 * 5 * RATE_HZ * 4


def _with_unheard(call: Call, stretch: Segment) -> Call:
    first, *rest = call.channels
    channels: tuple[Channel, ...] = (replace(first, unheard=(stretch,)), *rest)
    assert first.role in (Role.AGENT, Role.UNKNOWN)
    return replace(call, channels=channels, heard=tuple(EventKind))
