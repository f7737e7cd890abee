"""Who, what and when: the words that the other types are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
