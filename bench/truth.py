"""What is true about a laid-out conversation, by the definitions of the ground truth's format.

Works on ``Sound`` intervals alone, never on audio, so that a test states a case in a few lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bench.layout import Sound

Span = tuple[int, int]

HOLD_MS = DEAD_AIR_MS = QUEUE_MS = 3000
TALK_OVER_MS, TALK_OVER_MERGE_MS, INTERRUPTER_MS = 500, 200, 200
PROMPT_SPLIT_MS, RINGING_GAP_MS = 2000, 5000
BACK_CHANNELS = set(
    "嗯 嗯嗯 对 对对 对对对 好 好的 好好 哦 噢 是 是的 行 可以 啊 哦哦 没错 明白 好的好的".split()
)


def turns(sounds: Iterable[Sound]) -> list[dict[str, Any]]:
    """List who said what, recordings included, by start."""
    spoken = (sound for sound in sounds if sound.kind in ("speech", "prompt"))
    return [
        {"role": s.role, "start_ms": s.start_ms, "end_ms": s.end_ms, "text": s.text}
        for s in sorted(spoken, key=lambda s: (s.start_ms, s.end_ms))
    ]


def phrases(sounds: Iterable[Sound]) -> list[dict[str, Any]]:
    """List the phrase classes that agents say themselves, each with the times of its turn."""
    return [
        {"phrase": name, "role": "agent", "start_ms": sound.start_ms, "end_ms": sound.end_ms}
        for sound in speech(sounds, "agent")
        if sound.item
        for name in sound.item.classes
    ]


def events(sounds: Sequence[Sound], duration_ms: int) -> list[dict[str, Any]]:
    """List every event of the format, by start."""
    held = holds(sounds, duration_ms)
    found = [
        *held,
        *queue(sounds),
        *dead_air(sounds, [(hold["start_ms"], hold["end_ms"]) for hold in held]),
        *talk_over(sounds),
        *recorded_prompts(sounds, [(hold["start_ms"], hold["end_ms"]) for hold in held]),
        *ringback(sounds),
        *(
            _event("dtmf", s.start_ms, s.end_ms, key=s.item.text)
            for s in sounds
            if s.kind == "key" and s.item
        ),
        *(_event("music", s.start_ms, s.end_ms) for s in sounds if s.kind == "music"),
        *(_event("busy_tone", s.start_ms, s.end_ms) for s in sounds if s.kind == "busy"),
    ]
    return sorted(found, key=lambda event: (event["start_ms"], event["end_ms"], event["kind"]))


def speech(sounds: Iterable[Sound], role: str) -> list[Sound]:
    """Return the live turns of one party, by start."""
    own = (sound for sound in sounds if sound.kind == "speech" and sound.role == role)
    return sorted(own, key=lambda sound: (sound.start_ms, sound.end_ms))


def holds(sounds: Sequence[Sound], duration_ms: int) -> list[dict[str, Any]]:
    """Find the gaps of 3 s or more in the agent's speech that are holds."""
    agent = speech(sounds, "agent")
    gaps: list[tuple[Sound, Span]] = []
    last: Sound | None = None
    for sound in agent:
        if last is not None:
            gaps.append((last, (last.end_ms, sound.start_ms)))
        last = sound if last is None or sound.end_ms >= last.end_ms else last
    if last is not None:
        gaps.append((last, (last.end_ms, duration_ms)))
    marks = [(sound.start_ms, sound.end_ms) for sound in sounds if sound.kind == "hold"]
    music = [(s.start_ms, s.end_ms) for s in sounds if s.kind == "music" and s.within == "hold"]
    return [
        _event("hold", *gap, music=_meets(gap, music))
        for before, gap in gaps
        if gap[1] - gap[0] >= HOLD_MS
        and (_meets(gap, marks) or (before.item is not None and before.item.wait))
    ]


def queue(sounds: Sequence[Sound]) -> list[dict[str, Any]]:
    """Find the wait before the agent's first live word, from the last key or prompt of the menu."""
    agent = speech(sounds, "agent")
    if not agent:
        return []
    first_ms = agent[0].start_ms
    waits = [s.start_ms for s in sounds if s.kind == "queue" and s.start_ms < first_ms]
    begins_ms = min(waits, default=first_ms)
    before = [
        sound.end_ms
        for sound in sounds
        if sound.kind in ("prompt", "key", "ring") and sound.start_ms < begins_ms
        if sound.within != "queue"
    ]
    if not waits and not before:
        return []
    start_ms = max(before, default=begins_ms)
    music = [(s.start_ms, s.end_ms) for s in sounds if s.kind == "music" and s.within == "queue"]
    if first_ms - start_ms < QUEUE_MS:
        return []
    return [_event("queue", start_ms, first_ms, music=_meets((start_ms, first_ms), music))]


def dead_air(sounds: Sequence[Sound], held: Sequence[Span]) -> list[dict[str, Any]]:
    """Find 3 s or more without live speech, prompts, tones and hold, amid the agent's words."""
    agent = speech(sounds, "agent")
    if not agent:
        return []
    filled = [
        (s.start_ms, s.end_ms)
        for s in sounds
        if s.kind in ("speech", "prompt", "ring", "key", "busy")
    ]
    position_ms, limit_ms = agent[0].start_ms, max(sound.end_ms for sound in agent)
    found = []
    for start_ms, end_ms in sorted([*filled, *held, (limit_ms, limit_ms)]):
        if min(start_ms, limit_ms) - position_ms >= DEAD_AIR_MS:
            gap = (position_ms, min(start_ms, limit_ms))
            cause, owed_by = _blame(sounds, gap)
            found.append(_event("dead_air", *gap, cause=cause, owed_by=owed_by))
        position_ms = max(position_ms, end_ms)
    return found


def talk_over(sounds: Sequence[Sound]) -> list[dict[str, Any]]:
    """Find both live voices together for 500 ms or more, with who began second."""
    stretches: list[tuple[int, int, int, int]] = []
    for one in speech(sounds, "agent"):
        for other in speech(sounds, "customer"):
            if _mere_nod(one, other) or _mere_nod(other, one):
                continue
            for start_ms, end_ms in _intersect(one.voiced, other.voiced):
                stretches.append((start_ms, end_ms, one.start_ms, other.start_ms))
    merged: list[tuple[int, int, int, int]] = []
    for stretch in sorted(stretches):
        if merged and stretch[0] - merged[-1][1] < TALK_OVER_MERGE_MS:
            first = merged[-1]
            merged[-1] = (first[0], max(first[1], stretch[1]), first[2], first[3])
        else:
            merged.append(stretch)
    return [
        _event("talk_over", start, end, interrupter=_interrupter(agent_ms, customer_ms))
        for start, end, agent_ms, customer_ms in merged
        if end - start >= TALK_OVER_MS
    ]


def recorded_prompts(sounds: Sequence[Sound], held: Sequence[Span]) -> list[dict[str, Any]]:
    """List recordings outside holds, joined where the label stays and the pause is up to 2 s."""
    found: list[dict[str, Any]] = []
    for sound in sounds:
        if sound.kind != "prompt" or _meets((sound.start_ms, sound.end_ms), held):
            continue
        last = found[-1] if found else None
        if (
            last
            and last["label"] == sound.label
            and sound.start_ms - last["end_ms"] <= PROMPT_SPLIT_MS
        ):
            last["end_ms"] = sound.end_ms
            last["text"] += sound.text
        else:
            span = (sound.start_ms, sound.end_ms)
            found.append(_event("recorded_prompt", *span, label=sound.label, text=sound.text))
    return found


def ringback(sounds: Sequence[Sound]) -> list[dict[str, Any]]:
    """List runs of ringing with gaps up to 5 s."""
    found: list[dict[str, Any]] = []
    for sound in sounds:
        if sound.kind != "ring":
            continue
        if found and sound.start_ms - found[-1]["end_ms"] <= RINGING_GAP_MS:
            found[-1]["end_ms"] = sound.end_ms
        else:
            found.append(_event("ringback", sound.start_ms, sound.end_ms))
    return found


def _event(kind: str, start_ms: int, end_ms: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "start_ms": start_ms, "end_ms": end_ms, **more}


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(start < span[1] and end > span[0] for start, end in others)


def _blame(sounds: Sequence[Sound], gap: Span) -> tuple[str, str]:
    """Tell the cause of a gap and who owed the next word, from the script's pause in it."""
    for sound in sounds:
        inside = sound.kind == "pause" and _meets(gap, [(sound.start_ms, sound.end_ms)])
        if inside and sound.item:
            return sound.item.cause, sound.item.owed_by
    return "unexplained", "agent"


def _mere_nod(one: Sound, other: Sound) -> bool:
    """Tell whether ``one`` is a back-channel or a short noise inside the turn of ``other``."""
    words = re.sub(r"\W", "", one.text)
    inside = other.start_ms <= one.start_ms and one.end_ms <= other.end_ms
    return inside and (words in BACK_CHANNELS or one.end_ms - one.start_ms < TALK_OVER_MS)


def _intersect(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    both = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [(start, end) for start, end in both if start < end]


def _interrupter(agent_ms: int, customer_ms: int) -> str:
    if abs(agent_ms - customer_ms) < INTERRUPTER_MS:
        return "none"
    return "agent" if agent_ms > customer_ms else "customer"
