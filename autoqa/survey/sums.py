"""``Sums``: what calls add up to, of which every figure of the six problems follows.

Sums of two sets of calls add up to those of both, so a week is the sum of its days.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class By(StrEnum):
    """What calls are put together by."""

    ALL = "all"
    BANK = "bank"
    TEAM = "team"
    AGENT = "agent"
    WEEK = "week"


COURTESY = (
    "greeting",
    "staff-id",
    "hold-requested",
    "hold-thanked",
    "offer-help",
    "closing",
    "apology",
)
"""Rules that are about courtesy, of the shipped ones."""
PITCH = "agent-pitch"
RULES = (*COURTESY, PITCH)


@dataclass(slots=True)
class Sums:
    """Of ``key`` (a bank, a team, an agent's id, a week, or empty).

    ``numbers``: ``NAME.n`` calls that know it, ``.x`` the sum, ``.y``, ``.xx``, ``.xy``, ``.yy``
    where a ratio needs them. ``answers``, ``holds``: how many took so many whole seconds.
    ``rules``: (rule, outcome) → findings. ``causes``: of holds. ``ads``: name → times.
    ``told``: (topic, kind of answer) → questions; ``away_ms``: topic → held or silent over them.
    """

    key: str
    name: str
    calls: int = 0
    numbers: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    holds: Counter[int] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    ads: Counter[str] = field(default_factory=Counter)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    away_ms: Counter[str] = field(default_factory=Counter)

    def add(self, other: Sums) -> None:
        """``other``'s calls are among these from now on."""
        self.calls += other.calls
        self.numbers.update(other.numbers)
        self.answers.update(other.answers)
        self.holds.update(other.holds)
        self.rules.update(other.rules)
        self.causes.update(other.causes)
        self.ads.update(other.ads)
        self.told.update(other.told)
        self.away_ms.update(other.away_ms)


def week_of(day: date) -> str:
    """The Monday that its week begins with."""
    return date.fromordinal(day.toordinal() - day.weekday()).isoformat()


def quantile(counts: Counter[int], share: float) -> int | None:
    """The least value that ``share`` of the things counted do not exceed; None without any."""
    left = share * counts.total()
    for value in sorted(counts):
        left -= counts[value]
        if left <= 1e-9:
            return value
    return None
