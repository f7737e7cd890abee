"""Which utterances are recordings, from what they say and where they lie.

Recordings come first (welcome, menu, notices, advertisements, queue, 工号8026为您服务), last
(the survey) and in waits (announcements). For the first, every utterance of a line gets points
for being a recording: words that only machines say, keys pressed or ringing or music later on
while nobody had talked yet, a greeting that is followed by another greeting of the same line;
against it speak words that only people say to people, and an answer by the other party.
Recordings before the agent are a prefix of his line: of every place where he may have come in,
each has the sum of the points before it as its log odds, and the softmax over places says how
likely each utterance is a recording. The survey is the same from the other end. So a menu's
很高兴为您服务 goes with the menu that follows it, and an agent's own greeting, after which the
customer speaks, stays his.

Between 0.2 and 0.8 nobody can tell: the utterance's role is ``unknown``, and what depends on it
is undetermined. The points are log odds by judgement (3: rarely otherwise; 1: more often than
not), not fitted to recordings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from autoqa import cues
from autoqa.cues import Heard, hear
from autoqa.events import spans
from autoqa.events.spans import Spans
from autoqa.types import Call, EventKind, Role, Segment, Utterance

CERTAIN_BELOW, CERTAIN_FROM = 0.2, 0.8

MACHINE_WORD, NOTICE_WORD, AD_WORD = 4.0, 2.5, 1.5
MOST_FOR_WORDS = 6.0
HUMAN_WORD, ANSWERED = -3.0, -2.5
BEFORE_KEY, BEFORE_RINGING, BEFORE_MUSIC, SECOND_GREETING = 3.0, 3.0, 2.5, 2.5
UNMARKED = -0.5
OTHER_LINE = -2.0

EARLY_TALK_MS = 2000
"""While the other party has spoken less than this, nobody has really talked."""
ANSWER_WITHIN_MS = 4000
MUSIC_MS = 3000
PASSAGE_GAP_MS = 1000
FLANK_MS = 3000
REPEAT_SYLLABLES = 6


@dataclass(frozen=True, slots=True)
class _Line:
    """One channel's utterances by time, and what else was on the line."""

    own: tuple[Utterance, ...]
    heard: tuple[Heard, ...]
    answers: Spans
    keys: Spans
    ringing: Spans
    music: Spans
    bias: float

    def talked_ms(self, until_ms: int) -> int:
        """How long the other party has spoken by then."""
        return spans.covered_ms(Segment(0, until_ms), self.answers)

    def early(self, events: Spans) -> int:
        """Where the last of ``events`` that came before anybody had talked begins; -1 for none."""
        starts = [one.start_ms for one in events if self.talked_ms(one.start_ms) < EARLY_TALK_MS]
        return max(starts, default=-1)

    def answered(self, index: int) -> bool:
        """Whether the other party speaks next."""
        end_ms = self.own[index].end_ms
        next_ms = self.own[index + 1].start_ms if index + 1 < len(self.own) else end_ms + 10**9
        return any(
            self.own[index].start_ms < one.start_ms < min(next_ms, end_ms + ANSWER_WITHIN_MS)
            for one in self.answers
        )


def probabilities(call: Call, roles: dict[int, Role]) -> tuple[float, ...]:
    """For each of ``call.utterances``, how likely it is a recording, 0 to 1.

    ``roles``: each channel's. On a mixed line only the words tell.
    """
    result = dict.fromkeys(range(len(call.utterances)), 0.0)
    for channel in call.channels:
        order = sorted(
            (i for i, one in enumerate(call.utterances) if one.channel == channel.index),
            key=lambda i: (call.utterances[i].start_ms, call.utterances[i].end_ms, i),
        )
        line = _line(call, channel.index, order, roles)
        chances = zip(_prefix(line), _suffix(line), _announcements(line), strict=True)
        for i, chance in zip(order, chances, strict=True):
            result[i] = max(chance)
    return tuple(result[i] for i in range(len(call.utterances)))


def _line(call: Call, index: int, order: Sequence[int], roles: dict[int, Role]) -> _Line:
    own = tuple(call.utterances[i] for i in order)
    to_machine = [
        Segment(one.start_ms, one.end_ms)
        for one in call.utterances
        if one.channel != index and cues.VOICE_MENU_ANSWER.any(hear(one.text))
    ]
    others = [] if roles.get(index) is None else [c for c in call.channels if c.index != index]
    answers = spans.subtract((s for c in others for s in c.speech), to_machine)

    def of(kind: EventKind, least_ms: int = 1) -> Spans:
        events = (event.segment for event in call.events if event.kind is kind)
        return tuple(one for one in spans.union(events) if one.duration_ms >= least_ms)

    return _Line(
        own=own,
        heard=tuple(hear(one.text) for one in own),
        answers=answers,
        keys=of(EventKind.DTMF),
        ringing=tuple(Segment(one.end_ms, one.end_ms) for one in of(EventKind.RINGBACK)),
        music=of(EventKind.MUSIC, MUSIC_MS),
        bias=OTHER_LINE if roles.get(index) is Role.CUSTOMER else 0.0,
    )


# ---------------------------------------------------------------- before the agent


def _prefix(line: _Line) -> list[float]:
    return _softmax_prefix([_before_agent(line, index) for index in range(len(line.own))])


def _before_agent(line: _Line, index: int) -> float:
    heard, start_ms = line.heard[index], line.own[index].start_ms
    points = UNMARKED + line.bias + _words(heard)
    for events, worth in (
        (line.keys, BEFORE_KEY),
        (line.ringing, BEFORE_RINGING),
        (line.music, BEFORE_MUSIC),
    ):
        if start_ms < line.early(events):
            points += worth
    answered = line.answered(index)
    if answered:
        points += ANSWERED
    elif _greets_again(line, index):
        points += SECOND_GREETING
    if cues.LIVE.any(heard):
        points += HUMAN_WORD
    return points


def _words(heard: Heard) -> float:
    machine = MACHINE_WORD * (cues.MENU.count(heard) + cues.QUEUE.count(heard))
    notice = NOTICE_WORD * cues.NOTICE.count(heard)
    return min(MOST_FOR_WORDS, machine + notice + AD_WORD * cues.AD.count(heard))


def _greets_again(line: _Line, index: int) -> bool:
    """He who greets twice, unanswered, is two: an announcement and then the agent."""
    greetings = (cues.GREETING, cues.STAFF_ANNOUNCEMENT, cues.WELCOME)
    return (
        index + 1 < len(line.own)
        and any(greeting.any(line.heard[index]) for greeting in greetings)
        and cues.GREETING.any(line.heard[index + 1])
    )


def _softmax_prefix(points: Sequence[float]) -> list[float]:
    """P(the first i + 1 are recordings), the log odds of each place being the sum before it."""
    sums = list(accumulate(points, initial=0.0))
    highest = max(sums)
    weights = [math.exp(one - highest) for one in sums]
    whole = sum(weights)
    tails = list(accumulate(reversed(weights)))
    return [tails[-2 - i] / whole for i in range(len(points))]


# ---------------------------------------------------------------- after the agent

_MINE = cues.Cues(
    "我的服务", "对我的", "对我本次", "为我的", "给我的", "稍后请您", "请您稍后", "再见"
)


def _suffix(line: _Line) -> list[float]:
    points = [_survey(line, index) for index in range(len(line.own))]
    return list(reversed(_softmax_prefix(points[::-1])))


def _survey(line: _Line, index: int) -> float:
    heard = line.heard[index]
    points = UNMARKED + line.bias
    if cues.SURVEY.any(heard):
        points += NOTICE_WORD
    if cues.MENU.any(heard):
        points += NOTICE_WORD
    if cues.LIVE.any(heard) or _MINE.any(heard):
        points += HUMAN_WORD
    if line.answered(index):
        points += ANSWERED
    return points


# ---------------------------------------------------------------- in waits


def _announcements(line: _Line) -> list[float]:
    """Announcements between music, or said over and over; by themselves, passage by passage."""
    passages = _passages(line.own)
    texts = [hear("".join(line.own[i].text for i in passage)) for passage in passages]
    chances = [0.0] * len(line.own)
    for passage, heard in zip(passages, texts, strict=True):
        span = Segment(line.own[passage[0]].start_ms, line.own[passage[-1]].end_ms)
        points = _announcement(line, heard, span, texts)
        for i in passage:
            chances[i] = 1 / (1 + math.exp(-points))
    return chances


def _announcement(line: _Line, heard: Heard, span: Segment, all_texts: Sequence[Heard]) -> float:
    machine = cues.QUEUE.count(heard) + cues.MENU.count(heard) + cues.NOTICE.count(heard)
    points = -4.0 + line.bias + min(4.0, 2.0 * machine + 0.5 * cues.AD.count(heard))
    before = Segment(max(0, span.start_ms - FLANK_MS), span.start_ms)
    after = Segment(span.end_ms, span.end_ms + FLANK_MS)
    if all(spans.covered_ms(side, line.music) > 0 for side in (before, after)):
        points += 2.0
    repeated = sum(_alike(heard, other) for other in all_texts) > 1
    if repeated and heard.syllables >= REPEAT_SYLLABLES:
        points += 2.0 + (machine > 0)
    if cues.LIVE.any(heard):
        points += HUMAN_WORD
    if any(span.start_ms < one.start_ms < span.end_ms + PASSAGE_GAP_MS for one in line.answers):
        points += ANSWERED / 2
    return points


def _alike(one: Heard, other: Heard) -> bool:
    """The same syllables but for one in six, as two hearings of one recording are."""
    left, right = one.sounds.split(), other.sounds.split()
    if abs(len(left) - len(right)) > max(len(left), len(right)) / 6:
        return False
    shared = set(left) & set(right)
    return len(shared) >= 5 / 6 * max(len(set(left)), len(set(right)))


def _passages(own: Sequence[Utterance]) -> list[list[int]]:
    passages: list[list[int]] = []
    for i, one in enumerate(own):
        if passages and one.start_ms - own[passages[-1][-1]].end_ms < PASSAGE_GAP_MS:
            passages[-1].append(i)
        else:
            passages.append([i])
    return passages
