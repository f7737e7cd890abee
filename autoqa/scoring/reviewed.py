"""``reviewed``: a scorecard with what people said about it → the final one. Pure.

A *word* is a review that says an outcome: a confirmation, a correction, a decision. It counts while
the version of its rule stays and its occurrence is found; else it has lapsed, and the finding goes
back to people.

- The last word on an occurrence is its outcome. A word on the finding as a whole is one on all of
  its open cases too: passed, none of them failed; failed, those that nobody decided do not count.
- A finding of whose occurrences a word changed some is what they come to together (any failed: it
  failed; else any undetermined: undetermined; else passed). Where that is not how its rule counts
  (``any``, ``some``, ``not``) and they differ or it would be worse than before, it is undetermined
  until a word on the whole. Where the machine left it to a person for a reason of its own (a poor
  recording), it stays so until all of them have a word.
- Points, totals, fatal rules and the verdict follow by the same functions as the machine's.
- A decided appeal does not lapse: where the rule's version has changed, the finding never comes to
  less than it did when the appeal was decided.
- What nobody said anything about stays as the machine left it; so does the machine's scorecard.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from autoqa.scoring import totals
from autoqa.scoring.result import conjunction
from autoqa.scoring.rule import Form, Item, Section
from autoqa.types import (
    Evidence,
    Finding,
    Outcome,
    Review,
    ReviewKind,
    ReviewState,
    Scorecard,
    Settled,
)

WHOLE = ""
"""Stands for the finding as a whole where an occurrence is asked for."""

_WORDS = (ReviewKind.CONFIRM, ReviewKind.CORRECT, ReviewKind.DECISION)
_OPEN = (Outcome.FAILED, Outcome.UNDETERMINED)
_RANK = {Outcome.FAILED: 0, Outcome.UNDETERMINED: 1, Outcome.PASSED: 2, Outcome.NOT_APPLICABLE: 2}
_FINEST = Decimal("1E-9")
"""Of a point."""


@dataclass(frozen=True, slots=True)
class Change:
    """An outcome that is not the machine's. ``review``: the word that made it so."""

    rule_id: str
    occurrence: str
    machine: Outcome
    final: Outcome
    review: Review


@dataclass(frozen=True, slots=True)
class Reviewed:
    """``machine``: as it was scored. ``final``: with what people said; its findings are in the same
    order. ``lapsed``: words that are about another version of a rule, or about an occurrence that
    is not there any more. ``done``: rules whose finding waits for nobody any more."""

    machine: Scorecard
    final: Scorecard
    changes: tuple[Change, ...] = ()
    lapsed: tuple[Review, ...] = ()
    state: ReviewState = ReviewState.NONE
    done: frozenset[str] = frozenset()


def reviewed(machine: Scorecard, reviews: Sequence[Review]) -> Reviewed:
    """``reviews``: of this call, in any order; those of findings it does not have have lapsed."""
    if not reviews:
        return Reviewed(machine, machine)
    words = sorted((one for one in reviews if is_word(one)), key=lambda one: one.number)
    said = {finding.rule_id: _Said(finding, words) for finding in machine.findings}
    lapsed = tuple(
        one for one in words if one.rule_id not in said or one not in said[one.rule_id].words
    )
    results = [said[finding.rule_id].result() for finding in machine.findings]
    findings = tuple(finding for finding, _ in results)
    changes = tuple(change for _, made in results for change in made)
    final = machine
    if findings != machine.findings:
        form = _form_of(machine)
        version, doubt = machine.rule_set_version, machine.form_doubt
        final = totals.scorecard(version, form, doubt, findings)
    state = _state([one for one in said.values() if not one.finding.trial])
    done = frozenset(one.finding.rule_id for one in said.values() if one.is_done)
    return Reviewed(machine, final, changes, lapsed, state, done)


def with_passed(card: Scorecard, rule_id: str) -> Scorecard:
    """What the card would be had this rule passed, by the form's own weights and limits."""
    spared = tuple(
        _with_points(replace(one, outcome=Outcome.PASSED)) if one.rule_id == rule_id else one
        for one in card.findings
    )
    version, doubt = card.rule_set_version, card.form_doubt
    return totals.scorecard(version, _form_of(card), doubt, spared)


def is_word(review: Review) -> bool:
    """Whether the review says what a finding is."""
    return review.kind in _WORDS and review.outcome is not None


def occurrence_ids(finding: Finding) -> tuple[str, ...]:
    """A name for each occurrence, in their order, that a later scorecard of the same call has for
    the same case: made of the rule, and the kind, role and time (to the second) of the evidence."""
    ids: list[str] = []
    seen: Counter[str] = Counter()
    for one in finding.occurrences:
        content = [finding.rule_id, *(_place(piece) for piece in one.evidence)]
        name = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(ids)


def settled(finding: Finding) -> Settled:
    """What an appeal that is decided now leaves of it."""
    return Settled(finding.outcome, finding.points_lost, finding.points_possible, finding.fatal)


def _place(piece: Evidence) -> list[str | int]:
    kind = piece.how if piece.how in ("event", "searched") else "said"
    return [kind, piece.role.value, round(piece.start_ms / 1000), round(piece.end_ms / 1000)]


class _Said:
    """What people said about one finding."""

    def __init__(self, finding: Finding, words: Sequence[Review]) -> None:
        self.finding = finding
        self._ids = occurrence_ids(finding)
        about = [word for word in words if word.rule_id == finding.rule_id]
        self.words = [word for word in about if self._counts(word)]
        self._floors = [
            word.settled for word in about if word not in self.words and word.settled is not None
        ]

    def _counts(self, word: Review) -> bool:
        same = word.rule_version == self.finding.rule_version != ""
        return same and (word.occurrence == WHOLE or word.occurrence in self._ids)

    @property
    def is_done(self) -> bool:
        """Whether nothing about it waits for a person any more."""
        if any(word.occurrence == WHOLE for word in self.words) or self._floors:
            return True
        about = {word.occurrence for word in self.words}
        cases = zip(self._ids, self.finding.occurrences, strict=True)
        waiting = [name for name, case in cases if case.outcome in _OPEN]
        return bool(waiting) and about.issuperset(waiting)

    def result(self) -> tuple[Finding, list[Change]]:
        """The finding as it is in the end, and what is not as the machine has it."""
        finding = self.finding
        if not self.words and not self._floors:
            return finding, []
        outcome, cases = self._outcomes()
        occurrences = tuple(
            replace(one, outcome=now) for one, now in zip(finding.occurrences, cases, strict=True)
        )
        final = finding
        if outcome != finding.outcome or occurrences != finding.occurrences:
            final = _with_points(replace(finding, outcome=outcome, occurrences=occurrences))
        for floor in self._floors:
            final = _not_below(final, floor)
        return final, self._changes(final)

    def _outcomes(self) -> tuple[Outcome, list[Outcome]]:
        """Of the finding and of its occurrences."""
        finding, words = self.finding, self.words
        machine = [one.outcome for one in finding.occurrences]
        wholes = [number for number, word in enumerate(words) if word.occurrence == WHOLE]
        outcome, cases = finding.outcome, machine
        if wholes:
            last = wholes[-1]
            outcome = words[last].outcome or outcome
            before = self._after(machine, words[:last])
            cases = [_under(outcome, case) for case in before]
            words = words[last + 1 :]
        after = self._after(cases, words)
        if after == cases:
            return outcome, cases
        about = {word.occurrence for word in words}
        judged = zip(self._ids, machine, strict=True)
        is_whole = all(name in about for name, case in judged if case != Outcome.NOT_APPLICABLE)
        if conjunction(cases) != outcome and not is_whole:
            return outcome, after
        together = conjunction(after)
        if not finding.by_case:
            kinds = {case for case in after if case != Outcome.NOT_APPLICABLE}
            is_worse = _RANK[together] < _RANK[outcome]
            together = Outcome.UNDETERMINED if len(kinds) > 1 or is_worse else together
        return together, after

    def _after(self, cases: Sequence[Outcome], words: Sequence[Review]) -> list[Outcome]:
        last = {word.occurrence: word.outcome for word in words}
        return [last.get(name) or case for name, case in zip(self._ids, cases, strict=True)]

    def _changes(self, final: Finding) -> list[Change]:
        machine = self.finding
        changes = []
        rows = [(WHOLE, machine.outcome, final.outcome)]
        for name, one, two in zip(self._ids, machine.occurrences, final.occurrences, strict=True):
            rows.append((name, one.outcome, two.outcome))
        for name, before, now in rows:
            about = [word for word in self.words if word.occurrence in (name, WHOLE)]
            deciding = about or self.words
            if before != now and deciding:
                changes.append(Change(machine.rule_id, name, before, now, deciding[-1]))
        return changes


def _under(whole: Outcome, case: Outcome) -> Outcome:
    """What an occurrence is after a word on the whole finding."""
    if whole == Outcome.FAILED:
        return Outcome.NOT_APPLICABLE if case == Outcome.UNDETERMINED else case
    return whole if case in _OPEN else case


def _with_points(finding: Finding) -> Finding:
    possible = finding.points_possible
    item = Item(finding.rule_id, possible, finding.fatal, finding.deduct, finding.per_occurrence)
    earned, open_ = totals.points_of(item, finding.outcome, finding.occurrences)
    return replace(finding, points_earned=earned, points_open=open_)


def _not_below(finding: Finding, floor: Settled) -> Finding:
    """No worse than a decided appeal left it; of its points, no larger a share is lost."""
    finding = replace(finding, fatal=finding.fatal and floor.fatal)
    if _RANK[finding.outcome] < _RANK[floor.outcome]:
        spared = tuple(
            replace(one, outcome=_under(floor.outcome, one.outcome)) for one in finding.occurrences
        )
        return _with_points(replace(finding, outcome=floor.outcome, occurrences=spared))
    most = finding.points_possible
    if floor.lost < floor.possible:  # what is no even share is rounded in the agent's favour
        most = (most * floor.lost / floor.possible).quantize(_FINEST, ROUND_DOWN)
    lost = min(finding.points_lost, most)
    open_ = min(finding.points_open, most - lost)
    if finding.outcome == Outcome.NOT_APPLICABLE or (lost, open_) == (
        finding.points_lost,
        finding.points_open,
    ):
        return finding
    return replace(finding, points_earned=finding.points_possible - lost - open_, points_open=open_)


def _form_of(card: Scorecard) -> Form:
    """As much of the form as reckoning needs."""
    weights = {total.name: total.weight for total in card.sections}
    sections = tuple(Section(name, (), weight) for name, weight in weights.items())
    return Form(card.form, card.form_name, card.pass_mark, sections, card.start, grades=card.grades)


def _state(said: Sequence[_Said]) -> ReviewState:
    waiting = [one for one in said if one.finding.outcome in _OPEN]
    if not any(one.words for one in said):
        return ReviewState.NONE
    return ReviewState.ALL if all(one.is_done for one in waiting) else ReviewState.PART
