"""What known recordings mean for a call: which speech is left to transcribe, and what they say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from autoqa.events.recorded_prompt import played as played_in
from autoqa.prompts.library import EDGE_MS, Library
from autoqa.prompts.table import MUSIC
from autoqa.types import (
    Call,
    Channel,
    Event,
    EventKind,
    PlayedPrompt,
    Role,
    Segment,
    Utterance,
)

SLIVER_MS = 300
"""What is left of a stretch of speech beside a recording and shorter than this is its edge."""
_BY_LABEL = {"other": "notice"}
"""Neither menu nor advertisement nor queue: the bank says something."""


def live_speech(
    channel: Channel, played: Iterable[PlayedPrompt], library: Library
) -> tuple[Segment, ...]:
    """The speech of a line without the known recordings that play there, if their text is known."""
    known = [
        one.segment
        for one in played
        if one.channel == channel.index and _needs_no_hearing(one, library)
    ]
    rest: list[Segment] = []
    for segment in channel.speech:
        parts = [segment]
        for one in known:
            parts = [part for piece in parts for part in _without(piece, one)]
        whole = parts == [segment]
        rest += [part for part in parts if whole or part.duration_ms >= SLIVER_MS]
    return tuple(rest)


def with_prompts(call: Call, library: Library) -> Call:
    """``call`` with the labels, names and texts of its known recordings as the library has them.

    Their texts become utterances in place of whatever was written there; of music, an event.
    Doing it twice changes nothing.
    """
    played = tuple(_named(one, library) for one in call.prompts)
    music = [one for one in played if one.label == MUSIC]
    known = [one for one in played if _needs_no_hearing(one, library)]
    kept = [one for one in call.utterances if played_in(known, one) is None]
    said = [_utterance(one, library) for one in known if one.label != MUSIC]
    events = [one for one in call.events if "prompt" not in one.measures]
    tunes = [
        Event(
            EventKind.MUSIC,
            one.start_ms,
            one.end_ms,
            channel=one.channel,
            measures={"prompt": one.prompt},
        )
        for one in music
    ]
    return replace(
        call,
        prompts=played,
        utterances=tuple(sorted((*kept, *said), key=lambda one: (one.start_ms, one.channel))),
        events=tuple(sorted((*events, *tunes), key=lambda one: (one.start_ms, one.end_ms))),
    )


def _without(piece: Segment, hole: Segment) -> list[Segment]:
    if not piece.overlap_ms(hole):
        return [piece]
    before = Segment(piece.start_ms, max(piece.start_ms, hole.start_ms))
    after = Segment(min(piece.end_ms, hole.end_ms), piece.end_ms)
    return [part for part in (before, after) if part.duration_ms > 0]


def _needs_no_hearing(one: PlayedPrompt, library: Library) -> bool:
    entry = library.entry(one.prompt)
    return entry is not None and (bool(entry.text) or entry.label == MUSIC)


def _named(one: PlayedPrompt, library: Library) -> PlayedPrompt:
    entry = library.entry(one.prompt)
    if entry is None:
        return one
    label = _BY_LABEL.get(entry.label, entry.label)
    return replace(one, label=label, name=entry.name, text=entry.text)


def _utterance(one: PlayedPrompt, library: Library) -> Utterance:
    """What was said of it: of a recording cut off, as much of the text as of its time."""
    length_ms = max(1, library.length_ms(one.prompt))
    end_ms = one.offset_ms + one.segment.duration_ms
    first = 0 if one.offset_ms <= EDGE_MS else round(one.offset_ms / length_ms * len(one.text))
    cut_off = length_ms - end_ms > EDGE_MS
    last = round(end_ms / length_ms * len(one.text)) if cut_off else len(one.text)
    text = one.text[first:last] or one.text
    return Utterance(one.channel, Role.RECORDED, one.start_ms, one.end_ms, text, (), 1.0)
