"""What people say about findings, and where a call stands after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

from autoqa.types.words import Outcome


class ReviewKind(StrEnum):
    """What somebody did about a finding. The first two, and decisions, change the final score."""

    CONFIRM = "confirm"
    """The machine is right."""
    CORRECT = "correct"
    """It is another outcome, for a reason."""
    COMMENT = "comment"
    """Only a remark."""
    APPEAL = "appeal"
    """The agent of the call objects, for a reason."""
    DECISION = "decision"
    """An appeal upheld or rejected, for a reason."""
    JUDGEMENT = "judgement"
    """A person's own outcome, given before the machine's was shown; for measuring agreement."""


class ReviewState(StrEnum):
    """How much of what failed or is undetermined in a call has a person's word."""

    NONE = "none"
    PART = "part"
    ALL = "all"


class AppealState(StrEnum):
    """``OPEN`` while any appeal of the call waits to be decided."""

    NONE = "none"
    OPEN = "open"
    DECIDED = "decided"


class Worth(IntEnum):
    """Why a call is worth a person's time, the most pressing last."""

    NOTHING = 0
    UNSURE = 1
    """Something failed by words that were not heard surely."""
    LAPSED = 2
    """What somebody said of it was about an earlier version of the rule."""
    UNDETERMINED = 3
    """Something is left to a person."""
    DECISIVE = 4
    """What is left to a person decides whether the call passes."""
    FATAL = 5
    """A fatal rule failed, and nobody has confirmed it."""
    DISAGREEMENT = 6
    """Somebody who did not see the machine's outcome found another."""
    APPEAL = 7
    """An agent waits for a decision."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a decided appeal left of a finding: no later rules make it worse.

    ``lost`` of ``possible`` points; ``fatal``: whether failing it makes the score 0.
    """

    outcome: Outcome
    lost: Decimal
    possible: Decimal
    fatal: bool


@dataclass(frozen=True, slots=True)
class Review:
    """Something that one person said about one finding, once; never changed.

    ``occurrence``: which case of the finding (``scoring.reviewed.occurrence_ids``); empty: the
    finding as a whole. ``outcome``: what the person says it is; None where the kind says nothing of
    that. ``machine``: the machine's outcome of the same then. ``rule_version``: of the rule as it
    was then. ``appeal``: the number of the appeal that is decided; ``upheld``: how. ``sample``: for
    which sample a judgement was given.
    """

    number: int
    call_id: str
    rule_id: str
    rule_version: str
    kind: ReviewKind
    by: str
    at: datetime
    occurrence: str = ""
    outcome: Outcome | None = None
    machine: Outcome | None = None
    reason: str = ""
    appeal: int | None = None
    upheld: bool | None = None
    sample: int | None = None
    settled: Settled | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is about to say; fields as in ``Review``.

    ``rule_version``: of the finding that he looked at; empty where he does not say. A confirmation
    needs no ``outcome``; one that it has must be what stands.
    """

    call_id: str
    rule_id: str
    kind: ReviewKind
    by: str
    occurrence: str = ""
    outcome: Outcome | None = None
    reason: str = ""
    rule_version: str = ""


class Strata(StrEnum):
    """What a sample takes equally much of."""

    NONE = "none"
    TEAM = "team"
    AGENT = "agent"
    OUTCOME = "outcome"
    """What the machine says of the sample's rule."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A call of a sample. ``weight``: how many calls of its stratum it stands for."""

    call_id: str
    stratum: str
    weight: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Calls drawn by lot for people to judge before they see what the machine says.

    ``rule_id``: the only rule to be judged; empty: all. The same ``seed`` draws the same calls from
    the same calls. ``population``: how many there were to draw from.
    """

    number: int
    at: datetime
    by: str
    seed: int
    strata: Strata
    rule_id: str
    population: int
    calls: tuple[Sampled, ...]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A rule that one person is to judge. ``machine`` is None until he has judged every line."""

    rule_id: str
    name: str
    section: str
    judged: Outcome | None
    machine: Outcome | None


@dataclass(frozen=True, slots=True)
class Pair:
    """What the machine and a person said of the same.

    ``is_blind``: the person had not seen what the machine said. ``weight``: how many calls it
    stands for.
    """

    rule_id: str
    rule_version: str
    machine: Outcome
    person: Outcome
    is_blind: bool
    weight: float = 1.0
