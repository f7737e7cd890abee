"""``call_ends``: how the call came to its end.

::

    call_ends: [after_customer, in_hold, by_transfer]    # one of them, or any of a list
                                                         # (客户先挂, 持线中, 转接)
    within: 3s                                           # for after_customer; default 3s

``after_customer``: the customer's last word is the last of the call, which ends within this time
of it, and the agent had not said goodbye: he hung up. Undetermined where the agent said something
in that time, more than 嗯, or where a busy tone comes within 1 s (``BROKEN_OFF_MS``) of his words
and nobody said goodbye: either may have hung up.
``in_hold``: the agent does not come back from a hold. ``by_transfer``: he does not speak after the
last transfer.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, WithJsonSchema

from autoqa import cues
from autoqa.cue_matching import hear
from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import Duration, choice
from autoqa.scoring.window import Scope
from autoqa.types import EventKind, Message, Occurrence, Outcome, Role

_NAMES = {
    "客户先挂": "after_customer",
    "持线中": "in_hold",
    "转接": "by_transfer",
    **{name: name for name in ("after_customer", "in_hold", "by_transfer")},
}
_SCHEMA = {"type": "string", "enum": list(_NAMES)}
Ending = Annotated[
    Literal["after_customer", "in_hold", "by_transfer"],
    BeforeValidator(choice(_NAMES)),
    WithJsonSchema(_SCHEMA),
]

_ENDINGS: dict[str, str] = {
    "after_customer": N_("the customer's last word ends the call"),
    "in_hold": N_("the call ends in a hold"),
    "by_transfer": N_("the call ends by transfer"),
}

OTHERWISE = N_("the call ends in another way")
EITHER = N_("the call breaks off in the agent's words; who hung up is not known")
BROKEN_OFF_MS = 1000
LAST_WORDS_MS = 10_000
"""So far back from his last word goodbye is looked for."""
_LIVE = (Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)


def _many(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


class CallEnds(Operator):
    """How the call came to its end."""

    key: ClassVar[str] = "call_ends"

    call_ends: Annotated[
        tuple[Ending, ...],
        BeforeValidator(_many),
        WithJsonSchema({"anyOf": [_SCHEMA, {"type": "array", "items": _SCHEMA, "minItems": 1}]}),
    ]
    within: Duration = 3000

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        endings = (ending for ending in self.call_ends if self._is(view, ending))
        ending = next(endings, None)
        outcome = Outcome.PASSED if ending else Outcome.FAILED
        reason = Message(_ENDINGS[ending] if ending else OTHERWISE)
        amid_words = self._ends_soon(view) or _breaks_off(view)
        if ending is None and "after_customer" in self.call_ends and amid_words:
            outcome, reason = Outcome.UNDETERMINED, Message(EITHER)
        last_ms = max((one.end_ms for one in view.utterances(*_LIVE)), default=0)
        found = evidence.of_stretch(last_ms, view.live_end_ms, Role.UNKNOWN, reason)
        # Why a condition does not hold explains nothing where another one decides.
        told = None if outcome == Outcome.FAILED else reason
        return Result(outcome, (Occurrence(outcome, (found,), reason),), told)

    def _is(self, view: CallView, ending: str) -> bool:
        last_ms = view.agent_end_ms or 0
        if ending == "after_customer":
            return self._ends_soon(view) and not _answers_last(view)
        kind = EventKind.HOLD if ending == "in_hold" else EventKind.TRANSFER
        return any(event.end_ms >= last_ms for event in view.events(kind)[-1:])

    def _ends_soon(self, view: CallView) -> bool:
        """Whether the call ends soon after the customer's last word, without a goodbye of the
        agent's."""
        spoken = view.utterances(Role.CUSTOMER)
        if not spoken:
            return False
        last_ms = max(item.end_ms for item in spoken)
        return view.live_end_ms - last_ms <= self.within and not _says_goodbye(view, Role.AGENT)


def _answers_last(view: CallView) -> bool:
    """Whether the agent says more than 嗯 after the customer's last word."""
    last_ms = max(item.end_ms for item in view.utterances(Role.CUSTOMER))
    return any(
        one.start_ms >= last_ms and not cues.is_back_channel(one.text)
        for one in view.utterances(Role.AGENT)
    )


def _breaks_off(view: CallView) -> bool:
    """Whether the line is cut in the midst of the agent's words."""
    ended = any(one.start_ms >= view.live_end_ms for one in view.events(EventKind.BUSY_TONE))
    last_ms = view.agent_end_ms or 0
    right_after = 0 <= view.live_end_ms - last_ms <= BROKEN_OFF_MS
    return ended and right_after and not _says_goodbye(view, Role.AGENT, Role.CUSTOMER)


def _says_goodbye(view: CallView, *roles: Role) -> bool:
    """Whether one of them takes leave in his last words."""
    for role in roles:
        spoken = view.utterances(role)
        last_ms = max((one.end_ms for one in spoken), default=0)
        words = "".join(one.text for one in spoken if last_ms - one.end_ms < LAST_WORDS_MS)
        if cues.GOODBYE.any(hear(words)):
            return True
    return False
