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
from itertools import accumulate

from autoqa import cues
from autoqa.cue_matching import Heard
from autoqa.events import spans
from autoqa.events.voice_line import (
    NOTICE_WORD,
    SAME_BREATH_MS,
    VoiceLine,
    alike,
    greets,
    joined,
    machine_words,
    passages,
    voice_line,
)
from autoqa.types import Call, Role, Segment

CERTAIN_BELOW, EVEN, CERTAIN_FROM = 0.2, 0.5, 0.8

HUMAN_WORD, ANSWERED, ANSWERING = -3.0, -2.5, -2.0
AFTER_TALK = -3.0
"""What comes when people have begun to talk is hardly before everybody else."""
ANNOUNCED, GREETED_TWICE, BEFORE_GREETING = 3.5, 1.5, 2.0
MID_CALL, MOST_IN_CALL, AMID_MUSIC, REPEATED = -4.5, 4.0, 3.5, 3.0
MENU_WORD, WAITING_WORD = 2.0, 1.5
ASKS_KEYS, KEYS_FOLLOW = 2.5, 1.5
"""A passage that begins like 请输入您的密码: a machine takes a PIN while the agent listens."""
UNMARKED = -0.5
A_SURVEY, BEFORE_TALK, AFTER_GOODBYE, BEFORE_KEY_AT_END = -3.0, -6.0, 2.0, 2.0
"""Most calls have no survey; one comes after talk and goodbye, and keys answer it."""
OTHER_LINE = OUTBOUND = -2.0
CHANGE_IN_PAUSE = ((300, -4.0), (500, -2.5), (800, -1.0))
"""Log odds that a voice changes in a pause shorter than so many ms: as long as at a comma."""

AGAIN_WITHIN_MS, TWICE_WITHIN_MS = 4000, 2500
"""After an announcement, and after a greeting: later, he who greets again was not answered."""
RECENTLY, KEY_WITHIN_MS = 5, 15_000
"""Utterances back at which goodbye was said; time to answer a survey."""
PASSAGE_GAP_MS = 1000
FLANK_MS = 3000
REPEAT_SYLLABLES = 6
MOST_ON_HOLD = 2


def probabilities(call: Call, roles: dict[int, Role], *, outbound: bool) -> tuple[float, ...]:
    """For each of ``call.utterances``, how likely it is a recording, 0 to 1.

    ``roles``: each channel's; none on a mixed line, where only the words tell. ``outbound``: the
    bank called: nobody waits in a menu.
    """
    result = dict.fromkeys(range(len(call.utterances)), 0.0)
    for channel in call.channels:
        order = sorted(
            (i for i, one in enumerate(call.utterances) if one.channel == channel.index),
            key=lambda i: (call.utterances[i].start_ms, call.utterances[i].end_ms, i),
        )
        bias = OTHER_LINE if roles.get(channel.index) is Role.CUSTOMER else OUTBOUND * outbound
        line = voice_line(call, order, bias, mixed=not roles)
        chances = zip(_prefix(line), _suffix(line), _announcements(line), strict=True)
        for i, chance in zip(order, chances, strict=True):
            result[i] = max(chance)
    return tuple(result[i] for i in range(len(call.utterances)))


# ---------------------------------------------------------------- before the agent


def _prefix(line: VoiceLine) -> list[float]:
    """P(recording) for recordings that come before everybody else."""
    changes = [_change(line.pause_ms(index)) for index in range(len(line.own))]
    points = [_before_agent(line, index) for index in range(len(line.own))]
    return _spare_the_only_greeting(line, _softmax(points, changes))


def _spare_the_only_greeting(line: VoiceLine, chances: list[float]) -> list[float]:
    """Doubts that the last of the recordings is one, if it greets as an agent does, no machine's
    words come with it and nobody greets after it: he may have greeted and put the caller on hold
    at once, and would lose the greeting that he gave."""
    recorded = [index for index, chance in enumerate(chances) if chance >= CERTAIN_FROM]
    if not recorded:
        return chances
    passage = line.passage(recorded[-1], -1)
    said = joined(line.own, passage)
    begins_ms = line.own[passage[0]].start_ms
    if (
        not cues.AGENT_GREETING.any(said)
        or machine_words(said)
        or any(start_ms > begins_ms for start_ms in line.greetings)
    ):
        return chances
    return [
        min(chance, EVEN) if index in passage else chance for index, chance in enumerate(chances)
    ]


def _change(pause_ms: int) -> float:
    return next((odds for limit_ms, odds in CHANGE_IN_PAUSE if pause_ms < limit_ms), 0.0)


def _before_agent(line: VoiceLine, index: int) -> float:
    heard, start_ms = line.heard[index], line.own[index].start_ms
    points = UNMARKED + line.bias + machine_words(heard)
    points += sum(worth for sign_ms, worth in line.signs if start_ms < sign_ms)
    points += ANSWERED if line.answered(index) else _greets_again(line, index)
    if line.answers_somebody(index):
        points += ANSWERING
    if line.greets_later(index):
        points += BEFORE_GREETING
    if start_ms >= line.talk_from_ms:
        points += AFTER_TALK
    if cues.LIVE.any(heard):
        points += HUMAN_WORD / 3 if _is_machine(heard) else HUMAN_WORD
    return points


def _is_machine(heard: Heard) -> bool:
    return cues.MENU.any(heard) or cues.QUEUE.any(heard)


def _greets_again(line: VoiceLine, index: int) -> float:
    """He who greets twice, unanswered, is two: an announcement and then the agent."""
    pause_ms = line.pause_ms(index)
    if not CHANGE_IN_PAUSE[0][0] <= pause_ms < AGAIN_WITHIN_MS:
        return 0.0
    first = joined(line.own, line.passage(index, -1))
    second = joined(line.own, line.passage(index + 1, 1))
    if not greets(second, mixed=line.mixed):
        return 0.0
    begins = cues.HELLO.any(line.heard[index + 1])
    if begins and cues.STAFF_ANNOUNCEMENT.any(first) and not cues.HELLO.any(first):
        return ANNOUNCED
    greeted = cues.GREETING.any(first) or cues.WELCOME.any(first)
    changes = SAME_BREATH_MS <= pause_ms < TWICE_WITHIN_MS
    return GREETED_TWICE if greeted and changes and not cues.OPEN_QUESTION.any(first) else 0.0


def _softmax(points: Sequence[float], changes: Sequence[float], prior: float = 0.0) -> list[float]:
    """P(the first i + 1 are recordings), for each i.

    The log odds of a place being the end of the recordings are the sum of the points before it and
    those of a change just there; ``prior`` are the log odds of there being any.
    """
    sums = list(accumulate(points, initial=0.0))
    places = [
        sums[0],
        *(one + change + prior for one, change in zip(sums[1:], changes, strict=True)),
    ]
    highest = max(places)
    weights = [math.exp(one - highest) for one in places]
    tails = list(accumulate(reversed(weights)))
    return [tails[-2 - i] / tails[-1] for i in range(len(points))]


# ---------------------------------------------------------------- after the agent


def _suffix(line: VoiceLine) -> list[float]:
    """P(recording) for the survey, which comes after everybody else."""
    points = [_survey(line, index) for index in range(len(line.own))]
    changes = [_change(line.pause_ms(i - 1)) if i else 0.0 for i in range(len(line.own))]
    return _softmax(points[::-1], changes[::-1], A_SURVEY)[::-1]


def _survey(line: VoiceLine, index: int) -> float:
    heard, end_ms = line.heard[index], line.own[index].end_ms
    begin = line.passage(index, -1)[0]
    takes_keys = cues.takes_keys(line.heard[begin]) and not cues.SURVEY.any(heard)
    if end_ms <= line.talk_from_ms or takes_keys:
        return BEFORE_TALK
    points = UNMARKED + line.bias
    points += NOTICE_WORD * (cues.SURVEY.any(heard) + cues.MENU.any(heard))
    asks = points > UNMARKED + line.bias or index + 1 == len(line.own)
    if asks and any(end_ms <= key_ms < end_ms + KEY_WITHIN_MS for key_ms in line.keys):
        points += BEFORE_KEY_AT_END
    if any(cues.GOODBYE.any(said) for said in line.heard[max(0, begin - RECENTLY) : begin]):
        points += AFTER_GOODBYE
    if any(kind.any(heard) for kind in (cues.LIVE, cues.MINE, cues.GOODBYE)):
        points += HUMAN_WORD
    if line.answered(index):
        points += ANSWERED
    return points


# ---------------------------------------------------------------- in waits


def _announcements(line: VoiceLine) -> list[float]:
    """Announcements between music, or said over and over; by themselves, passage by passage."""
    parts = passages(line.own, SAME_BREATH_MS)
    texts = [joined(line.own, passage) for passage in parts]
    chances = [0.0] * len(line.own)
    for passage, heard in zip(parts, texts, strict=True):
        span = Segment(line.own[passage[0]].start_ms, line.own[passage[-1]].end_ms)
        points = _announcement(line, heard, span, texts)
        for i in passage:
            chances[i] = 1 / (1 + math.exp(-points))
    return chances


def _announcement(
    line: VoiceLine, heard: Heard, span: Segment, all_texts: Sequence[Heard]
) -> float:
    machine = cues.QUEUE.any(heard) + cues.NOTICE.any(heard)
    words = MENU_WORD * cues.MENU.count(heard) + WAITING_WORD * machine
    before = Segment(max(0, span.start_ms - FLANK_MS), span.start_ms)
    after = Segment(span.end_ms, span.end_ms + FLANK_MS)
    beside = [spans.covered_ms(side, line.music) > 0 for side in (before, after)]
    flanked = all(beside)
    if any(beside):
        words += WAITING_WORD * min(MOST_ON_HOLD, cues.ON_HOLD.count(heard))
    if flanked and not words:
        words += WAITING_WORD * cues.IN_PROGRESS.any(heard)
    # Who hears music on both sides of it waits, whoever called and on whichever line it plays.
    bias = 0.0 if flanked and words else line.bias
    points = MID_CALL + bias + min(MOST_IN_CALL, words + 0.5 * cues.AD.count(heard))
    if flanked:
        points += AMID_MUSIC if words else AMID_MUSIC / 2
    likely = (words or flanked) and heard.syllables >= REPEAT_SYLLABLES
    if likely and sum(alike(heard, other) for other in all_texts) > 1:
        points += REPEATED
    if cues.LIVE.any(heard) or cues.BACK_AGAIN.any(heard):
        points += HUMAN_WORD
    elif cues.takes_keys(heard):
        keyed = any(span.end_ms <= key_ms < span.end_ms + KEY_WITHIN_MS for key_ms in line.keys)
        points += ASKS_KEYS + KEYS_FOLLOW * keyed
    if spans.starts_between(line.answers, span.start_ms, span.end_ms + PASSAGE_GAP_MS):
        points += ANSWERED / 2
    return points
