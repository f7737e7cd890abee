"""A party raises the voice.

Definition: the party's live voice, 2 s (``RAISED_MS``) or more at 6 dB over its line's usual level
(``Channel.raised``; the thresholds and their sources stand in ``acoustics.raised_voice``).
``role`` says whose. Measures: none. A mixed line has none: the usual level would be of both.

Example: 客户 20,000 to 24,000 at -26 dBFS, 30,000 to 33,000 at -18 → raised voice 30,000 to 33,000,
customer.
"""

from __future__ import annotations

from collections.abc import Sequence

from autoqa.events import spans
from autoqa.events.scene import Scene
from autoqa.types import Event, EventKind, Role

RAISED_MS = 2000


def detect(scene: Scene, _found: Sequence[Event]) -> tuple[Event, ...]:
    """The raised voices of a call on lines with roles, by start."""
    parties = {Role.AGENT: scene.agent, Role.CUSTOMER: scene.customer}
    return tuple(
        Event(EventKind.RAISED_VOICE, one.start_ms, one.end_ms, role=line.role, channel=line.index)
        for line in scene.call.channels
        for one in spans.intersect(line.raised, parties.get(line.role, ()))
        if one.duration_ms >= RAISED_MS
    )
