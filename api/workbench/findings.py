"""What the page of a call shows of its findings: the final outcome, the machine's beside it, what
people said, and what the viewer may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.workbench.frame import name_of
from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.call_page import FindingView, OccurrenceView, finding_views
from autoqa.scoring.reviewed import WHOLE, Reviewed, is_word, occurrence_ids
from autoqa.types import (
    Call,
    Caller,
    Finding,
    Outcome,
    Party,
    Review,
    ReviewKind,
    Scope,
    Scorecard,
    Total,
)

SIGNS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✕",
    Outcome.UNDETERMINED: "?",
    Outcome.NOT_APPLICABLE: "–",
}
OPEN = (Outcome.FAILED, Outcome.UNDETERMINED)
ACTS = {
    "confirm": N_("Confirm"),
    "correct": N_("Correct"),
    "comment": N_("Comment"),
    "appeal": N_("Appeal"),
    "decide": N_("Decide"),
}
_ALLOWED = {
    "confirm": Scope.REVIEW,
    "correct": Scope.REVIEW,
    "comment": Scope.REVIEW,
    "appeal": Scope.APPEAL,
    "decide": Scope.DECIDE,
}
_SAID = {
    ReviewKind.CONFIRM: N_("confirmed: {outcome}"),
    ReviewKind.CORRECT: N_("corrected to: {outcome}"),
    ReviewKind.COMMENT: N_("commented"),
    ReviewKind.APPEAL: N_("appealed"),
    ReviewKind.JUDGEMENT: N_("judged without the machine: {outcome}"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A review as it is read. ``acts``: what may be done about it."""

    number: int
    style: str
    words: str
    by: str
    at: str
    reason: str
    has_lapsed: bool
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """An occurrence, or with an empty ``occurrence`` the finding as a whole.

    ``anchor``: its name on the page. ``machine``: the machine's outcome; ``outcome``: the final
    one. ``is_waiting``: it failed or is open, and nobody has said a word about it. ``acts``: what
    the viewer may do. ``version``: of the rule.
    """

    anchor: str
    rule_id: str
    occurrence: str
    version: str
    name: str
    machine: Outcome
    outcome: Outcome
    said: tuple[Said, ...]
    acts: tuple[str, ...]
    is_waiting: bool
    view: OccurrenceView | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A finding. ``whole``: what is said and may be said about all of it."""

    view: FindingView
    machine: Outcome
    whole: Case
    cases: tuple[Case, ...]

    @property
    def is_urgent(self) -> bool:
        return self.machine in OPEN or self.view.outcome in OPEN

    @property
    def is_waiting(self) -> bool:
        return self.is_urgent and (
            self.whole.is_waiting or any(case.is_waiting for case in self.cases)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form with its findings."""

    name: str
    party: str
    total: Total | None
    items: tuple[Item, ...]


def items_of(
    call: Call,
    result: Reviewed,
    reviews: Sequence[Review],
    rationales: Mapping[str, str],
    caller: Caller,
) -> list[Item]:
    """What failed or is open first, as the machine had it, so that nothing moves by a review."""
    machine = {finding.rule_id: finding for finding in result.machine.findings}
    final = {finding.rule_id: finding for finding in result.final.findings}
    views = {view.rule_id: view for view in finding_views(call, result.final, (), rationales)}
    order = [view.rule_id for view in finding_views(call, result.machine)]
    reader = _Reader(reviews, result, caller)
    return [_item(views[rule_id], machine[rule_id], final[rule_id], reader) for rule_id in order]


def parts_of(card: Scorecard, items: Sequence[Item]) -> list[Part]:
    """The sections in the form's order, the agent's before the centre's; trials come last."""
    totals = {(total.name, total.counts_for.value): total for total in card.sections}
    counted = [item for item in items if not item.view.is_trial]
    trials = tuple(item for item in items if item.view.is_trial)
    places = dict.fromkeys([*totals, *((item.view.section, item.view.party) for item in counted)])
    parts = [
        Part(name, party, totals.get((name, party)), shown)
        for name, party in sorted(places, key=lambda place: place[1] == Party.CENTRE)
        if (shown := tuple(i for i in counted if (i.view.section, i.view.party) == (name, party)))
    ]
    return (
        [*parts, Part(_("On trial or watching, without points"), "", None, trials)]
        if trials
        else parts
    )


class _Reader:
    """What was said about a case, and what the viewer may say."""

    def __init__(self, reviews: Sequence[Review], result: Reviewed, caller: Caller) -> None:
        self._reviews, self._caller = reviews, caller
        self._lapsed = {one.number for one in result.lapsed}
        self._decided = {one.appeal for one in reviews if one.kind == ReviewKind.DECISION}

    def said(self, rule_id: str, occurrence: str) -> tuple[Said, ...]:
        return tuple(
            self._said(one)
            for one in self._reviews
            if (one.rule_id, one.occurrence) == (rule_id, occurrence)
        )

    def has_word(self, rule_id: str, occurrence: str) -> bool:
        return any(
            one.rule_id == rule_id
            and one.occurrence in (occurrence, WHOLE)
            and is_word(one)
            and one.number not in self._lapsed
            for one in self._reviews
        )

    def acts(self, machine: Outcome, rule_id: str, occurrence: str) -> tuple[str, ...]:
        appealed = any(
            one.kind == ReviewKind.APPEAL
            and (one.rule_id, one.occurrence) == (rule_id, occurrence)
            and one.number not in self._decided
            for one in self._reviews
        )
        useless = {
            "confirm": machine == Outcome.UNDETERMINED,
            "appeal": appealed or machine not in OPEN,
            "decide": True,
        }
        return tuple(
            act
            for act, scope in _ALLOWED.items()
            if self._caller.may(scope) and not useless.get(act)
        )

    def _said(self, one: Review) -> Said:
        outcome = wording.outcome_name(one.outcome) if one.outcome else ""
        if one.kind == ReviewKind.DECISION:
            words = _("upheld the appeal") if one.upheld else _("rejected the appeal")
        else:
            words = _(_SAID[one.kind]).format(outcome=outcome)
        can_decide = one.kind == ReviewKind.APPEAL and one.number not in self._decided
        return Said(
            number=one.number,
            style=one.kind.value,
            words=words,
            by=name_of(one.by),
            at=wording.moment(one.at.astimezone()),
            reason=one.reason,
            has_lapsed=one.number in self._lapsed,
            acts=("decide",) if can_decide and self._caller.may(Scope.DECIDE) else (),
        )


def _item(view: FindingView, machine: Finding, final: Finding, reader: _Reader) -> Item:
    shown = {case.anchor: case for case in view.occurrences}
    cases = []
    names = occurrence_ids(machine)
    for number, (name, before, now) in enumerate(
        zip(names, machine.occurrences, final.occurrences, strict=True), 1
    ):
        anchor = f"{machine.rule_id}.{number}"
        if anchor not in shown and before.outcome == Outcome.NOT_APPLICABLE:
            continue
        label = shown[anchor].label if anchor in shown else _("No. {number}").format(number=number)
        cases.append(
            Case(
                anchor=anchor,
                rule_id=machine.rule_id,
                occurrence=name,
                version=machine.rule_version,
                name=f"{machine.name} {label}".strip(),
                machine=before.outcome,
                outcome=now.outcome,
                said=reader.said(machine.rule_id, name),
                acts=reader.acts(before.outcome, machine.rule_id, name),
                is_waiting=before.outcome in OPEN and not reader.has_word(machine.rule_id, name),
                view=shown.get(anchor),
            )
        )
    whole = Case(
        anchor=machine.rule_id,
        rule_id=machine.rule_id,
        occurrence=WHOLE,
        version=machine.rule_version,
        name=machine.name,
        machine=machine.outcome,
        outcome=final.outcome,
        said=reader.said(machine.rule_id, WHOLE),
        acts=reader.acts(machine.outcome, machine.rule_id, WHOLE),
        is_waiting=machine.outcome in OPEN
        and not cases
        and not reader.has_word(machine.rule_id, WHOLE),
    )
    return Item(view, machine.outcome, whole, tuple(cases))
