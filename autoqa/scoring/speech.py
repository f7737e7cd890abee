"""Text of turns with the time of each character, and how much of the speech has text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, islice
from operator import attrgetter

from autoqa.types import Call, Channel, Event, Role, Segment, Turn, Utterance

_ACROSS_MS = 2000
"""A phrase may run across two utterances of a turn that lie closer than this; a longer pause is
where the truth format, too, splits what belongs together (recorded prompts, pauses over 2 s)."""
_PAD_MS = 250
"""Edges of words against edges of voiced frames: the recogniser's times are good to 0.3 s."""
_SHORTEST_PHRASE_MS = 500
"""No courtesy phrase (four syllables or more) fits in less: a gap of this size hides none."""
_PAUSE_MS = 500
"""A pause this short does not end what somebody is saying."""
_by_time = attrgetter("start_ms", "end_ms")
"""The order that stretches have anyhow, found faster."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text of one voice: utterances that follow each other, joined.

    ``offsets``: where in ``text`` each utterance begins.
    """

    text: str
    utterances: tuple[Utterance, ...]
    offsets: tuple[int, ...]
    _times: dict[int, list[tuple[int, int, float]]] = field(default_factory=dict, compare=False)
    """When the characters of an utterance were said, once somebody asked."""

    @property
    def stretch(self) -> tuple[int, int]:
        """(start_ms, end_ms) of all of it."""
        return self.utterances[0].start_ms, max(item.end_ms for item in self.utterances)

    def times(self, start: int, end: int) -> tuple[int, int, float]:
        """(start_ms, end_ms, mean probability) of the characters ``[start, end)``, end > start."""
        chars: list[tuple[int, int, float]] = []
        for number, offset in enumerate(self.offsets):
            utterance = self.utterances[number]
            first = max(0, start - offset)
            last = min(len(utterance.text), end - offset)
            if first < last:
                if number not in self._times:
                    self._times[number] = _char_times(utterance)
                chars += self._times[number][first:last]
        probability = sum(char[2] for char in chars) / len(chars)
        return chars[0][0], max(char[1] for char in chars), probability


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a chunk is said. ``turn``: index into ``speaking_turns``; ``utterances``: into those of
    the call."""

    turn: int
    role: Role
    utterances: tuple[int, ...]


def speaking_turns(call: Call) -> tuple[Turn, ...]:
    """The turns of the call in order of time; from the utterances where nobody made any."""
    if call.turns:
        return tuple(sorted(call.turns, key=lambda turn: (turn.start_ms, turn.end_ms)))
    order = sorted(range(len(call.utterances)), key=lambda i: call.utterances[i].start_ms)
    turns = []
    for role, group in groupby(order, key=lambda i: call.utterances[i].role):
        indexes = tuple(group)
        members = [call.utterances[i] for i in indexes]
        turns.append(
            Turn(
                role,
                members[0].start_ms,
                max(item.end_ms for item in members),
                "".join(item.text for item in members),
                indexes,
            )
        )
    return tuple(turns)


def passages_of(call: Call) -> tuple[Passage, ...]:
    """What is said in one go, turn by turn."""
    return tuple(
        Passage(index, turn.role, run)
        for index, turn in enumerate(speaking_turns(call))
        for run in _runs(call, turn)
    )


def chunks_of(call: Call, turn: Turn) -> Iterator[Chunk]:
    """The text of a turn, cut at long pauses."""
    yield from (chunk_of(call, run) for run in _runs(call, turn))


def _runs(call: Call, turn: Turn) -> Iterator[tuple[int, ...]]:
    said = call.utterances
    run: list[int] = []
    for index in sorted(turn.utterances, key=lambda index: said[index].start_ms):
        if run and said[index].start_ms - said[run[-1]].end_ms > _ACROSS_MS:
            yield tuple(run)
            run = []
        if said[index].text:
            run.append(index)
    if run:
        yield tuple(run)


def chunk_of(call: Call, indexes: Sequence[int]) -> Chunk:
    """These utterances, joined."""
    return _chunk([call.utterances[index] for index in indexes])


def _chunk(utterances: Sequence[Utterance]) -> Chunk:
    lengths = [len(utterance.text) + 1 for utterance in utterances]
    return Chunk(
        # The matcher takes a line break for the end of a sentence, not of a phrase.
        "\n".join(utterance.text for utterance in utterances),
        tuple(utterances),
        tuple(accumulate(lengths[:-1], initial=0)),
    )


def _char_times(utterance: Utterance) -> list[tuple[int, int, float]]:
    """When each character of the utterance was said: by its word, else evenly spread."""
    text, length = utterance.text, len(utterance.text)
    span = utterance.end_ms - utterance.start_ms
    times = [
        (
            utterance.start_ms + span * i // length,
            utterance.start_ms + span * (i + 1) // length,
            utterance.probability,
        )
        for i in range(length)
    ]
    position = 0
    for word in utterance.words:
        bare = word.text.strip()
        at = text.find(bare, position) if bare else -1
        if at < 0:
            continue
        width = word.end_ms - word.start_ms
        for i in range(len(bare)):
            times[at + i] = (
                word.start_ms + width * i // len(bare),
                word.start_ms + width * (i + 1) // len(bare),
                word.probability,
            )
        position = at + len(bare)
    return times


def speech_ms(channel: Channel, window: Segment) -> int:
    """Milliseconds of speech of the channel inside the window."""
    return sum(segment.overlap_ms(window) for segment in channel.speech)


def uncovered(call: Call, channel: Channel) -> Iterator[Segment]:
    """The stretches of the channel's speech without text, in order of time."""
    padded = (
        Segment(item.start_ms - _PAD_MS, item.end_ms + _PAD_MS)
        for item in call.utterances
        if item.channel == channel.index and item.text.strip()
    )
    holes = channel.unheard
    heard = (part for one in padded for part in _without(one, holes)) if holes else padded
    texts = sorted(heard, key=_by_time)
    first = 0
    for segment in sorted(channel.speech, key=_by_time):
        position = segment.start_ms
        # Texts come by their start; those that ended before all speech that is left are done with.
        while first < len(texts) and texts[first].end_ms <= position:
            first += 1
        for text in islice(texts, first, None):
            if text.start_ms >= segment.end_ms:
                break
            if text.end_ms > position:
                if text.start_ms > position:
                    yield Segment(position, text.start_ms)
                position = text.end_ms
        if position < segment.end_ms:
            yield Segment(position, segment.end_ms)


def within_ms(bare: Sequence[Segment], window: Segment) -> int:
    """Milliseconds of these stretches inside the window; those too short for a phrase do not
    count."""
    return sum(inside for one in bare if (inside := one.overlap_ms(window)) >= _SHORTEST_PHRASE_MS)


def _without(text: Segment, unheard: Sequence[Segment]) -> Iterator[Segment]:
    """The parts of a stretch of text that were heard."""
    start_ms = text.start_ms
    for hole in sorted(unheard, key=_by_time):
        if hole.overlap_ms(text):
            if hole.start_ms > start_ms:
                yield Segment(start_ms, hole.start_ms)
            start_ms = max(start_ms, hole.end_ms)
    if start_ms < text.end_ms:
        yield Segment(start_ms, text.end_ms)


def spoke_before_ms(call: Call, event: Event, role: Role | None) -> int:
    """How long the other party had been speaking when an event began.

    ``role``: who came second; the other's speech is measured on the other's line. Pauses under
    0.5 s, in which nobody would think that he had finished, do not end it.
    """
    second = role if role is not None else event.role
    spoken = [
        segment
        for channel in call.channels
        if channel.role not in (second, Role.UNKNOWN, Role.RECORDED)
        for segment in channel.speech
    ] or [
        Segment(item.start_ms, item.end_ms)
        for item in call.utterances
        if item.role not in (second, Role.UNKNOWN, Role.RECORDED)
    ]
    begun: int | None = None
    end = 0
    for segment in sorted(spoken, key=_by_time):
        if segment.start_ms > event.start_ms:
            break
        if begun is None or segment.start_ms - end > _PAUSE_MS:
            begun = segment.start_ms
        end = max(end, segment.end_ms)
    if begun is None or event.start_ms - end > _PAUSE_MS:
        return 0
    return event.start_ms - begun
