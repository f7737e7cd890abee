"""Both parties speak at once.

Definition (the ground truth's format): both live voices for 500 ms (``TALK_OVER_MS``) or more;
stretches less than 200 ms (``MERGE_MS``) apart merge. An utterance under 500 ms, or a
back-channel (嗯, 对, 好的), inside the other's turn is none; nor are prompts, music and
crosstalk.

Measures: ``interrupter``: who began at least 200 ms (``SECOND_MS``) after the other, else
``none``; ``spoken_ms``: how long the other had spoken by then. The event's ``role`` is the
interrupter's. A pause within a turn of one's own (under 1 s, in which the other did not begin)
does not make one begin anew. Measured on the speech segments of the two channels; a mixed line
has none. Example: customer 10,000 to 14,000, agent 12,500 to 16,000 → talk-over 12,500 to
14,000, agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from autoqa.cues import is_back_channel
from autoqa.events import spans
from autoqa.events.scene import Scene, Stretch
from autoqa.events.spans import Spans
from autoqa.turns import KEEPS_FLOOR_MS
from autoqa.types import Event, EventKind, Role, Segment

TALK_OVER_MS = 500
MERGE_MS = 200
SECOND_MS = 200
WORDLESS_MS = 1000
"""A shorter sound of at most one syllable inside the other's turn is taken for a back-channel,
whatever the recogniser made of it."""


def detect(scene: Scene, _found: Sequence[Event]) -> tuple[Event, ...]:
    """The talk-over of a call on two lines, by start."""
    if len({one.said.utterance.channel for one in scene.stretches if one.said}) == 1:
        return ()
    agent = _voice(scene, Role.AGENT, scene.customer)
    customer = _voice(scene, Role.CUSTOMER, scene.agent)
    both = spans.union(spans.intersect(agent, customer), gap_ms=MERGE_MS)
    agents, customers = _turns(agent, customer), _turns(customer, agent)
    return tuple(_event(one, agents, customers) for one in both if one.duration_ms >= TALK_OVER_MS)


def _voice(scene: Scene, role: Role, other: Spans) -> Spans:
    """One party's live voice without what is no talk-over inside the other's turn."""
    turns = _turns(other, ())
    groups: list[list[Stretch]] = []
    for one in (one for one in scene.stretches if one.role is role):
        if groups and one.start_ms - groups[-1][-1].end_ms < TALK_OVER_MS:
            groups[-1].append(one)
        else:
            groups.append([one])
    return spans.union(
        one.segment for group in groups if not _is_nod(group, turns) for one in group
    )


def _is_nod(utterance: Sequence[Stretch], turns: Spans) -> bool:
    """An utterance (voice without a pause of 500 ms) that is short or says nothing."""
    span = Segment(utterance[0].start_ms, max(one.end_ms for one in utterance))
    around = spans.meeting(turns, span)
    if not any(one.start_ms <= span.start_ms and span.end_ms <= one.end_ms for one in around):
        return False
    said = [one.said for one in utterance if one.said]
    if sum(one.heard.syllables for one in said) <= 1:
        return span.duration_ms < WORDLESS_MS
    texts = (one.utterance.text for one in said)
    return span.duration_ms < TALK_OVER_MS or all(map(is_back_channel, texts))


def _turns(own: Spans, other: Spans) -> Spans:
    """Voice joined over short pauses in which the other did not begin to speak."""
    turns = list(own[:1])
    for before, after in pairwise(own):
        latest_ms = after.start_ms - SECOND_MS
        taken = spans.starts_between(other, before.end_ms - 1, latest_ms + 1)
        if after.start_ms - before.end_ms < KEEPS_FLOOR_MS and not taken:
            turns[-1] = Segment(turns[-1].start_ms, after.end_ms)
        else:
            turns.append(after)
    return tuple(turns)


def _event(overlap: Segment, agents: Spans, customers: Spans) -> Event:
    agent_ms = spans.meeting(agents, overlap)[0].start_ms
    customer_ms = spans.meeting(customers, overlap)[0].start_ms
    if abs(agent_ms - customer_ms) < SECOND_MS:
        role, name = Role.UNKNOWN, "none"
    else:
        role = Role.AGENT if agent_ms > customer_ms else Role.CUSTOMER
        name = role.value
    return Event(
        kind=EventKind.TALK_OVER,
        start_ms=overlap.start_ms,
        end_ms=overlap.end_ms,
        role=role,
        measures={"interrupter": name, "spoken_ms": abs(agent_ms - customer_ms)},
    )
