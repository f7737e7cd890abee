"""``begins_with_agent``: nothing of the way to the agent is on the recording.

::

    begins_with_agent: true

Passed where before the agent's first live word there is no prompt, ringing, key, music or queue.
Undetermined where nobody listened for them all.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import Yes
from autoqa.scoring.window import Scope
from autoqa.types import EventKind, Message, Occurrence, Outcome, Role

_WAYS = (
    EventKind.RECORDED_PROMPT,
    EventKind.RINGBACK,
    EventKind.DTMF,
    EventKind.QUEUE,
    EventKind.MUSIC,
)

WAY = N_("the way to the agent is on the recording")
AT_ONCE = N_("the recording begins with the agent")


class BeginsWithAgent(Operator):
    """Nothing of the way to the agent is on the recording."""

    key: ClassVar[str] = "begins_with_agent"

    begins_with_agent: Yes

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        start_ms = view.agent_start_ms
        if start_ms is None:
            return Result(Outcome.FAILED)
        way = [event for kind in _WAYS for event in view.events(kind) if event.start_ms < start_ms]
        if way:
            found = tuple(evidence.of_event(event) for event in way)
            return Result(Outcome.FAILED, (Occurrence(Outcome.FAILED, found, Message(WAY)),))
        if unheard := next((reason for kind in _WAYS if (reason := view.unheard(kind))), None):
            return Result(Outcome.UNDETERMINED, reason=unheard)
        at_once = Message(AT_ONCE)
        stretch = evidence.of_stretch(0, start_ms, Role.AGENT, at_once)
        return Result(Outcome.PASSED, (Occurrence(Outcome.PASSED, (stretch,), at_once),), at_once)
