"""Which of the voices on a mixed line are recordings, where a diarizer told the voices apart.

The words tell (``recorded_voice``), and so do the speakers:

* One nearly all of whose words are a recording's is a recording throughout, and so is one who says
  a menu and is gone when others begin to talk. One most of whose words are is no party, nor is who
  falls silent for good, like a menu's voice, before two others begin. Of one who is nearly always
  live, no single utterance is taken for a recording by half a suspicion.
* Where that leaves one party alone, who talks with him once the recordings are over is the other,
  whose voice is like theirs.
* Who takes turns with another is answered by him, as on a line of his own: a menu is not, and the
  words alone do not have to tell where it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TypeAlias

from autoqa import cues
from autoqa.cue_matching import hear
from autoqa.events import recorded_prompt, recorded_voice
from autoqa.events.channel_roles import leanings
from autoqa.events.speaker_lines import SURE_OF_ODD, is_sure, lines_of, on_two_lines, talk, turns
from autoqa.events.voice_line import alike, machine_words
from autoqa.types import Call, EventKind, Role, Utterance

DIALOGUE = 4
"""Turns that two take in turn, from which they talk with each other. By judgement: two voices of a
menu may follow one another twice."""
_SIGNS = (EventKind.DTMF, EventKind.RINGBACK, EventKind.MUSIC)
_BEFORE, _AFTER = (cues.MENU, cues.QUEUE, cues.NOTICE), (cues.SURVEY,)

Chances: TypeAlias = Sequence[tuple[float, bool]]
"""For each utterance of a call how likely it is a recording, and whether that is certain."""


def recordings(call: Call, direction: str | None) -> Chances:
    """``direction``: of the contact."""
    chances = [
        1.0 if recorded_prompt.played(call.prompts, one) is not None else chance
        for one, chance in zip(call.utterances, _chances(call, direction), strict=True)
    ]
    means = dict(_means(call.utterances, chances))
    means |= dict.fromkeys(_only_machines(call.utterances, means), 1.0)
    return [
        _with_speaker(one, chance, means.get(one.speaker))
        for one, chance in zip(call.utterances, chances, strict=True)
    ]


def live_words(call: Call, recorded: Chances) -> list[Utterance]:
    """What parties say surely, each on the channel of his speaker's number."""
    chances = [chance for chance, _ in recorded]
    machines = {
        speaker for speaker, mean in _means(call.utterances, chances) if mean >= recorded_voice.EVEN
    }
    machines |= _gone_before(call)
    live = [
        replace(one, channel=one.speaker)
        for one, chance in zip(call.utterances, chances, strict=True)
        if chance < recorded_voice.EVEN and one.speaker is not None and is_sure(one)
    ]
    found = [one for one in live if one.speaker not in machines]
    if len({one.speaker for one in found}) < 2:
        machines -= _like_a_recording(call, recorded, live)
        found = [one for one in live if one.speaker not in machines]
    return found


def _chances(call: Call, direction: str | None) -> Sequence[float]:
    """By the words and what comes after what; where two talk with each other, as if he who does
    more of what customers do had a line of his own."""
    outbound = direction == "outbound"
    pair = _in_dialogue(call.utterances)
    if pair is None:
        return recorded_voice.probabilities(call, {}, outbound=outbound)
    own = [replace(one, channel=one.speaker) for one in call.utterances if one.speaker in pair]
    told = leanings(lines_of(own), direction)
    other = min(pair, key=lambda one: told[one].odds)
    roles = dict.fromkeys((0, 1), Role.UNKNOWN)
    return recorded_voice.probabilities(on_two_lines(call, other), roles, outbound=outbound)


def _in_dialogue(utterances: Sequence[Utterance]) -> tuple[int, int] | None:
    """The two who take most turns in turn, ``DIALOGUE`` at least, if there are such; neither says
    mostly what machines say."""
    spoken: dict[int, list[Utterance]] = {}
    for one in sorted(utterances, key=lambda one: one.start_ms):
        if one.speaker is not None and is_sure(one):
            spoken.setdefault(one.speaker, []).append(one)
    people = [who for who, own in spoken.items() if not _talks_like_a_machine(own)]
    taken = {pair: turns(*(spoken[who] for who in pair)) for pair in combinations(people, 2)}
    most = max(taken, key=taken.__getitem__, default=None)
    return most if most is not None and taken[most] >= DIALOGUE else None


def _talks_like_a_machine(own: Sequence[Utterance]) -> bool:
    """Whether most of the time he says words of machines, or says them again."""
    heard = [hear(one.text) for one in own]
    machine_ms = sum(
        one.end_ms - one.start_ms
        for one, said in zip(own, heard, strict=True)
        if machine_words(said) or sum(alike(said, other) for other in heard) > 1
    )
    return 2 * machine_ms >= sum(one.end_ms - one.start_ms for one in own)


def _only_machines(
    utterances: Sequence[Utterance], means: Mapping[int | None, float]
) -> Iterator[int | None]:
    """Speakers of a menu, a notice or a survey who never speak once, or before, others talk."""
    for speaker in means:
        own = [one for one in utterances if one.speaker == speaker]
        live = [
            one
            for one in utterances
            if one.speaker != speaker and means.get(one.speaker, 1.0) < recorded_voice.EVEN
        ]
        first = max(one.end_ms for one in own) <= min((one.start_ms for one in live), default=0)
        last = min(one.start_ms for one in own) >= max((one.end_ms for one in live), default=0)
        words = _BEFORE if first else _AFTER if last and live else ()
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


def _like_a_recording(call: Call, recorded: Chances, live: Sequence[Utterance]) -> set[int | None]:
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
        if max(played, default=0) <= own[0].start_ms and talk(own, others):
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
            if one.speaker == speaker and is_sure(one)
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
