"""The agents of a call, one after the other.

A leg reaches from the first word of an agent (the first one's from the beginning) to the first word
of the next, who comes in by a completed transfer (``transfer``); the last leg reaches to the end.
``agent_id`` is the metadata's: of ``Contact.agent_ids``, where they are as many as the legs, else
of ``Contact.agent_id``, where there is one leg. Where their numbers differ nobody knows who spoke
when, and a remark says so.

Example: 8026 hands over, 您好，工号8031为您服务 from 68,000 of 120,000 ms, agent ids 8026 and 8031
→ 0 to 68,000 of 8026, 68,000 to 120,000 of 8031.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from autoqa.i18n import N_
from autoqa.types import Contact, Event, EventKind, Leg, Message, Remark

DIFFER = "agents_differ"
_DIFFER = N_(
    "The metadata names {given} agents and {heard} are heard; nobody can tell who spoke when"
)


def legs(duration_ms: int, found: Sequence[Event], contact: Contact) -> tuple[Leg, ...]:
    """The legs of a call whose transfers are in ``found``."""
    arrivals_ms = sorted(
        event.end_ms
        for event in found
        if event.kind is EventKind.TRANSFER and event.measures["completed"]
    )
    bounds = list(pairwise((0, *arrivals_ms, duration_ms)))
    if len(contact.agent_ids) == len(bounds):
        ids: Sequence[str | None] = contact.agent_ids
    else:
        alone = len(bounds) == 1 and not contact.agent_ids
        ids = [contact.agent_id if alone else None] * len(bounds)
    return tuple(Leg(*bound, agent_id) for bound, agent_id in zip(bounds, ids, strict=True))


def remarks(found: Sequence[Leg], contact: Contact) -> tuple[Remark, ...]:
    """What is odd about them, if agents and legs do not match."""
    if not contact.agent_ids or len(contact.agent_ids) == len(found):
        return ()
    params = {"given": len(contact.agent_ids), "heard": len(found)}
    return (Remark(DIFFER, Message(_DIFFER, params)),)
