"""``speech_rate``: how fast somebody speaks.

::

    speech_rate: {at_least: 120, at_most: 300}
    role: 坐席                    # default

Unit: Han characters a minute of his speech; pauses do not count. A digit counts as a character,
since it is spoken as one. Does not apply under 100 characters. Undetermined: nobody knows who
speaks, or less than 90 % was transcribed. On a recording, a limit broken by less than 5 % is
undetermined: the recogniser drops or adds that many characters.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.pace import FEWEST_CHARACTERS, character_count, characters_per_minute
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import NOT_TRANSCRIBED, CallView
from autoqa.scoring.vocabulary import NumberLimit, RoleName
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Outcome, Role

_ERROR_SHARE = 0.05

RATE = N_("{rate} characters a minute")
TOO_CLOSE = N_("so close to the limit that measuring cannot tell")


class SpeechRate(Operator):
    """How fast somebody speaks."""

    key: ClassVar[str] = "speech_rate"

    speech_rate: NumberLimit
    role: RoleName = Role.AGENT

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if not view.knows(self.role):
            return self._unknown(view)
        utterances = view.utterances(self.role)
        if not view.is_transcribed(self.role, view.span.start_ms, view.span.end_ms):
            return Result(Outcome.UNDETERMINED, reason=Message(NOT_TRANSCRIBED))
        rate = characters_per_minute(view.call, utterances)
        if rate is None:
            return Result(Outcome.NOT_APPLICABLE)
        error = 0 if view.is_exact else rate * _ERROR_SHARE
        outcome = scope.judge(self.speech_rate, rate, error)
        message = Message(RATE, {"rate": round(rate)})
        start_ms, end_ms = utterances[0].start_ms, max(item.end_ms for item in utterances)
        found = evidence.of_stretch(start_ms, end_ms, self.role, message)
        reason = Message(TOO_CLOSE) if outcome == Outcome.UNDETERMINED else message
        return Result(outcome, (Occurrence(outcome, (found,), reason),), reason)

    def _unknown(self, view: CallView) -> Result:
        """Whoever spoke: where all together said too little, so did he."""
        everybody = view.utterances(Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)
        few = sum(character_count(item.text) for item in everybody) < FEWEST_CHARACTERS
        if few and all(
            view.is_transcribed(line.role, view.span.start_ms, view.span.end_ms)
            for line in view.call.channels
        ):
            return Result(Outcome.NOT_APPLICABLE)
        return Result(Outcome.UNDETERMINED, reason=view.role_needed)
