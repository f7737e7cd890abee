"""``answer_time``: how long the caller waited for the agent.

::

    answer_time: {at_most: 20s}

Unit: time. The queue seconds of the metadata; else from the end of the last key before the agent's
first live word to that word; else from the last ringing, where the limit has to hold from its
beginning to pass and to be broken from its end to fail. Where a voice spoke meanwhile that may have
been the agent's, or a sound got no words, the limit has to be kept, or broken, until then as well.
Does not apply where he is there within 5 s of the file's start: what came before was not recorded.
Otherwise undetermined.
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
from autoqa.types import EventKind, Message, Occurrence, Outcome, Role

_AT_ONCE_MS = 5000
"""An agent who is there so soon was put through before the recording began."""
_ERROR_MS = 100
"""A key's and a voice's edge, see ``event.ERROR_MS``."""

WAITED = N_("waited {seconds} s for the agent")
WAITED_METADATA = N_("waited {seconds} s for the agent, by the metadata")
AT_ONCE = N_("the recording begins with the agent")
NO_BEGINNING = N_("neither a key nor ringing tells when the waiting began")
NO_AGENT = N_("no agent is on this recording")
WHOSE_VOICE = N_("a voice at {seconds} s may have been the agent's; who it was is not known")


class AnswerTime(Operator):
    """How long the caller waited for the agent."""

    key: ClassVar[str] = "answer_time"

    answer_time: DurationLimit

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if view.contact.queue_ms is not None:
            message = _waited(WAITED_METADATA, view.contact.queue_ms)
            outcome = self.answer_time.judge(view.contact.queue_ms)
            return _result(outcome, message, (0, view.agent_start_ms or 0), heard=False)
        answered_ms = view.agent_start_ms
        if answered_ms is None or not (answered_ms <= _AT_ONCE_MS or view.knows(Role.AGENT)):
            reason = Message(NO_AGENT) if answered_ms is None else view.role_needed
            return Result(Outcome.UNDETERMINED, reason=reason)
        if answered_ms <= _AT_ONCE_MS:
            return Result(Outcome.NOT_APPLICABLE, reason=Message(AT_ONCE))
        return self._heard(view, answered_ms)

    def _heard(self, view: CallView, answered_ms: int) -> Result:
        if reason := view.unheard(EventKind.DTMF) or view.unheard(EventKind.RINGBACK):
            return Result(Outcome.UNDETERMINED, reason=reason)
        error_ms = 0 if view.is_exact else _ERROR_MS
        keys = [e.end_ms for e in view.events(EventKind.DTMF) if e.start_ms < answered_ms]
        rings = [e for e in view.events(EventKind.RINGBACK) if e.start_ms < answered_ms]
        if not keys and not rings:
            return Result(Outcome.UNDETERMINED, reason=Message(NO_BEGINNING))
        start_ms = min(keys[-1] if keys else rings[-1].start_ms, answered_ms)
        outcome = self.answer_time.judge(answered_ms - start_ms, error_ms)
        if not keys and self.answer_time.judge(answered_ms - rings[-1].end_ms) != outcome:
            outcome = Outcome.UNDETERMINED
        message = _waited(WAITED, answered_ms - start_ms)
        voice_ms = view.agent_perhaps_ms(start_ms)
        if self.answer_time.judge(min(voice_ms, answered_ms) - start_ms, error_ms) != outcome:
            outcome = Outcome.UNDETERMINED
            message = Message(WHOSE_VOICE, {"seconds": evidence.seconds(voice_ms)})
        return _result(outcome, message, (start_ms, answered_ms))


def _waited(template: str, waited_ms: int) -> Message:
    return Message(template, {"seconds": evidence.seconds(waited_ms)})


def _result(
    outcome: Outcome, message: Message, stretch: tuple[int, int], heard: bool = True
) -> Result:
    found = evidence.of_stretch(*stretch, Role.UNKNOWN, message)
    return Result(outcome, (Occurrence(outcome, (found,), message),), message, heard=heard)
