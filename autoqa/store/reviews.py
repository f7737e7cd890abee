"""``Reviews``: what people say about findings: added, never changed, and in force at once.

What may be said, by whom and when is decided here, in the transaction that keeps it, so that two
people at once never get past it. Whether somebody has the scope to ask at all is the service's to
say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from autoqa.errors import NothingThere, ReviewRefused
from autoqa.i18n import N_
from autoqa.scoring.reviewed import (
    WHOLE,
    Reviewed,
    is_word,
    occurrence_ids,
    reviewed,
    settled,
)
from autoqa.store import review_rows
from autoqa.store.database import Database
from autoqa.store.scorecard_rows import current_scorecard, current_scorecards
from autoqa.store.standing import hold_calls, overview, put_reviews
from autoqa.types import AppealState, Draft, Finding, Outcome, Review, ReviewKind, Scorecard

MOST_CHARACTERS = 2000
"""In a reason: a page. It is kept for good and shown with the score."""

_NO_CALL = N_("there is no scored call {call_id}")
_NO_FINDING = N_("the scorecard of this call has no finding of the rule {rule_id}")
_NO_CASE = N_("this occurrence is not in the scorecard that is in force; load the call again")
_NO_APPEAL = N_("there is no appeal {number}")
_OTHER_VERSION = N_("the rule has changed since you loaded the call; load it again and look again")
_OLD_SCORECARD = N_(
    "this call was scored by an earlier version of autoqa, which kept too little to review it; "
    "score it again"
)
_NOT_STANDING = N_("what you confirm is not what stands any more; load the call again")
_UNDECIDED = N_(
    "what is undetermined cannot be confirmed; say whether it passed, failed or does not apply"
)
_NO_OUTCOME = N_("say whether it passed, failed or does not apply")
_NO_REASON = N_("give the reason; whoever it concerns reads it")
_TOO_LONG = N_("a reason has at most {most} characters")
_DECIDED = N_("an appeal about this was decided; the decision stands")
_NOT_FAILED = N_("only what failed can be appealed against")
_APPEALED = N_("an appeal about this waits for a decision already")
_DECIDED_ALREADY = N_("this appeal is decided already")
_OWN_APPEAL = N_("nobody decides his own appeal")
_OWN_REVIEW = N_("somebody else has to decide: you reviewed this finding yourself")
_UPHELD_AS = N_("an upheld appeal makes it passed or not applicable")
_FREE = (ReviewKind.CONFIRM, ReviewKind.CORRECT, ReviewKind.COMMENT, ReviewKind.APPEAL)


@dataclass(frozen=True, slots=True)
class Appeal:
    """``decision``: None while it is open. ``agent_id``: of the call."""

    review: Review
    decision: Review | None
    agent_id: str | None

    @property
    def state(self) -> AppealState:
        return AppealState.OPEN if self.decision is None else AppealState.DECIDED


class Reviews:
    """``Reviews(store).add(Draft(call_id, rule_id, ReviewKind.CONFIRM, by="王芳"))``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------ said

    def add(self, draft: Draft) -> Review:
        """Keeps a confirmation, correction, comment or appeal; the call stands by it at once.

        ``NothingThere`` where there is no such call, finding or occurrence; ``ReviewRefused`` where
        it cannot be said of it.
        """
        if draft.kind not in _FREE:
            raise ValueError(draft.kind)
        with self._database.begin() as connection:
            scorecard = _held(connection, draft.call_id)
            reviews = review_rows.of_call(connection, draft.call_id)
            said = reviewed(scorecard, reviews)
            target = _target(said, draft)
            outcome = _outcome(draft, target, reviews)
            review = review_rows.add(connection, _review(draft, target, outcome))
            put_reviews(connection, draft.call_id, scorecard)
        return review

    def decide(
        self,
        appeal: int,
        by: str,
        *,
        upheld: bool,
        reason: str,
        outcome: Outcome = Outcome.PASSED,
    ) -> Review:
        """Decides an appeal. ``outcome``: what it is where the appeal is upheld.

        Raises as ``add`` does; also where ``by`` appealed himself, or has reviewed this finding.
        """
        with self._database.begin() as connection:
            query = sa.select(review_rows.reviews.c.call_id).where(
                review_rows.reviews.c.number == appeal,
                review_rows.reviews.c.kind == ReviewKind.APPEAL.value,
            )
            call_id = connection.scalar(query)
            if call_id is None:
                raise NothingThere(_NO_APPEAL, number=appeal)
            scorecard = _held(connection, call_id)
            reviews = review_rows.of_call(connection, call_id)
            asked = next(one for one in reviews if one.number == appeal)
            _check_decision(asked, by, reason, reviews)
            if upheld and outcome not in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
                raise ReviewRefused(_UPHELD_AS)
            decision = _decision(asked, by, upheld, reason, outcome, reviewed(scorecard, reviews))
            decision = _with_settled(decision, scorecard, reviews)
            review = review_rows.add(connection, decision)
            put_reviews(connection, call_id, scorecard)
        return review

    # ------------------------------------------------------------ read

    def of_call(self, call_id: str) -> list[Review]:
        """Everything that was said of a call, oldest first."""
        with self._database.reading() as connection:
            return review_rows.of_call(connection, call_id)

    def reviewed(self, call_id: str) -> Reviewed | None:
        """The scorecard that a call stands by, the machine's and the final; None: no such call."""
        with self._database.reading() as connection:
            scorecard = current_scorecard(connection, call_id)
            reviews = review_rows.of_call(connection, call_id)
        return None if scorecard is None else reviewed(scorecard, reviews)

    def finals(self, call_ids: Sequence[str]) -> dict[str, tuple[Scorecard, frozenset[str]]]:
        """The final scorecards of calls, and the rules that an open appeal is about, by call."""
        with self._database.reading() as connection:
            cards = current_scorecards(connection, call_ids)
            said = review_rows.of_calls(connection, call_ids)
        return {
            call_id: (reviewed(card, said.get(call_id, ())).final, _asked(said.get(call_id, ())))
            for call_id, card in cards.items()
        }

    def appeal(self, number: int) -> Appeal | None:
        """One appeal; None: there is none of this number."""
        found = self._appeals(review_rows.reviews.c.number == number, limit=1)
        return found[0] if found else None

    def appeals(
        self,
        state: AppealState | None = None,
        *,
        agent_ids: Collection[str] | None = None,
        after: int = 0,
        limit: int = 50,
    ) -> list[Appeal]:
        """Appeals, oldest first. ``after``: the number of the last one of the page before.

        ``state``: open or decided only. ``agent_ids``: only about calls of these.
        """
        reviews = review_rows.reviews
        chosen = [reviews.c.number > after]
        decision = reviews.alias()
        is_decided = sa.exists().where(decision.c.appeal == reviews.c.number)
        if state is not None:
            chosen.append(is_decided if state == AppealState.DECIDED else sa.not_(is_decided))
        if agent_ids is not None:
            chosen.append(overview.c.agent_id.in_(agent_ids))
        return self._appeals(*chosen, limit=limit)

    def _appeals(self, *chosen: sa.ColumnElement[bool], limit: int) -> list[Appeal]:
        reviews = review_rows.reviews
        query = (
            sa.select(reviews.c.number, overview.c.agent_id)
            .join(overview, overview.c.call_id == reviews.c.call_id, isouter=True)
            .where(reviews.c.kind == ReviewKind.APPEAL.value, *chosen)
            .order_by(reviews.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            agents = {row.number: row.agent_id for row in connection.execute(query)}
            asked = reviews.c.number.in_(agents)
            decided = reviews.c.appeal.in_(agents)
            rows = review_rows.found(connection, sa.select(reviews).where(asked | decided))
        decisions = {one.appeal: one for one in rows if one.kind == ReviewKind.DECISION}
        return [
            Appeal(one, decisions.get(one.number), agents[one.number])
            for one in rows
            if one.kind == ReviewKind.APPEAL
        ]


def _asked(reviews: Sequence[Review]) -> frozenset[str]:
    """The rules of appeals that wait to be decided."""
    decided = {one.appeal for one in reviews}
    appeals = (one for one in reviews if one.kind == ReviewKind.APPEAL)
    return frozenset(one.rule_id for one in appeals if one.number not in decided)


# ---------------------------------------------------------------- what it is about


@dataclass(frozen=True, slots=True)
class Target:
    """A finding of the scorecard in force, or a case of it. ``machine``, ``standing``: outcomes."""

    finding: Finding
    occurrence: str
    machine: Outcome
    standing: Outcome


def _held(connection: sa.Connection, call_id: str) -> Scorecard:
    """The scorecard that the call stands by; nobody else changes the call until the end."""
    hold_calls(connection, [call_id])
    scorecard = current_scorecard(connection, call_id)
    if scorecard is None:
        raise NothingThere(_NO_CALL, call_id=call_id)
    return scorecard


def target_of(said: Reviewed, rule_id: str, occurrence: str = WHOLE) -> Target:
    """``NothingThere`` where the scorecard has no such finding or occurrence."""
    pairs = zip(said.machine.findings, said.final.findings, strict=True)
    for machine, final in pairs:
        if machine.rule_id != rule_id:
            continue
        if occurrence == WHOLE:
            return Target(machine, WHOLE, machine.outcome, final.outcome)
        ids = occurrence_ids(machine)
        if occurrence not in ids:
            raise NothingThere(_NO_CASE)
        case = ids.index(occurrence)
        outcomes = machine.occurrences[case].outcome, final.occurrences[case].outcome
        return Target(machine, occurrence, *outcomes)
    raise NothingThere(_NO_FINDING, rule_id=rule_id)


def _target(said: Reviewed, draft: Draft) -> Target:
    target = target_of(said, draft.rule_id, draft.occurrence)
    version = target.finding.rule_version
    if not version:
        raise ReviewRefused(_OLD_SCORECARD)
    if draft.rule_version not in ("", version):
        raise ReviewRefused(_OTHER_VERSION)
    return target


# ---------------------------------------------------------------- what may be said


def _outcome(draft: Draft, target: Target, reviews: Sequence[Review]) -> Outcome | None:
    """What the draft says it is; ``ReviewRefused`` where it may not be said."""
    check_reason(draft.reason, needed=draft.kind in (ReviewKind.CORRECT, ReviewKind.APPEAL))
    if draft.kind == ReviewKind.COMMENT:
        check_reason(draft.reason, needed=True)
        return None
    if any(one.kind == ReviewKind.DECISION and _meets(one, draft) for one in reviews):
        raise ReviewRefused(_DECIDED)
    if draft.kind == ReviewKind.APPEAL:
        if target.standing != Outcome.FAILED:
            raise ReviewRefused(_NOT_FAILED)
        if any(one.kind == ReviewKind.APPEAL and _meets(one, draft) for one in reviews):
            raise ReviewRefused(_APPEALED)
        return None
    if draft.kind == ReviewKind.CORRECT:
        if draft.outcome in (None, Outcome.UNDETERMINED):
            raise ReviewRefused(_NO_OUTCOME)
        return draft.outcome
    if draft.outcome not in (None, target.standing):
        raise ReviewRefused(_NOT_STANDING)
    if target.standing == Outcome.UNDETERMINED:
        raise ReviewRefused(_UNDECIDED)
    return target.standing


def check_reason(reason: str, *, needed: bool) -> None:
    """``ReviewRefused`` where it is missing or too long."""
    if needed and not reason.strip():
        raise ReviewRefused(_NO_REASON)
    if len(reason) > MOST_CHARACTERS:
        raise ReviewRefused(_TOO_LONG, most=MOST_CHARACTERS)


def _meets(one: Review, other: Review | Draft) -> bool:
    """Whether both are about the same case, or one of them about all."""
    return one.rule_id == other.rule_id and (
        WHOLE in (one.occurrence, other.occurrence) or one.occurrence == other.occurrence
    )


def _check_decision(asked: Review, by: str, reason: str, reviews: Sequence[Review]) -> None:
    if any(one.appeal == asked.number for one in reviews):
        raise ReviewRefused(_DECIDED_ALREADY)
    if by == asked.by:
        raise ReviewRefused(_OWN_APPEAL)
    spoke = (one for one in reviews if is_word(one) or one.kind == ReviewKind.JUDGEMENT)
    if any(one.by == by and _meets(one, asked) for one in spoke):
        raise ReviewRefused(_OWN_REVIEW)
    check_reason(reason, needed=True)


# ---------------------------------------------------------------- what is kept


def _review(draft: Draft, target: Target, outcome: Outcome | None) -> Review:
    return Review(
        number=0,
        call_id=draft.call_id,
        rule_id=draft.rule_id,
        rule_version=target.finding.rule_version,
        kind=draft.kind,
        by=draft.by,
        at=datetime.now(UTC),
        occurrence=target.occurrence,
        outcome=outcome,
        machine=target.machine,
        reason=draft.reason.strip(),
    )


def _decision(
    asked: Review, by: str, upheld: bool, reason: str, outcome: Outcome, said: Reviewed
) -> Review:
    """About what was appealed against, where the scorecard in force has it; where it has only the
    rule, about the finding as a whole; else about what is gone, and nothing comes of it."""
    target: Target | None
    try:
        target = target_of(said, asked.rule_id, asked.occurrence)
    except NothingThere:
        ids = [finding.rule_id for finding in said.machine.findings]
        target = target_of(said, asked.rule_id) if asked.rule_id in ids else None
    stands = None if target is None else target.standing
    rejected_as = None if stands == Outcome.UNDETERMINED else stands
    return Review(
        number=0,
        call_id=asked.call_id,
        rule_id=asked.rule_id,
        rule_version=asked.rule_version if target is None else target.finding.rule_version,
        kind=ReviewKind.DECISION,
        by=by,
        at=datetime.now(UTC),
        occurrence=asked.occurrence if target is None else target.occurrence,
        outcome=outcome if upheld else rejected_as,
        machine=None if target is None else target.machine,
        reason=reason.strip(),
        appeal=asked.number,
        upheld=upheld,
    )


def _with_settled(decision: Review, scorecard: Scorecard, reviews: Sequence[Review]) -> Review:
    """With what is left of the finding, below which no later rules bring it."""
    last = max((one.number for one in reviews), default=0)
    final = reviewed(scorecard, [*reviews, replace(decision, number=last + 1)]).final
    left = [finding for finding in final.findings if finding.rule_id == decision.rule_id]
    return replace(decision, settled=settled(left[0])) if left else decision
