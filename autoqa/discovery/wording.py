"""What a repeated sound says, what it seems to be, and where one recording ends and another begins.

Each sound is transcribed once. Its sentences get labels by their words (``events.recorded_prompt``)
and it is parted where the label changes, since staff give one label to one recording. Whether it
is a recording at all is asked of the calls: with its words put where it plays, would
``events.interpret`` take it for the agent's own? Then the guess is ``agent``, and it is not looked
for unless staff label it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autoqa.cue_matching import hear
from autoqa.discovery.lines import Line, Sounds
from autoqa.discovery.repeated import Cluster
from autoqa.events import interpret
from autoqa.events.recorded_prompt import UNKNOWN, guess_labels
from autoqa.events.scene import Said
from autoqa.prompts import AGENT, MUSIC
from autoqa.types import Call, Role, Segment, Utterance

SHORTEST_MS = 2_000
"""A shorter recording is not found surely (``acoustics.repeats``): it stays with its neighbour."""
RECORDED, RECORDED_OF_ONE_AGENT = 0.5, 0.8
"""So much of its time must be taken for a recording; more where every call is of one agent."""
MOST_CALLS = 12
"""Calls that are asked; more would say the same."""
_FOREVER_MS = 10**9


@dataclass(frozen=True, slots=True)
class Part:
    """A recording within a sound, with times from the sound's start."""

    segment: Segment
    guess: str
    text: str


def parts(said: Sequence[Utterance], sound: Segment) -> list[Part]:
    """The recordings in a sound, by what was heard in it (``said``, with the times of its call)."""
    if not said:
        return [Part(Segment(0, sound.duration_ms), "", "")]
    ordered = sorted(said, key=lambda one: one.start_ms)
    labels = guess_labels([_said(one) for one in ordered], _FOREVER_MS)
    groups: list[list[tuple[Utterance, str]]] = []
    for one, label in zip(ordered, labels, strict=True):
        if groups and (label == groups[-1][-1][1] or _is_short(groups[-1])):
            groups[-1].append((one, label))
        else:
            groups.append([(one, label)])
    if len(groups) > 1 and _is_short(groups[-1]):
        short = groups.pop()
        groups[-1] += short
    edges = [0]
    for before, after in pairwise(groups):
        edges.append((before[-1][0].end_ms + after[0][0].start_ms) // 2 - sound.start_ms)
    edges.append(sound.duration_ms)
    return [
        Part(
            _voiced(group, sound, Segment(first_ms, last_ms)),
            _longest_label(group),
            "".join(one.text for one, _ in group),
        )
        for group, first_ms, last_ms in zip(groups, edges, edges[1:], strict=False)
    ]


def is_agents(
    cluster: Cluster,
    said: Sequence[Utterance],
    sounds: Mapping[int, Sounds],
    lines: Sequence[Line],
) -> bool:
    """Whether by its words and its place in the calls an agent says it himself."""
    recorded_ms = total_ms = 0
    asked: set[int] = set()
    for place, at_ms in cluster.occurrences:
        call = sounds[lines[place.line].call]
        if call.number in asked or len(asked) == MOST_CALLS:
            continue
        asked.add(call.number)
        shift_ms = at_ms - cluster.best.segment.start_ms
        for one in _interpreted(call, lines[place.line].channel, said, shift_ms):
            length_ms = one.end_ms - one.start_ms
            total_ms += length_ms
            recorded_ms += length_ms * (one.role is Role.RECORDED)
            recorded_ms += length_ms // 2 * (one.role is Role.UNKNOWN)
    agents = {sounds[call].source.contact.agent_id for call in cluster.calls}
    least = RECORDED_OF_ONE_AGENT if len(agents) == 1 and None not in agents else RECORDED
    return total_ms > 0 and recorded_ms <= least * total_ms


def guess_of(part: Part, is_music: bool, is_agent: bool) -> str:
    """A value of ``prompts.LABELS``, empty where nothing is known."""
    if is_music:
        return MUSIC
    if is_agent:
        return AGENT
    return "" if part.guess == UNKNOWN else part.guess


def _interpreted(
    sounds: Sounds, channel: int, said: Sequence[Utterance], shift_ms: int
) -> list[Utterance]:
    """These words in a call of which nothing else is known but its sounds."""
    heard = sounds.acoustics
    moved = [
        Utterance(
            channel,
            Role.UNKNOWN,
            one.start_ms + shift_ms,
            one.end_ms + shift_ms,
            one.text,
            (),
            one.probability,
        )
        for one in said
        if one.start_ms + shift_ms >= 0
    ]
    call = Call(
        sounds.recording,
        heard.channels,
        tuple(moved),
        events=heard.events,
        heard=heard.heard,
    )
    return list(interpret(call, sounds.source.contact).utterances)


def _said(one: Utterance) -> Said:
    return Said(one, Segment(one.start_ms, one.end_ms), hear(one.text), Role.RECORDED, True)


def _is_short(group: Sequence[tuple[Utterance, str]]) -> bool:
    return group[-1][0].end_ms - group[0][0].start_ms < SHORTEST_MS


def _voiced(group: Sequence[tuple[Utterance, str]], sound: Segment, within: Segment) -> Segment:
    """From its first to its last word's stretch, but at the sound's own edges as far as those."""
    start_ms = group[0][0].start_ms - sound.start_ms if within.start_ms else 0
    last = within.end_ms == sound.duration_ms
    end_ms = within.end_ms if last else group[-1][0].end_ms - sound.start_ms
    return Segment(max(0, start_ms), min(sound.duration_ms, end_ms))


def _longest_label(group: Sequence[tuple[Utterance, str]]) -> str:
    time: dict[str, int] = {}
    for one, label in group:
        time[label] = time.get(label, 0) + one.end_ms - one.start_ms
    return max(time, key=lambda label: (label != UNKNOWN, time[label]))
