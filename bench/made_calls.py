"""Calls as a store holds them, made up by the thousand: no two alike.

Sentences of ``bench/conversations`` and ``bench/phrases`` in random order, each spoilt anew as a
recogniser spoils them (``bench.corruption``), with words, speech, a hold and some dead air.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from autoqa.types import (
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Recording,
    Role,
    Segment,
    Utterance,
    Word,
)
from bench import corruption, wordings
from bench.script import load_scripts

CHARACTERS = 2_000
MODEL = "made"
STAGES = {"decode": 1, "acoustics": 1, "words": 1}
AGENT_LINE, CUSTOMER_LINE = 0, 1
SPOILT = 0.5
"""Share of the sentences in which something is misheard: 0.1 to 0.2 of their characters."""
PHRASES_A_CALL = 12
"""Sentences that belong to a class of phrases: a greeting, thanks, an apology …"""
_CHARACTER_MS, _PAUSE_MS = 220, 700
_HEARD = (
    EventKind.MUSIC,
    EventKind.RINGBACK,
    EventKind.DTMF,
    EventKind.BUSY_TONE,
    EventKind.FAX_TONE,
)
_CONVERSATIONS = Path(__file__).parent / "conversations"


def made_call(number: int) -> tuple[Call, Contact]:
    """The ``number``-th call, always the same, as it was heard: nobody's words are interpreted."""
    draw = random.Random(number)
    lines = list(_lines(draw))
    at_ms = 700
    utterances: list[Utterance] = []
    events: list[Event] = []
    for place, (channel, text) in enumerate(lines):
        if place == len(lines) // 2:
            events += (
                Event(EventKind.MUSIC, at_ms, at_ms + 20_000, channel=line) for line in (0, 1)
            )
            at_ms += 20_400
        utterances.append(_utterance(draw, channel, at_ms, text))
        at_ms = utterances[-1].end_ms + draw.randrange(200, _PAUSE_MS)
    channels = tuple(_channel(line, utterances) for line in (AGENT_LINE, CUSTOMER_LINE))
    recording = Recording(f"{number:064x}", 8000, 2, at_ms + 1000, "pcm_alaw")
    call = Call(
        recording, channels, tuple(utterances), (), tuple(events), (), _HEARD, MODEL, STAGES
    )
    contact = Contact(
        f"made-{number}",
        f"{number % 30}/{number}.wav",
        agent_id=str(1000 + number % 200),
        team=f"team {number % 12}",
        direction="inbound",
        channel_roles=(Role.AGENT, Role.CUSTOMER),
    )
    return call, contact


def _lines(draw: random.Random) -> Iterator[tuple[int, str]]:
    """(channel, text) until there are characters enough."""
    agent, customer, phrases = _sentences()
    places = set(draw.sample(range(CHARACTERS // 14), PHRASES_A_CALL))
    count = place = 0
    while count < CHARACTERS:
        channel = CUSTOMER_LINE if draw.random() < 0.45 else AGENT_LINE
        chosen = customer if channel == CUSTOMER_LINE else agent
        if place in places:
            channel, chosen = AGENT_LINE, phrases
        text = draw.choice(chosen)
        if draw.random() < SPOILT:
            text = corruption.by_sound(text, draw)
        yield channel, text
        count += len(text)
        place += 1


@cache
def _sentences() -> tuple[list[str], list[str], list[str]]:
    """What agents say, what customers say, and what phrases are about."""
    agent, customer = set[str](), set[str]()
    for folder in ("examples", "tuned", "fresh"):
        for script in load_scripts(_CONVERSATIONS / folder):
            for item in script.items:
                if item.kind in ("agent", "customer"):
                    (agent if item.kind == "agent" else customer).add(item.text)
    lists = [line for line in wordings.lines() if line["condition"] == "clean"]
    agent |= {line["truth"] for line in lists if not line["about"]}
    phrases = {line["truth"] for line in lists if line["classes"] and line["about"] != "forbidden"}
    return sorted(agent), sorted(customer), sorted(phrases)


def _utterance(draw: random.Random, channel: int, start_ms: int, text: str) -> Utterance:
    words: list[Word] = []
    at = 0
    while at < len(text):
        length = draw.choice((1, 1, 2, 2, 3))
        begin, end = (start_ms + _CHARACTER_MS * place for place in (at, at + length))
        words.append(Word(begin, end, text[at : at + length], round(draw.uniform(0.5, 1), 3)))
        at += length
    mean = sum(word.probability for word in words) / len(words)
    return Utterance(
        channel, Role.UNKNOWN, start_ms, words[-1].end_ms, text, tuple(words), round(mean, 3)
    )


def _channel(line: int, utterances: list[Utterance]) -> Channel:
    own = (item for item in utterances if item.channel == line)
    speech = tuple(Segment(item.start_ms, item.end_ms) for item in own)
    return Channel(line, Role.UNKNOWN, speech, speech_dbfs=-25.0, noise_dbfs=-60.0)
