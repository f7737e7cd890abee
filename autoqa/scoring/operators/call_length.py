"""``call_length``: how long the recording is.

::

    call_length: {at_least: 30s}

Unit: time of the whole recording, menus and queueing included.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import DurationLimit
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Role

LENGTH = N_("the recording is {seconds} s long")


class CallLength(Operator):
    """How long the recording is."""

    key: ClassVar[str] = "call_length"

    call_length: DurationLimit

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        length_ms = view.span.duration_ms
        outcome = self.call_length.judge(length_ms)
        message = Message(LENGTH, {"seconds": evidence.seconds(length_ms)})
        found = evidence.of_stretch(view.span.start_ms, view.span.end_ms, Role.UNKNOWN, message)
        return Result(outcome, (Occurrence(outcome, (found,), message),), message, heard=False)
