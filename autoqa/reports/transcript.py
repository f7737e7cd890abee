"""The transcript as a conversation: what was said, by whom, and what happened in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autoqa.reports.timeline import is_told_elsewhere
from autoqa.reports.wording import event_words
from autoqa.types import (
    Call,
    Event,
    EventKind,
    Evidence,
    Outcome,
    Role,
    Scorecard,
    Segment,
    Turn,
    Utterance,
    Word,
)

UNSURE = 0.5
"""Below this mean probability of its words a line is shown as doubtful; display only."""
KEYS_APART_MS = 5_000
"""Keys closer than this are shown together, as one number."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line. ``outcome`` and ``rule``: of the finding it is evidence for, else empty.
    ``word``: when it was said, where lines are told by the word and the word's place is known."""

    text: str
    outcome: str = ""
    rule: str = ""
    word: Segment | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What one role said in one go. ``is_new``: another role had the floor before."""

    start_ms: int
    end_ms: int
    role: Role
    pieces: tuple[Piece, ...]
    is_unsure: bool
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """What happened on the line; ``style`` is the event's kind."""

    start_ms: int
    end_ms: int
    style: str
    text: str


@dataclass(frozen=True, slots=True)
class _Highlight:
    evidence: Evidence
    outcome: Outcome
    rule: str


def transcript(
    call: Call, scorecard: Scorecard | None, *, by_word: bool = False
) -> tuple[Line | Band, ...]:
    """Lines and bands in order of time; the words of evidence are pieces of their own.

    ``by_word``: every word is. Without a scorecard nothing is evidence.
    """
    highlights = tuple(_highlights(scorecard)) if scorecard else ()
    items: list[Line | Band] = [*_lines(call, highlights, by_word), *_bands(call)]
    items.sort(key=lambda item: (item.start_ms, isinstance(item, Line)))
    floor: Role | None = None
    told: list[Line | Band] = []
    for item in items:
        if isinstance(item, Line):
            is_new = item.role != floor
            floor = item.role
            told.append(replace(item, is_new=is_new))
        else:
            floor = None
            told.append(item)
    return tuple(told)


def _highlights(scorecard: Scorecard) -> Iterator[_Highlight]:
    for finding in scorecard.counted:
        for occurrence in finding.occurrences:
            for evidence in occurrence.evidence:
                if evidence.quote and occurrence.outcome != Outcome.NOT_APPLICABLE:
                    yield _Highlight(evidence, occurrence.outcome, finding.name)


def _lines(call: Call, highlights: Sequence[_Highlight], by_word: bool) -> Iterator[Line]:
    """A line for each turn; what no turn holds (a back-channel) gets its own."""
    taken = {index for turn in call.turns for index in turn.utterances}
    alone = [
        Turn(utterance.role, utterance.start_ms, utterance.end_ms, utterance.text, (index,))
        for index, utterance in enumerate(call.utterances)
        if index not in taken
    ]
    for turn in (*call.turns, *alone):
        inside = [call.utterances[i] for i in turn.utterances if i < len(call.utterances)]
        pieces = [piece for u in inside for piece in _pieces(u, highlights, by_word)]
        is_unsure = any(u.probability < UNSURE for u in inside)
        yield Line(
            turn.start_ms,
            turn.end_ms,
            turn.role,
            tuple(pieces) or (Piece(turn.text),),
            is_unsure,
        )


def _pieces(
    utterance: Utterance, highlights: Sequence[_Highlight], by_word: bool
) -> Iterator[Piece]:
    text = utterance.text
    owner: list[_Highlight | None] = [None] * len(text)
    # What failed is painted last, over what passed.
    order = (Outcome.PASSED, Outcome.UNDETERMINED, Outcome.FAILED)
    for highlight in sorted(highlights, key=lambda item: order.index(item.outcome)):
        start, end = _place(utterance, highlight.evidence)
        owner[start:end] = [highlight] * (end - start)
    words: list[Segment | None] = [None] * len(text)
    if by_word:
        for start, end, word in _word_places(utterance):
            words[start:end] = [Segment(word.start_ms, word.end_ms)] * (end - start)
    start = 0
    for end in range(1, len(text) + 1):
        is_cut = end == len(text) or (
            owner[end] is not owner[start] or words[end] is not words[start]
        )
        if is_cut:
            found = owner[start]
            told = (found.outcome.value, found.rule) if found else ("", "")
            yield Piece(text[start:end], *told, words[start])
            start = end


def _place(utterance: Utterance, evidence: Evidence) -> tuple[int, int]:
    """Where the evidence's words are in the text: (0, 0) where they are not.

    By the quote, which is exact; a quote that runs over two utterances by the times of words.
    """
    is_here = (
        evidence.role == utterance.role
        and evidence.start_ms < utterance.end_ms
        and evidence.end_ms > utterance.start_ms
    )
    if not is_here:
        return 0, 0
    if (start := _nearest(utterance, evidence)) is not None:
        return start, start + len(evidence.quote)
    covered = [
        (start, end)
        for start, end, word in _word_places(utterance)
        if evidence.start_ms <= (word.start_ms + word.end_ms) // 2 < evidence.end_ms
    ]
    return (covered[0][0], covered[-1][1]) if covered else (0, 0)


def _nearest(utterance: Utterance, evidence: Evidence) -> int | None:
    """The quote's place in the text, or of its repetitions the one nearest in time."""
    text, quote = utterance.text, evidence.quote
    places = [i for i in range(len(text)) if text.startswith(quote, i)]
    length_ms = max(utterance.end_ms - utterance.start_ms, 1)
    expected = (evidence.start_ms - utterance.start_ms) / length_ms * len(text)
    return min(places, key=lambda place: abs(place - expected), default=None)


def _word_places(utterance: Utterance) -> Iterator[tuple[int, int, Word]]:
    """(start, end) in the text of each word that is found there, and the word."""
    place = 0
    for word in utterance.words:
        text = word.text.strip()
        found = utterance.text.find(text, place) if text else -1
        if found >= 0:
            place = found + len(text)
            yield found, place, word


def _bands(call: Call) -> Iterator[Band]:
    """A band for each event but keys, which come together as the number they are."""
    keys: list[Event] = []
    for event in sorted(call.events, key=lambda item: item.start_ms):
        if event.kind == EventKind.DTMF:
            if keys and event.start_ms - keys[-1].end_ms > KEYS_APART_MS:
                yield _keys(keys)
                keys = []
            keys.append(event)
        elif not is_told_elsewhere(event, call.events):
            yield Band(event.start_ms, event.end_ms, event.kind.value, event_words(event))
    if keys:
        yield _keys(keys)


def _keys(keys: list[Event]) -> Band:
    pressed = " ".join(str(key.measures.get("key", "?")) for key in keys)
    whole = Event(EventKind.DTMF, keys[0].start_ms, keys[-1].end_ms, measures={"key": pressed})
    return Band(whole.start_ms, whole.end_ms, whole.kind.value, event_words(whole))
