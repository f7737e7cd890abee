"""``score``: what a rule set says of one call. Pure, and done again whenever a rule changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from autoqa.i18n import N_
from autoqa.scoring import evidence, totals
from autoqa.scoring.finder import LEARNED
from autoqa.scoring.result import Result
from autoqa.scoring.rule import Form, Item, Rule, RuleSet
from autoqa.scoring.spoken import Spoken, merged
from autoqa.scoring.view import CallView, Known, day_of
from autoqa.scoring.window import Scope
from autoqa.types import (
    Answer,
    Call,
    Contact,
    Evidence,
    Finding,
    Message,
    Occurrence,
    Outcome,
    Party,
    Question,
    Scorecard,
)

NO_AGENT = N_("no agent is on this recording")
NO_WORD = N_("not one word of the agent could be made out")
NO_OCCASION = N_("there was no occasion for it")
NOT_SURE_IT_APPLIES = N_("it is not sure whether the rule applies")
OTHERS_LEG = N_("it is judged with the first agent of this call")
WHOSE = N_(
    "several agents speak in this call, and nobody knows who when; give their ids in order "
    "(agent_ids)"
)
MENTION = N_("said, but not where the rule looks")
FORM_DOUBT = N_(
    "it is not sure whether “{form}” is the form for this call; “{used}” was taken, and a person "
    "decides"
)


def score(
    call: Call,
    contact: Contact,
    rule_set: RuleSet,
    answers: Sequence[Answer] = (),
    day: date | None = None,
    known: Known | None = None,
) -> tuple[Scorecard, tuple[Question, ...]]:
    """The scorecard of an interpreted call, and what a second listen should listen for.

    ``answers``: of the second listen, for questions of an earlier scorecard of the same call.
    Scoring again with the answers to all questions asks none of them again. ``day``: whose rules
    hold, see ``day_of``. ``known``: what was found out about the call before; rules that are as
    they were are not asked again, and ask no questions.
    """
    known = known or Known()
    view = CallView(call, contact, rule_set, answers, known)
    view.day = day = day or view.day
    form, doubt = _form_of(view)
    findings: list[Finding] = []
    questions: list[Question] = []
    for section, item, rule in rule_set.running(form, day):
        said = _said(rule, known.before)
        if said is not None and _is_on(said, rule, item, section, form):
            findings.append(said)
            continue
        result = _judge(view, rule) if said is None else _result_of(said)
        finding = _finding(rule, item, section, result, form.start is not None)
        by_case = rule.passes_if.is_by_case(rule_set)
        findings.append(replace(finding, by_case=by_case))
        questions += result.questions
    card = totals.scorecard(rule_set.version, form, doubt, tuple(findings))
    return card, tuple(dict.fromkeys(questions))


def asks_again(rule_set: RuleSet, contact: Contact, before: Mapping[str, Finding]) -> bool:
    """Whether any rule has to be asked that has not said ``before`` what it says of the call."""
    if len(rule_set.forms) > 1:
        return True
    running = rule_set.running(rule_set.forms[0], day_of(contact))
    return any(_said(rule, before) is None for _, _, rule in running)


def _said(rule: Rule, before: Mapping[str, Finding]) -> Finding | None:
    """What this very version of the rule said; a rule without a version may be any."""
    finding = before.get(rule.id)
    same = finding is not None and rule.version and finding.rule_version == rule.version
    return finding if same else None


def _is_on(finding: Finding, rule: Rule, item: Item, section: str, form: Form) -> bool:
    """Whether a finding is worth what the form says now, and goes by the same names."""
    trial = rule.is_free
    return (
        finding.name == rule.name
        and finding.section == section
        and finding.counts_for == rule.counts_for
        and finding.points_possible == (0 if trial else item.points)
        and finding.fatal == (item.fatal and not trial)
        and finding.trial == trial
        and finding.deduct == item.deduct
        and finding.per_occurrence == item.per_occurrence
        and finding.deducts == (form.start is not None)
    )


def _result_of(finding: Finding) -> Result:
    return Result(finding.outcome, finding.occurrences, finding.reason)


def _form_of(view: CallView) -> tuple[Form, Message | None]:
    """The first form that surely is the call's, and what makes another before it possible."""
    doubtful = ""
    for form in view.rule_set.forms:
        outcome = Outcome.PASSED
        if form.used_if is not None:
            fits = form.used_if.evaluate(view, Scope(form.id, is_duty=False))
            unsure = fits.outcome == Outcome.PASSED and not fits.sure
            outcome = Outcome.UNDETERMINED if unsure else fits.outcome
        if outcome == Outcome.PASSED:
            params = {"form": doubtful, "used": form.name}
            return form, Message(FORM_DOUBT, params) if doubtful else None
        if outcome == Outcome.UNDETERMINED:
            doubtful = doubtful or form.name
    raise ValueError("the last form has to fit every call")


def _judge(view: CallView, rule: Rule) -> Result:
    """What the rule says of the call, mentions included."""
    result = _applied(view, rule)
    if result.outcome == Outcome.FAILED and rule.counts_for == Party.AGENT and _is_mixed_up(view):
        result = _softened(result, Outcome.UNDETERMINED, Message(WHOSE))
    unfit = next((remark for remark in view.call.remarks if not remark.judgeable), None)
    if unfit and result.heard and result.outcome != Outcome.NOT_APPLICABLE:
        result = replace(result, outcome=Outcome.UNDETERMINED, reason=unfit.message, questions=())
    return replace(result, occurrences=result.occurrences + _mentions(view, rule, result))


def _is_mixed_up(view: CallView) -> bool:
    """Whether what one agent did would be charged to another: several legs in one scorecard, of
    which the metadata names only an agent."""
    contact = view.contact
    named = contact.agent_id is not None or bool(contact.agent_ids)
    return len(view.call.legs) > 1 and not contact.leg and named


def _applied(view: CallView, rule: Rule) -> Result:
    scope = Scope(rule.id)
    if rule.counts_for == Party.AGENT and not view.has_agent:
        return Result(Outcome.NOT_APPLICABLE, reason=Message(NO_AGENT))
    if rule.counts_for == Party.CENTRE and view.contact.leg > 1:
        return Result(Outcome.NOT_APPLICABLE, reason=Message(OTHERS_LEG), heard=False)
    # A sound without words may be no agent at all: a note of the music, a cough in the queue.
    is_heard = view.hears_agent or rule.counts_for != Party.AGENT
    doubt = None if is_heard else Message(NO_WORD)
    doubtful: tuple[Evidence, ...] = ()
    if rule.applies_if is not None:
        applies = rule.applies_if.evaluate(view, replace(scope, is_duty=False))
        if applies.outcome in (Outcome.FAILED, Outcome.NOT_APPLICABLE):
            reason = applies.reason or Message(NO_OCCASION)
            return Result(Outcome.NOT_APPLICABLE, reason=reason, heard=applies.heard)
        if applies.outcome == Outcome.UNDETERMINED or not applies.sure:
            doubt = applies.reason or Message(NOT_SURE_IT_APPLIES)
            doubtful = _heard(applies)
    result = rule.passes_if.evaluate(view, scope)
    if result.outcome == Outcome.FAILED and doubt is not None:
        result = _softened(result, Outcome.UNDETERMINED, doubt)
        if doubtful:  # what it hangs on is shown, and costs nothing by itself
            shown = Occurrence(Outcome.NOT_APPLICABLE, doubtful, doubt)
            result = replace(result, occurrences=(*result.occurrences, shown))
    return _pardoned(view, rule, scope, result)


def _heard(result: Result) -> tuple[Evidence, ...]:
    """The words and events that a result goes by."""
    pieces = (piece for item in result.occurrences for piece in item.evidence)
    return tuple(piece for piece in pieces if piece.how != "searched")


def _pardoned(view: CallView, rule: Rule, scope: Scope, result: Result) -> Result:
    """Where it would cost points: undetermined or not applicable instead, as the rule says."""
    if result.outcome not in (Outcome.FAILED, Outcome.UNDETERMINED):
        return result
    scope = replace(scope, is_duty=False)
    if rule.undetermined_if is not None:
        unsure = rule.undetermined_if.evaluate(view, scope)
        if unsure.outcome in (Outcome.PASSED, Outcome.UNDETERMINED):
            return _softened(result, Outcome.UNDETERMINED, unsure.reason)
    if rule.excused_if is not None:
        excused = rule.excused_if.evaluate(view, scope)
        if excused.outcome == Outcome.PASSED:
            return _softened(result, Outcome.NOT_APPLICABLE, excused.reason)
        if excused.outcome == Outcome.UNDETERMINED:
            return _softened(result, Outcome.UNDETERMINED, excused.reason)
    return result


def _softened(result: Result, outcome: Outcome, reason: Message | None) -> Result:
    """The same with a milder outcome. Questions stay: a second listen may still find it said."""
    occurrences = tuple(
        replace(item, outcome=outcome, reason=reason or item.reason)
        if item.outcome in (Outcome.FAILED, Outcome.UNDETERMINED)
        else item
        for item in result.occurrences
    )
    return replace(result, outcome=outcome, occurrences=occurrences, reason=reason or result.reason)


def _mentions(view: CallView, rule: Rule, result: Result) -> tuple[Occurrence, ...]:
    """Hits of the rule's own phrases that decide nothing: said elsewhere, or without occasion."""
    told = [piece for item in result.occurrences for piece in item.evidence]
    hits: list[Spoken] = []
    for use in rule.passes_if.phrase_uses(view.rule_set):
        if result.outcome == Outcome.NOT_APPLICABLE and not use.always:
            continue
        said = view.said(use.names, use.roles)
        if use.place is not None:
            windows = use.place.windows(view, Scope(rule.id))
            said = tuple(hit for hit in said if any(window.holds(hit) for window in windows))
        hits += [
            hit
            for hit in said
            if not (hit.negated or hit.quoted)
            and hit.counts
            and (hit.is_exact or hit.certainty >= use.sound_floor)
        ]
    fresh = [hit for hit in merged(hits) if not _is_told(hit, told)]
    return tuple(
        Occurrence(Outcome.NOT_APPLICABLE, (item,), Message(MENTION))
        for item in evidence.of_hits(fresh)
    )


def _is_told(hit: Spoken, told: list[Evidence]) -> bool:
    """Whether a hit of the same stretch of speech is evidence already."""
    start_ms, end_ms = hit.stretch
    return any(
        (piece.phrase or piece.how == LEARNED)
        and piece.start_ms < end_ms
        and piece.end_ms > start_ms
        for piece in told
        if piece.role == hit.role
    )


def _finding(rule: Rule, item: Item, section: str, result: Result, deducts: bool) -> Finding:
    trial = rule.is_free
    points = Decimal(0) if trial else item.points
    earned, open_ = totals.points_of(item, result.outcome, result.occurrences)
    return Finding(
        rule_id=rule.id,
        name=rule.name,
        section=section,
        counts_for=rule.counts_for,
        fatal=item.fatal and not trial,
        outcome=result.outcome,
        points_earned=min(earned, points),
        points_possible=points,
        occurrences=result.occurrences,
        reason=result.reason,
        points_open=min(open_, points),
        deducts=deducts,
        trial=trial,
        rule_version=rule.version,
        deduct=item.deduct,
        per_occurrence=item.per_occurrence,
    )
