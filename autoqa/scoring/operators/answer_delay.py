"""``answer_delay``: how long the customer waits for an answer.

::

    answer_delay: {at_most: 3s}
    each: true                  # every single one, each an occurrence; else their mean

Unit: time from the end of a customer's turn to the agent's next word, see ``autoqa.replies``. Does
not apply where nothing was answered. Undetermined: nobody knows who speaks, or, on a recording, a
limit broken by less than 0.1 s.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.replies import answer_delays
from autoqa.scoring import evidence
from autoqa.scoring.event_choice import ERROR_MS
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, conjunction
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import DurationLimit, Flag
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Outcome, Role, Segment

DELAY = N_("answered after {seconds} s")
MEAN = N_("{count} answers, after {seconds} s on average")


class AnswerDelay(Operator):
    """How long the customer waits for an answer."""

    key: ClassVar[str] = "answer_delay"

    answer_delay: DurationLimit
    each: Flag = False

    @property
    def has_place(self) -> bool:
        return True

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if not (view.knows(Role.AGENT) and view.knows(Role.CUSTOMER)):
            return Result(Outcome.UNDETERMINED, reason=view.role_needed)
        delays = list(answer_delays(view.call))
        if not delays:
            return Result(Outcome.NOT_APPLICABLE)
        if self.each:
            occurrences = tuple(self._occurrence(view, scope, delay) for delay in delays)
        else:
            occurrences = (self._mean(view, scope, delays),)
        outcome = conjunction(item.outcome for item in occurrences)
        reason = next(item.reason for item in occurrences if item.outcome == outcome)
        return Result(outcome, occurrences, reason)

    def _occurrence(self, view: CallView, scope: Scope, delay: Segment) -> Occurrence:
        message = Message(DELAY, {"seconds": evidence.seconds(delay.duration_ms)})
        return self._judged(view, scope, delay.duration_ms, delay, message)

    def _mean(self, view: CallView, scope: Scope, delays: list[Segment]) -> Occurrence:
        mean_ms = round(sum(delay.duration_ms for delay in delays) / len(delays))
        whole = Segment(delays[0].start_ms, delays[-1].end_ms)
        params = {"count": len(delays), "seconds": evidence.seconds(mean_ms)}
        return self._judged(view, scope, mean_ms, whole, Message(MEAN, params))

    def _judged(
        self, view: CallView, scope: Scope, delay_ms: int, stretch: Segment, message: Message
    ) -> Occurrence:
        error_ms = 0 if view.is_exact else ERROR_MS
        outcome = scope.judge(self.answer_delay, delay_ms, error_ms)
        found = evidence.of_stretch(stretch.start_ms, stretch.end_ms, Role.AGENT, message)
        return Occurrence(outcome, (found,), message)
