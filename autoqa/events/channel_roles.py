"""Who is on which channel.

Metadata wins. Without it the acts tell (``party_acts``): what each party does, not how polite it
is. Each act adds its log odds, half as much the second time, and so on; an utterance counts once
for a family of acts, no family adds more than ``MOST_PER_FAMILY``, and what was heard badly counts
less. The line adds a little: the menu, ringing and music are heard on the agent's side, keys on
the customer's, who is called speaks first, and who comes back after hold music is the agent. What
contradicts a reading counts one and a half times, and less than ``MARGIN`` is no answer: the roles
stay ``unknown``, and rules that need them undetermined. A swap would score every rule on the wrong
person: at this margin about one call in two hundred was swapped among made-up dialogues that
mislead, with up to half of their characters wrong (``bench.roles report``).

Which channel is the first says nothing by itself: some recorders put the agent there, others the
caller or whoever is at the far end. Metadata can say so for all calls; and a recorder does it in
one way all night: where the words of a call do not tell enough, and nothing speaks against it, the
order is that of the other calls (``usual_odds``).

A mixed line (one channel, or two that carry the same sound) has no roles.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autoqa import cues
from autoqa.cue_matching import Heard, hear
from autoqa.events.party_acts import ACTS, SERVICE
from autoqa.i18n import N_
from autoqa.types import Call, Channel, Contact, EventKind, Message, Remark, Role, Utterance

MARGIN = 3.0
DOUBT = 0.5
"""What speaks against a reading counts so much more."""
CONTRADICTION = 8.0
"""What the acts must say against the metadata to be believed instead."""
MOST_PER_FAMILY, MOST_FROM_SERVICE = 4.0, 2.0
"""Staff of any firm talk service: the shop that the bank calls, too."""
AGAIN = 0.5
"""What an act is worth each further time it is done, of the time before."""
NOTHING_HEARD, WELL_HEARD = 0.2, 0.6
"""Mean probabilities of an utterance's words between which it comes to count fully. Half of the
characters are wrong near 0.5."""
LEAST_HEARD = 0.1
LINE, FIRST = 1.0, 1.0
"""By judgement, about three to one: recorders differ, and customers speak first, too."""
FIRST_AFTER_WAIT, BACK = 2.0, 1.5
"""By judgement, seven and five to one: a caller who was made to wait is spoken to."""
HELD_MS, BACK_SYLLABLES, ANNOUNCEMENT_GAP_MS = 8000, 4, 3000
"""Music of this length between people's words is a hold's; a 喂 into it is nobody's coming back."""

MOST_FROM_OTHERS = 4.0
"""What other calls can tell at most: fifty of one order and none of the other."""

SWAPPED, UNRECOGNISED, AS_USUAL = "roles_contradicted", "roles_unknown", "roles_as_usual"
_AS_USUAL = N_(
    "what is said does not tell which channel is the agent's; it is taken to be as in the other "
    "calls of this run"
)


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much a channel does what agents do, and what customers do; both >= 0."""

    agent: float = 0.0
    customer: float = 0.0

    @property
    def odds(self) -> float:
        """Log odds that it is the agent's."""
        return self.agent - self.customer


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
    spoken = {one.channel for one in call.utterances}
    voiced = [one.index for one in call.channels if one.speech or one.index in spoken]
    if not voiced:
        return _with(call, {}, "none"), ()
    first, *others = [one.index for one in call.channels]
    odds, source = log_odds(call, contact.direction), "words"
    remarks: tuple[Remark, ...] = ()
    if abs(odds) < MARGIN and len(call.channels) == 2 and odds * contact.usual_odds >= 0:
        odds, source = odds + contact.usual_odds, "other_calls"
        remarks = (Remark(AS_USUAL, Message(_AS_USUAL)),)
    if abs(odds) < MARGIN:
        return _with(call, {}, "none"), (_unrecognised(odds),)
    agent, customer = (Role.AGENT, Role.CUSTOMER) if odds > 0 else (Role.CUSTOMER, Role.AGENT)
    roles = {first: agent, **dict.fromkeys(others[:1], customer)}
    return _with(call, roles, source), remarks


def usual_odds(firsts: Iterable[Role]) -> float:
    """What the other calls tell of a recorder's order: ``firsts`` are the roles of their first
    channels, as far as they are known."""
    agents, others = 0, 0
    for role in firsts:
        agents += role is Role.AGENT
        others += role is Role.CUSTOMER
    odds = math.log((agents + 1) / (others + 1))
    return max(-MOST_FROM_OTHERS, min(MOST_FROM_OTHERS, odds))


def log_odds(call: Call, direction: str | None) -> float:
    """That the first channel is the agent's and the second the customer's; 0: nobody can tell.

    What contradicts the likelier reading has been counted against it.
    """
    told = leanings(call, direction)
    first, *others = (told[one.index] for one in call.channels)
    second = others[0] if others else Leaning()
    straight = first.agent + second.customer
    swapped = first.customer + second.agent
    least = max(0.0, abs(straight - swapped) - DOUBT * min(straight, swapped))
    return least if straight > swapped else -least


def _with(call: Call, roles: dict[int, Role], source: str) -> tuple[Channel, ...]:
    return tuple(
        replace(
            one,
            role=roles.get(one.index, Role.UNKNOWN),
            role_source=source if one.index in roles else "none",
        )
        for one in call.channels
    )


def _unrecognised(odds: float) -> Remark:
    message = N_("nobody can tell which channel is the agent's; give channel_roles in the metadata")
    return Remark(UNRECOGNISED, Message(message, {"log_odds": round(odds, 1)}))


def _contradictions(
    call: Call, given: dict[int, Role], direction: str | None
) -> tuple[Remark, ...]:
    if sorted(given.values()) != [Role.AGENT, Role.CUSTOMER]:
        return ()
    odds = log_odds(call, direction)
    if (odds if given[call.channels[0].index] is Role.CUSTOMER else -odds) < CONTRADICTION:
        return ()
    message = N_("the metadata's channel roles contradict what is said: they seem swapped")
    params = {"log_odds": round(abs(odds), 1)}
    return (Remark(SWAPPED, Message(message, params), judgeable=False),)


# ---------------------------------------------------------------- what speaks for whom


def leanings(call: Call, direction: str | None) -> dict[int, Leaning]:
    """What each channel does."""
    live_ms = _live_from_ms(call)
    live = [one for one in call.utterances if one.start_ms >= live_ms and not _is_menu(one)]
    told = {}
    for channel in call.channels:
        own = [one for one in live if one.channel == channel.index]
        weights = [*_words(own, direction), *_line(call, channel.index)]
        weights += _first(call, live, channel.index, direction)
        weights += _back(call, live, channel.index)
        told[channel.index] = Leaning(
            sum(one for one in weights if one > 0), -sum(one for one in weights if one < 0)
        )
    return told


def _live_from_ms(call: Call) -> int:
    """The end of the last ringing, key or music before two have spoken.

    What is said until then is a machine's, however it was misheard.
    """
    firsts = [
        min((one.start_ms for one in call.utterances if one.channel == channel.index), default=-1)
        for channel in call.channels
    ]
    if min(firsts) < 0:
        return 0
    both_ms = sorted(firsts)[:2][-1]
    signs = (one for one in call.events if one.kind in _BEFORE_TALK and one.start_ms < both_ms)
    return max((one.end_ms for one in signs), default=0)


def _words(utterances: Sequence[Utterance], direction: str | None) -> list[float]:
    """What each family of acts is worth; negative: customers' acts."""
    done: defaultdict[int, list[float]] = defaultdict(list)
    for utterance in utterances:
        for place in _acts(hear(utterance.text), direction):
            done[place].append(_heard_well(utterance.probability))
    families: defaultdict[str, float] = defaultdict(float)
    for place, times in done.items():
        worth = sum(well * AGAIN**n for n, well in enumerate(sorted(times, reverse=True)))
        families[ACTS[place].family] += ACTS[place].weight * worth
    return [_capped(family, worth) for family, worth in families.items()]


def _acts(heard: Heard, direction: str | None) -> Iterable[int]:
    """The places of the acts in it; of a family only the one that tells most."""
    told: dict[str, int] = {}
    for place, act in enumerate(ACTS):
        if (act.by_called and direction == "outbound") or not act.does(heard):
            continue
        best = told.get(act.family)
        if best is None or abs(act.weight) > abs(ACTS[best].weight):
            told[act.family] = place
    return told.values()


def _capped(family: str, worth: float) -> float:
    most = MOST_FROM_SERVICE if family == SERVICE else MOST_PER_FAMILY
    return max(-most, min(most, worth))


def _heard_well(probability: float) -> float:
    """From ``LEAST_HEARD`` to 1."""
    share = (probability - NOTHING_HEARD) / (WELL_HEARD - NOTHING_HEARD)
    return max(LEAST_HEARD, min(1.0, share))


def _is_menu(utterance: Utterance) -> bool:
    heard = hear(utterance.text)
    return cues.MENU.any(heard) or cues.QUEUE.any(heard) or cues.SURVEY.any(heard)


_SERVED = (EventKind.MUSIC, EventKind.RINGBACK)
_BEFORE_TALK = (*_SERVED, EventKind.DTMF)


def _line(call: Call, index: int) -> list[float]:
    """Music, ringing and menus lie on the agent's side, keys on the customer's.

    What is heard on both says nothing.
    """
    served = {one.channel for one in call.events if one.kind in _SERVED}
    served |= {one.channel for one in call.utterances if _is_menu(one)}
    keyed = {one.channel for one in call.events if one.kind is EventKind.DTMF}
    return [LINE] * (served - {None} == {index}) + [-LINE] * (keyed - {None} == {index})


def _first(call: Call, live: Sequence[Utterance], index: int, direction: str | None) -> list[float]:
    """Who is called speaks first: the agent, or the customer with his 喂.

    A call that begins with a menu is inbound. What begins in mid-talk has no first word.
    """
    spoken = (one for one in live if hear(one.text).sounds)
    first = min(spoken, key=lambda one: (one.start_ms, one.channel), default=None)
    if first is None or first.channel != index or _begins_in_speech(call):
        return []
    menu = any(one.start_ms < first.start_ms and _is_menu(one) for one in call.utterances)
    waited = menu or any(
        one.kind in _SERVED and one.start_ms < first.start_ms for one in call.events
    )
    if direction is None and menu:
        direction = "inbound"
    weight = FIRST_AFTER_WAIT if waited else FIRST
    return {"inbound": [weight], "outbound": [-FIRST]}.get(direction or "", [])


def _back(call: Call, live: Sequence[Utterance], index: int) -> list[float]:
    """Who speaks first after music amid the talk, where both had spoken before, is the agent."""
    told = []
    for music in call.events:
        if music.kind is not EventKind.MUSIC or music.duration_ms < HELD_MS:
            continue
        before = {one.channel for one in live if one.end_ms <= music.start_ms}
        after = (one for one in live if one.start_ms >= music.end_ms)
        first = min(after, key=lambda one: one.start_ms, default=None)
        if (
            len(before) > 1
            and first is not None
            and first.channel == index
            and hear(first.text).syllables >= BACK_SYLLABLES
            and not _goes_on(call, first.end_ms)
        ):
            told.append(BACK)
    return told[:1]


def _goes_on(call: Call, at_ms: int) -> bool:
    """Whether music goes on there: what was said was an announcement in it."""
    music = (one for one in call.events if one.kind is EventKind.MUSIC)
    return any(0 <= one.start_ms - at_ms < ANNOUNCEMENT_GAP_MS for one in music)


def _begins_in_speech(call: Call) -> bool:
    return any(one.kind == "starts_in_speech" for one in call.remarks)
