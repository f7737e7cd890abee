"""What a condition is evaluated for, and the stretches of a call in which it looks.

A window is a stretch of time and a set of turns; what lies in either belongs to it. So "in the
first 2 turns or 15 s" is one window, and so is "within 3 turns or 30 s after a complaint".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from autoqa.scoring.vocabulary import Limit
from autoqa.types import Outcome

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

    What costs points is looked at twice. ``is_duty``: that the condition fails, so that what is
    missing has to be listened for again. ``is_forbidden``: that it passes, as below ``not``, so
    that what was heard has to be beyond doubt. Neither: did the customer complain at all?
    """

    rule_id: str
    item: Item | None = None
    is_duty: bool = True
    is_forbidden: bool = False

    @property
    def opposite(self) -> Scope:
        """What passes here, fails there."""
        return replace(self, is_duty=self.is_forbidden, is_forbidden=self.is_duty)

    def judge(self, limit: Limit, value: float, error: float) -> Outcome:
        """What a limit says of something measured: within the error, nothing that costs points."""
        judge = limit.judge_both_ways if self.is_forbidden else limit.judge
        return judge(value, error)


class Placed(Protocol):
    """What lies somewhere in a call: words or an event."""

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...


Thing = TypeVar("Thing", bound=Placed)


@dataclass(frozen=True, slots=True)
class Window:
    """``turns``: indexes; words belong where they lie in one of them or in the stretch.

    ``by_end``: before an event, a phrase counts by where it ends; else by where it begins.
    ``sure``: what the window hangs on surely happened.
    """

    start_ms: int
    end_ms: int
    turns: frozenset[int] = frozenset()
    by_end: bool = False
    sure: bool = True

    def holds(self, thing: Placed) -> bool:
        edge = thing.end_ms if self.by_end else thing.start_ms
        slack = _SLACK_MS if self.by_end else 0
        if getattr(thing, "turn", None) in self.turns:
            return True
        return self.start_ms <= edge < self.end_ms + slack


def before(item: Item, reach_ms: int, turns: frozenset[int] = frozenset()) -> Window:
    """What ends up to ``reach_ms`` before ``item`` begins, or lies in one of ``turns``."""
    start_ms = max(0, item.start_ms - reach_ms)
    return Window(start_ms, item.start_ms, turns, by_end=True, sure=item.sure)


def after(item: Item, reach_ms: int, turns: frozenset[int] = frozenset()) -> Window:
    """What begins up to ``reach_ms`` after ``item`` ends, or lies in one of ``turns``."""
    start_ms = max(0, item.end_ms - _SLACK_MS)
    return Window(start_ms, item.end_ms + reach_ms, turns, sure=item.sure)


def inside(things: Iterable[Thing], windows: Sequence[Window]) -> list[Thing]:
    """Those that lie in one of the windows."""
    return [thing for thing in things if any(window.holds(thing) for window in windows)]


def surely_inside(thing: Placed, windows: Sequence[Window]) -> bool:
    """Whether it lies in a window that hangs on nothing doubtful."""
    return any(window.sure and window.holds(thing) for window in windows)
