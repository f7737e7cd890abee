"""Who is who on a mixed line whose voices a diarizer told apart.

The diarizer says which utterances are one speaker's; what the speakers say and do tells the agent
from the customer, as it does on two channels (``channel_roles``, ``party_acts``). It takes more
here, since nothing says that there are two: a speaker may be half of the agent, or both parties
taken for one.

* A speaker nearly all of whose words are a recording's is a recording throughout, and so is one who
  says a menu and is gone when others begin to talk. One most of whose words are is no party, nor
  is who falls silent for good, like a menu's voice, before two others begin. Of one who is nearly
  always live, no single utterance is taken for a recording by half a suspicion. Where that leaves
  one party alone, who talks with him once the recordings are over is the other, whose voice is
  like theirs.
* Who takes turns with another is answered by him, as on a line of his own: a menu is not, and the
  words alone do not have to tell where it ends.
* Speakers who talk one after the other with the same third, and never again once the next has
  begun, are one party: an agent who handed the call on and his colleague, or who fetched whom.
* Of the others one at least must be the agent and one the customer. A party is named where the
  likeliest reading is ``channel_roles.MARGIN`` better than the likeliest in which he is the other
  one, and his own acts say so, too (``OWN``).
* Where one who speaks for a tenth of the talk (``NOTABLE``) cannot be named, nobody is. One who
  says less stays unknown, and so does an utterance whose voice is not surely its speaker's
  (``SURE``) or that says what the other party says (``CONTRADICTS``): a nod given to nobody costs
  nothing, a 随便你 given to the agent costs him money.

Example: speaker 0 says 很高兴为您服务 and 您的卡号报一下, speaker 1 我的卡丢了 and a number: agent
and customer. Had speaker 1 only nodded, nobody would be named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, product

from autoqa import cues
from autoqa.cue_matching import hear
from autoqa.events import recorded_prompt, recorded_voice
from autoqa.events.channel_roles import DOUBT, MARGIN, Leaning, is_mixed, leanings
from autoqa.events.voice_line import alike, machine_words
from autoqa.types import Call, Channel, Contact, EventKind, Recording, Role, Segment, Utterance

SURE = 0.5
"""Certainty of a voice (1: usual for a speaker's own) under which it may be another's. Of stretches
with more, 99 % were right on calls on which it was looked at, whatever their length."""
OWN = 1.0
"""Log odds of a speaker's own acts. Of two speakers one may have less, if not what speaks against
him, where the margin is twice as wide: who is not the customer is the agent."""
PARTY = 0.2
"""Share of the live talk that a party has who is named by exclusion: more than nods."""
SURE_OF_ODD = 0.8
CONTRADICTS = 2.0
"""Log odds of an utterance's acts, as much as one act that tells most: a voice that says so much of
the other party's has to be as sure as most are (``SURE_OF_ODD``)."""
NOTABLE = 0.1
"""Share of the live talk from which a speaker who cannot be named leaves all unnamed: he may be
another agent, and what seems missing may be his."""
DIALOGUE = 4
"""Turns that two take in turn, from which they talk with each other: two voices of a menu may
follow one another twice."""
MOST_SPEAKERS = 6
"""Live speakers who said most, of whom readings are weighed; the others stay unknown."""

_SIGNS = (EventKind.DTMF, EventKind.RINGBACK, EventKind.MUSIC)
_BEFORE, _AFTER = (cues.MENU, cues.QUEUE, cues.NOTICE), (cues.SURVEY,)

Voice = tuple[Role, bool]
"""The best guess at whose voice it is, and whether it is certain."""


def are_told_apart(call: Call) -> bool:
    """Whether a diarizer heard this mixed call."""
    return is_mixed(call) and any(one.speaker is not None for one in call.utterances)


def voices(call: Call, contact: Contact) -> list[Voice]:
    """For each of ``call.utterances`` whose it is; ``call`` is one whose voices are told apart."""
    recorded = _recorded(call, contact.direction)
    machines = {
        speaker
        for speaker, mean in _means(call.utterances, [chance for chance, _ in recorded])
        if mean >= recorded_voice.EVEN
    }
    machines |= _gone_before(call)
    live = [
        replace(one, channel=one.speaker)
        for one, (chance, _) in zip(call.utterances, recorded, strict=True)
        if chance < recorded_voice.EVEN and one.speaker is not None and _is_sure(one)
    ]
    talk = [one for one in live if one.speaker not in machines]
    if len({one.speaker for one in talk}) < 2:
        machines -= _like_a_recording(call, recorded, live)
        talk = [one for one in live if one.speaker not in machines]
    stands_for = _handed_on(talk)
    party = [replace(one, channel=stands_for.get(one.channel, one.channel)) for one in talk]
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
    return role, certain and _is_sure(one) and not doubted


def _is_sure(one: Utterance) -> bool:
    return one.speaker_certainty >= SURE


def _contradicts(one: Utterance, role: Role, direction: str | None) -> bool:
    alone = _lean(leanings(_lines_of([replace(one, channel=0)]), direction)[0])
    return (alone if role is Role.CUSTOMER else -alone) >= CONTRADICTS


# ---------------------------------------------------------------- recordings


def _recorded(call: Call, direction: str | None) -> list[tuple[float, bool]]:
    """For each utterance how likely it is a recording, and whether that is certain."""
    chances = [
        1.0 if recorded_prompt.played(call.prompts, one) is not None else chance
        for one, chance in zip(call.utterances, _chances(call, direction), strict=True)
    ]
    means = dict(_means(call.utterances, chances))
    means |= dict.fromkeys(_machines(call.utterances, means), 1.0)
    return [
        _with_speaker(one, chance, means.get(one.speaker))
        for one, chance in zip(call.utterances, chances, strict=True)
    ]


def _chances(call: Call, direction: str | None) -> Sequence[float]:
    """By the words and what comes after what; where two talk with each other, as if he who does
    more of what customers do had a line of his own."""
    outbound = direction == "outbound"
    pair = _in_dialogue(call.utterances)
    if pair is None:
        return recorded_voice.probabilities(call, {}, outbound=outbound)
    own = [replace(one, channel=one.speaker) for one in call.utterances if one.speaker in pair]
    told = leanings(_lines_of(own), direction)
    other = min(pair, key=lambda one: _lean(told[one]))
    roles = dict.fromkeys((0, 1), Role.UNKNOWN)
    return recorded_voice.probabilities(_on_two_lines(call, other), roles, outbound=outbound)


def _in_dialogue(utterances: Sequence[Utterance]) -> tuple[int, int] | None:
    """The two who take most turns in turn, ``DIALOGUE`` at least, if there are such; neither says
    mostly what machines say."""
    spoken: dict[int, list[Utterance]] = {}
    for one in sorted(utterances, key=lambda one: one.start_ms):
        if one.speaker is not None and _is_sure(one):
            spoken.setdefault(one.speaker, []).append(one)
    people = [who for who, own in spoken.items() if not _talks_like_a_machine(own)]
    turns = {pair: _turns(*(spoken[who] for who in pair)) for pair in combinations(people, 2)}
    most = max(turns, key=turns.__getitem__, default=None)
    return most if most is not None and turns[most] >= DIALOGUE else None


def _turns(own: Sequence[Utterance], others: Sequence[Utterance]) -> int:
    both = sorted((*own, *others), key=lambda one: one.start_ms)
    return 1 + sum(one.speaker != following.speaker for one, following in pairwise(both))


def _talks_like_a_machine(own: Sequence[Utterance]) -> bool:
    """Whether most of the time he says words of machines, or says them again."""
    heard = [hear(one.text) for one in own]
    machine_ms = sum(
        one.end_ms - one.start_ms
        for one, said in zip(own, heard, strict=True)
        if machine_words(said) or sum(alike(said, other) for other in heard) > 1
    )
    return 2 * machine_ms >= sum(one.end_ms - one.start_ms for one in own)


def _on_two_lines(call: Call, other: int) -> Call:
    """The call as if this speaker had a line of his own, and all others the other one."""
    utterances = [replace(one, channel=int(one.speaker == other)) for one in call.utterances]
    lines = _lines_of(utterances)
    return replace(call, channels=lines.channels, utterances=tuple(utterances))


def _machines(
    utterances: Sequence[Utterance], means: Mapping[int | None, float]
) -> Iterator[int | None]:
    """Speakers of a menu, a notice or a survey who never speak once, or before, others talk."""
    for speaker in means:
        own = [one for one in utterances if one.speaker == speaker]
        talk = [
            one
            for one in utterances
            if one.speaker != speaker and means.get(one.speaker, 1.0) < recorded_voice.EVEN
        ]
        first = max(one.end_ms for one in own) <= min((one.start_ms for one in talk), default=0)
        last = min(one.start_ms for one in own) >= max((one.end_ms for one in talk), default=0)
        words = _BEFORE if first else _AFTER if last and talk else ()
        if any(cue.any(hear(one.text)) for cue in words for one in own):
            yield speaker


def _gone_before(call: Call) -> set[int | None]:
    """Speakers of whom none is heard any more when the others, two at least, begin: where a menu's
    or a queue's voice is among them, or one alone talked until a key, ringing or music.

    They may be recordings, or a first agent; a party they are not.
    """
    spoken: dict[int | None, list[Utterance]] = {}
    for one in call.utterances:
        if one.speaker is not None:
            spoken.setdefault(one.speaker, []).append(one)
    order = sorted(spoken, key=lambda speaker: spoken[speaker][-1].end_ms)
    for count in range(len(order) - 2, 0, -1):
        gone, others = order[:count], order[count:]
        end_ms = spoken[gone[-1]][-1].end_ms
        start_ms = min(spoken[one][0].start_ms for one in others)
        own = [hear(one.text) for speaker in gone for one in spoken[speaker]]
        told = any(cue.any(heard) for heard in own for cue in (cues.MENU, cues.QUEUE))
        signs = (one for one in call.events if one.kind in _SIGNS)
        alone = count == 1 and any(end_ms <= one.end_ms <= start_ms for one in signs)
        if end_ms <= start_ms and (told or alone):
            return set(gone)
    return set()


def _like_a_recording(
    call: Call, recorded: Sequence[tuple[float, bool]], live: Sequence[Utterance]
) -> set[int | None]:
    """Speakers who talk with another when all that was played in their voice is over: a menu's
    voice that is like a party's."""
    found: set[int | None] = set()
    for speaker in {one.speaker for one in live}:
        own = [one for one in live if one.speaker == speaker]
        others = [one for one in live if one.speaker != speaker]
        played = [
            one.end_ms
            for one, (chance, _) in zip(call.utterances, recorded, strict=True)
            if one.speaker == speaker and chance >= recorded_voice.EVEN
        ]
        if max(played, default=0) <= own[0].start_ms and _talk(own, others):
            found.add(speaker)
    return found


def _means(
    utterances: Sequence[Utterance], chances: Sequence[float]
) -> Iterator[tuple[int | None, float]]:
    """Each speaker's mean over the time he speaks."""
    for speaker in {one.speaker for one in utterances if one.speaker is not None}:
        own = [
            (one.end_ms - one.start_ms, chance)
            for one, chance in zip(utterances, chances, strict=True)
            if one.speaker == speaker and _is_sure(one)
        ]
        if total_ms := sum(duration_ms for duration_ms, _ in own):
            yield speaker, sum(duration_ms * chance for duration_ms, chance in own) / total_ms


def _with_speaker(one: Utterance, chance: float, mean: float | None) -> tuple[float, bool]:
    low, high = recorded_voice.CERTAIN_BELOW, recorded_voice.CERTAIN_FROM
    if mean is not None and mean >= high:
        return max(chance, high), True
    if mean is not None and mean <= low and one.speaker_certainty >= SURE_OF_ODD and chance < high:
        return min(chance, low), True
    return chance, chance >= high or chance <= low


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
        if in_turn and all(_talk(spoken[who], spoken[other]) for who in (first, *rest)):
            return dict.fromkeys(rest, first)
    return {}


def _talk(own: Sequence[Utterance], others: Sequence[Utterance]) -> bool:
    """Whether the other says something between what one says."""
    return any(own[0].start_ms < one.start_ms < own[-1].end_ms for one in others)


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


def _lean(leaning: Leaning) -> float:
    return leaning.agent - leaning.customer


def _lines_of(utterances: Sequence[Utterance]) -> Call:
    spoken: dict[int, list[Segment]] = {}
    for one in utterances:
        spoken.setdefault(one.channel, []).append(Segment(one.start_ms, one.end_ms))
    return Call(
        Recording("", 0, len(spoken), 0, ""),
        tuple(Channel(index, Role.UNKNOWN, tuple(own)) for index, own in sorted(spoken.items())),
        tuple(utterances),
    )


def _lines(call: Call, live: Sequence[Utterance]) -> Call:
    """The live utterances as if each speaker had a line of his own. What else was heard was on no
    line of its own."""
    events = tuple(replace(one, channel=None) for one in call.events)
    return replace(_lines_of(live), recording=call.recording, remarks=call.remarks, events=events)
