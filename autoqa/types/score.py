"""What the second listen is asked and answers, and what a score says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from autoqa.types.words import (
    Message,
    Outcome,
    Party,
    Role,
)


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
    ``certainty``: 0 to 1, how sure the hit is. ``how``: ``exact``, ``sound``, ``similar``,
    ``learned``, ``unlike``, ``heard_twice``, ``event``, ``searched``.
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
    """What a rule says of a call, and what that is worth.

    ``points_open``: of ``points_possible``, those that hang on what is undetermined; what is
    neither earned nor open is lost. ``deducts``: it earns nothing and can only cost. ``trial``:
    the rule is being tried out or watches for alerts; it is shown, and counts for nothing.
    ``rule_version``: of this rule and what it uses. ``deduct``, ``per_occurrence``: the form's, see
    ``scoring.rule.Item``. ``by_case``: one occurrence that failed fails it, and it passes where
    none did.
    """

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
    points_open: Decimal = Decimal(0)
    deducts: bool = False
    trial: bool = False
    rule_version: str = ""
    deduct: Decimal | None = None
    per_occurrence: bool = False
    by_case: bool = True

    @property
    def points_lost(self) -> Decimal:
        """What it cost for sure; nothing where the rule did not apply."""
        if self.outcome == Outcome.NOT_APPLICABLE:
            return Decimal(0)
        return self.points_possible - self.points_earned - self.points_open


@dataclass(frozen=True, slots=True)
class Total:
    """Points of a section or of a party.

    ``score`` in [``low``, ``high``]; None where nothing applied. ``applicable``: the points of
    rules that passed, failed or are undetermined; where the form deducts, what it begins with.
    ``lost``: points that are gone for sure. ``weight``: the section's share of the score beside the
    others', where the form weighs them.
    """

    name: str
    counts_for: Party
    earned: Decimal
    undetermined: Decimal
    applicable: Decimal
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    lost: Decimal = Decimal(0)
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """What a score is called from ``lowest`` (0 to 100) up to the next better grade."""

    name: str
    lowest: Decimal


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What a form says of one call. Never changed: another rule set makes another scorecard.

    ``form``, ``form_name``: which of the forms. ``form_doubt``: why it may be another's call; then
    nothing is decided by it. ``grade``: what the score is called; None where the form has no
    grades, nothing is to be scored, or the range holds several. ``agent`` and ``centre`` are the
    totals of each party; a fatal rule that failed makes its party's score 0. ``provisional`` until
    no finding is undetermined or a person has reviewed it. ``passed`` is None where there is no
    score or the range straddles the pass mark. ``start``, ``grades``: the form's, see
    ``scoring.rule.Form``; with them the same scorecard can be reckoned again after a review.
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
    form_name: str = ""
    form_doubt: Message | None = None
    grade: str | None = None
    start: Decimal | None = None
    grades: tuple[Grade, ...] = ()

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings that count: those of rules that are not on trial."""
        return tuple(finding for finding in self.findings if not finding.trial)
