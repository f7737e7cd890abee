"""What QA staff wrote, ready to score with: rules, phrase sets, the scorecard form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from autoqa.types import Outcome, Party

if TYPE_CHECKING:
    from autoqa.scoring.operators.base import Operator


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where in which file something is written; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class WrittenPhrase:
    """A phrase as staff wrote it, see ``pattern``.

    ``exact``: never matched by sound. ``unless``: phrases of which this may be a part without
    being meant. ``perhaps``: may be said for it, which spares a penalty and earns nothing.
    """

    text: str
    exact: bool = False
    unless: tuple[str, ...] = ()
    perhaps: bool = False


@dataclass(frozen=True, slots=True)
class PhraseSet:
    """Phrases that mean the same, under one name.

    ``listen_for``: sentences the second listen looks for; where staff gave none, one way of saying
    each phrase that has no slots.
    """

    name: str
    phrases: tuple[WrittenPhrase, ...]
    listen_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A little dialogue and the outcome the rule must find in it."""

    outcome: Outcome
    dialogue: str
    source: Source


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``passes_if`` decides. ``applies_if``: where it does not hold the rule is not applicable.
    ``excused_if``: where the rule would fail and this holds, it is not applicable instead.
    ``undetermined_if``: where the rule would fail and this holds, a person decides.
    """

    id: str
    name: str
    counts_for: Party
    rationale: str
    passes_if: Operator
    applies_if: Operator | None
    excused_if: Operator | None
    undetermined_if: Operator | None
    examples: tuple[Example, ...]
    source: Source

    def conditions(self) -> tuple[Operator, ...]:
        """All conditions that the rule has."""
        every = (self.applies_if, self.passes_if, self.excused_if, self.undetermined_if)
        return tuple(one for one in every if one is not None)


@dataclass(frozen=True, slots=True)
class Item:
    """A rule's line on the form. ``fatal``: failing it makes the party's score 0."""

    rule_id: str
    points: Decimal
    fatal: bool


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A scorecard form: which rules count, for how much. ``pass_mark``: 0 to 100."""

    id: str
    name: str
    pass_mark: Decimal
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything in one folder of rules.

    ``rules`` and ``phrases`` are sorted by id and name, so that their order in the files never
    matters. ``version``: hash of the content that can change a score (not of comments, order,
    examples or places).
    """

    rules: tuple[Rule, ...]
    phrases: tuple[PhraseSet, ...]
    form: Form
    version: str

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id; ``KeyError`` where there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def phrase_set(self, name: str) -> PhraseSet:
        """The phrase set of this name; ``KeyError`` where there is none."""
        for item in self.phrases:
            if item.name == name:
                return item
        raise KeyError(name)
