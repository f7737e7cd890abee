"""``answers_of``: what became of the questions that the bank's knowledge knows, and how long the
agent was away or silent over each."""

from __future__ import annotations

from dataclasses import dataclass

from autoqa.scoring.operators.answers_right import TEMPLATES
from autoqa.types import Call, EventKind, Occurrence, Outcome, Scorecard

_AWAY = EventKind.HOLD, EventKind.DEAD_AIR
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """``outcome``: as people left it. ``kind``: see ``answers_right.TEMPLATES``. ``away_ms``: of
    holds and of silences that the agent owes, until the next question."""

    entry: str
    topic: str
    outcome: Outcome
    kind: str
    away_ms: int = 0


def answers_of(scorecard: Scorecard, call: Call | None = None) -> tuple[Answer, ...]:
    """By rule, then by time. A call that two rules ask about is told once, by the first."""
    for finding in scorecard.findings:
        cases = [one for one in finding.occurrences if _template(one) in TEMPLATES]
        if cases:
            starts = [case.evidence[0].start_ms for case in cases]
            ends = [*starts[1:], call.duration_ms if call else 0]
            spans = zip(starts, ends, strict=True)
            return tuple(
                _answer(case, away_ms(call, *span)) for case, span in zip(cases, spans, strict=True)
            )
    return ()


def _template(case: Occurrence) -> str:
    return case.reason.template if case.reason and case.evidence else ""


def _answer(case: Occurrence, away_ms: int) -> Answer:
    assert case.reason is not None
    told = case.reason.params
    entry, topic = (str(told.get(name, ""))[:_LONGEST] for name in ("entry", "topic"))
    return Answer(entry, topic, case.outcome, TEMPLATES[case.reason.template], away_ms)


def away_ms(call: Call | None, start_ms: int, end_ms: int) -> int:
    """Of holds and of silences that the agent owes, which begin in this stretch."""
    return sum(
        event.duration_ms
        for event in (call.events if call else ())
        if event.kind in _AWAY and start_ms <= event.start_ms < max(end_ms, start_ms + 1)
    )
