"""What routes answer about rules that somebody sent: faults, examples, trials, differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autoqa.i18n import render
from autoqa.reports import wording
from autoqa.reports.changes import Changes
from autoqa.rulebook.differing import told
from autoqa.rulebook.trying import Trial
from autoqa.scoring import check
from autoqa.scoring.faults import Fault
from autoqa.types import Outcome

MOST_SHOWN = 50
"""Calls told of one by one."""


@dataclass(frozen=True, slots=True)
class FaultDocument:
    """A fault at its place; lines and columns count from 1. ``notes``: what was found instead."""

    file: str
    line: int
    column: int
    severity: str
    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckDocument:
    """``usable``: there may be warnings, but no errors."""

    usable: bool
    faults: tuple[FaultDocument, ...]


@dataclass(frozen=True, slots=True)
class TestDocument:
    """``faults``: one for each example in which its rule says something else. ``untried``: rules
    without examples."""

    examples: int
    faults: tuple[FaultDocument, ...]
    untried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriedCall:
    call_id: str
    outcome: Outcome
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TryDocument:
    """What a rule says of stored calls. ``unheard``: a second listen could still settle them."""

    rule_id: str
    name: str
    counts: Mapping[str, int]
    unheard: int
    calls: tuple[TriedCall, ...]


@dataclass(frozen=True, slots=True)
class ChangedCall:
    """A stored call on which something changes. ``rules``: those that say something else."""

    call_id: str
    before: float | None
    after: float | None
    verdict_before: str
    verdict_after: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiffDocument:
    """What the rules that were sent would change on stored calls, the most surprising first.

    ``edits``: what was edited, a sentence each. ``lines``: all of it in words, as the command line
    tells it.
    """

    edits: tuple[str, ...]
    calls: int
    changed: int
    before: float | None
    after: float | None
    unheard: int
    changes: tuple[ChangedCall, ...]
    lines: tuple[str, ...]


def checked(faults: list[Fault]) -> CheckDocument:
    usable = all(fault.severity != "error" for fault in faults)
    return CheckDocument(usable, tuple(map(_fault, faults)))


def tested(trial: check.Trial) -> TestDocument:
    return TestDocument(trial.count, tuple(map(_fault, trial.faults)), trial.untried)


def tried(trial: Trial) -> TryDocument:
    calls = tuple(
        TriedCall(verdict.contact.call_id, verdict.outcome, verdict.lines)
        for verdicts in trial.shown.values()
        for verdict in verdicts
    )
    counts = {outcome.value: trial.counts.get(outcome, 0) for outcome in Outcome}
    return TryDocument(trial.rule_id, trial.name, counts, trial.unheard, calls)


def compared(changes: Changes) -> DiffDocument:
    every = changes.every
    return DiffDocument(
        tuple(changes.edits),
        every.calls,
        every.changed,
        None if every.before is None else float(every.before),
        None if every.after is None else float(every.after),
        changes.unheard,
        tuple(
            ChangedCall(
                one.contact.call_id,
                None if one.before.score is None else float(one.before.score),
                None if one.after.score is None else float(one.after.score),
                wording.VERDICTS[one.before.verdict],
                wording.VERDICTS[one.after.verdict],
                tuple(rule.rule_id for rule in one.rules),
            )
            for one in changes.calls[:MOST_SHOWN]
        ),
        tuple(told(changes, MOST_SHOWN))[2:],  # without the names of folders
    )


def _fault(fault: Fault) -> FaultDocument:
    return FaultDocument(
        fault.file,
        fault.line,
        fault.column,
        fault.severity,
        render(fault.message),
        tuple(" ".join(map(render, note)) for note in fault.notes),
    )
