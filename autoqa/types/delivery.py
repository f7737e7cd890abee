"""What is told to other systems, and whether they took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class DeliveryKind(StrEnum):
    CALL_DONE = "call.done"
    CALL_FAILED = "call.failed"
    ALERT = "alert"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Delivery:
    """``body``: JSON; ids and states only, but for a report. ``attempts``: begun so far.
    ``status``: what the receiver answered last; ``trouble``: why there was no answer."""

    id: str
    kind: DeliveryKind
    url: str
    body: str
    state: DeliveryState
    made_at: datetime
    attempts: int = 0
    status: int | None = None
    trouble: str = ""
    ended_at: datetime | None = None
