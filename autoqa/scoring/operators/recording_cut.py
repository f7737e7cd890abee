"""``recording_cut``: the recording begins or ends in the middle of a voice.

::

    recording_cut: start        # or end; 开头, 结尾

``start``: a live voice within 300 ms of the file's start. ``end``: a live voice up to 300 ms
before the file's end, or less was decoded than the file declares. The audit of the recording
(``starts_in_speech``, ``ends_in_speech``, ``truncated``) counts as well.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, WithJsonSchema

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import choice
from autoqa.scoring.window import Scope
from autoqa.types import Message, Occurrence, Outcome, Role

_EDGE_MS = 300
"""The project's definition: a voice this close to the edge was cut off."""
_NAMES = {"开头": "start", "结尾": "end", "start": "start", "end": "end"}
_REMARKS = {"start": ("starts_in_speech",), "end": ("ends_in_speech", "truncated")}

CUT_START = N_("the recording begins in mid-speech")
CUT_END = N_("the recording ends in mid-speech")
WHOLE_START = N_("the recording does not begin in mid-speech")
WHOLE_END = N_("the recording does not end in mid-speech")


class RecordingCut(Operator):
    """The recording begins or ends in the middle of a voice."""

    key: ClassVar[str] = "recording_cut"

    recording_cut: Annotated[
        Literal["start", "end"],
        BeforeValidator(choice(_NAMES)),
        WithJsonSchema({"type": "string", "enum": list(_NAMES)}),
    ]

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        at_start = self.recording_cut == "start"
        whole_ms = view.call.duration_ms
        # A leg that another agent's came before or after begins or ends with the agent.
        reaches = view.span.start_ms == 0 if at_start else view.span.end_ms == whole_ms
        is_cut = reaches and (self._remarked(view) or (_at_start if at_start else _at_end)(view))
        whole, cut = (WHOLE_START, CUT_START) if at_start else (WHOLE_END, CUT_END)
        outcome = Outcome.PASSED if is_cut else Outcome.FAILED
        reason = Message(cut if is_cut else whole)
        edge_ms = view.span.start_ms if at_start else max(0, view.span.end_ms - _EDGE_MS)
        found = evidence.of_stretch(edge_ms, edge_ms + _EDGE_MS, Role.UNKNOWN, reason)
        # Why a condition does not hold explains nothing where another one decides.
        told = reason if outcome == Outcome.PASSED else None
        return Result(outcome, (Occurrence(outcome, (found,), reason),), told)

    def _remarked(self, view: CallView) -> bool:
        kinds = _REMARKS[self.recording_cut]
        remarked = any(remark.kind in kinds for remark in view.call.remarks)
        if self.recording_cut == "end":
            return remarked or view.call.recording.missing_ms > 0
        # A prompt at the file's start is nobody's greeting cut off.
        return remarked and not _begins_recorded(view)


def _begins_recorded(view: CallView) -> bool:
    return bool(view.turns) and view.turns[0].role == Role.RECORDED


def _at_start(view: CallView) -> bool:
    live = view.utterances(Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)
    return bool(live) and live[0].start_ms < _EDGE_MS


def _at_end(view: CallView) -> bool:
    live = view.utterances(Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)
    return bool(live) and max(u.end_ms for u in live) > view.call.duration_ms - _EDGE_MS
