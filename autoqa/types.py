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

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool
Measures: TypeAlias = Mapping[str, Value]


class Role(StrEnum):
    """Whose voice it is. ``RECORDED``: a prompt, an advertisement, an announcement."""

    AGENT = "agent"
    CUSTOMER = "customer"
    RECORDED = "recorded"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What a rule says of a call. ``UNDETERMINED`` goes to a person and never costs points."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"


class Party(StrEnum):
    """Whom a rule counts for: the agent, or the centre (menus, advertisements, queueing)."""

    AGENT = "agent"
    CENTRE = "centre"


class EventKind(StrEnum):
    """What can happen on the line. The first group is heard, the second is interpreted."""

    MUSIC = "music"
    RINGBACK = "ringback"
    DTMF = "dtmf"
    BUSY_TONE = "busy_tone"
    FAX_TONE = "fax_tone"

    HOLD = "hold"
    QUEUE = "queue"
    DEAD_AIR = "dead_air"
    TALK_OVER = "talk_over"
    RAISED_VOICE = "raised_voice"
    RECORDED_PROMPT = "recorded_prompt"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """A half-open interval of time; ``start_ms <= end_ms``."""

    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def overlap_ms(self, other: Segment) -> int:
        """Milliseconds that both cover; 0 where they only touch."""
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people, kept as template and parameters, rendered in the reader's language.

    ``template`` is the English sentence with ``{name}`` places: the key of the gettext catalogue.
    """

    template: str
    params: Measures = field(default_factory=dict)


# ---------------------------------------------------------------- what was heard


@dataclass(frozen=True, slots=True)
class Recording:
    """The content of a recording, whoever made it and whatever it is called.

    ``id`` is the SHA-256 of the bytes (of both files of a pair, in order of channels).
    ``missing_ms``: how much less was decoded than the file declares; 0 where it declares nothing.
    """

    id: str
    sample_rate_hz: int
    channel_count: int
    duration_ms: int
    codec: str
    missing_ms: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """One line of a recording.

    ``role`` is a party's, or ``UNKNOWN`` (a mono mix, or not recognised); ``role_source`` says who
    said so: ``metadata``, ``words`` or ``none``. ``speech``: voice, live or recorded, without
    music, tones and crosstalk. ``unheard``: stretches of it that got no text that can be believed,
    although they were decoded twice. ``speech_dbfs``, ``noise_dbfs``: median level in and out of
    speech. ``dead``: stretches with nothing on the line, not even the noise that it had before.
    ``raised``: where the voice is louder than is usual on the line.
    """

    index: int
    role: Role
    speech: tuple[Segment, ...]
    role_source: str = "none"
    speech_dbfs: float | None = None
    noise_dbfs: float | None = None
    unheard: tuple[Segment, ...] = ()
    dead: tuple[Segment, ...] = ()
    raised: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    start_ms: int
    end_ms: int
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of one voice. ``probability``: the recogniser's mean for its tokens, 0 to 1.

    ``speaker``: on a mixed line, which of its voices a diarizer heard (from 0), None where it
    could not tell or none ran; ``speaker_certainty``: 0 to 1.
    """

    channel: int
    role: Role
    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...]
    probability: float
    speaker: int | None = None
    speaker_certainty: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Utterances of one role until another role takes the floor.

    ``utterances`` are indexes into ``Call.utterances``.
    """

    role: Role
    start_ms: int
    end_ms: int
    text: str
    utterances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the line. ``role``: for talk-over, who began second."""

    kind: EventKind
    start_ms: int
    end_ms: int
    role: Role = Role.UNKNOWN
    channel: int | None = None
    measures: Measures = field(default_factory=dict)

    @property
    def segment(self) -> Segment:
        return Segment(self.start_ms, self.end_ms)

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class PlayedPrompt:
    """A recording of the library, found on a line by its sound.

    ``prompt``: its number in the library. ``offset_ms``: how far into it the line begins.
    ``label`` (menu, ad, notice, queue, or empty where QA staff have given none), ``name`` and
    ``text`` are the library's as it is now; a stored call holds none of them, so that a new label
    needs no new hearing.
    """

    prompt: str
    channel: int
    start_ms: int
    end_ms: int
    offset_ms: int = 0
    label: str = ""
    name: str = ""
    text: str = ""

    @property
    def segment(self) -> Segment:
        return Segment(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class Remark:
    """What the audit of a recording noticed: ``truncated``, ``clipped``, ``dual_mono``, …; after
    it, what the recogniser did: ``language`` (another than it writes).

    ``judgeable`` is false where nothing that depends on hearing may be decided from it.
    """

    kind: str
    message: Message
    channel: int | None = None
    judgeable: bool = True


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a call that one agent has. ``agent_id`` is None where nobody knows it."""

    start_ms: int
    end_ms: int
    agent_id: str | None


@dataclass(frozen=True, slots=True)
class VoiceMeasures:
    """One party's voice as a whole. ``characters_per_minute``: Han characters a minute of speech,
    None under 100 of them. ``loudness_dbfs``: median level of speech on the party's own line."""

    speech_ms: int
    characters_per_minute: float | None
    loudness_dbfs: float | None


@dataclass(frozen=True, slots=True)
class CallMeasures:
    """What a call comes to as a whole; None where it cannot be judged.

    ``per_minute``: events of each kind. ``answer_delay_ms``: mean time from the end of a customer's
    turn to the agent's next word, over ``answers`` turns.
    """

    per_minute: Mapping[EventKind, float | None]
    agent: VoiceMeasures | None
    customer: VoiceMeasures | None
    answers: int
    answer_delay_ms: int | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call as heard.

    ``heard``: the event kinds that detectors listened for. A rule about a kind that is not among
    them is undetermined, never passed for want of ears. ``stages``: the version of each stage that
    made this (``decode``, ``voice``, ``words``, …), raised by hand when a stage's result changes.
    ``prompts``: known recordings, by their sound. ``measures`` and ``legs`` (one more than
    completed transfers) follow from the rest, where it is interpreted.
    """

    recording: Recording
    channels: tuple[Channel, ...]
    utterances: tuple[Utterance, ...] = ()
    turns: tuple[Turn, ...] = ()
    events: tuple[Event, ...] = ()
    remarks: tuple[Remark, ...] = ()
    heard: tuple[EventKind, ...] = ()
    model: str = ""
    stages: Mapping[str, int] = field(default_factory=dict)
    prompts: tuple[PlayedPrompt, ...] = ()
    measures: CallMeasures | None = None
    legs: tuple[Leg, ...] = ()

    @property
    def duration_ms(self) -> int:
        return self.recording.duration_ms

    @property
    def is_mixed(self) -> bool:
        """Both parties on one channel: who speaks is not known from the line."""
        return len(self.channels) == 1


@dataclass(frozen=True, slots=True)
class Contact:
    """The call as the bank knows it. Everything but ``call_id`` and ``file`` may be unknown.

    ``call_id`` comes from the metadata, else it is ``file``: the path relative to the folder, with
    forward slashes. ``queue_ms``: waited in the queue. ``caller``: a keyed hash of the customer's
    number, never the number. ``channel_roles``: who is on which channel. ``holds``: when the
    telephone system had the customer on hold, from the start of the recording; None: not known.
    ``agent_ids``: of all agents of the call in their order, where it was handed on.
    ``extra``: columns nobody here knows, kept as they came.
    """

    call_id: str
    file: str
    agent_id: str | None = None
    agent_name: str | None = None
    team: str | None = None
    direction: str | None = None
    queue: str | None = None
    product: str | None = None
    started_at: datetime | None = None
    queue_ms: int | None = None
    caller: str | None = None
    channel_roles: tuple[Role, ...] = ()
    holds: tuple[Segment, ...] | None = None
    agent_ids: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- the second listen


@dataclass(frozen=True, slots=True)
class Question:
    """A phrase that ought to be there and was not found (or not surely): hear this stretch again.

    ``phrases``: texts as an agent would say them, any of which answers the question.
    """

    rule_id: str
    phrases: tuple[str, ...]
    role: Role
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the second listen heard for a question.

    ``said``: True heard, False both listens missed it, None cannot tell. ``margin_nats``: the best
    phrase's log likelihood less the best hypothesis's for the same clip (0: as likely; very
    negative: not said). Where it was said, ``phrase`` names which, and ``start_ms``, ``end_ms``
    where. ``heard``: all that this listen wrote, a stretch of speech a line.
    """

    question: Question
    said: bool | None
    margin_nats: float
    phrase: str = ""
    quote: str = ""
    start_ms: int = 0
    end_ms: int = 0
    heard: str = ""


# ---------------------------------------------------------------- what a score says


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where to listen, and why. Exactly one of two kinds:

    a hit: ``quote`` is what was said (and the event's name is in ``message``); or a stretch:
    ``quote`` is empty and ``message`` says what was searched or measured there.
    ``certainty``: 0 to 1, how sure the hit is. ``how``: ``exact``, ``sound``, ``heard_twice``,
    ``event``, ``searched``.
    """

    start_ms: int
    end_ms: int
    role: Role
    quote: str
    message: Message
    certainty: float = 1.0
    how: str = "exact"
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One case of a rule: one hold of three. Each can be confirmed or appealed by itself.

    A ``NOT_APPLICABLE`` occurrence is a mention: said, but not where the rule looks.
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    rule_id: str
    name: str
    section: str
    counts_for: Party
    fatal: bool
    outcome: Outcome
    points_earned: Decimal
    points_possible: Decimal
    occurrences: tuple[Occurrence, ...]
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """Points of a section or of a party.

    ``score`` = 100 × (earned + undetermined) ÷ applicable, in [``low``, ``high``]; None where
    nothing applied. ``applicable``: the points of rules that passed, failed or are undetermined.
    """

    name: str
    counts_for: Party
    earned: Decimal
    undetermined: Decimal
    applicable: Decimal
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What a form says of one call. Never changed: another rule set makes another scorecard.

    ``agent`` and ``centre`` are the totals of each party; a fatal rule that failed makes its
    party's score 0. ``provisional`` until no finding is undetermined or a person has reviewed it.
    ``passed`` is None where there is no score or the range straddles the pass mark.
    """

    form: str
    rule_set_version: str
    findings: tuple[Finding, ...]
    sections: tuple[Total, ...]
    agent: Total
    centre: Total
    pass_mark: Decimal
    passed: bool | None
    provisional: bool
    fatal_rule_ids: tuple[str, ...] = ()
