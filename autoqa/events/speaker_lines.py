"""Utterances of a mixed line as if each speaker had a line of his own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from autoqa.types import Call, Channel, Recording, Role, Segment, Utterance

SURE = 0.5
"""Certainty of a voice (1: usual for a speaker's own) under which it may be another's. Of stretches
with more, 99 % were right on calls on which it was looked at, whatever their length."""
SURE_OF_ODD = 0.8
"""From which it is as sure as most are."""


def is_sure(one: Utterance) -> bool:
    """Whether its voice is its speaker's."""
    return one.speaker_certainty >= SURE


def lines_of(utterances: Sequence[Utterance]) -> Call:
    """A call of these alone, with a line for each of their channels."""
    spoken: dict[int, list[Segment]] = {}
    for one in utterances:
        spoken.setdefault(one.channel, []).append(Segment(one.start_ms, one.end_ms))
    return Call(
        Recording("", 0, len(spoken), 0, ""),
        tuple(Channel(index, Role.UNKNOWN, tuple(own)) for index, own in sorted(spoken.items())),
        tuple(utterances),
    )


def on_two_lines(call: Call, other: int) -> Call:
    """The call as if this speaker had a line of his own, and all others the other one."""
    utterances = [replace(one, channel=int(one.speaker == other)) for one in call.utterances]
    lines = lines_of(utterances)
    return replace(call, channels=lines.channels, utterances=tuple(utterances))


def talk(own: Sequence[Utterance], others: Sequence[Utterance]) -> bool:
    """Whether the other says something between what one says."""
    return any(own[0].start_ms < one.start_ms < own[-1].end_ms for one in others)


def turns(own: Sequence[Utterance], others: Sequence[Utterance]) -> int:
    """How many turns two speakers take, if nobody else is heard."""
    both = sorted((*own, *others), key=lambda one: one.start_ms)
    return 1 + sum(one.speaker != following.speaker for one, following in pairwise(both))
