"""``call_time``: the time of day at which the call began.

::

    call_time: {from: 08:00, until: 21:00}

By the clock of the bank's zone; ``from`` included, ``until`` not. ``{from: 22:00, until: 06:00}``
is the night. Undetermined where the metadata does not say when the call began; midnight to the
second says nothing, either: that is what becomes of a date without a time.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from autoqa.i18n import N_
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import Words, fault
from autoqa.scoring.window import Scope
from autoqa.types import Message, Outcome

_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")

BEGAN = N_("the call began at {clock}")
UNKNOWN = N_("the metadata does not say when the call began")


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise fault(N_("“{value}” is no time of day; write it as “08:30”"), value=str(value))
    return time(int(match[1]), int(match[2]))


Clock = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(lambda value: value.strftime("%H:%M")),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}$", "examples": ["08:30"]}),
]


class Hours(Words):
    """A part of the day: ``{from: 08:00, until: 21:00}``."""

    first: Clock = Field(alias="from", description="this minute is in it")
    last: Clock = Field(alias="until", description="this minute is not")

    def holds(self, clock: time) -> bool:
        """Whether it is that part of the day."""
        if self.first <= self.last:
            return self.first <= clock < self.last
        return clock >= self.first or clock < self.last


class CallTime(Operator):
    """The time of day at which the call began."""

    key: ClassVar[str] = "call_time"

    call_time: Hours

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        began = view.contact.started_at
        if began is None or began.time() == time():
            return Result(Outcome.UNDETERMINED, reason=Message(UNKNOWN), heard=False)
        holds = self.call_time.holds(began.time())
        reason = Message(BEGAN, {"clock": began.strftime("%H:%M")})
        return Result(Outcome.PASSED if holds else Outcome.FAILED, reason=reason, heard=False)
