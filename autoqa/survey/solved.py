"""``Part``: calls that are alike in all that may go with whether a customer was helped at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """``calls`` that have all of this in common. ``held``, ``talked_over``: whether any was; None
    where nobody listened. ``again``: whether the customer called again within a week, about the
    same topic where the call has one, about anything where not; None: not known, or not yet
    (``is_young``). ``satisfaction``: as keyed. ``handled``: calls whose handling is known;
    ``handled_s``, ``squares``: sums over them of seconds and of their squares."""

    team: str
    topic: str
    held: bool | None
    talked_over: bool | None
    again: bool | None
    is_young: bool
    satisfaction: str
    calls: int
    handled: int
    handled_s: float
    squares: float
