"""Where personal data was said in a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autoqa.privacy.addresses import find_addresses
from autoqa.privacy.names import find_names
from autoqa.privacy.numbers import find_numbers
from autoqa.privacy.spans import Kind, Span
from autoqa.privacy.words import placed_words
from autoqa.types import Utterance

_FIRST = (Kind.CODE, Kind.IDENTITY, Kind.CARD, Kind.PHONE, Kind.ADDRESS, Kind.NAME)
"""Which kind stands where two overlap."""


def find(utterances: Sequence[Utterance]) -> tuple[Span, ...]:
    """Stretches of personal data, sorted, none of which overlap.

    ``utterances``: of a call, by time: what is asked in one says what the digits in the next are.
    """
    found = [*find_numbers(utterances), *find_names(utterances), *find_addresses(utterances)]
    by_utterance: dict[int, list[tuple[int, int, Kind]]] = {}
    for at, start, end, kind in found:
        by_utterance.setdefault(at, []).append((start, end, kind))
    return tuple(
        Span(at, start, end, *_times(utterances[at], start, end), kind)
        for at in sorted(by_utterance)
        for start, end, kind in _merged(by_utterance[at])
    )


def _merged(found: list[tuple[int, int, Kind]]) -> Iterator[tuple[int, int, Kind]]:
    start, end, kind = 0, 0, Kind.CARD
    for next_start, next_end, next_kind in sorted(found, key=lambda one: (one[0], one[1])):
        if next_start < end:
            end = max(end, next_end)
            kind = min(kind, next_kind, key=_FIRST.index)
            continue
        if end:
            yield start, end, kind
        start, end, kind = next_start, next_end, next_kind
    if end:
        yield start, end, kind


def _times(utterance: Utterance, start: int, end: int) -> tuple[int, int]:
    inside = [word for word, first, last in placed_words(utterance) if first < end and start < last]
    if inside:
        return min(one.start_ms for one in inside), max(one.end_ms for one in inside)
    length = max(1, len(utterance.text))
    spoken_ms = utterance.end_ms - utterance.start_ms
    return (
        utterance.start_ms + spoken_ms * start // length,
        utterance.start_ms + -(-spoken_ms * end // length),
    )
