"""Who is who on a mixed line whose voices a diarizer told apart.

The diarizer says which utterances are one speaker's; what the speakers say and do tells the agent
from the customer, as it does on two channels (``channel_roles``, ``party_acts``). It takes more
here, since nothing says that there are two: a speaker may be half of the agent, or both parties
taken for one.

* Recordings are told by their words, and by what their speakers say else (``speaker_recordings``).
* Speakers who talk one after the other with the same third, and never again once the next has
  begun, are one party: an agent who handed the call on and his colleague, or who fetched whom.
* Of the others one at least must be the agent and one the customer. A party is named where the
  likeliest reading is ``channel_roles.MARGIN`` better than the likeliest in which he is the other
  one, and his own acts say so, too (``OWN``).
* Where one who speaks for a tenth of the talk (``NOTABLE``) cannot be named, nobody is. One who
  says less stays unknown, and so does an utterance whose voice is not surely its speaker's
  (``speaker_lines.SURE``) or that says what the other party says (``CONTRADICTS``): a nod given to
  nobody costs nothing, a 随便你 given to the agent costs him money.

Example: speaker 0 says 很高兴为您服务 and 您的卡号报一下, speaker 1 我的卡丢了 and a number: agent
and customer. Had speaker 1 only nodded, nobody would be named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product

from autoqa.events import recorded_voice
from autoqa.events.channel_roles import DOUBT, MARGIN, Leaning, is_mixed, leanings
from autoqa.events.speaker_lines import SURE_OF_ODD, is_sure, lines_of, talk
from autoqa.events.speaker_recordings import live_words, recordings
from autoqa.types import Call, Contact, Role, Utterance

OWN = 1.0
"""Log odds of a speaker's own acts. Of two speakers one may have less, if not what speaks against
him, where the margin is twice as wide: who is not the customer is the agent."""
PARTY = 0.2
"""Share of the live talk that a party has who is named by exclusion: more than nods."""
CONTRADICTS = 2.0
"""Log odds of an utterance's acts, as much as one act that tells most: a voice that says so much of
the other party's has to be as sure as most are (``SURE_OF_ODD``)."""
NOTABLE = 0.1
"""Share of the live talk from which a speaker who cannot be named leaves all unnamed: he may be
another agent, and what seems missing may be his."""
MOST_SPEAKERS = 6
"""Live speakers who said most, of whom readings are weighed; the others stay unknown."""

Voice = tuple[Role, bool]
"""The best guess at whose voice it is, and whether it is certain."""


def are_told_apart(call: Call) -> bool:
    """Whether a diarizer heard this mixed call."""
    return is_mixed(call) and any(one.speaker is not None for one in call.utterances)


def voices(call: Call, contact: Contact) -> list[Voice]:
    """For each of ``call.utterances`` whose it is; ``call`` is one whose voices are told apart."""
    recorded = recordings(call, contact.direction)
    live = live_words(call, recorded)
    stands_for = _handed_on(live)
    party = [replace(one, channel=stands_for.get(one.channel, one.channel)) for one in live]
    roles = parties(_lines(call, party), contact.direction)
    roles |= {one: roles[first] for one, first in stands_for.items() if first in roles}
    return [
        _voice(one, chance, certain, roles, contact.direction)
        for one, (chance, certain) in zip(call.utterances, recorded, strict=True)
    ]


def _voice(
    one: Utterance,
    chance: float,
    certain: bool,
    roles: Mapping[int, Role],
    direction: str | None,
) -> Voice:
    if chance >= recorded_voice.EVEN:
        return Role.RECORDED, certain
    role = Role.UNKNOWN if one.speaker is None else roles.get(one.speaker, Role.UNKNOWN)
    if role is Role.UNKNOWN:
        return role, True
    doubted = one.speaker_certainty < SURE_OF_ODD and _contradicts(one, role, direction)
    return role, certain and is_sure(one) and not doubted


def _contradicts(one: Utterance, role: Role, direction: str | None) -> bool:
    alone = leanings(lines_of([replace(one, channel=0)]), direction)[0].odds
    return (alone if role is Role.CUSTOMER else -alone) >= CONTRADICTS


# ---------------------------------------------------------------- parties


def _handed_on(live: Sequence[Utterance]) -> dict[int, int]:
    """Speaker → the first of his party, where he took over from him: ``Utterance.channel``s.

    All but one of those who say much (``NOTABLE``) talk one after the other, and that one, who is
    the other party, talks with each of them.
    """
    spoken: dict[int, list[Utterance]] = {}
    for one in sorted(live, key=lambda one: one.start_ms):
        spoken.setdefault(one.channel, []).append(one)
    lengths_ms = {who: sum(one.end_ms - one.start_ms for one in own) for who, own in spoken.items()}
    least_ms = NOTABLE * sum(lengths_ms.values())
    notable = [who for who in spoken if lengths_ms[who] >= least_ms]
    for other in notable if len(notable) > 2 else ():
        first, *rest = (who for who in notable if who != other)
        in_turn = all(
            spoken[before][-1].end_ms <= spoken[after][0].start_ms
            for before, after in pairwise((first, *rest))
        )
        if in_turn and all(talk(spoken[who], spoken[other]) for who in (first, *rest)):
            return dict.fromkeys(rest, first)
    return {}


def parties(lines: Call, direction: str | None) -> dict[int, Role]:
    """The roles of the lines, one a speaker, that can be named."""
    spoken_ms = {
        line.index: sum(speech.duration_ms for speech in line.speech) for line in lines.channels
    }
    most = sorted(spoken_ms, key=lambda index: (-spoken_ms[index], index))[:MOST_SPEAKERS]
    if len(most) < 2:
        return {}
    told = {index: one for index, one in leanings(lines, direction).items() if index in most}
    readings = [
        dict(zip(most, reading, strict=True))
        for reading in product((Role.AGENT, Role.CUSTOMER), repeat=len(most))
        if len(set(reading)) == 2
    ]
    worth = [sum(_worth(told[index], role) for index, role in one.items()) for one in readings]
    best = readings[max(range(len(readings)), key=worth.__getitem__)]
    named = {}
    for index, role in best.items():
        others = (value for value, one in zip(worth, readings, strict=True) if one[index] != role)
        margin = max(worth) - max(others)
        own = _for(told[index], role) - _for(told[index], _OTHER[role])
        speaks = spoken_ms[index] >= PARTY * sum(spoken_ms.values())
        by_exclusion = len(most) == 2 and own >= 0 and speaks and margin >= 2 * MARGIN
        if margin >= MARGIN and (own >= OWN or by_exclusion):
            named[index] = role
    whole_ms = sum(spoken_ms.values())
    if any(spoken_ms[one] >= NOTABLE * whole_ms for one in spoken_ms if one not in named):
        return {}
    return named


_OTHER = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}


def _for(leaning: Leaning, role: Role) -> float:
    return leaning.agent if role is Role.AGENT else leaning.customer


def _worth(leaning: Leaning, role: Role) -> float:
    """What a speaker's acts say for a role, less the doubt that those against it cast."""
    return _for(leaning, role) - DOUBT * _for(leaning, _OTHER[role])


def _lines(call: Call, live: Sequence[Utterance]) -> Call:
    """The live utterances as if each speaker had a line of his own. What else was heard was on no
    line of its own."""
    events = tuple(replace(one, channel=None) for one in call.events)
    return replace(lines_of(live), recording=call.recording, remarks=call.remarks, events=events)
