"""Another language is told only where it is sure; what Mandarin ears wrote of it is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.transcription import RATE_HZ, Clip, Transcriber
from autoqa.transcription.languages import MOST_ASKED, Languages
from autoqa.transcription.windows import alone, cut, pack
from tests.builders_transcriber import clip_of
from tests.transcription.samples import noise, said_in


def told(probabilities: dict[str, float], seconds: int = 8) -> str:
    clips = [clip_of(seconds * 1000)]
    windows = pack(clips)
    languages = Languages("zh", windows, clips)
    for window in windows:
        languages.hear(window, probabilities)
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
    languages = Languages("zh", windows, clips)
    asked = [window for window in windows if languages.wants(window)]
    assert len(asked) == 2 * MOST_ASKED
    assert {windows[0], windows[-1]} <= set(asked)


def test_a_line_without_enough_speech_is_not_asked() -> None:
    clips = [clip_of(4_000)]
    [window] = pack(clips)
    assert not Languages("zh", [window], clips).wants(window)


probabilities = st.floats(0, 1).map(lambda share: {"zh": share, "en": 1 - share})


@given(st.lists(st.tuples(st.integers(1, 12), probabilities), min_size=1, max_size=9))
def test_who_asks_no_more_than_is_wanted_learns_the_same(
    heard: list[tuple[int, dict[str, float]]],
) -> None:
    clips = [clip_of(1000 * seconds, start_ms=20_000 * at) for at, (seconds, _) in enumerate(heard)]
    windows = [alone(piece) for at, clip in enumerate(clips) for piece in cut(at, clip.samples)]
    every, wanted = (Languages("zh", windows, clips) for _ in range(2))
    chosen = {window for window in windows if every.wants(window)}
    for window, (_, holds) in zip(windows, heard, strict=True):
        if window in chosen:
            every.hear(window, holds)
        if wanted.wants(window):
            wanted.hear(window, holds)
    assert wanted.foreign() == every.foreign()


def test_mandarin_is_not_another_language(transcriber: Transcriber) -> None:
    said = said_in("bill-hold-good.wav")
    assert {one.language for one in transcriber.transcribe([one.clip for one in said])} == {""}


def test_noise_is_not_another_language_with_text(transcriber: Transcriber) -> None:
    clip = Clip(0, 0, 0, noise(8, 0.05))
    assert len(clip.samples) == 8 * RATE_HZ
    [heard] = transcriber.transcribe([clip])
    assert heard.text == ""
