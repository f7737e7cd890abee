"""Utterances → turns: who had the floor.

A turn holds the utterances of one role until another role takes the floor, or until that role
itself is silent for 3 s (the length from which silence counts as hold or dead air): a request to
wait and the thanks after the wait are two turns. A back-channel (嗯, 对, 好的) inside another's
turn is a turn of its own, but the other keeps the floor. Example::

    agent    0–2 s   您的卡是上个月           ┐ one turn of the agent, 0–5 s
    customer 2.1–2.4 s  嗯                    │ (a turn of the customer)
    agent    2.6–5 s 十五号开通的             ┘
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autoqa.cues import is_back_channel
from autoqa.types import Role, Turn, Utterance

BACK_CHANNEL_MS = 1500
"""A longer one is an answer."""
KEEPS_FLOOR_MS = 1000
"""A speaker who goes on within this has kept the floor over a back-channel: pauses between turns
of telephone talk are rarely longer (Heldner and Edlund 2010, median about 0.2 s)."""
PAUSE_MS = 3000

_ENDS = tuple("，。！？、；：,.!?;:")


def build_turns(utterances: Sequence[Utterance]) -> tuple[Turn, ...]:
    """The turns of a call by start, whatever the order of ``utterances``.

    ``Turn.utterances`` are indexes into ``utterances`` as given, by time. Utterances without text
    still make turns: somebody spoke.
    """
    order = sorted(range(len(utterances)), key=lambda index: _key(utterances[index]))
    nods = {index for place, index in enumerate(order) if _is_nod(place, order, utterances)}
    groups: list[list[int]] = []
    floor: list[int] | None = None
    for index in order:
        if index in nods:
            groups.append([index])
        elif floor is not None and _continues(floor, index, utterances):
            floor.append(index)
        else:
            floor = [index]
            groups.append(floor)
    turns = (_turn(group, utterances) for group in groups)
    return tuple(sorted(turns, key=lambda turn: (turn.start_ms, turn.end_ms, turn.role)))


def _key(utterance: Utterance) -> tuple[int, int, int, str]:
    return (utterance.start_ms, utterance.end_ms, utterance.channel, utterance.text)


def _is_nod(place: int, order: Sequence[int], utterances: Sequence[Utterance]) -> bool:
    """A back-channel before and after which the same other role speaks on."""
    one = utterances[order[place]]
    if one.end_ms - one.start_ms > BACK_CHANNEL_MS or not is_back_channel(one.text):
        return False
    before = next(
        (utterances[i] for i in reversed(order[:place]) if utterances[i].role is not one.role), None
    )
    if before is None or before.role is Role.RECORDED:
        return False
    if before.end_ms >= one.end_ms:
        return True
    after = next((utterances[i] for i in order[place + 1 :]), None)
    return (
        after is not None
        and after.role is before.role
        and after.start_ms - before.end_ms < KEEPS_FLOOR_MS
    )


def _continues(floor: Sequence[int], index: int, utterances: Sequence[Utterance]) -> bool:
    last, one = utterances[floor[-1]], utterances[index]
    ended_ms = max(utterances[i].end_ms for i in floor)
    return last.role is one.role and one.start_ms - ended_ms < PAUSE_MS


def _turn(group: Sequence[int], utterances: Sequence[Utterance]) -> Turn:
    own = [utterances[index] for index in group]
    return Turn(
        role=own[0].role,
        start_ms=own[0].start_ms,
        end_ms=max(one.end_ms for one in own),
        text=joined(one.text for one in own),
        utterances=tuple(group),
    )


def joined(texts: Iterable[str]) -> str:
    """The text of a turn from those of its utterances."""
    text = ""
    for part in (one.strip() for one in texts):
        text += ("，" if text and part and not text.endswith(_ENDS) else "") + part
    return text
