"""The agent hands the call to another.

From the end of the words by which he does it (帮您转接, 为您转到) to the first live word of the
next agent, or to the end of the call. It counts where the line shows it: no more agent speech at
all, or a new greeting with which another one comes in (工号…为您服务, 您好…有什么可以帮您).

Measures: ``completed``: whether another agent came. Example: 我帮您转接信用卡中心 to 50,000 ms,
ringing, 您好，工号8031为您服务 from 68,000 → transfer 50,000 to 68,000, completed.
"""

from __future__ import annotations

from collections.abc import Sequence

from autoqa import cues
from autoqa.events.scene import Scene
from autoqa.types import Event, EventKind, Role

WITHIN_MS = 10_000
"""The words that hand a call on come this soon before the agent falls silent."""
LEAVES_MS = 2000
"""An agent who is gone is silent at least this long before another speaks."""


def detect(scene: Scene, _found: Sequence[Event]) -> tuple[Event, ...]:
    """The transfers of a call, by start."""
    agent = scene.said_by(Role.AGENT)
    ends_ms = scene.call.duration_ms
    found: list[Event] = []
    for place, one in enumerate(agent):
        if not cues.TRANSFER.any(one.heard):
            continue
        end_ms, following = one.segment.end_ms, agent[place + 1 :]
        arrival = next(
            (
                after
                for before, after in zip((one, *following), following, strict=False)
                if before.segment.start_ms - end_ms < WITHIN_MS
                and after.segment.start_ms - before.segment.end_ms >= LEAVES_MS
                and cues.GREETING.any(after.heard)
                and cues.NEXT_AGENT.any(after.heard)
            ),
            None,
        )
        gone = all(after.segment.end_ms - end_ms < WITHIN_MS for after in following)
        if arrival is None and not gone:
            continue
        until_ms = arrival.segment.start_ms if arrival else ends_ms
        last_ms = max(
            (o.segment.end_ms for o in (one, *following) if o.segment.end_ms <= until_ms),
            default=end_ms,
        )
        if found and found[-1].end_ms == until_ms:
            found.pop()
        found.append(
            Event(
                EventKind.TRANSFER,
                last_ms,
                until_ms,
                role=Role.AGENT,
                measures={"completed": arrival is not None},
            )
        )
    return tuple(found)
