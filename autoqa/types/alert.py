"""Alerts: what somebody has to look at soon, how soon, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class Level(StrEnum):
    """How pressing an alert is. Quiet hours put off all but the urgent."""

    NOTICE = "notice"
    WARNING = "warning"
    URGENT = "urgent"


RANKS: Mapping[Level, int] = {Level.NOTICE: 1, Level.WARNING: 2, Level.URGENT: 3}
"""What a call's alert is compared by."""


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When staff want to be told.

    ``rule_ids``: a call fails one of these; ``fatal``: a fatal rule; ``rises``: more fails than in
    the days before. ``within_minutes``: so soon after it was told somebody calls back, or looks
    into it; None: no hurry. ``by``: who that is. ``name``: empty for the alert that there is where
    staff wrote none.
    """

    id: str
    name: str
    level: Level
    rule_ids: tuple[str, ...] = ()
    fatal: bool = False
    rises: bool = False
    within_minutes: int | None = None
    by: str = ""


USUAL = AlertRule("fatal", "", Level.WARNING, fatal=True)


@dataclass(frozen=True, slots=True)
class Watch:
    """All alerts of a folder of rules. ``quiet``: from and until, by the bank's clock."""

    alerts: tuple[AlertRule, ...] = (USUAL,)
    quiet: tuple[time, time] | None = None

    def told_at(self, level: Level, moment: datetime) -> datetime:
        """When an alert raised at a moment (by the bank's clock) is told: at once, or when the
        quiet hours are over."""
        if self.quiet is None or level is Level.URGENT:
            return moment
        first, last = self.quiet
        clock = moment.timetz().replace(tzinfo=None)
        is_quiet = first <= clock < last if first <= last else not last <= clock < first
        if not is_quiet:
            return moment
        end = moment.replace(hour=last.hour, minute=last.minute, second=0, microsecond=0)
        return end if end > moment else end + timedelta(days=1)


FATAL_ONLY = Watch()
"""Where staff wrote no alerts."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. ``alert``, ``name``, ``by``: of its rule, as they were then.

    ``call_id``: the call that it is about; None for a rise, where ``rule_id`` or ``team`` may be
    empty for all of them, ``topic`` is of something that is counted and no rule, and ``hits`` of
    ``count`` were found on ``day`` against ``usual_hits`` of ``usual_count`` before. ``ended``:
    the day on which a rise had gone down again. ``told_at``: when others were told, or will be.
    ``stands``: whether the call still fails the rule, whatever people have decided since.
    """

    number: int
    alert: str
    name: str
    level: Level
    by: str
    call_id: str | None
    rule_id: str
    rule_name: str
    team: str
    topic: str
    day: date
    raised_at: datetime
    told_at: datetime
    due_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    done_by: str = ""
    done_at: datetime | None = None
    ended: date | None = None
    hits: int = 0
    count: int = 0
    usual_hits: int = 0
    usual_count: int = 0
    stands: bool = True

    @property
    def state(self) -> AlertState:
        if self.done_at is not None:
            return AlertState.DONE
        return AlertState.ACKNOWLEDGED if self.acknowledged_at else AlertState.OPEN

    def is_overdue(self, now: datetime) -> bool:
        """Whether somebody should have called back by now and has not."""
        waits = self.stands and self.done_at is None
        return waits and self.due_at is not None and self.due_at < now
