"""From what was heard on the line to what happened on it.

``interpret`` is pure, cheap, and done again whenever a call is scored; it never looks at audio.
Each event has a module of its own whose docstring is its manual; ``DETECTORS`` lists them. To add
one, copy a neighbour and put it into the list: a detector gets the scene and the events found by
those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from autoqa.events import (
    channel_roles,
    dead_air,
    hold,
    legs,
    queue,
    raised_voice,
    recorded_prompt,
    recorded_voice,
    speakers,
    talk_over,
    tally,
    transfer,
)
from autoqa.events.legs import by_leg
from autoqa.events.scene import Scene, lay_out
from autoqa.turns import build_turns
from autoqa.types import Call, Contact, Event, EventKind, Role

__all__ = ["DETECTORS", "by_leg", "interpret"]

Detector = Callable[[Scene, Sequence[Event]], tuple[Event, ...]]

DETECTORS: tuple[tuple[EventKind, Detector], ...] = (
    (EventKind.HOLD, hold.detect),
    (EventKind.RECORDED_PROMPT, recorded_prompt.detect),
    (EventKind.QUEUE, queue.detect),
    (EventKind.DEAD_AIR, dead_air.detect),
    (EventKind.TALK_OVER, talk_over.detect),
    (EventKind.RAISED_VOICE, raised_voice.detect),
    (EventKind.TRANSFER, transfer.detect),
)
"""In this order: what is a hold is neither a prompt nor dead air."""

_DERIVED = tuple(kind for kind, _ in DETECTORS)
_REMARKS = (
    channel_roles.SWAPPED,
    channel_roles.UNRECOGNISED,
    channel_roles.AS_USUAL,
    hold.DIFFERS,
    legs.DIFFER,
)


def interpret(call: Call, contact: Contact) -> Call:
    """``call`` with the roles of its channels and utterances, its turns, and what happened.

    Channels without a role get one from ``contact.channel_roles``, else from what is said, else
    stay ``unknown``; ``contact.holds`` are the holds where they are known. Utterances get their
    channel's role, ``recorded`` where a recording speaks, and ``unknown`` where nobody can tell
    whether it does; on a mixed line they keep what a diarizer gave them. Events are what was heard
    and what follows from it; ``heard`` names the kinds that could be judged. Interpreting twice
    changes nothing. Where the contact is one leg of the call, it holds only what is of that leg.
    """
    call = _strip(call)
    channels, remarks = channel_roles.assign(call, contact)
    call = replace(call, channels=channels, remarks=call.remarks + remarks)
    if speakers.are_told_apart(call):
        voices = speakers.voices(call, contact)
    else:
        voices = _voices(call, outbound=contact.direction == "outbound")
    scene = lay_out(call, voices, contact.holds)
    found: list[Event] = []
    for _, detect in DETECTORS:
        found.extend(detect(scene, found))
    utterances = tuple(
        replace(one, role=role if certain else Role.UNKNOWN)
        for one, (role, certain) in zip(call.utterances, voices, strict=True)
    )
    judged = _judged(scene)
    parts = legs.legs(call.duration_ms, found, contact) if EventKind.TRANSFER in judged else ()
    differing = hold.remarks(scene) if _hears_holds(scene) else ()
    unlike = legs.remarks(parts, contact) if parts else ()
    call = replace(
        call,
        utterances=utterances,
        turns=build_turns(utterances),
        events=tuple(sorted((*call.events, *found), key=_order)),
        remarks=(*call.remarks, *differing, *unlike),
        heard=call.heard + judged,
        legs=parts,
    )
    if 0 < contact.leg <= len(parts):
        call = legs.part(call, contact.leg)
    return replace(call, measures=tally.measure(call))


def _order(event: Event) -> tuple[int, int, str, int]:
    channel = -1 if event.channel is None else event.channel
    return (event.start_ms, event.end_ms, event.kind, channel)


def _strip(call: Call) -> Call:
    """What was heard, without what an earlier interpretation added; in one order."""
    return replace(
        call,
        utterances=tuple(
            sorted(
                call.utterances, key=lambda one: (one.start_ms, one.end_ms, one.channel, one.text)
            )
        ),
        turns=(),
        events=tuple(sorted((one for one in call.events if one.kind not in _DERIVED), key=_order)),
        remarks=tuple(one for one in call.remarks if one.kind not in _REMARKS),
        heard=tuple(kind for kind in call.heard if kind not in _DERIVED),
        measures=None,
        legs=(),
    )


def _voices(call: Call, *, outbound: bool) -> list[tuple[Role, bool]]:
    """For each utterance the best guess at whose voice it is, and whether it is certain."""
    roles = {one.index: one.role for one in call.channels}
    mixed = channel_roles.is_mixed(call)
    chances = recorded_voice.probabilities(call, {} if mixed else roles, outbound=outbound)
    voices: list[tuple[Role, bool]] = []
    for one, chance in zip(call.utterances, chances, strict=True):
        if recorded_prompt.played(call.prompts, one) is not None:
            voices.append((Role.RECORDED, True))
            continue
        surely = chance >= recorded_voice.CERTAIN_FROM
        if mixed and one.role is not Role.UNKNOWN:
            voices.append((Role.RECORDED if surely else one.role, True))
        else:
            role = (
                Role.RECORDED
                if chance >= recorded_voice.EVEN
                else roles.get(one.channel, Role.UNKNOWN)
            )
            voices.append((role, surely or chance <= recorded_voice.CERTAIN_BELOW))
    return voices


def _judged(scene: Scene) -> tuple[EventKind, ...]:
    """The kinds that could be judged with what was heard and known.

    Holds, queues and silences need ears for music, but for holds that the metadata has. On a mixed
    line they are judged by all live voices together (who owed a word in a silence is ``unknown``
    then); talk-over, raised voices and transfers are not.
    """
    call = scene.call
    judged = {EventKind.RECORDED_PROMPT}
    roles = {one.role for one in call.channels}
    if scene.given_holds is not None:
        judged.add(EventKind.HOLD)
    if _hears_holds(scene):
        judged |= {EventKind.HOLD, EventKind.QUEUE, EventKind.DEAD_AIR}
    if scene.knows_parties:
        judged.add(EventKind.TRANSFER)
    if {Role.AGENT, Role.CUSTOMER} <= roles:
        judged |= {EventKind.TALK_OVER, EventKind.RAISED_VOICE}
    return tuple(kind for kind, _ in DETECTORS if kind in judged)


def _hears_holds(scene: Scene) -> bool:
    known = scene.knows_parties or channel_roles.is_mixed(scene.call)
    return known and EventKind.MUSIC in scene.call.heard
