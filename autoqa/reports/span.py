"""Whom a report is for, and the days that it is about."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Of(StrEnum):
    """Whom a report is for."""

    MANAGEMENT = "management"
    TEAM = "team"
    AGENT = "agent"


class Length(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} – {self.last}"


def period(length: Length, day: date) -> tuple[Period, Period]:
    """The day, week (from Monday) or month that ``day`` is in, and the one before."""
    if length is Length.DAY:
        before = day - timedelta(days=1)
        return Period(day, day), Period(before, before)
    if length is Length.WEEK:
        first = day - timedelta(days=day.weekday())
        week = timedelta(days=7)
        return Period(first, first + week - timedelta(days=1)), Period(
            first - week, first - timedelta(days=1)
        )
    first = day.replace(day=1)
    before = first - timedelta(days=1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return Period(first, last), Period(before.replace(day=1), before)
