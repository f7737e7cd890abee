"""Where the words of an utterance are in its text."""

from __future__ import annotations

from collections.abc import Iterator

from autoqa.types import Utterance, Word


def placed_words(utterance: Utterance) -> Iterator[tuple[Word, int, int]]:
    """Each word with its place in the text; of no length where it is not found."""
    place = 0
    for word in utterance.words:
        text = word.text.strip()
        found = utterance.text.find(text, place) if text else -1
        if found >= 0:
            place = found + len(text)
            yield word, found, place
        else:
            yield word, place, place
