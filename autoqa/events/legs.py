"""The agents of a call, one after the other.

A leg reaches from the first word of an agent (the first one's from the beginning) to the first word
of the next, who comes in by a completed transfer (``transfer``); the last leg reaches to the end.
``agent_id`` is the metadata's: of ``Contact.agent_ids``, where they are as many as the legs, else
of ``Contact.agent_id``, where there is one leg. Where their numbers differ nobody knows who spoke
when, and a remark says so.

Each leg whose agent is known is a contact of its own (``by_leg``) and is scored by what was said
and done in it (``part``): nobody answers for what another agent said.

Example: 8026 hands over, 您好，工号8031为您服务 from 68,000 of 120,000 ms, agent ids 8026 and 8031
→ 0 to 68,000 of 8026, 68,000 to 120,000 of 8031.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from autoqa.i18n import N_
from autoqa.turns import build_turns
from autoqa.types import Call, Channel, Contact, Event, EventKind, Leg, Message, Remark, Segment

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


def by_leg(call: Call, contact: Contact) -> tuple[Contact, ...]:
    """A contact for each agent of an interpreted call, if all are known; else the only one.

    The first keeps the call's id. Name and team are those of ``contact.agent_id``, and nobody
    else's.
    """
    if contact.leg or len(call.legs) < 2 or not all(leg.agent_id for leg in call.legs):
        return (contact,)
    return tuple(
        replace(
            contact,
            leg=number,
            call_id=contact.call_id if number == 1 else f"{contact.call_id}-leg{number}",
            agent_id=leg.agent_id,
            agent_name=contact.agent_name if leg.agent_id == contact.agent_id else None,
            team=contact.team if leg.agent_id == contact.agent_id else None,
        )
        for number, leg in enumerate(call.legs, start=1)
    )


def part(call: Call, number: int) -> Call:
    """What was said and done in one leg of an interpreted call, at the times of the recording.

    What begins in a leg is in it. ``legs`` stay those of the whole call.
    """
    leg = call.legs[number - 1]

    def begins_in(thing: Segment | Event) -> bool:
        return leg.start_ms <= thing.start_ms < leg.end_ms

    utterances = tuple(one for one in call.utterances if leg.start_ms <= one.start_ms < leg.end_ms)
    return replace(
        call,
        channels=tuple(_cut(channel, leg) for channel in call.channels),
        utterances=utterances,
        turns=build_turns(utterances),
        events=tuple(filter(begins_in, call.events)),
        prompts=tuple(one for one in call.prompts if begins_in(one.segment)),
    )


def _cut(channel: Channel, leg: Leg) -> Channel:
    def inside(stretches: Sequence[Segment]) -> tuple[Segment, ...]:
        bounds = (
            (max(one.start_ms, leg.start_ms), min(one.end_ms, leg.end_ms)) for one in stretches
        )
        return tuple(Segment(start, end) for start, end in bounds if start < end)

    return replace(
        channel,
        speech=inside(channel.speech),
        unheard=inside(channel.unheard),
        dead=inside(channel.dead),
        raised=inside(channel.raised),
    )
