"""``begins_with_agent``: nothing of the way to the agent is on the recording.

::

    begins_with_agent: true

Passed where before the agent's first live word there is no prompt, ringing, key, music or queue.
Undetermined where nobody listened for them all.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, WithJsonSchema

from autoqa.i18n import N_
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import fault, flag
from autoqa.scoring.window import Scope
from autoqa.types import EventKind, Outcome

_WAYS = (
    EventKind.RECORDED_PROMPT,
    EventKind.RINGBACK,
    EventKind.DTMF,
    EventKind.QUEUE,
    EventKind.MUSIC,
)


def _true(value: object) -> bool:
    if not flag(value):
        raise fault(N_("write “true” here; for the opposite put it below “not”"))
    return True


class BeginsWithAgent(Operator):
    """Nothing of the way to the agent is on the recording."""

    key: ClassVar[str] = "begins_with_agent"

    begins_with_agent: Annotated[
        Literal[True], BeforeValidator(_true), WithJsonSchema({"enum": [True, "是"]})
    ]

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        start_ms = view.agent_start_ms
        if start_ms is None:
            return Result(Outcome.FAILED)
        if any(event.start_ms < start_ms for kind in _WAYS for event in view.events(kind)):
            return Result(Outcome.FAILED)
        reason = next((reason for kind in _WAYS if (reason := view.unheard(kind))), None)
        return Result(Outcome.UNDETERMINED if reason else Outcome.PASSED, reason=reason)
