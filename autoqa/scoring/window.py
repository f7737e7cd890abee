"""Where in a call a phrase belongs: first or last seconds or turns, before or after something.

A window is a stretch of time and a set of turns; what lies in either belongs to it. So "in the
first 2 turns or 15 s" is one window, and so is "within 3 turns or 30 s after a complaint".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from autoqa.i18n import N_
from autoqa.scoring.view import CallView, Spoken
from autoqa.scoring.vocabulary import Duration, EventName, RoleName, SetNames, Words, fault
from autoqa.types import Role

_SLACK_MS = 1000
"""A phrase's edge may lie this far on the wrong side of an event's: three times the error of word
times (0.3 s), since an event's edge is a voiced frame and a phrase's a guess of the recogniser."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a rule looks at, one at a time: a hold, a complaint. ``sure``: it surely happened."""

    start_ms: int
    end_ms: int
    turn: int | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition is evaluated for: the rule's id, and ``it`` inside for_each.

    ``is_duty``: what is missing may cost points, so it has to be listened for twice. Otherwise (did
    the customer complain? did he say it although he must not?) what was not heard was not said.
    """

    rule_id: str
    item: Item | None = None
    is_duty: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """``turns``: indexes; a hit belongs where it lies in one of them or in the stretch."""

    start_ms: int
    end_ms: int
    turns: frozenset[int] = frozenset()
    by_end: bool = False
    """Before an event, a phrase counts by where it ends; else by where it begins."""

    def holds(self, hit: Spoken) -> bool:
        edge = hit.end_ms if self.by_end else hit.start_ms
        slack = _SLACK_MS if self.by_end else 0
        return hit.turn in self.turns or self.start_ms <= edge < self.end_ms + slack


class AnchorEvent(Words):
    """An event: ``{event: hold}``."""

    event: EventName


class AnchorSays(Words):
    """Words: ``{says: complaint, role: 客户}``."""

    says: SetNames
    role: RoleName = Role.CUSTOMER


class AnchorSpeaks(Words):
    """The first words of a role: ``{speaks: 客户}``."""

    speaks: RoleName


def _anchor_kind(value: object) -> str | None:
    if isinstance(value, str):
        return "@it"
    if isinstance(value, Words):
        return "@" + next(iter(type(value).model_fields))
    keys = value.keys() if isinstance(value, dict) else ()
    return next(("@" + key for key in ("event", "says", "speaks") if key in keys), None)


Anchor = Annotated[
    Annotated[Literal["it"], Tag("@it")]
    | Annotated[AnchorEvent, Tag("@event")]
    | Annotated[AnchorSays, Tag("@says")]
    | Annotated[AnchorSpeaks, Tag("@speaks")],
    Discriminator(
        _anchor_kind,
        custom_error_type="anchor",
        custom_error_message=N_("write “it”, or one of “event”, “says”, “speaks”"),
    ),
]


class Place(Words):
    """Keys that say where; several that agree on one place widen it, so that either suffices.

    ``within_first: 15s`` of live speech since the agent's first word; ``within_first_turns: 2`` of
    the agent;
    ``within_last: 60s``; ``within_last_turns: 4``;
    ``before`` | ``after`` | ``near``: ``it`` (inside for_each), an event, words, a role's first
    words; with ``within: 10s`` and ``within_turns: 3``, else without bound.
    """

    within_first: Duration | None = None
    within_first_turns: int | None = Field(default=None, ge=1)
    within_last: Duration | None = None
    within_last_turns: int | None = Field(default=None, ge=1)
    before: Anchor | None = None
    after: Anchor | None = None
    near: Anchor | None = None
    within: Duration | None = None
    within_turns: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_place(self) -> Place:
        first = self.within_first is not None or self.within_first_turns is not None
        last = self.within_last is not None or self.within_last_turns is not None
        anchors = [item for item in (self.before, self.after, self.near) if item is not None]
        if len(anchors) > 1 or (first and last) or (anchors and (first or last)):
            raise fault(
                N_(
                    "say only one place: “within_first…”, “within_last…”, “before”, “after” or "
                    "“near”"
                )
            )
        if not anchors and (self.within is not None or self.within_turns is not None):
            raise fault(N_("“within” and “within_turns” need “before”, “after” or “near”"))
        return self

    @property
    def is_anywhere(self) -> bool:
        own = (getattr(self, name) for name in Place.model_fields)
        return all(value is None for value in own)

    @property
    def hangs_on_role(self) -> Role | None:
        """The role whose words the place depends on."""
        anchor = self.before or self.after or self.near
        if isinstance(anchor, AnchorSays):
            return anchor.role
        return anchor.speaks if isinstance(anchor, AnchorSpeaks) else None

    def windows(self, view: CallView, scope: Scope) -> tuple[Window, ...]:
        """Where to look; empty where what it hangs on is not in the call."""
        if self.within_first is not None or self.within_first_turns is not None:
            return _first(view, self.within_first or 0, self.within_first_turns or 0)
        if self.within_last is not None or self.within_last_turns is not None:
            return _last(view, self.within_last or 0, self.within_last_turns or 0)
        if self.before is not None:
            return self._around(view, _items(view, scope, self.before), back=True)
        if self.after is not None:
            return self._around(view, _items(view, scope, self.after), ahead=True)
        if self.near is not None:
            return self._around(view, _items(view, scope, self.near), back=True, ahead=True)
        return (Window(0, view.call.duration_ms, frozenset(range(len(view.turns)))),)

    def _around(
        self, view: CallView, items: tuple[Item, ...], back: bool = False, ahead: bool = False
    ) -> tuple[Window, ...]:
        unbounded = self.within is None and self.within_turns is None
        reach = view.call.duration_ms if unbounded else self.within or 0
        windows = []
        for item in items:
            turns = _turns_around(view, item, self.within_turns or 0, back, ahead)
            if back:
                start = max(0, item.start_ms - reach)
                windows.append(Window(start, item.start_ms, turns, by_end=True))
            if ahead:
                start = max(0, item.end_ms - _SLACK_MS)
                windows.append(Window(start, item.end_ms + reach, turns))
        return tuple(windows)


def _items(view: CallView, scope: Scope, anchor: object) -> tuple[Item, ...]:
    if isinstance(anchor, AnchorEvent):
        return tuple(Item(e.start_ms, e.end_ms) for e in view.events(anchor.event))
    if isinstance(anchor, AnchorSays):
        hits = view.said(anchor.says, [anchor.role])
        return tuple(spoken_item(hit) for hit in hits)
    if isinstance(anchor, AnchorSpeaks):
        first = view.utterances(anchor.speaks)[:1]
        return tuple(Item(item.start_ms, item.end_ms) for item in first)
    return (scope.item,) if scope.item else ()


def spoken_item(hit: Spoken) -> Item:
    """A hit as something that another condition hangs on."""
    sure = hit.counts and hit.is_exact and not (hit.negated or hit.quoted)
    return Item(hit.start_ms, hit.end_ms, hit.turn, sure)


def _turns_around(
    view: CallView, item: Item, count: int, back: bool, ahead: bool
) -> frozenset[int]:
    if not count:
        return frozenset()
    turns = frozenset[int]()
    live = view.live_turns
    if ahead:
        later = [i for i in live if view.turns[i].end_ms > item.end_ms and i != item.turn]
        turns |= frozenset(later[:count])
    if back:
        earlier = [i for i in live if view.turns[i].start_ms < item.start_ms and i != item.turn]
        turns |= frozenset(earlier[-count:])
    return turns


def _first(view: CallView, first_ms: int, turn_count: int) -> tuple[Window, ...]:
    """The first turns of the agent, and this much live speech since his first word."""
    start = view.agent_start_ms
    if start is None:
        return ()
    own = [i for i in view.live_turns if view.turns[i].role != Role.CUSTOMER]
    turns = [i for i in own if view.turns[i].end_ms > start][:turn_count]
    end = max((view.turns[i].end_ms for i in turns), default=start)
    if first_ms:
        end = max(end, _after_speech(view, start, first_ms))
    return (Window(start, end, frozenset(turns)),)


def _after_speech(view: CallView, start_ms: int, speech_ms: int) -> int:
    """When this much live speech was heard since ``start_ms``; silence does not count."""
    left = speech_ms
    for utterance in view.utterances(Role.AGENT, Role.CUSTOMER, Role.UNKNOWN):
        begin = max(utterance.start_ms, start_ms)
        duration = utterance.end_ms - begin
        if duration <= 0:
            continue
        if duration >= left:
            return begin + left
        left -= duration
    return view.live_end_ms


def _last(view: CallView, last_ms: int, turn_count: int) -> tuple[Window, ...]:
    turns = view.live_turns[-turn_count:] if turn_count else ()
    end = view.live_end_ms
    start = min([end - last_ms, *(view.turns[i].start_ms for i in turns)])
    return (Window(max(0, start), end + 1, frozenset(turns)),)
