"""Where in a call something belongs: first or last seconds or turns, before or after something."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, model_validator

from autoqa.i18n import N_
from autoqa.scoring.anchors import Anchor, Cases, cases_of
from autoqa.scoring.quantities import PartOfCall, Stretch
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import Duration, Words, fault
from autoqa.scoring.window import Item, Scope, Window, after, before
from autoqa.types import Message, Role


class Place(Words):
    """Keys that say where; several that agree on one place widen it, so that either suffices.

    ``within_first: 15s`` of live speech since the agent's first word, or ``20%`` of the live call;
    ``within_first_turns: 2`` of the agent; ``within_last: 60s`` or ``20%``;
    ``within_last_turns: 4``; ``during``: an event; ``before``, ``after``, ``near``: ``it`` (inside
    for_each), an event, words, a role's first words, a named condition; with ``within: 10s`` and
    ``within_turns: 3``, else without bound.
    """

    within_first: PartOfCall | None = None
    within_first_turns: int | None = Field(default=None, ge=1)
    within_last: PartOfCall | None = None
    within_last_turns: int | None = Field(default=None, ge=1)
    before: Anchor | None = None
    after: Anchor | None = None
    near: Anchor | None = None
    during: Anchor | None = None
    within: Duration | None = None
    within_turns: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_place(self) -> Place:
        bounded = [one for one in (self.before, self.after, self.near) if one is not None]
        places = [
            self.within_first is not None or self.within_first_turns is not None,
            self.within_last is not None or self.within_last_turns is not None,
            self.during is not None,
            *(True for _ in bounded),
        ]
        if sum(places) > 1:
            raise fault(
                N_(
                    "say only one place: “within_first…”, “within_last…”, “before”, “after”, "
                    "“near” or “during”"
                )
            )
        if not bounded and (self.within is not None or self.within_turns is not None):
            raise fault(N_("“within” and “within_turns” need “before”, “after” or “near”"))
        return self

    @property
    def _anchor(self) -> Anchor | None:
        return self.before or self.after or self.near or self.during

    def doubt(self, view: CallView, scope: Scope) -> Message | None:
        """Why there may be more windows than were found; None: these are all."""
        return cases_of(self._anchor, view, scope).doubt if self._anchor is not None else None

    def windows(self, view: CallView, scope: Scope) -> tuple[Window, ...]:
        """Where to look; empty where what it hangs on is not in the call."""
        if self.within_first is not None or self.within_first_turns is not None:
            return _first(view, self.within_first or Stretch(), self.within_first_turns or 0)
        if self.within_last is not None or self.within_last_turns is not None:
            return _last(view, self.within_last or Stretch(), self.within_last_turns or 0)
        if self._anchor is not None:
            return tuple(self._around(view, cases_of(self._anchor, view, scope)))
        return (Window(view.span.start_ms, view.span.end_ms, frozenset(range(len(view.turns)))),)

    def _around(self, view: CallView, cases: Cases) -> Iterator[Window]:
        unbounded = self.within is None and self.within_turns is None
        reach_ms = view.span.duration_ms if unbounded else self.within or 0
        count = self.within_turns or 0
        for item in (case.item for case in cases.found):
            if self.during is not None:
                yield Window(item.start_ms, item.end_ms, sure=item.sure)
            if self.before is not None or self.near is not None:
                yield before(item, *_back(view, item, reach_ms, count))
            if self.after is not None or self.near is not None:
                yield after(item, *_ahead(view, item, reach_ms, count))


def _ahead(view: CallView, item: Item, reach_ms: int, count: int) -> tuple[int, frozenset[int]]:
    """How far, and which turns: what is left of its own turn does not count as one."""
    if not count:
        return reach_ms, frozenset()
    later = [i for i in view.live_turns if view.turns[i].end_ms > item.end_ms and i != item.turn]
    own_end_ms = view.turns[item.turn].end_ms if item.turn is not None else item.end_ms
    return max(reach_ms, own_end_ms - item.end_ms), frozenset(later[:count])


def _back(view: CallView, item: Item, reach_ms: int, count: int) -> tuple[int, frozenset[int]]:
    if not count:
        return reach_ms, frozenset()
    live = view.live_turns
    earlier = [i for i in live if view.turns[i].start_ms < item.start_ms and i != item.turn]
    own_start_ms = view.turns[item.turn].start_ms if item.turn is not None else item.start_ms
    return max(reach_ms, item.start_ms - own_start_ms), frozenset(earlier[-count:])


def _first(view: CallView, first: Stretch, turn_count: int) -> tuple[Window, ...]:
    """The first turns of the agent, and this much live speech since his first word; and before it
    what somebody said who may be the agent."""
    start = view.agent_start_ms
    if start is None:
        return ()
    own = [i for i in view.live_turns if view.turns[i].role != Role.CUSTOMER]
    turns = [i for i in own if view.turns[i].end_ms > start][:turn_count]
    end = max((view.turns[i].end_ms for i in turns), default=start)
    if first.duration_ms:
        end = max(end, _after_speech(view, start, first.duration_ms))
    if first.percent:
        end = max(end, start + first.of(view.live_end_ms - start))
    perhaps = [
        i
        for i in own
        if view.turns[i].start_ms < start and Role.AGENT in view.whose(i) and i not in turns
    ]
    begin = min((view.turns[i].start_ms for i in perhaps), default=start)
    return (Window(begin, end, frozenset((*turns, *perhaps))),)


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


def _last(view: CallView, last: Stretch, turn_count: int) -> tuple[Window, ...]:
    turns = view.live_turns[-turn_count:] if turn_count else ()
    end = view.live_end_ms
    whole_ms = end - (view.agent_start_ms or 0)
    start = min([end - last.of(whole_ms), *(view.turns[i].start_ms for i in turns)])
    return (Window(max(0, start), end + 1, frozenset(turns)),)
