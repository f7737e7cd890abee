"""Why a call is worth a person's time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autoqa.scoring.reviewed import Reviewed, is_word
from autoqa.types import AppealState, Finding, Outcome, Review, ReviewKind, Worth

SURE = 0.9
"""Of words below this certainty that cost points a second pair of ears should hear: among four
syllables one that was heard as a like one makes it less."""


def worth(said: Reviewed, reviews: Sequence[Review]) -> Worth:
    """The most pressing reason for which anybody should look at the call."""
    final = said.final
    waiting = [finding for finding in final.counted if finding.rule_id not in said.done]
    ids = {finding.rule_id for finding in waiting}
    is_open = any(finding.outcome == Outcome.UNDETERMINED for finding in final.counted)
    has_lapsed = any(one.rule_id in ids for one in said.lapsed)
    reasons = (
        (Worth.APPEAL, appeal_state(reviews) == AppealState.OPEN),
        (Worth.DISAGREEMENT, _is_disputed(said, reviews)),
        (Worth.FATAL, not ids.isdisjoint(final.fatal_rule_ids)),
        (Worth.DECISIVE, is_open and final.passed is None),
        (Worth.UNDETERMINED, is_open),
        (Worth.LAPSED, has_lapsed and any(_costs(one) for one in waiting)),
        (Worth.UNSURE, certainty(waiting) < SURE),
    )
    return next((reason for reason, holds in reasons if holds), Worth.NOTHING)


def certainty(findings: Iterable[Finding]) -> float:
    """Of the least sure words by which something failed; 1 where nothing did."""
    return min(
        (
            piece.certainty
            for finding in findings
            if finding.outcome == Outcome.FAILED
            for case in finding.occurrences
            if case.outcome == Outcome.FAILED
            for piece in case.evidence
        ),
        default=1.0,
    )


def appeal_state(reviews: Sequence[Review]) -> AppealState:
    """Of all appeals of a call together."""
    appeals = {one.number for one in reviews if one.kind == ReviewKind.APPEAL}
    decided = {one.appeal for one in reviews if one.kind == ReviewKind.DECISION}
    if appeals - decided:
        return AppealState.OPEN
    return AppealState.DECIDED if appeals else AppealState.NONE


def _costs(finding: Finding) -> bool:
    return finding.outcome in (Outcome.FAILED, Outcome.UNDETERMINED)


def _is_disputed(said: Reviewed, reviews: Sequence[Review]) -> bool:
    """Whether somebody who judged blindly found another outcome, and nobody has looked since."""
    findings = {finding.rule_id: finding for finding in said.final.counted}
    last_word: dict[str, int] = {}
    for one in reviews:
        if is_word(one):
            last_word[one.rule_id] = max(one.number, last_word.get(one.rule_id, 0))
    for one in reviews:
        finding = findings.get(one.rule_id)
        if (
            one.kind == ReviewKind.JUDGEMENT
            and finding is not None
            and one.rule_version == finding.rule_version
            and one.number > last_word.get(one.rule_id, 0)
            and finding.outcome not in (one.outcome, Outcome.UNDETERMINED)
        ):
            return True
    return False
