"""How fast somebody speaks: characters, and the time in which they were spoken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from autoqa.types import Call, Segment, Utterance

FEWEST_CHARACTERS = 100
"""Half a minute of speech: less has no pace to speak of."""


def character_count(text: str) -> int:
    """Han characters and digits: a digit is spoken as one.

    >>> character_count("工号8026，您好OK")
    8
    """
    return sum(1 for char in text if "\u4e00" <= char <= "\u9fff" or char.isdigit())


def speech_ms(call: Call, utterance: Utterance) -> int:
    """Milliseconds of voice in an utterance; its length where no voice detector ran."""
    whole = Segment(utterance.start_ms, utterance.end_ms)
    lines = [line.speech for line in call.channels if line.index == utterance.channel]
    voiced = sum(segment.overlap_ms(whole) for speech in lines for segment in _near(speech, whole))
    return voiced or whole.duration_ms


def _near(speech: Sequence[Segment], whole: Segment) -> Sequence[Segment]:
    """Those of ``speech``, which is sorted and disjoint, that meet a stretch."""
    first = bisect_right(speech, whole.start_ms, key=lambda one: one.end_ms)
    last = bisect_left(speech, whole.end_ms, key=lambda one: one.start_ms)
    return speech[first:last]


def characters_per_minute(call: Call, utterances: Sequence[Utterance]) -> float | None:
    """Of their speech time, without pauses; None under 100 characters."""
    characters = sum(character_count(item.text) for item in utterances)
    spoken_ms = sum(speech_ms(call, item) for item in utterances)
    if characters < FEWEST_CHARACTERS or not spoken_ms:
        return None
    return characters * 60_000 / spoken_ms
