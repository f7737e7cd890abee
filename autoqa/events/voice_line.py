"""One channel as ``recorded_voice`` looks at it: its utterances by time, what else was on the line,
and how much its words are a machine's. Points are log odds by judgement, as there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from autoqa import cues
from autoqa.cue_matching import Heard, hear
from autoqa.events import spans
from autoqa.events.spans import Spans
from autoqa.types import Call, EventKind, Segment, Utterance

MACHINE_WORD, NOTICE_WORD, AD_WORD = 4.0, 2.5, 1.5
MOST_FOR_WORDS = 6.0
BEFORE_KEY, BEFORE_RINGING, BEFORE_MUSIC = 3.0, 3.0, 2.5
EARLY_TALK_MS = 2000
"""While the other party has spoken less than this, nobody has really talked."""
ANSWER_WITHIN_MS = 4000
ANSWERS_WITHIN_MS = 2000
MUSIC_MS = 3000
ECHO_MS = 500
SAME_BREATH_MS = 500
_FOREVER_MS = 10**9


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """One channel's utterances by time, and what else was on the line.

    ``talk_from_ms``: from then on people talk to each other. ``signs``: the last key, ringing and
    music before that, each with what it is worth for a voice before it. ``greetings``: where
    passages with a greeting of an agent begin.
    """

    own: tuple[Utterance, ...]
    heard: tuple[Heard, ...]
    mixed: bool
    answers: Spans
    music: Spans
    signs: tuple[tuple[int, float], ...]
    greetings: tuple[int, ...]
    keys: tuple[int, ...]
    talk_from_ms: int
    bias: float

    def pause_ms(self, index: int) -> int:
        """From the end of an utterance to the next of the line."""
        if index + 1 == len(self.own):
            return _FOREVER_MS
        return self.own[index + 1].start_ms - self.own[index].end_ms

    def answers_somebody(self, index: int) -> bool:
        """Whether the other party has just spoken."""
        start_ms = self.own[index].start_ms
        before = spans.meeting(self.answers, Segment(start_ms - ANSWERS_WITHIN_MS, start_ms + 1))
        return any(one.end_ms <= start_ms for one in before)

    def greets_later(self, index: int) -> bool:
        """Whether this is no greeting and one comes on this line before anybody answers."""
        one = self.own[index]
        passage = min(self.passage(index, -1), default=index)
        if self.own[passage].start_ms in self.greetings:
            return False
        return any(
            one.start_ms < start_ms
            and not spans.starts_between(self.answers, one.start_ms, start_ms + 1)
            for start_ms in self.greetings
        )

    def passage(self, index: int, step: int) -> list[int]:
        """The utterances around a place that only short pauses part from it, on one side, by
        time."""
        passage = [index]
        while True:
            before = index - 1 if step < 0 else index
            if not 0 <= index + step < len(self.own) or self.pause_ms(before) >= SAME_BREATH_MS:
                return sorted(passage)
            index += step
            passage.append(index)

    def answered(self, index: int) -> bool:
        """Whether the other party speaks next."""
        one = self.own[index]
        until_ms = one.end_ms + min(self.pause_ms(index), ANSWER_WITHIN_MS)
        return spans.starts_between(self.answers, one.start_ms, until_ms)


def voice_line(call: Call, order: Sequence[int], bias: float, *, mixed: bool) -> VoiceLine:
    """The line of the utterances at the places ``order``, by time. ``bias``: log odds that any of
    them is a recording, before it is looked at. ``mixed``: both parties are on it."""
    own = tuple(call.utterances[i] for i in order)
    heard = tuple(hear(one.text) for one in own)
    answers = () if mixed else _answers(call, own)
    talk_from_ms = _talk_from_ms(call, own, heard, answers, mixed=mixed)

    def last(kind: EventKind, worth: float, least_ms: int = 1) -> tuple[int, float]:
        found = (event for event in call.events if event.kind is kind)
        spots = [
            event.end_ms if kind is EventKind.RINGBACK else event.start_ms
            for event in found
            if event.start_ms < talk_from_ms and event.duration_ms >= least_ms
        ]
        return max(spots, default=-1), worth

    return VoiceLine(
        own=own,
        heard=heard,
        mixed=mixed,
        answers=answers,
        music=spans.union(one.segment for one in call.events if one.kind is EventKind.MUSIC),
        signs=(
            last(EventKind.DTMF, BEFORE_KEY),
            last(EventKind.RINGBACK, BEFORE_RINGING),
            last(EventKind.MUSIC, BEFORE_MUSIC, MUSIC_MS),
        ),
        greetings=tuple(
            own[passage[0]].start_ms
            for passage in passages(own, SAME_BREATH_MS)
            if own[passage[0]].start_ms <= talk_from_ms
            and greets(joined(own, passage), mixed=mixed)
        ),
        keys=tuple(one.start_ms for one in call.events if one.kind is EventKind.DTMF),
        talk_from_ms=talk_from_ms,
        bias=bias,
    )


def joined(own: Sequence[Utterance], passage: Sequence[int]) -> Heard:
    """The words of a passage in one."""
    return hear("".join(own[i].text for i in passage))


def greets(heard: Heard, *, mixed: bool) -> bool:
    """Whether an agent greets; on a mixed line 您好 alone may be the customer's."""
    if cues.STILL_THERE.any(heard) or cues.ANYTHING_ELSE.any(heard):
        return False
    return cues.AGENT_GREETING.any(heard) or (not mixed and cues.HELLO.any(heard))


def _answers(call: Call, own: Sequence[Utterance]) -> Spans:
    """What is said on the other channels, but for what is said to a machine, and for the same words
    at the same time: a recording that plays on both lines."""
    index = own[0].channel if own else -1
    others = [one for one in call.utterances if one.channel != index]
    no_answers = [
        Segment(one.start_ms, one.end_ms)
        for one in others
        if cues.VOICE_MENU_ANSWER.any(hear(one.text)) or _is_echo(one, own)
    ]
    lines = (one for one in call.channels if one.index != index)
    return spans.subtract((speech for one in lines for speech in one.speech), no_answers)


def _is_echo(one: Utterance, own: Sequence[Utterance]) -> bool:
    first = bisect_left(own, one.start_ms - ECHO_MS, key=lambda other: other.start_ms)
    last = bisect_right(own, one.start_ms + ECHO_MS, key=lambda other: other.start_ms)
    return any(one.text and alike(hear(one.text), hear(other.text)) for other in own[first:last])


def _talk_from_ms(
    call: Call, own: Sequence[Utterance], heard: Sequence[Heard], answers: Spans, *, mixed: bool
) -> int:
    """When the other party had spoken for 2 s; on a mixed line, when a person was first heard."""
    if mixed:
        people = (cues.LIVE, cues.AGENT_GREETING, cues.CUSTOMER_STRONG)
        starts = (
            one.start_ms
            for one, said in zip(own, heard, strict=True)
            if any(words.any(said) for words in people) and not machine_words(said)
        )
        return min(starts, default=call.duration_ms)
    spoken_ms = 0
    for answer in answers:
        spoken_ms += answer.duration_ms
        if spoken_ms >= EARLY_TALK_MS:
            return answer.end_ms - (spoken_ms - EARLY_TALK_MS)
    return call.duration_ms


def machine_words(heard: Heard) -> float:
    """Points for words that only machines say, 0 to ``MOST_FOR_WORDS``."""
    machine = MACHINE_WORD * (cues.MENU.count(heard) + cues.QUEUE.count(heard))
    notice = NOTICE_WORD * cues.NOTICE.count(heard)
    return min(MOST_FOR_WORDS, machine + notice + AD_WORD * cues.AD.count(heard))


def alike(one: Heard, other: Heard) -> bool:
    """The same syllables but for one in five, as two hearings of one recording are."""
    left, right = one.sounds.split(), other.sounds.split()
    if abs(len(left) - len(right)) > max(len(left), len(right)) / 5:
        return False
    shared = set(left) & set(right)
    return len(shared) >= 4 / 5 * max(len(set(left)), len(set(right)))


def passages(own: Sequence[Utterance], gap_ms: int) -> list[list[int]]:
    """Utterances parted by shorter pauses than ``gap_ms``, as places in ``own``."""
    found: list[list[int]] = []
    for i, one in enumerate(own):
        if found and one.start_ms - own[found[-1][-1]].end_ms < gap_ms:
            found[-1].append(i)
        else:
            found.append([i])
    return found
