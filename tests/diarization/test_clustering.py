"""Who speaks when: voices that differ are told apart, and nobody from anybody by too little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.diarization import Voice
from autoqa.diarization.clustering import ClusteringDiarizer
from autoqa.diarization.interface import Floats
from autoqa.types import Segment
from tests.diarization.voices import HumPrints, reader, talk

TURNS = st.lists(st.tuples(st.integers(0, 3), st.integers(300, 6000)), max_size=12)


def tell_apart(speech: list[Segment], samples: Floats) -> list[Voice]:
    return ClusteringDiarizer(HumPrints()).tell_apart(speech, reader(samples))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_voices_that_differ_are_told_apart(count: int) -> None:
    turns = [(at % count, 4000 + 500 * (at % 3)) for at in range(6 * count)]
    found = tell_apart(*talk(turns))
    assert [voice.speaker for voice in found] == [voice for voice, _ in turns]
    assert min(voice.certainty for voice in found) > 0.5


def test_a_short_turn_has_its_speaker() -> None:
    turns = [(0, 5000), (1, 5000), (0, 5000), (1, 700), (0, 5000), (1, 5000)]
    assert [one.speaker for one in tell_apart(*talk(turns))] == [0, 1, 0, 1, 0, 1]


def test_a_change_without_a_pause_is_found_near_where_it_is() -> None:
    turns = [(0, 4000), (1, 3000), (0, 3500), (1, 5000)]
    found = tell_apart(*talk(turns, pause_ms=0))
    assert [voice.speaker for voice in found] == [0, 1, 0, 1]
    starts = np.array([voice.segment.start_ms for voice in found])
    assert np.abs(starts - np.array([0, 4000, 7000, 10_500])).max() <= 600


def test_one_voice_is_one_speaker() -> None:
    found = tell_apart(*talk([(2, 5000)] * 5))
    assert {voice.speaker for voice in found} <= {0}
    assert {voice.certainty for voice in found} == {0.0}


@pytest.mark.parametrize("turns", [[], [(0, 200)], [(0, 2000), (1, 2000)]])
def test_too_little_speech_tells_nobody_from_anybody(turns: list[tuple[int, int]]) -> None:
    speech, samples = talk(turns)
    assert tell_apart(speech, samples) == [Voice(one, None) for one in speech]


@settings(max_examples=30, deadline=None)
@given(TURNS, st.sampled_from([0, 400]))
def test_voices_cover_the_speech_exactly_and_are_always_the_same(
    turns: list[tuple[int, int]], pause_ms: int
) -> None:
    speech, samples = talk(turns, pause_ms)
    found = tell_apart(speech, samples)
    assert found == tell_apart(speech, samples)
    assert all(0 <= voice.certainty <= 1 for voice in found)
    covered: list[Segment] = []
    for voice in found:
        joins = covered and covered[-1].end_ms == voice.segment.start_ms
        before = covered.pop() if joins else voice.segment
        covered.append(Segment(before.start_ms, voice.segment.end_ms))
    assert covered == speech
