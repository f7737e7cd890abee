"""What QA staff wrote, ready to score with: rules, phrase sets, the scorecard form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from autoqa.knowledge.entry import Entry
from autoqa.types import FATAL_ONLY, Grade, Outcome, Party, Watch

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
class Sentence:
    """What ``at_least`` is as much like as this, see ``similarity``; 0 to 1."""

    text: str
    at_least: float


@dataclass(frozen=True, slots=True)
class Taught:
    """Sentences that are of a phrase set, and such as are not, see ``learned``."""

    name: str
    sentences: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhraseSet:
    """Phrases that mean the same, under one name.

    ``listen_for``: sentences the second listen looks for; where staff gave none, one way of saying
    each phrase that has no slots. ``expressions``: regular ones. ``sentences``: what is like them
    counts, too. ``unless``: of all of them. ``taught``: from which other words are learned.
    """

    name: str
    phrases: tuple[WrittenPhrase, ...]
    listen_for: tuple[str, ...]
    expressions: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    unless: tuple[str, ...] = ()
    taught: Taught | None = None


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """A condition that several rules use by its name."""

    name: str
    condition: Operator


@dataclass(frozen=True, slots=True)
class Example:
    """A little dialogue and the outcome the rule must find in it."""

    outcome: Outcome
    dialogue: str
    source: Source


class Status(StrEnum):
    """A draft and a retired rule never run; one on trial runs and is shown, without points. One
    that watches does so on every call, whatever its form: it is there for alerts."""

    DRAFT = "draft"
    TRIAL = "test"
    ACTIVE = "active"
    RETIRED = "retired"
    WATCH = "watch"


RUNNING = frozenset({Status.ACTIVE, Status.TRIAL, Status.WATCH})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, in one of its versions: of those with one id no two hold on the same day.

    ``first_day``, ``last_day``: both included; None: open. ``owner``: who answers for it.
    ``passes_if`` decides. ``applies_if``: where it does not hold the rule is not applicable.
    ``excused_if``: where the rule would fail and this holds, it is not applicable instead.
    ``undetermined_if``: where the rule would fail and this holds, a person decides.
    ``version``: hash of these conditions and of the phrases and conditions that they name.
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
    owner: str = ""
    status: Status = Status.ACTIVE
    first_day: date | None = None
    last_day: date | None = None
    version: str = ""

    def runs_on(self, day: date) -> bool:
        """Whether calls of this day are measured by it."""
        return (
            self.status in RUNNING
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
        )

    @property
    def is_free(self) -> bool:
        """Whether nothing it finds counts for a score."""
        return self.status is not Status.ACTIVE

    def conditions(self) -> tuple[Operator, ...]:
        """All conditions that the rule has."""
        every = (self.applies_if, self.passes_if, self.excused_if, self.undetermined_if)
        return tuple(one for one in every if one is not None)


@dataclass(frozen=True, slots=True)
class Item:
    """A rule's line on the form. ``fatal``: failing it makes the party's score 0.

    ``points``: the most it can earn, or lose where the form deducts. ``deduct``: what failing costs
    of them, None: all; with ``per_occurrence`` for each case that failed, until none is left.
    """

    rule_id: str
    points: Decimal
    fatal: bool
    deduct: Decimal | None = None
    per_occurrence: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """``weight``: its share of the score beside the other sections'; None: points alone count."""

    name: str
    items: tuple[Item, ...]
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A scorecard form: which rules count, for how much. ``pass_mark``: 0 to 100.

    ``start``: what every score begins with, where rules deduct; None: they earn points.
    ``used_if``: the calls it is for; None: all that no form before it is for. ``grades``: the best
    first, the last from 0; may be empty.
    """

    id: str
    name: str
    pass_mark: Decimal
    sections: tuple[Section, ...]
    start: Decimal | None = None
    used_if: Operator | None = None
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """Everything in one folder of rules.

    ``rules``, ``phrases`` and ``conditions`` are sorted by id and name, so that their order in the
    files never matters. ``forms``: the first that fits a call is its form; the last fits all.
    ``version``: hash of the content that can change a score (not of comments, order, examples or
    places). ``knowledge``: what the bank answers to questions, by id; ``tried``: dialogues that
    show it, by the id of the entry. ``watch``: when somebody is told at once.

    Without slots, for the sake of the index of rules.
    """

    rules: tuple[Rule, ...]
    phrases: tuple[PhraseSet, ...]
    forms: tuple[Form, ...]
    version: str
    conditions: tuple[NamedCondition, ...] = ()
    knowledge: tuple[Entry, ...] = ()
    tried: tuple[tuple[str, Example], ...] = ()
    watch: Watch = FATAL_ONLY

    @cached_property
    def _versions(self) -> dict[str, tuple[Rule, ...]]:
        versions: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            versions[rule.id] = (*versions.get(rule.id, ()), rule)
        return versions

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id, its last version where it has several; ``KeyError``: none."""
        return self._versions[rule_id][-1]

    def rule_on(self, rule_id: str, day: date) -> Rule | None:
        """The version of a rule that runs on a day, or None."""
        running = (rule for rule in self._versions.get(rule_id, ()) if rule.runs_on(day))
        return next(running, None)

    def running(self, form: Form, day: date) -> tuple[tuple[str, Item, Rule], ...]:
        """The lines of a form whose rules run on a day, in their order, each with its section; then
        the rules that watch, without points."""
        known = self._running.get((form.id, day))
        if known is None:
            lines = tuple(
                (section.name, item, rule)
                for section in form.sections
                for item in section.items
                if (rule := self.rule_on(item.rule_id, day)) is not None
            )
            known = self._running[form.id, day] = (*lines, *self._watching(lines, day))
        return known

    def _watching(
        self, lines: tuple[tuple[str, Item, Rule], ...], day: date
    ) -> Iterator[tuple[str, Item, Rule]]:
        listed = {rule.id for _, _, rule in lines}
        for rule in self.rules:
            if rule.status is Status.WATCH and rule.runs_on(day) and rule.id not in listed:
                yield "", Item(rule.id, Decimal(0), fatal=False), rule

    @cached_property
    def _running(self) -> dict[tuple[str, date], tuple[tuple[str, Item, Rule], ...]]:
        return {}

    def rationales(self, day: date) -> dict[str, str]:
        """Why each rule is that runs on a day, by its id."""
        return {rule.id: rule.rationale for rule in self.rules if rule.runs_on(day)}

    def phrase_set(self, name: str) -> PhraseSet:
        """The phrase set of this name; ``KeyError`` where there is none."""
        for item in self.phrases:
            if item.name == name:
                return item
        raise KeyError(name)

    def condition(self, name: str) -> Operator:
        """The condition of this name; ``KeyError`` where there is none."""
        for item in self.conditions:
            if item.name == name:
                return item.condition
        raise KeyError(name)
