"""How long the customer waits for each answer of the agent.

An answer's delay is the stretch from the end of a customer's turn to the agent's next word; it is
empty for an agent who begins before the end. A back-channel is no turn to be answered, nor is one
before a hold, a recording or a transfer, or one in which the agent speaks on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from autoqa.cues import is_back_channel
from autoqa.types import Call, EventKind, Role, Segment, Turn

_WAITS = (EventKind.HOLD, EventKind.RECORDED_PROMPT, EventKind.TRANSFER)


def answer_delays(call: Call) -> Iterator[Segment]:
    """The delay before each answer, in order of time."""
    waits = [event.segment for event in call.events if event.kind in _WAITS]
    turns = [turn for turn in call.turns if turn.role is not Role.RECORDED and not _is_nod(turn)]
    spoken_ms = accumulate((one.end_ms if one.role is Role.AGENT else 0 for one in turns), max)
    for (turn, reply), agent_ms in zip(pairwise(turns), spoken_ms, strict=False):
        gap = Segment(turn.end_ms, max(turn.end_ms, reply.start_ms))
        is_answer = turn.role is Role.CUSTOMER and reply.role is Role.AGENT
        waited = any(one.start_ms < gap.end_ms and gap.start_ms < one.end_ms for one in waits)
        if is_answer and agent_ms <= turn.end_ms and not waited:
            yield gap


def _is_nod(turn: Turn) -> bool:
    return turn.role is Role.CUSTOMER and is_back_channel(turn.text)
