"""A recording plays to the caller.

Unit: milliseconds of recorded voice. One event for a run of one label; a pause over 2 s
(``SPLIT_MS``) or another label begins a new one; none is listed inside a hold. Definitions: the
ground truth's format. Which voices are recordings: ``recorded_voice``.

Measures: ``label``, by the words: ``menu`` (asks for keys or words), ``queue`` (asks to wait),
``ad``, ``notice`` (recording notice, warnings, survey, which agent is coming) or ``unknown``;
``text``; ``certain``: false where it may be the agent himself (then the utterances' role is
``unknown``). Words that name nothing take the label of what goes on around them within 2 s.
Example: 个人业务请按一 → menu; 火热发售 → ad; 您的通话将被录音 → notice; 坐席正忙，请勿挂机 →
queue.
"""

from __future__ import annotations

from collections.abc import Sequence

from autoqa import cues
from autoqa.events.scene import Said, Scene
from autoqa.types import Event, EventKind, Role, Segment

SPLIT_MS = 2000
UNKNOWN = "unknown"


def label_of(heard: cues.Heard) -> str:
    """What a recording is, by its words; ``unknown`` where they do not tell."""
    if cues.SURVEY.any(heard):
        return "notice"
    counts = {
        "menu": cues.MENU.count(heard),
        "queue": cues.QUEUE.count(heard),
        "notice": cues.NOTICE.count(heard) + cues.STAFF_ANNOUNCEMENT.any(heard),
        "ad": cues.AD.count(heard),
    }
    best = max(counts, key=lambda label: counts[label])
    return best if counts[best] else UNKNOWN


def detect(scene: Scene, found: Sequence[Event]) -> tuple[Event, ...]:
    """The recordings outside the holds among ``found``."""
    holds = [event.segment for event in found if event.kind is EventKind.HOLD]
    recorded = [
        one
        for one in scene.said_by(Role.RECORDED)
        if not any(one.segment.overlap_ms(hold) for hold in holds)
    ]
    groups: list[list[tuple[Said, str]]] = []
    for one, label in zip(recorded, _labels(recorded), strict=True):
        last = groups[-1][-1] if groups else None
        if last and last[1] == label and _gap_ms(last[0], one) <= SPLIT_MS:
            groups[-1].append((one, label))
        else:
            groups.append([(one, label)])
    return tuple(_event(scene, group) for group in groups)


def _gap_ms(one: Said, other: Said) -> int:
    return other.segment.start_ms - one.segment.end_ms


def _labels(recorded: Sequence[Said]) -> list[str]:
    """Each recording's label; what names nothing goes with its run, sooner what follows."""
    labels = [label_of(one.heard) for one in recorded]
    for step in (-1, 1):
        places = range(len(labels)) if step == 1 else range(len(labels) - 1, -1, -1)
        for i in places:
            j = i - step
            if labels[i] == UNKNOWN and 0 <= j < len(labels) and labels[j] != UNKNOWN:
                first, second = (recorded[i], recorded[j]) if j > i else (recorded[j], recorded[i])
                if _gap_ms(first, second) <= SPLIT_MS:
                    labels[i] = labels[j]
    return [
        "notice" if label == UNKNOWN and cues.WELCOME.any(one.heard) else label
        for one, label in zip(recorded, labels, strict=True)
    ]


def _event(scene: Scene, group: Sequence[tuple[Said, str]]) -> Event:
    said = [one for one, _ in group]
    texts: list[str] = []
    for one in said:
        if one.utterance.text not in texts[-1:]:
            texts.append(one.utterance.text)
    span = _voiced(scene, said)
    return Event(
        kind=EventKind.RECORDED_PROMPT,
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        role=Role.RECORDED,
        channel=said[0].utterance.channel,
        measures={
            "label": group[0][1],
            "text": "".join(texts),
            "certain": all(one.certain for one in said),
        },
    )


def _voiced(scene: Scene, said: Sequence[Said]) -> Segment:
    """The extent of the voice itself, else what the transcript says."""
    voiced = [one.segment for one in scene.stretches if one.said in said]
    voiced = voiced or [one.segment for one in said]
    return Segment(min(one.start_ms for one in voiced), max(one.end_ms for one in voiced))
