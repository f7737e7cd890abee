"""The picture of a call: who spoke when, and what happened on the line.

Places are percentages of the call's length, so that the picture fits any width and its text and
patterns keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autoqa.reports.wording import clock, event_name, event_words, outcome_name, role_name
from autoqa.types import (
    Call,
    Event,
    EventKind,
    Outcome,
    Role,
    Scorecard,
    Segment,
    Utterance,
)

STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_TICKS = 12
NEAR_MS = 200
FINEST = 2_000
"""Stretches of one voice closer than ``NEAR_MS``, or than a ``FINEST`` part of the call (half a
pixel of a wide window), are drawn as one: finer is not seen, and a call of hours stays light."""

BANDS = (EventKind.HOLD, EventKind.QUEUE, EventKind.DEAD_AIR, EventKind.TALK_OVER)
"""Drawn behind the voices too: they are about both parties."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something from ``x`` to ``x + width``, in per cent; ``style`` names its look."""

    x: str
    width: str
    start_ms: int
    end_ms: int
    style: str
    title: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    style: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """``voices``: a lane a role; ``legend``: style and name of the event kinds that occur."""

    voices: tuple[Lane, ...]
    bands: tuple[Mark, ...]
    events: tuple[Mark, ...]
    pins: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    legend: tuple[tuple[str, str], ...]
    duration_ms: int


def timeline(call: Call, scorecard: Scorecard | None) -> Timeline:
    """Everything to draw; no pins without a scorecard. An empty call has an empty picture."""
    length = max(call.duration_ms, 1)
    events = [event for event in call.events if not is_told_elsewhere(event, call.events)]
    kinds = dict.fromkeys(event.kind for event in events)
    return Timeline(
        voices=tuple(
            Lane(
                role_name(role),
                role.value,
                tuple(_voice(segment, role, length) for segment in segments),
            )
            for role, segments in voices(call).items()
            if segments or (role in (Role.AGENT, Role.CUSTOMER) and not call.is_mixed)
        ),
        bands=tuple(_event(event, length) for event in events if event.kind in BANDS),
        events=tuple(_event(event, length) for event in events),
        pins=tuple(_pins(scorecard, length)) if scorecard else (),
        ticks=tuple(_ticks(call.duration_ms)),
        legend=tuple((kind.value, event_name(kind)) for kind in EventKind if kind in kinds),
        duration_ms=call.duration_ms,
    )


def voices(call: Call) -> dict[Role, tuple[Segment, ...]]:
    """When each role spoke: speech of the channels, given to who the words say it was."""
    spoken: dict[Role, list[Segment]] = {role: [] for role in Role}
    for channel in call.channels:
        said = sorted(
            (u for u in call.utterances if u.channel == channel.index), key=lambda u: u.start_ms
        )
        for segment in channel.speech:
            for role, part in _shared_out(segment, said, channel.role):
                spoken[role].append(part)
    if not any(channel.speech for channel in call.channels):
        for utterance in call.utterances:
            spoken[utterance.role].append(Segment(utterance.start_ms, utterance.end_ms))
    near_ms = max(NEAR_MS, call.duration_ms // FINEST)
    return {role: _merged(parts, near_ms) for role, parts in spoken.items()}


def _shared_out(
    segment: Segment, said: Sequence[Utterance], otherwise: Role
) -> list[tuple[Role, Segment]]:
    """A stretch of speech, cut where another role's utterance begins."""
    inside = [u for u in said if u.start_ms < segment.end_ms and u.end_ms > segment.start_ms]
    if not inside:
        return [(otherwise, segment)]
    starts = [segment.start_ms, *(max(u.start_ms, segment.start_ms) for u in inside[1:])]
    ends = [*starts[1:], segment.end_ms]
    return [
        (utterance.role, Segment(start, end))
        for utterance, start, end in zip(inside, starts, ends, strict=True)
        if end > start
    ]


def _merged(parts: Iterable[Segment], near_ms: int) -> tuple[Segment, ...]:
    merged: list[Segment] = []
    for part in sorted(parts):
        if merged and part.start_ms - merged[-1].end_ms < near_ms:
            last = merged.pop()
            part = Segment(last.start_ms, max(last.end_ms, part.end_ms))  # noqa: PLW2901
        merged.append(part)
    return tuple(merged)


def is_told_elsewhere(event: Event, events: Iterable[Event]) -> bool:
    """Music that belongs to a hold or a queue is told by them."""
    return event.kind == EventKind.MUSIC and any(
        2 * event.segment.overlap_ms(other.segment) >= event.duration_ms
        for other in events
        if other.kind in (EventKind.HOLD, EventKind.QUEUE)
    )


def _voice(segment: Segment, role: Role, length: int) -> Mark:
    title = f"{role_name(role)} {clock(segment.start_ms)}–{clock(segment.end_ms)}"
    return _mark(segment, length, role.value, title)


def _event(event: Event, length: int) -> Mark:
    title = f"{clock(event.start_ms)}–{clock(event.end_ms)} {event_words(event)}"
    return _mark(event.segment, length, event.kind.value, title)


def _pins(scorecard: Scorecard, length: int) -> Iterable[Mark]:
    """A pin for each occurrence that cost points or waits for a person."""
    for finding in scorecard.counted:
        for number, occurrence in enumerate(finding.occurrences, 1):
            outcome = occurrence.outcome
            if outcome in (Outcome.FAILED, Outcome.UNDETERMINED) and occurrence.evidence:
                place = occurrence.evidence[0].start_ms
                title = f"{clock(place)} {finding.name}: {outcome_name(outcome)}"
                target = f"{finding.rule_id}.{number}"
                yield _mark(Segment(place, place), length, outcome.value, title, target)


def _mark(segment: Segment, length: int, style: str, title: str, target: str = "") -> Mark:
    start = min(max(segment.start_ms, 0), length)
    end = min(max(segment.end_ms, start), length)
    return Mark(
        _share(start, length),
        _share(end - start, length),
        segment.start_ms,
        segment.end_ms,
        style,
        title,
        target,
    )


def _ticks(duration_ms: int) -> Iterable[Tick]:
    step = next((s for s in STEPS_S if s * 1000 * MOST_TICKS >= duration_ms), STEPS_S[-1]) * 1000
    # A label needs room to its right.
    for number, place in enumerate(range(0, max(duration_ms - step // 3, 1), step)):
        yield Tick(_share(place, max(duration_ms, 1)), clock(place), number % 2 == 1)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3f}%"
