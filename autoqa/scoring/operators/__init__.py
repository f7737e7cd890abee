"""Every operator of the rule language, one a module; each module's docstring is its manual."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Discriminator, Tag

from autoqa.i18n import N_
from autoqa.scoring.operators.answer_delay import AnswerDelay
from autoqa.scoring.operators.answer_time import AnswerTime
from autoqa.scoring.operators.answers_right import AnswersRight
from autoqa.scoring.operators.any_of import AnyOf
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.operators.begins_with_agent import BeginsWithAgent
from autoqa.scoring.operators.call_ends import CallEnds
from autoqa.scoring.operators.call_length import CallLength
from autoqa.scoring.operators.call_time import CallTime
from autoqa.scoring.operators.does_not_say import DoesNotSay
from autoqa.scoring.operators.event import EventLimits
from autoqa.scoring.operators.every import Every
from autoqa.scoring.operators.for_each import ForEach
from autoqa.scoring.operators.loudness import Loudness
from autoqa.scoring.operators.menu_depth import MenuDepth
from autoqa.scoring.operators.metadata import Metadata
from autoqa.scoring.operators.named import Named
from autoqa.scoring.operators.negation import Negation
from autoqa.scoring.operators.no_event import NoEvent
from autoqa.scoring.operators.recording_cut import RecordingCut
from autoqa.scoring.operators.repeats import Repeats
from autoqa.scoring.operators.says import Says
from autoqa.scoring.operators.some import Some
from autoqa.scoring.operators.speech_rate import SpeechRate

REGISTRY: tuple[type[Operator], ...] = (
    Says,
    DoesNotSay,
    Repeats,
    ForEach,
    EventLimits,
    NoEvent,
    Every,
    AnyOf,
    Some,
    Negation,
    Named,
    Metadata,
    CallTime,
    CallLength,
    AnswerTime,
    AnswerDelay,
    AnswersRight,
    MenuDepth,
    SpeechRate,
    Loudness,
    BeginsWithAgent,
    CallEnds,
    RecordingCut,
)

_KEYS = {operator.key: operator.key for operator in REGISTRY} | {"says_all": "says"}


def _which(value: Any) -> str | None:
    """The operator that a mapping names, by the first of its keys that is one."""
    if isinstance(value, Operator):
        return "@" + value.key
    if not isinstance(value, dict):
        return None
    named = (_KEYS[key] for key in value if isinstance(key, str) and key in _KEYS)
    return next(("@" + key for key in named), None)


if TYPE_CHECKING:
    Condition = Operator
else:
    Condition = Annotated[
        reduce(or_, (Annotated[operator, Tag("@" + operator.key)] for operator in REGISTRY)),
        Discriminator(
            _which,
            custom_error_type="condition",
            custom_error_message=N_("a condition names one operator, such as says or event"),
        ),
    ]
    for _operator in REGISTRY:
        _operator.model_rebuild(_types_namespace={"Condition": Condition})
