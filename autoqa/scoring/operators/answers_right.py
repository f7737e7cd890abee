"""``answers_right``: what the agent answered agrees with the bank's knowledge.

::

    answers_right: 是

Each question that an entry below ``knowledge:`` surely knows is a case of its own, see
``answering``. Failed: the answer surely tells another amount, one that held earlier, or something
that must not be said; on a recording, only after the second listen heard it again, too. Passed: all
required facts were told and nothing else instead. Undetermined: facts are missing, something is
perhaps wrong, or nobody knows who speaks. Does not apply where nothing was asked that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autoqa.i18n import N_
from autoqa.knowledge.quantities import quantities
from autoqa.knowledge.search import index_of
from autoqa.numerals import spoken
from autoqa.scoring import evidence
from autoqa.scoring.answering import Answered, Told, answered
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result, conjunction
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import Yes
from autoqa.scoring.window import Scope
from autoqa.types import Evidence, Message, Occurrence, Outcome, Question, Role, Value

RIGHT = N_("“{topic}” was answered right")
WRONG = N_("“{topic}”: {fact} is {right}, but “{said}” was said")
OUTDATED = N_("“{topic}”: {fact} is {right}; “{said}” was so until {day}")
FORBIDDEN = N_("“{topic}”: “{said}” must not be said")
MISSING = N_("“{topic}”: not told: {facts}")
PERHAPS = N_("“{topic}”: perhaps not right: “{said}”")
TEMPLATES = {
    RIGHT: "right",
    WRONG: "wrong",
    OUTDATED: "outdated",
    FORBIDDEN: "forbidden",
    MISSING: "missing",
    PERHAPS: "perhaps",
}
"""What became of a question, by the reason of its case, whose ``entry`` is the entry's id."""
ASKED = N_("asked about “{topic}”")
KNOWN = N_("the knowledge base says: {answer}")
_AROUND_MS = 1_000


@dataclass(frozen=True, slots=True)
class _Case:
    occurrence: Occurrence
    questions: tuple[Question, ...] = ()


class AnswersRight(Operator):
    """What the agent answered agrees with the bank's knowledge."""

    key: ClassVar[str] = "answers_right"

    answers_right: Yes

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        cases = [_case(view, scope, one) for one in answered(view)]
        if not cases:
            asked = not _knows_parties(view) and _may_be_asked(view)
            outcome = Outcome.UNDETERMINED if asked else Outcome.NOT_APPLICABLE
            return Result(outcome, reason=view.role_needed if asked else None)
        outcome = conjunction(case.occurrence.outcome for case in cases)
        deciding = next(one.occurrence for one in cases if one.occurrence.outcome == outcome)
        return Result(
            outcome,
            tuple(case.occurrence for case in cases),
            deciding.reason,
            tuple(question for case in cases for question in case.questions),
        )


def _knows_parties(view: CallView) -> bool:
    return view.knows(Role.AGENT) and view.knows(Role.CUSTOMER)


def _may_be_asked(view: CallView) -> bool:
    entries = tuple(one for one in view.rule_set.knowledge if one.holds_on(view.day))
    if not entries:
        return False
    index = index_of(entries)
    return any(index.recognise(one.text) for one in view.utterances(Role.UNKNOWN))


def _case(view: CallView, scope: Scope, one: Answered) -> _Case:
    """What a question comes to: what is surely wrong goes before what is perhaps."""
    for said in (*one.wrong, *one.forbidden):
        if said.sure:
            return _wrong(view, scope, one, said)
    doubtful = (*one.wrong, *one.forbidden)
    if doubtful:
        reason = _message(PERHAPS, one, said=doubtful[0].quote)
        return _Case(_occurrence(Outcome.UNDETERMINED, one, doubtful, reason))
    if one.missing:
        facts = "、".join(fact.name for fact in one.missing)
        reason = _message(MISSING, one, facts=facts)
        return _Case(_occurrence(Outcome.UNDETERMINED, one, one.right, reason))
    if not view.is_transcribed(Role.AGENT, one.start_ms, one.end_ms):
        reason = _message(PERHAPS, one, said="…")
        return _Case(_occurrence(Outcome.UNDETERMINED, one, one.right, reason))
    return _Case(_occurrence(Outcome.PASSED, one, one.right, _message(RIGHT, one)))


def _wrong(view: CallView, scope: Scope, one: Answered, said: Told) -> _Case:
    reason = _reason(one, said)
    failed = _Case(_occurrence(Outcome.FAILED, one, (said,), reason))
    if view.is_exact:
        return failed
    question = _question(scope, said)
    answer = view.answer(question)
    doubt = _message(PERHAPS, one, said=said.quote)
    if answer is None or not view.is_named(said.start_ms, said.end_ms):
        questions = () if answer else (question,)
        return _Case(_occurrence(Outcome.UNDETERMINED, one, (said,), doubt), questions)
    again = quantities(answer.heard)
    wanted = said.fact.quantity if said.fact else None
    heard_right = wanted is not None and any(amount.same(wanted) for amount in again)
    heard_wrong = said.quantity is not None and any(map(said.quantity.same, again))
    if said.quantity is None:  # words that must not be said, word for word and heard well
        heard_wrong, heard_right = answer.said is True, False
    elif answer.said is not False:
        heard_right = True
    if heard_wrong and not heard_right:
        return failed
    return _Case(_occurrence(Outcome.UNDETERMINED, one, (said,), doubt))


def _reason(one: Answered, said: Told) -> Message:
    if said.fact is None:
        return _message(FORBIDDEN, one, said=said.quote)
    params: dict[str, Value] = {
        "fact": said.fact.name, "right": said.fact.value, "said": said.quote,
    }  # fmt: skip
    if said.outdated is not None:
        return _message(OUTDATED, one, **params, day=str(said.outdated.last_day))
    return _message(WRONG, one, **params)


def _question(scope: Scope, said: Told) -> Question:
    """Whether the right amount was said there after all; of forbidden words, whether they were."""
    if said.fact is None:
        phrases: tuple[str, ...] = (said.quote,)
    else:
        amount = spoken(said.fact.value)
        phrases = tuple(f"{way}{link}{amount}" for way in said.fact.about for link in ("", "是"))
    start_ms = max(0, said.start_ms - _AROUND_MS)
    return Question(scope.rule_id, phrases, Role.AGENT, start_ms, said.end_ms + _AROUND_MS)


def _message(template: str, one: Answered, **params: Value) -> Message:
    return Message(template, {"topic": one.entry.name, "entry": one.entry.id, **params})


def _occurrence(
    outcome: Outcome, one: Answered, told: tuple[Told, ...], reason: Message
) -> Occurrence:
    return Occurrence(outcome, tuple(_evidence(one, told)), reason)


def _evidence(one: Answered, told: tuple[Told, ...]) -> Iterator[Evidence]:
    asked = Message(ASKED, {"topic": one.entry.name})
    known = Message(KNOWN, {"answer": one.entry.answer})
    said = one.question
    yield Evidence(said.start_ms, said.end_ms, Role.CUSTOMER, said.quote, asked)
    for each in told:
        yield Evidence(each.start_ms, each.end_ms, Role.AGENT, each.quote, Message(evidence.SAID))
    yield Evidence(one.start_ms, one.end_ms, Role.AGENT, "", known, how="searched")
