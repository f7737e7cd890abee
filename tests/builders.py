"""Calls for tests, written as little dialogues with times.

::

    call = dialogue(
        '''
        坐席 0.0-2.5 您好，很高兴为您服务，请问有什么可以帮您？
        客户 3.0-5.0 我想查一下我的账单。
        音乐 9.0-20.0
        按键 21.0-21.1 2
        '''
    )

A line is who or what, from and to in seconds, and the words. Who: 坐席 (agent), 客户 (customer),
录音 (recorded voice, on the agent's line). What: 音乐 (music), 铃声 (ringing), 按键 (a key, on the
customer's line), 忙音 (busy tone), 传真 (fax). The call is as it was heard: nobody's role is known;
speech segments are the utterances' times unless words are missing (``坐席 1.0-2.0``: a voice in
which no words were heard).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from autoqa.types import (
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Recording,
    Remark,
    Role,
    Segment,
    Utterance,
)

AGENT_LINE, CUSTOMER_LINE = 0, 1
CONTACT = Contact(call_id="call", file="call.wav")
KNOWN = Contact(call_id="call", file="call.wav", channel_roles=(Role.AGENT, Role.CUSTOMER))
HEARD = (
    EventKind.MUSIC,
    EventKind.RINGBACK,
    EventKind.DTMF,
    EventKind.BUSY_TONE,
    EventKind.FAX_TONE,
)

_VOICES = {"坐席": AGENT_LINE, "录音": AGENT_LINE, "客户": CUSTOMER_LINE}
_SOUNDS = {
    "音乐": (EventKind.MUSIC, AGENT_LINE),
    "铃声": (EventKind.RINGBACK, AGENT_LINE),
    "按键": (EventKind.DTMF, CUSTOMER_LINE),
    "忙音": (EventKind.BUSY_TONE, AGENT_LINE),
    "传真": (EventKind.FAX_TONE, AGENT_LINE),
}
_LINE = re.compile(r"(\S+)\s+([\d.]+)-([\d.]+)\s*(.*)")


def dialogue(
    script: str,
    *,
    ends_s: float | None = None,
    mixed: bool = False,
    swapped: bool = False,
    remarks: Iterable[Remark] = (),
    heard: tuple[EventKind, ...] = HEARD,
) -> Call:
    """The call of ``script``; it ends at ``ends_s``, else with its last line.

    ``mixed``: everybody on one channel. ``swapped``: the customer's channel first.
    """
    utterances: list[Utterance] = []
    speech: dict[int, list[Segment]] = {AGENT_LINE: [], CUSTOMER_LINE: []}
    events: list[Event] = []
    last_ms = 0
    for line in filter(None, map(str.strip, script.splitlines())):
        match = _LINE.fullmatch(line)
        assert match, f"not a line of a dialogue: {line}"
        who, start, end, words = match.groups()
        start_ms, end_ms = round(float(start) * 1000), round(float(end) * 1000)
        last_ms = max(last_ms, end_ms)
        channel = _VOICES[who] if who in _VOICES else _SOUNDS[who][1]
        channel = 0 if mixed else 1 - channel if swapped else channel
        if who in _SOUNDS:
            measures = {"key": words} if who == "按键" else {}
            kind = _SOUNDS[who][0]
            events.append(Event(kind, start_ms, end_ms, channel=channel, measures=measures))
            continue
        speech[channel].append(Segment(start_ms, end_ms))
        if words:
            utterances.append(
                Utterance(channel, Role.UNKNOWN, start_ms, end_ms, words, (), probability=0.9)
            )
    count = 1 if mixed else 2
    duration_ms = last_ms if ends_s is None else round(ends_s * 1000)
    return Call(
        recording=Recording("0" * 64, 8000, count, duration_ms, "pcm_s16le"),
        channels=tuple(
            Channel(index, Role.UNKNOWN, tuple(sorted(speech[index]))) for index in range(count)
        ),
        utterances=tuple(utterances),
        events=tuple(events),
        remarks=tuple(remarks),
        heard=heard,
        model="test",
    )


def events_of(call: Call, kind: EventKind) -> tuple[Event, ...]:
    """The events of one kind, by start."""
    return tuple(event for event in call.events if event.kind is kind)


def times(call: Call, kind: EventKind) -> list[tuple[int, int]]:
    """From and to, in ms, of the events of one kind."""
    return [(event.start_ms, event.end_ms) for event in events_of(call, kind)]
