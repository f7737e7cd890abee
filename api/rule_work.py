"""What is done to rule files that somebody sent, in a process of its own (``api.chores``).

They are laid out in a folder that is gone afterwards: those in force, with what was sent in their
place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from autoqa.i18n import render
from autoqa.reports import wording
from autoqa.rulebook.checking import check_folder
from autoqa.rulebook.differing import compare, told
from autoqa.rulebook.folder import rule_files, write_files
from autoqa.rulebook.past_calls import PastCalls
from autoqa.rulebook.proposing import approve
from autoqa.rulebook.rulebook import of_folder
from autoqa.rulebook.trying import try_rule
from autoqa.scoring.check import try_examples
from autoqa.scoring.faults import Fault
from autoqa.scoring.load import load_rules
from autoqa.store import Store
from autoqa.types import Outcome

MOST_SHOWN = 50
"""Calls told of one by one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """``rules``: the folder in force. ``files``: what replaces its files; None takes one out."""

    rules: Path
    files: Mapping[str, str | None]

    def merged(self) -> dict[str, bytes]:
        files = rule_files(self.rules)
        for name, text in self.files.items():
            if text is None:
                files.pop(name, None)
            else:
                files[name] = text.encode()
        return files

    @contextmanager
    def laid_out(self) -> Iterator[Path]:
        with TemporaryDirectory() as folder:
            write_files(Path(folder), self.merged())
            yield Path(folder)


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


def check(sent: Sent) -> CheckDocument:
    with sent.laid_out() as folder:
        faults = check_folder(folder)
    usable = all(fault.severity != "error" for fault in faults)
    return CheckDocument(usable, tuple(map(_fault, faults)))


def test(sent: Sent) -> TestDocument:
    """Raises ``RuleError`` where the rules cannot be used."""
    with sent.laid_out() as folder:
        trial = try_examples(load_rules(folder))
    return TestDocument(trial.count, tuple(map(_fault, trial.faults)), trial.untried)


def attempt(sent: Sent, rule_id: str, store: str) -> TryDocument:
    """Raises ``RuleError``, or ``UsageError`` where there is no such rule or no call."""
    with sent.laid_out() as folder:
        rule_set = load_rules(folder)
    trial = try_rule(rule_set, rule_id, PastCalls(store, workers=1), MOST_SHOWN)
    calls = tuple(
        TriedCall(verdict.contact.call_id, verdict.outcome, verdict.lines)
        for verdicts in trial.shown.values()
        for verdict in verdicts
    )
    counts = {outcome.value: trial.counts.get(outcome, 0) for outcome in Outcome}
    return TryDocument(trial.rule_id, trial.name, counts, trial.unheard, calls)


def differ(sent: Sent, store: str) -> DiffDocument:
    """Raises ``RuleError``, or ``UsageError`` where there is no call."""
    with sent.laid_out() as folder:
        after = of_folder(folder)
    changes = compare(of_folder(sent.rules), after, PastCalls(store, workers=1))
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


def publish(rules: Path, store: str, number: int, approver: str) -> str:
    """Puts a proposal in force and returns its version. Raises as ``approve`` does."""
    with Store(store) as opened:
        return approve(rules, opened, store, number, approver=approver).version


def _fault(fault: Fault) -> FaultDocument:
    return FaultDocument(
        fault.file,
        fault.line,
        fault.column,
        fault.severity,
        render(fault.message),
        tuple(" ".join(map(render, note)) for note in fault.notes),
    )
