"""Who is on which channel.

Metadata wins. Without it the words tell: an agent serves (为您服务, 我帮您查询, 请您提供), a
customer wants (我想查一下, 帮我, 我的卡, 你们银行). Courtesy does not tell: a polite customer
says 您好, 谢谢 and 祝您生活愉快, and a rude agent none of them. Each distinct cue counts once an
utterance, 3 points for a strong one and 1 for a weak one; what the line shows (who presses keys,
where music, ringing and menus lie, who speaks first) adds a little. Less than 4 points between
the two readings of a call is no answer: the roles stay ``unknown``, and rules that need them
undetermined. Points are odds of about e: 4 points are 50 to 1.

A mixed line (one channel, or two that carry the same sound) has no roles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from autoqa import cues
from autoqa.cue_matching import Heard, hear
from autoqa.i18n import N_
from autoqa.types import Call, Channel, Contact, EventKind, Message, Remark, Role, Utterance

STRONG, WEAK, LINE = 3, 1, 1
MARGIN = 4
CONTRADICTION = 12
"""Points by which words must contradict the metadata before they are believed instead: four strong
cues more than they are contradicted by."""
_MOST_PER_CUE = 2
_MOST_FROM_LINE = 2

ANSWERS_FIRST = {"inbound": 2, "outbound": -2}
"""Who is called speaks first: the agent, or the customer with his 喂."""

SWAPPED, UNRECOGNISED = "roles_contradicted", "roles_unknown"


def is_mixed(call: Call) -> bool:
    """Both parties on one line."""
    return call.is_mixed or any(remark.kind == "dual_mono" for remark in call.remarks)


def assign(call: Call, contact: Contact) -> tuple[tuple[Channel, ...], tuple[Remark, ...]]:
    """The channels with their roles, and what there is to remark about them."""
    if len(contact.channel_roles) == len(call.channels) and not is_mixed(call):
        given = dict(zip((one.index for one in call.channels), contact.channel_roles, strict=True))
    else:
        given = {one.index: one.role for one in call.channels if one.role_source == "metadata"}
    if given:
        return _with(call, given, "metadata"), _contradictions(call, given, contact.direction)
    if is_mixed(call):
        return _with(call, {}, "none"), ()
    points = _points(call, contact.direction)
    spoken = {one.channel for one in call.utterances}
    voiced = [one.index for one in call.channels if one.speech or one.index in spoken]
    agent = max(voiced, key=lambda index: (points[index], -index), default=None)
    others = [index for index in voiced if index != agent]
    customer = min(others, key=lambda index: (points[index], index), default=None)
    if agent is None or points[agent] - (points[customer] if customer is not None else 0) < MARGIN:
        if customer is None and agent is not None and points[agent] <= -MARGIN:
            return _with(call, {agent: Role.CUSTOMER}, "words"), ()
        return _with(call, {}, "none"), (_unrecognised(),) if voiced else ()
    roles = {agent: Role.AGENT}
    if customer is None and len(call.channels) == 2:
        customer = next(one.index for one in call.channels if one.index != agent)
    if customer is not None:
        roles[customer] = Role.CUSTOMER
    return _with(call, roles, "words"), ()


def _with(call: Call, roles: dict[int, Role], source: str) -> tuple[Channel, ...]:
    return tuple(
        replace(
            one,
            role=roles.get(one.index, Role.UNKNOWN),
            role_source=source if one.index in roles else "none",
        )
        for one in call.channels
    )


def _unrecognised() -> Remark:
    message = N_("nobody can tell which channel is the agent's; give channel_roles in the metadata")
    return Remark(UNRECOGNISED, Message(message))


def _contradictions(
    call: Call, given: dict[int, Role], direction: str | None
) -> tuple[Remark, ...]:
    points = _points(call, direction)
    agent = [points[index] for index, role in given.items() if role is Role.AGENT]
    customer = [points[index] for index, role in given.items() if role is Role.CUSTOMER]
    if agent and customer and min(customer) - max(agent) >= CONTRADICTION:
        message = N_("the metadata's channel roles contradict what is said: they seem swapped")
        return (Remark(SWAPPED, Message(message), judgeable=False),)
    return ()


def _points(call: Call, direction: str | None) -> dict[int, int]:
    """How much each channel sounds like an agent's; negative: like a customer's."""
    points = dict.fromkeys((one.index for one in call.channels), 0)
    for index in points:
        own = [one for one in call.utterances if one.channel == index]
        points[index] += _words(own) + _line(call, index, own)
    first = _first_to_speak(call)
    if first is not None and direction in ANSWERS_FIRST:
        points[first] += ANSWERS_FIRST[direction]
    return points


def _first_to_speak(call: Call) -> int | None:
    """The channel of the first words that are no menu's."""
    words = (
        one for one in call.utterances if (heard := hear(one.text)).sounds and not _is_menu(heard)
    )
    first = min(words, key=lambda one: (one.start_ms, one.channel), default=None)
    return None if first is None else first.channel


def _words(utterances: Sequence[Utterance]) -> int:
    counts: Counter[tuple[str, int]] = Counter()
    for utterance in utterances:
        heard = hear(utterance.text)
        if _is_menu(heard):
            continue
        for found, weight in (
            (cues.AGENT_STRONG, STRONG),
            (cues.AGENT_WEAK, WEAK),
            (cues.CUSTOMER_STRONG, -STRONG),
            (cues.CUSTOMER_WEAK, -WEAK),
        ):
            counts.update((phrase, weight) for phrase in found.found(heard))
    return sum(weight * min(count, _MOST_PER_CUE) for (_, weight), count in counts.items())


def _is_menu(heard: Heard) -> bool:
    return cues.MENU.any(heard) or cues.QUEUE.any(heard) or cues.SURVEY.any(heard)


def _line(call: Call, index: int, own: Sequence[Utterance]) -> int:
    """Keys are the customer's; music, ringing and menus usually lie with the agent."""
    kinds = Counter(event.kind for event in call.events if event.channel == index)
    menus = sum(_is_menu(hear(one.text)) for one in own)
    served = kinds[EventKind.MUSIC] + kinds[EventKind.RINGBACK] + menus
    return LINE * (min(served, _MOST_FROM_LINE) - min(kinds[EventKind.DTMF], _MOST_FROM_LINE))
