"""``changes.html``: what another rule set would change on past calls, for a supervisor to sign.

The same figures and quotes as ``autoqa rules diff`` prints; the page needs no script and prints on
paper with room for two signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any, TypeAlias

from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.pages import COMMON, fragment, page
from autoqa.types import Contact, Outcome

MOST_CALLS = 300
"""Calls shown one by one; the figures count all."""


class Surprise(IntEnum):
    """How much a change matters, the least first; see ``SURPRISES`` for each in words."""

    POINTS = 1
    OTHER = 2
    FLIP = 3
    VERDICT = 4
    FATAL = 5


SURPRISES = {
    Surprise.FATAL: N_("a fatal rule fails, or no longer does"),
    Surprise.VERDICT: N_("the call passes instead of failing, or the other way round"),
    Surprise.FLIP: N_("a rule passes instead of failing, or the other way round"),
    Surprise.OTHER: N_("another outcome changes"),
    Surprise.POINTS: N_("only points change"),
}

ABSENT = N_("not on the form")
ONLY_POINTS = N_("only points")


Move: TypeAlias = tuple[Outcome | None, Outcome | None]
"""From one outcome to another; None: the rule is not on that form; twice None: only points."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a call stands under a rule set. ``verdict``: see ``wording.verdict``."""

    form: str
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    verdict: str
    centre: Decimal | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What changes of one rule on one call.

    ``points``: earned or open by the new rules less by the old ones. ``before_lines``,
    ``after_lines``: reason and evidence as they are shown, where the outcome changes.
    """

    rule_id: str
    name: str
    fatal: bool
    before: Outcome | None
    after: Outcome | None
    points: Decimal
    before_lines: tuple[str, ...]
    after_lines: tuple[str, ...]

    @property
    def move(self) -> Move:
        if self.before == self.after:
            return None, None
        return self.before, self.after


@dataclass(frozen=True, slots=True)
class CallChange:
    """A call on which anything changes. ``certainty``: of the least sure words it rests on."""

    contact: Contact
    surprise: Surprise
    certainty: float
    before: Standing
    after: Standing
    rules: tuple[RuleChange, ...]

    @property
    def gain(self) -> Decimal:
        """The agent's new score less the old one; 0 where either has none."""
        if self.before.score is None or self.after.score is None:
            return Decimal(0)
        return self.after.score - self.before.score


@dataclass(frozen=True, slots=True)
class Group:
    """An agent's or a team's calls; means over those that have a score under both rule sets."""

    name: str
    calls: int
    changed: int
    before: Decimal | None
    after: Decimal | None
    newly_failed: int
    no_longer_failed: int

    @property
    def gain(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class RuleTally:
    """``moves``: how many calls went from one outcome to another."""

    rule_id: str
    name: str
    moves: Mapping[Move, int]

    @property
    def calls(self) -> int:
        return sum(self.moves.values())

    @property
    def most_first(self) -> list[tuple[Move, int]]:
        return sorted(self.moves.items(), key=lambda item: -item[1])


@dataclass(frozen=True, slots=True)
class Changes:
    """What ``new`` changes beside ``old``, both named for people.

    ``edits``: what was edited in the rules, a sentence each. ``every``: all calls as one group.
    ``calls``: what changes, the most surprising first. ``unheard``: calls in which the new rules
    look for something that nobody has listened to twice, and the old ones do not.
    """

    old: str
    new: str
    edits: tuple[str, ...]
    every: Group
    calls: tuple[CallChange, ...]
    rules: tuple[RuleTally, ...]
    agents: tuple[Group, ...]
    teams: tuple[Group, ...]
    unheard: int


def changes_html(changes: Changes, *, made_at: datetime | None = None) -> str:
    """The page, ready to write as UTF-8."""
    return page(
        "changes.html",
        (*COMMON, "changes.css"),
        "",
        made_at=wording.moment(made_at) if made_at else "",
        **_values(changes, None),
    )


def changes_body(changes: Changes, address: Callable[..., str]) -> str:
    """The same without head and signatures, as part of another page. ``address(call_id)``: of a
    call's page; ``address(call_id, rule_id)``: of a finding on it."""
    return fragment("autoqa.reports", "changes_body.html", **_values(changes, address))


def _values(changes: Changes, address: Callable[..., str] | None) -> dict[str, Any]:
    return {
        "changes": changes,
        "outcome": outcome_word,
        "signed": signed,
        "only_points": _(ONLY_POINTS),
        "surprises": SURPRISES,
        "verdicts": wording.VERDICTS,
        "most_calls": MOST_CALLS,
        "address": address,
    }


def outcome_word(outcome: Outcome | None) -> str:
    """An outcome's name; of a rule that is not on the form, that."""
    return _(ABSENT) if outcome is None else wording.outcome_name(outcome)


def move_words(before: Outcome | None, after: Outcome | None) -> str:
    """``passed → failed``."""
    if before == after:
        return _(ONLY_POINTS)
    return f"{outcome_word(before)} → {outcome_word(after)}"


def signed(value: Decimal | None) -> str:
    """``+2.5``, ``−3``, ``0``: a difference to a tenth."""
    if value is None:
        return "–"
    tenth = round(value, 1)
    sign = "+" if tenth > 0 else "−" if tenth < 0 else ""
    return sign + wording.points(abs(tenth))
