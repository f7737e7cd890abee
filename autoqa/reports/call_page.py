"""``calls/NAME.EXT.html``: one self-contained page a call.

On top the score with its range and the picture of the call; below, each finding with its reason,
evidence and a clip to play, beside the transcript as a conversation. What failed comes first, then
what waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from autoqa.i18n import N_, _, render
from autoqa.reports import wording
from autoqa.reports.clips import Clip, Cue, cue
from autoqa.reports.measured import measured
from autoqa.reports.pages import COMMON, data_uri, embedded, page
from autoqa.reports.proof import Proof
from autoqa.reports.row import home_href
from autoqa.reports.timeline import timeline
from autoqa.reports.transcript import transcript
from autoqa.types import (
    Call,
    Contact,
    Evidence,
    Finding,
    Leg,
    Occurrence,
    Outcome,
    Party,
    Role,
    Scorecard,
)

HOW = {
    "sound": N_("matched by sound"),
    "similar": N_("much like it"),
    "learned": N_("in other words"),
    "unlike": N_("perhaps not meant so"),
    "heard_twice": N_("confirmed by a second listen"),
}
ORDER = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """``quote`` is what was said; ``text`` what was searched or measured. One may be empty."""

    start_ms: int
    end_ms: int
    time: str
    role: Role
    quote: str
    text: str
    note: str
    cue: Cue | None


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    anchor: str
    label: str
    outcome: Outcome
    reason: str
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """``points``: earned and possible, empty where it earns none; ``cost``: what is lost (failed)
    or at stake (to review); as text, empty where none."""

    rule_id: str
    name: str
    section: str
    party: str
    is_fatal: bool
    is_trial: bool
    outcome: Outcome
    points: str
    cost: str
    reason: str
    rationale: str
    occurrences: tuple[OccurrenceView, ...]
    mentions: tuple[OccurrenceView, ...]


def call_html(
    call: Call,
    contact: Contact,
    scorecard: Scorecard,
    clips: Sequence[Clip] = (),
    rationales: Mapping[str, str] | None = None,
    proof: Proof | None = None,
) -> str:
    """The page. ``clips``: audio for ``clip_spans``; ``rationales``: why a rule is, by its id;
    ``proof``: what makes it evidence by itself."""
    views = finding_views(call, scorecard, clips, rationales)
    return page(
        "call.html",
        (*COMMON, "call.css", *(["proof.css"] if proof else [])),
        "call.js",
        call=call,
        contact=contact,
        card=scorecard,
        verdict=wording.verdict(scorecard),
        verdict_name=wording.verdict_name(scorecard),
        facts=[(_("Form"), scorecard.form_name or scorecard.form), *known_facts(call, contact)],
        sections=sorted(scorecard.sections, key=lambda total: total.counts_for == Party.CENTRE),
        remarks=[render(remark.message) for remark in call.remarks],
        form_doubt=render(scorecard.form_doubt) if scorecard.form_doubt else "",
        groups=[
            (outcome, [v for v in views if v.outcome == outcome and not v.is_trial])
            for outcome in ORDER
        ],
        trials=[v for v in views if v.is_trial],
        fatal=[v.name for v in views if v.rule_id in scorecard.fatal_rule_ids],
        picture=timeline(call, scorecard),
        measured=measured(call),
        transcript=transcript(call, scorecard),
        home="" if proof else home_href(contact),
        proof=proof,
        data=embedded(_script_data(call, clips)),
    )


def _script_data(call: Call, clips: Sequence[Clip]) -> dict[str, object]:
    return {
        "duration": call.duration_ms,
        "clips": [
            {"start": c.start_ms, "end": c.end_ms, "src": data_uri(c.data, c.mime)} for c in clips
        ],
    }


def finding_views(
    call: Call,
    scorecard: Scorecard,
    clips: Sequence[Clip] = (),
    rationales: Mapping[str, str] | None = None,
) -> list[FindingView]:
    """What a page shows of each finding: what failed first, then what waits for a person."""
    return [_finding(finding, call, clips, rationales or {}) for finding in _ordered(scorecard)]


def _ordered(scorecard: Scorecard) -> list[Finding]:
    """By outcome; where points are lost or open, fatal rules first, then the dearest."""

    def place(finding: Finding) -> tuple[int, bool, Decimal]:
        is_settled = finding.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE)
        lost = finding.points_lost + finding.points_open
        return ORDER.index(finding.outcome), not (finding.fatal and not is_settled), -lost

    return sorted(scorecard.findings, key=place)


def known_facts(call: Call, contact: Contact) -> list[tuple[str, str]]:
    """What is known of the call besides its score, as pairs of label and value."""
    agent = " ".join(part for part in (contact.agent_name, contact.agent_id) if part)
    waited = None if contact.queue_ms is None else wording.seconds(contact.queue_ms)
    pairs = [
        (_("Agent"), agent),
        (_("Team"), contact.team),
        (_("Started at"), contact.started_at and wording.moment(contact.started_at)),
        (_("Duration"), wording.clock(call.duration_ms)),
        (_("Direction"), contact.direction and wording.direction_name(contact.direction)),
        (_("Queue"), contact.queue),
        (_("Product"), contact.product),
        (_("Waited in queue"), waited and _("{seconds} s").format(seconds=waited)),
        (_("Call ID"), contact.call_id if contact.call_id != contact.file else None),
        *contact.extra.items(),
    ]
    return [(label, str(value)) for label, value in pairs if value]


def _finding(
    finding: Finding, call: Call, clips: Sequence[Clip], rationales: Mapping[str, str]
) -> FindingView:
    is_open = finding.outcome == Outcome.UNDETERMINED
    lost = finding.points_open if is_open else finding.points_lost
    cases = list(enumerate(finding.occurrences, 1))
    views = [_occurrence(finding, number, case, call, clips) for number, case in cases]
    reason = render(finding.reason) if finding.reason else ""
    if any(reason == evidence.text for view in views for evidence in view.evidence):
        reason = ""
    return FindingView(
        rule_id=finding.rule_id,
        name=finding.name,
        section=finding.section,
        party=finding.counts_for.value,
        is_fatal=finding.fatal,
        is_trial=finding.trial,
        outcome=finding.outcome,
        points=""
        if finding.deducts or finding.trial
        else " / ".join(map(wording.points, (finding.points_earned, finding.points_possible))),
        cost=wording.points(lost) if lost else "",
        reason=reason,
        rationale=rationales.get(finding.rule_id, ""),
        occurrences=tuple(v for v in views if v.outcome != Outcome.NOT_APPLICABLE),
        mentions=tuple(v for v in views if v.outcome == Outcome.NOT_APPLICABLE),
    )


def _occurrence(
    finding: Finding, number: int, occurrence: Occurrence, call: Call, clips: Sequence[Clip]
) -> OccurrenceView:
    several = sum(o.outcome != Outcome.NOT_APPLICABLE for o in finding.occurrences) > 1
    reason = render(occurrence.reason) if occurrence.reason else ""
    if occurrence.reason == finding.reason:
        reason = ""
    return OccurrenceView(
        anchor=f"{finding.rule_id}.{number}",
        label=_("No. {number}").format(number=number) if several else "",
        outcome=occurrence.outcome,
        reason=reason,
        evidence=tuple(_evidence(evidence, call, clips) for evidence in occurrence.evidence),
    )


def _evidence(evidence: Evidence, call: Call, clips: Sequence[Clip]) -> EvidenceView:
    notes = [_(HOW[evidence.how])] if evidence.how in HOW else []
    if evidence.quote and evidence.certainty < 1:
        notes.append(_("{percent} sure").format(percent=f"{100 * evidence.certainty:.0f}%"))
    notes += _leg(evidence, call.legs)
    return EvidenceView(
        start_ms=evidence.start_ms,
        end_ms=evidence.end_ms,
        time=f"{wording.clock(evidence.start_ms)}–{wording.clock(evidence.end_ms)}",
        role=evidence.role,
        quote=evidence.quote,
        text="" if evidence.quote else render(evidence.message),
        note=_(", ").join(notes),
        cue=cue(evidence, clips),
    )


def _leg(evidence: Evidence, legs: Sequence[Leg]) -> list[str]:
    """Which agent's part of the call it is from, where there are several."""
    if len(legs) < 2:
        return []
    number = sum(leg.start_ms <= evidence.start_ms for leg in legs)
    agent_id = legs[number - 1].agent_id
    return [_("agent {number}").format(number=number) + (f" ({agent_id})" if agent_id else "")]
