"""The customer waits for an agent.

Definition (the ground truth's format): waiting before the agent's first live word: music,
announcements, silence after the last key or prompt. From the last key, ringing or prompt that is
not itself part of the waiting, to the agent's first live word; 3 s (``QUEUE_MS``, as for hold)
or more. Without music or announcement it must follow a prompt or a key: an agent who is slow to
speak after ringing made nobody queue.

Measures: ``music``: true or false. Example: key at 14,000 to 14,100 ms, music 15,000 to 40,000,
agent from 41,000 → queue 14,100 to 41,000.
"""

from __future__ import annotations

from collections.abc import Sequence

from autoqa.events import spans
from autoqa.events.hold import MUSIC_MS
from autoqa.events.scene import Scene
from autoqa.types import Event, EventKind, Segment

QUEUE_MS = 3000


def detect(scene: Scene, found: Sequence[Event]) -> tuple[Event, ...]:
    """The wait before the agent, if there was one."""
    voice = scene.agent_or_live
    if not voice:
        return ()
    first_ms = voice[0].start_ms
    prompts = [one for one in found if one.kind is EventKind.RECORDED_PROMPT]
    waits = [one.segment for one in prompts if one.measures["label"] == "queue"]
    music = spans.subtract(scene.music, [*scene.recorded, *scene.tones])
    waits += [one for one in music if one.duration_ms >= MUSIC_MS]
    begins_ms = min((one.start_ms for one in waits if one.start_ms < first_ms), default=first_ms)
    steps = [one.segment for one in prompts if one.measures["label"] != "queue"]
    steps += [one.segment for one in scene.events(EventKind.DTMF)]
    waited = begins_ms < first_ms
    if not waited and not any(one.start_ms < first_ms for one in steps):
        return ()
    steps += [one.segment for one in scene.events(EventKind.RINGBACK)]
    ended = [one.end_ms for one in steps if one.start_ms < begins_ms]
    span = Segment(min(first_ms, max(ended, default=begins_ms)), first_ms)
    if span.duration_ms < QUEUE_MS:
        return ()
    measures = {"music": spans.covered_ms(span, music) >= MUSIC_MS}
    return (Event(EventKind.QUEUE, span.start_ms, span.end_ms, measures=measures),)
