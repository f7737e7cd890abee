"""The measure of who speaks: right, wrong, and nobody's."""

from __future__ import annotations

from autoqa.diarization import Voice
from autoqa.types import Segment
from bench.mono import Told, compare

TURNS = {"agent": [Segment(0, 1000), Segment(2000, 3000)], "customer": [Segment(1000, 2000)]}


def voice(start_ms: int, end_ms: int, speaker: int | None, certainty: float = 1.0) -> Voice:
    return Voice(Segment(start_ms, end_ms), speaker, certainty)


def test_voices_count_as_whom_they_are_mostly() -> None:
    voices = [voice(0, 1200, 4), voice(1200, 2000, 7), voice(2000, 3000, 4)]
    assert compare(voices, TURNS) == Told(right=2800, wrong=200)


def test_what_is_unsure_is_neither_right_nor_wrong() -> None:
    voices = [voice(0, 1000, 0), voice(1000, 2000, 1, 0.1), voice(2000, 3000, None)]
    assert compare(voices, TURNS) == Told(right=1000, unsure=2000)


def test_silence_is_nothing() -> None:
    assert compare([], TURNS) == Told()
    assert compare([voice(5000, 6000, 0)], TURNS) == Told()
