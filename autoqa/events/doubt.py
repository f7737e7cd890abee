"""What was heard badly, or not at all: words that may have been others."""

from __future__ import annotations

from autoqa.clarity import is_quiet
from autoqa.events.scene import Said, Scene
from autoqa.types import Role, Segment

WELL_HEARD, WELL_HEARD_IN_NOISE = 0.6, 0.8
"""Mean probability of an utterance's words below which it may have been something else. By
judgement: at 0.6 its words count fully for who is who, too. A noisy line needs more: at 10 dB
requests to wait were misheard with 0.7."""
UNHEARD_MS = 300
"""A voice without words that is longer may have said something."""


def is_doubtful(scene: Scene, said: Said) -> bool:
    """Whether it may have been another voice, or other words."""
    lines = (one for one in scene.call.channels if one.index == said.utterance.channel)
    least = WELL_HEARD if all(map(is_quiet, lines)) else WELL_HEARD_IN_NOISE
    return not said.certain or said.utterance.probability < least


def is_unheard(scene: Scene, span: Segment, role: Role | None = None) -> bool:
    """Whether a voice without words, or without words to be believed, is in a stretch.

    ``role``: only where it may be this party's.
    """
    whose = (role, Role.UNKNOWN)
    lines = (one for one in scene.call.channels if role is None or one.role in whose)
    unheard = [one for line in lines for one in line.unheard]
    unheard += [
        one.segment
        for one in scene.stretches
        if one.said is None and (one.role in whose if role else one.role is not Role.RECORDED)
    ]
    return any(one.overlap_ms(span) >= UNHEARD_MS for one in unheard)
