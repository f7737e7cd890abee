"""What was heard in a call, and what the bank knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autoqa.types.words import (
    EventKind,
    Measures,
    Message,
    Role,
    Segment,
)


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
    said so: ``metadata``, ``words``, ``other_calls`` or ``none``. ``speech``: voice, live or
    recorded, without music, tones and crosstalk. ``unheard``: stretches of it that got no text that
    can be believed, although they were decoded twice. ``speech_dbfs``, ``noise_dbfs``: median level
    in and out of speech. ``dead``: stretches with nothing on the line, not even the noise that it
    had before.
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
    """A recording, found on a line by its sound.

    ``prompt``: its number in the library; empty for one that plays several times in the call.
    ``offset_ms``: how far into it the line begins. ``label`` (menu, ad, notice, queue, or empty
    where QA staff have given none), ``name`` and ``text`` are the library's as it is now; a stored
    call holds none of them, so that a new label needs no new hearing.
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
    number, never the number. ``channel_roles``: who is on which channel. ``usual_odds``: log odds,
    from the other calls of the night, that the first channel is the agent's. ``holds``: when the
    telephone system had the customer on hold, from the start of the recording; None: not known.
    ``agent_ids``: of all agents of the call in their order, where it was handed on; ``leg``: whose
    part of it this is about, counted from 1, or 0 for the whole call.
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
    usual_odds: float = 0.0
    holds: tuple[Segment, ...] | None = None
    agent_ids: tuple[str, ...] = ()
    leg: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)
