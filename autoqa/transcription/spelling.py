"""From a window's aligned characters to the words of each stretch in it, readable and timed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from autoqa.text import simplify
from autoqa.transcription.engine import Unit
from autoqa.transcription.windows import Place, Window
from autoqa.types import Role, Segment, Utterance, Word

LONGEST_SYLLABLE_MS = 500
"""A longer character has a pause before it, which the alignment counts as its own."""
HOLE_MS = 2_000
"""Much longer than the pauses in a stretch of speech, and than the alignment errs."""
SHORTEST_WORD_MS = 20
"""One step of the alignment."""
END_BIAS_MS = 60
"""A character near the end of a stretch may be aligned as far as this into the gap."""

_DIGITS = 4
"""Of a probability: more of them tell nothing, and were a quarter of what the store holds."""
_SPOKEN = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Spelled:
    """What was written for one stretch; word times are from the stretch's start.

    ``log_probability``: mean over tokens, nats; 0 where there is no text.
    """

    words: tuple[Word, ...]
    log_probability: float

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)

    def holes(self, duration_ms: int) -> tuple[Segment, ...]:
        """Where ``HOLE_MS`` and more of the stretch have no word: speech that was lost."""
        ends = (0, *(word.end_ms for word in self.words))
        starts = (*(word.start_ms for word in self.words), duration_ms)
        return tuple(
            Segment(end_ms, start_ms)
            for end_ms, start_ms in zip(ends, starts, strict=True)
            if start_ms - end_ms >= HOLE_MS
        )

    def utterance(self, channel: int, start_ms: int, duration_ms: int) -> Utterance:
        """The stretch as an utterance of the recording, whose role nobody knows yet."""
        return Utterance(
            channel=channel,
            role=Role.UNKNOWN,
            start_ms=start_ms,
            end_ms=start_ms + duration_ms,
            text=self.text,
            words=tuple(
                Word(start_ms + word.start_ms, start_ms + word.end_ms, word.text, word.probability)
                for word in self.words
            ),
            probability=round(exp(self.log_probability), _DIGITS),
        )


def spell(window: Window, units: Sequence[Unit]) -> list[Spelled]:
    """The text of each place of the window, in order: each unit goes where it ends.

    Not where it begins: the alignment gives a pause to the character after it. Punctuation is not
    spoken, so it stays with what it follows.
    """
    groups: list[list[Unit]] = [[] for _ in window.places]
    current = 0
    for unit in units:
        if _SPOKEN.search(unit.text):
            current = max(current, _nearest(window.places, unit.end_ms - END_BIAS_MS))
        groups[current].append(unit)
    return [_spelled(place, group) for place, group in zip(window.places, groups, strict=True)]


def _nearest(places: Sequence[Place], at_ms: int) -> int:
    """The place that holds the moment, or is nearest to it."""
    return min(
        range(len(places)),
        key=lambda i: max(places[i].start_ms - at_ms, at_ms - places[i].end_ms, 0),
    )


def _spelled(place: Place, units: Sequence[Unit]) -> Spelled:
    simple = simplify("".join(unit.text for unit in units))
    words: list[Word] = []
    previous_ms = at = 0
    for unit in units:
        written = simple[at : at + len(unit.text)]
        at += len(unit.text)
        text = written if words else written.lstrip()
        if not text:
            continue
        start_ms, end_ms = _times(place, unit, text, previous_ms)
        probability = round(exp(unit.log_probability / unit.token_count), _DIGITS)
        words.append(Word(start_ms, end_ms, text, probability))
        previous_ms = end_ms
    while words and not words[-1].text.strip():
        words.pop()
    tokens = sum(unit.token_count for unit in units)
    total = sum(unit.log_probability for unit in units)
    return Spelled(tuple(words), total / tokens if tokens else 0.0)


def _times(place: Place, unit: Unit, text: str, previous_ms: int) -> tuple[int, int]:
    """Inside the stretch, after the word before, and never longer than it can take to say."""
    last_ms = place.end_ms - place.start_ms
    end_ms = min(max(unit.end_ms - place.start_ms, previous_ms), last_ms)
    longest_ms = LONGEST_SYLLABLE_MS * max(1, 2 * len(text) if text.isascii() else len(text))
    start_ms = max(unit.start_ms - place.start_ms, previous_ms, end_ms - longest_ms, 0)
    start_ms = min(start_ms, max(previous_ms, end_ms - SHORTEST_WORD_MS))
    return start_ms, max(start_ms, end_ms)
