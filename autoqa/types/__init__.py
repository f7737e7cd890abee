"""Every domain type: frozen values, no input or output.

All times are integer milliseconds from the start of the recording, intervals are half-open
``[start_ms, end_ms)``, and a name carries its unit.

The line through the program, in these words::

    Audio → Channel, Event (heard) → Utterance → Call
                                                   ══ interpret → Call → score → Scorecard, Question
                                                                           ↑ Answer (heard twice)

``Call`` is the hinge. As it leaves ``pipeline.analyze`` it holds only what no rule and no person
can change. ``events.interpret`` adds what depends on words and labels (hold, dead air, who was a
recording); it is pure, cheap, and done again whenever a call is scored.
"""

from autoqa.types.alert import (
    FATAL_ONLY,
    RANKS,
    USUAL,
    Alert,
    AlertRule,
    AlertState,
    Level,
    Watch,
)
from autoqa.types.audit import Action, AuditEntry
from autoqa.types.call import (
    Call,
    CallMeasures,
    Channel,
    Contact,
    Event,
    Leg,
    PlayedPrompt,
    Recording,
    Remark,
    Turn,
    Utterance,
    VoiceMeasures,
    Word,
)
from autoqa.types.delivery import Delivery, DeliveryKind, DeliveryState
from autoqa.types.issue import FIELDS, UNFINISHED, Change, Issue, IssueState, Plan
from autoqa.types.job import HeldJob, Job, JobKind, JobState, Order, Step
from autoqa.types.people import SCOPES, Caller, Duty, Key, Person, Scope
from autoqa.types.review import (
    AppealState,
    Draft,
    Pair,
    Review,
    ReviewKind,
    ReviewState,
    Sample,
    Sampled,
    Settled,
    SheetLine,
    Strata,
    Worth,
)
from autoqa.types.score import (
    Answer,
    Evidence,
    Finding,
    Grade,
    Occurrence,
    Question,
    Scorecard,
    Total,
)
from autoqa.types.words import (
    EventKind,
    Measures,
    Message,
    Outcome,
    Party,
    Role,
    Segment,
    Value,
)

__all__ = [
    "FATAL_ONLY",
    "FIELDS",
    "RANKS",
    "SCOPES",
    "UNFINISHED",
    "USUAL",
    "Action",
    "Alert",
    "AlertRule",
    "AlertState",
    "Answer",
    "AppealState",
    "AuditEntry",
    "Call",
    "CallMeasures",
    "Caller",
    "Change",
    "Channel",
    "Contact",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Draft",
    "Duty",
    "Event",
    "EventKind",
    "Evidence",
    "Finding",
    "Grade",
    "HeldJob",
    "Issue",
    "IssueState",
    "Job",
    "JobKind",
    "JobState",
    "Key",
    "Leg",
    "Level",
    "Measures",
    "Message",
    "Occurrence",
    "Order",
    "Outcome",
    "Pair",
    "Party",
    "Person",
    "Plan",
    "PlayedPrompt",
    "Question",
    "Recording",
    "Remark",
    "Review",
    "ReviewKind",
    "ReviewState",
    "Role",
    "Sample",
    "Sampled",
    "Scope",
    "Scorecard",
    "Segment",
    "Settled",
    "SheetLine",
    "Step",
    "Strata",
    "Total",
    "Turn",
    "Utterance",
    "Value",
    "VoiceMeasures",
    "Watch",
    "Word",
    "Worth",
]
