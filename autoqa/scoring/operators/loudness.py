"""``loudness``: how loud somebody speaks.

::

    loudness: {at_least: -40, at_most: -10}
    role: 坐席                    # default

Unit: dBFS, the median level of his speech on his own line: 0 is the loudest that a recording can
hold, -20 usual, -45 hardly audible. Undetermined: nobody knows who speaks, both parties share a
line, or, on a recording, a limit broken by less than 1 dB, by which codecs change a level. A party
who never speaks: does not apply. Whoever raises his voice: ``event: 提高音量``.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.quantities import LevelLimit
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import RoleName
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Outcome, Role

_ERROR_DB = 1.0

LEVEL = N_("speaks at {level} dBFS")
SHARED_LINE = N_("how loud each party speaks cannot be told where both share a line")


class Loudness(Operator):
    """How loud somebody speaks."""

    key: ClassVar[str] = "loudness"

    loudness: LevelLimit
    role: RoleName = Role.AGENT

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        if not view.knows(self.role):
            return Result(Outcome.UNDETERMINED, reason=view.role_needed)
        said = view.utterances(self.role)
        if not said:
            return Result(Outcome.NOT_APPLICABLE)
        lines = [line for line in view.call.channels if line.role is self.role]
        level = lines[0].speech_dbfs if len(lines) == 1 else None
        if level is None:
            return Result(Outcome.UNDETERMINED, reason=Message(SHARED_LINE))
        outcome = scope.judge(self.loudness, level, 0 if view.is_exact else _ERROR_DB)
        message = Message(LEVEL, {"level": round(level)})
        start_ms, end_ms = said[0].start_ms, max(item.end_ms for item in said)
        found = evidence.of_stretch(start_ms, end_ms, self.role, message)
        return Result(outcome, (Occurrence(outcome, (found,), message),), message)
