"""Another language is told only where it is sure; what Mandarin ears wrote of it is nothing."""

from __future__ import annotations

import pytest

from autoqa.transcription import RATE_HZ, Clip, Transcriber
from autoqa.transcription.languages import MOST_ASKED, Languages
from autoqa.transcription.windows import pack
from tests.builders_transcriber import clip_of
from tests.transcription.samples import noise, said_in


def told(probabilities: dict[str, float], seconds: int = 8) -> str:
    clips = [clip_of(seconds * 1000)]
    languages = Languages("zh")
    for window in pack(clips):
        languages.hear(window, clips, probabilities)
    return languages.foreign().get((0, 0), "")


@pytest.mark.parametrize(
    ("probabilities", "language"),
    [
        ({"zh": 0.98, "en": 0.02}, ""),
        ({"zh": 0.01, "en": 0.95}, "en"),
        ({"zh": 0.3, "en": 0.6}, ""),
        ({"zh": 0.05, "en": 0.3, "ja": 0.3}, ""),
        ({}, ""),
    ],
)
def test_only_what_is_sure_is_another_language(
    probabilities: dict[str, float], language: str
) -> None:
    assert told(probabilities) == language


def test_hello_is_no_language() -> None:
    assert told({"zh": 0.01, "en": 0.95}, seconds=2) == ""


def test_few_windows_of_each_line_are_asked() -> None:
    clips = [clip_of(12_000, start_ms=13_000 * at, key=key) for key in range(2) for at in range(9)]
    windows = pack(clips)
    asked = Languages("zh").ask(windows, clips)
    assert len(asked) == 2 * MOST_ASKED
    assert windows[0].first in asked
    assert windows[-1].first in asked
    assert Languages("zh").ask([], []) == set()


def test_mandarin_is_not_another_language(transcriber: Transcriber) -> None:
    said = said_in("bill-hold-good.wav")
    assert {one.language for one in transcriber.transcribe([one.clip for one in said])} == {""}


def test_noise_is_not_another_language_with_text(transcriber: Transcriber) -> None:
    clip = Clip(0, 0, 0, noise(8, 0.05))
    assert len(clip.samples) == 8 * RATE_HZ
    [heard] = transcriber.transcribe([clip])
    assert heard.text == ""
