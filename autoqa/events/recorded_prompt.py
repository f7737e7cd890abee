"""A recording plays to the caller.

Unit: milliseconds of recorded voice. One event for a run of one label; a pause over 2 s
(``SPLIT_MS``) or another label begins a new one; none is listed inside a hold. Definitions: the
ground truth's format. Which voices are recordings: ``recorded_voice``.

Measures: ``label``, by the words: ``menu`` (asks for keys or words), ``queue`` (asks to wait),
``ad``, ``notice`` (recording notice, warnings, survey, which agent is coming; a machine that takes
a PIN while the agent listens) or ``unknown``; ``text``; ``certain``: false where it may be the
agent himself (then the utterances' role is ``unknown``). Words that name nothing take the label of
what goes on around them within 2 s, sooner that from which a shorter pause parts them. What was
found by its sound (``Call.prompts``) is a recording and has the label that QA staff gave it, if
they did; then ``prompt`` is its number (``P003``; ``P003 P007`` for two one after the other) and
``name`` what it is about, if staff wrote it down. ``before_key``: the first key pressed after it
began and before the agent's first live word; none where it is missing. Example:
个人业务请按一 → menu; 火热发售 → ad; 您的通话将被录音 → notice; 坐席正忙，请勿挂机 → queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autoqa import cues
from autoqa.cue_matching import Heard, hear
from autoqa.events.scene import Said, Scene
from autoqa.types import (
    Call,
    Event,
    EventKind,
    PlayedPrompt,
    Role,
    Segment,
    Utterance,
    Value,
)

SPLIT_MS = 2000
UNKNOWN = "unknown"
BOTH_LINES = 8
"""So many recordings back the same one may be listed from the other line."""
LABELS = ("menu", "ad", "notice", "queue")
MOST, WELCOME = 2.0, 0.3
STAFF = 100.0
"""A label that QA staff gave outweighs all words."""
CHANGE_COSTS = ((350, 1.5), (800, 0.7), (SPLIT_MS + 1, 0.2))
"""In cues: how many words must speak for another label after so short a pause. Recordings pause
about 0.3 s at a comma and longer where one ends."""


def _evidence(heard: Heard, *, in_call: bool) -> dict[str, float]:
    """How much the words speak for each label. ``in_call``: the agent is there already."""
    if cues.SURVEY.any(heard) or (in_call and cues.takes_keys(heard)):
        return {"notice": MOST}
    welcome = WELCOME * cues.WELCOME.any(heard)
    counts = {
        "menu": cues.MENU.count(heard) + welcome,
        "queue": cues.QUEUE.count(heard),
        "notice": cues.NOTICE.count(heard) + cues.STAFF_ANNOUNCEMENT.any(heard),
        "ad": cues.AD.count(heard),
    }
    return {label: min(MOST, float(count)) for label, count in counts.items() if count}


def played(prompts: Iterable[PlayedPrompt], one: Utterance) -> PlayedPrompt | None:
    """That of ``prompts`` on its line in which more than half of an utterance lies."""
    span = Segment(one.start_ms, one.end_ms)
    return next(
        (
            other
            for other in prompts
            if other.channel == one.channel
            and 2 * span.overlap_ms(other.segment) > span.duration_ms
        ),
        None,
    )


def guess_labels(said: Sequence[Said], live_ms: int) -> list[str]:
    """The label of each of some recordings that follow each other, by their words alone.

    ``live_ms``: the agent's first live word.
    """
    evidence = [_evidence(one.heard, in_call=one.segment.start_ms >= live_ms) for one in said]
    return _labels(evidence, said)


def detect(scene: Scene, found: Sequence[Event]) -> tuple[Event, ...]:
    """The recordings outside the holds among ``found``."""
    holds = [event.segment for event in found if event.kind is EventKind.HOLD]
    recorded: list[Said] = []
    for one in scene.said_by(Role.RECORDED):
        held = any(one.segment.overlap_ms(hold) for hold in holds)
        if not held and not _is_heard_already(one, recorded[-BOTH_LINES:]):
            recorded.append(one)
    voice = scene.agent_or_live
    live_ms = voice[0].start_ms if voice else scene.call.duration_ms
    groups: list[list[tuple[Said, str]]] = []
    keys_ms = [one.start_ms for one in scene.events(EventKind.DTMF)]
    labels = _labels([_speaks_for(scene.call, one, live_ms) for one in recorded], recorded, keys_ms)
    for one, label in zip(recorded, labels, strict=True):
        last = groups[-1][-1] if groups else None
        if last and last[1] == label and _gap_ms(last[0], one) <= SPLIT_MS:
            groups[-1].append((one, label))
        else:
            groups.append([(one, label)])
    return tuple(_event(scene, group) for group in groups)


def _is_heard_already(one: Said, before: Sequence[Said]) -> bool:
    """Whether it is a recording that plays on both lines, and the other line's is listed."""
    return any(
        one.utterance.channel != other.utterance.channel
        and 2 * one.segment.overlap_ms(other.segment) >= one.segment.duration_ms
        for other in before
    )


def _gap_ms(one: Said, other: Said) -> int:
    return other.segment.start_ms - one.segment.end_ms


def _speaks_for(call: Call, one: Said, live_ms: int) -> dict[str, float]:
    known = played(call.prompts, one.utterance)
    if known is not None and known.label:
        return {known.label: STAFF}
    # What it is does not depend on where it was broken off.
    heard = hear(known.text) if known is not None and known.text else one.heard
    return _evidence(heard, in_call=one.segment.start_ms >= live_ms)


def _labels(
    evidence: Sequence[dict[str, float]], recorded: Sequence[Said], keys_ms: Sequence[int] = ()
) -> list[str]:
    """Each recording's label: the sequence that most speaks for, less the changes."""
    labels: list[str] = []
    first = 0
    for i in range(1, len(recorded) + 1):
        if i == len(recorded) or _is_new(recorded[i - 1], recorded[i], evidence[i], keys_ms):
            labels += _best_labels(evidence[first:i], recorded[first:i])
            first = i
    return labels


def _is_new(before: Said, one: Said, speaks: dict[str, float], keys_ms: Sequence[int]) -> bool:
    """Whether a recording has nothing to do with the one before: after a pause, or after a key,
    if it names nothing and no number, as a further menu would."""
    if _gap_ms(before, one) > SPLIT_MS:
        return True
    keyed = any(before.segment.start_ms <= key_ms <= one.segment.start_ms for key_ms in keys_ms)
    return keyed and not speaks and not any(map(str.isdigit, one.heard.sounds))


def _best_labels(evidence: Sequence[dict[str, float]], run: Sequence[Said]) -> list[str]:
    """The best sequence of labels for recordings without a pause over 2 s between them."""
    known = [label for label in LABELS if any(label in one for one in evidence)]
    if not known:
        return [UNKNOWN] * len(run)
    paths = {label: (evidence[0].get(label, 0.0), [label]) for label in known}
    for before, one, speaks in zip(run, run[1:], evidence[1:], strict=False):
        cost = _change_cost(_gap_ms(before, one))
        reached = {}
        for label in known:
            points, path = max(
                (
                    (points - cost * (previous != label), path)
                    for previous, (points, path) in paths.items()
                ),
                key=lambda found: found[0],
            )
            reached[label] = (points + speaks.get(label, 0.0), [*path, label])
        paths = reached
    return max(paths.values(), key=lambda found: found[0])[1]


def _change_cost(gap_ms: int) -> float:
    return next(cost for limit_ms, cost in CHANGE_COSTS if gap_ms < limit_ms)


def _event(scene: Scene, group: Sequence[tuple[Said, str]]) -> Event:
    said = [one for one, _ in group]
    texts: list[str] = []
    for one in said:
        if one.utterance.text not in texts[-1:]:
            texts.append(one.utterance.text)
    span = _voiced(scene, said)
    measures: dict[str, Value] = {
        "label": group[0][1],
        "text": "".join(texts),
        "certain": all(one.certain for one in said),
    }
    return Event(
        kind=EventKind.RECORDED_PROMPT,
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        role=Role.RECORDED,
        channel=said[0].utterance.channel,
        measures=measures | _known(scene.call, said) | _before_key(scene, span),
    )


def _known(call: Call, said: Sequence[Said]) -> dict[str, Value]:
    """Which recordings of the library these are."""
    known = [
        one
        for one in (played(call.prompts, other.utterance) for other in said)
        if one is not None and one.prompt
    ]
    if not known:
        return {}
    name = "、".join(dict.fromkeys(one.name for one in known if one.name))
    prompts: dict[str, Value] = {"prompt": " ".join(dict.fromkeys(one.prompt for one in known))}
    return prompts | ({"name": name} if name else {})


def _before_key(scene: Scene, span: Segment) -> dict[str, Value]:
    """The key that ended the waiting for it, on the way to the agent."""
    voice = scene.agent_or_live
    live_ms = voice[0].start_ms if voice else scene.call.duration_ms
    keys = (
        one.measures.get("key", "")
        for one in scene.events(EventKind.DTMF)
        if span.start_ms <= one.start_ms < live_ms
    )
    key = next(keys, "")
    return {"before_key": key} if key else {}


def _voiced(scene: Scene, said: Sequence[Said]) -> Segment:
    """The extent of the voice itself, else what the transcript says. What another recording says
    in the same breath is not of it."""
    first, last = said[0], said[-1]
    words = Segment(first.segment.start_ms, last.segment.end_ms)
    line = [
        one for one in scene.said_by(Role.RECORDED)
        if one.utterance.channel == first.utterance.channel and one not in said
    ]  # fmt: skip
    since_ms = max(
        (one.segment.end_ms for one in line if one.segment.end_ms <= words.start_ms), default=0
    )
    until_ms = min(
        (one.segment.start_ms for one in line if one.segment.start_ms >= words.end_ms),
        default=scene.call.duration_ms,
    )
    voiced = [
        one.segment
        for one in scene.stretches
        if one.said is not None
        and one.said.utterance.channel == first.utterance.channel
        and one.role is Role.RECORDED
        and one.segment.overlap_ms(words)
    ] or [words]
    start_ms = min(one.start_ms for one in voiced)
    end_ms = max(one.end_ms for one in voiced)
    return Segment(max(start_ms, since_ms), min(end_ms, until_ms))
