"""``sums_of``: what calls add up to where they are all at hand, as those of a night are.

``store.survey`` adds up the same by SQL; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autoqa.survey.answers import Answer
from autoqa.survey.facts import CallFacts
from autoqa.survey.sums import COURTESY, RULES, Sums
from autoqa.types import Finding, Outcome, Scorecard

_DECIDED = Outcome.PASSED, Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Told:
    """What a call tells of the six problems, and what the rules and the knowledge say of it."""

    facts: CallFacts
    scorecard: Scorecard
    answers: tuple[Answer, ...] = ()


def sums_of(calls: Iterable[Told]) -> Sums:
    sums = Sums("", "")
    for one in calls:
        sums.calls += 1
        _add_facts(sums, one.facts)
        _add_findings(sums, [each for each in one.scorecard.counted if each.outcome in _DECIDED])
        _add_answers(sums, one.answers)
    return sums


def _add_facts(sums: Sums, facts: CallFacts) -> None:
    ads, held = facts.ad_count, facts.hold_count
    shares = {
        "in_time": facts.in_time,
        "shallow": facts.shallow,
        "ad": None if ads is None else ads > 0,
        "held": None if held is None else held > 0,
    }
    for name, is_so in shares.items():
        if is_so is not None:
            sums.numbers.update({f"{name}.n": 1, f"{name}.x": int(is_so)})
    means = {
        "answer": facts.answer_ms,
        "keys": facts.keys,
        "menu": facts.menu_ms,
        "ad_ms": facts.ad_ms if ads else None,
    }
    for name, value in means.items():
        if value is not None:
            sums.numbers.update({f"{name}.n": 1, f"{name}.y": value, f"{name}.yy": value**2})
    if held:
        _add_ratio(sums, "hold", held, facts.hold_ms or 0)
        _add_ratio(sums, "long", held, facts.long_holds or 0)
    if facts.answer_ms is not None:
        sums.answers[_seconds(facts.answer_ms)] += 1
    sums.holds.update(_seconds(one.duration_ms) for one in facts.holds or ())
    sums.causes.update(one.cause for one in facts.holds or ())
    sums.ads.update(one.name for one in facts.played or () if one.label == "ad")


def _add_findings(sums: Sums, decided: list[Finding]) -> None:
    sums.rules.update((one.rule_id, one.outcome.value) for one in decided if one.rule_id in RULES)
    courtesy = [one.outcome for one in decided if one.rule_id in COURTESY]
    if courtesy:
        _add_ratio(sums, "courtesy", len(courtesy), courtesy.count(Outcome.PASSED))


def _add_answers(sums: Sums, answers: Iterable[Answer]) -> None:
    for one in answers:
        sums.told[one.topic, one.kind] += 1
        sums.away_ms[one.topic] += one.away_ms
    outcomes = [one.outcome for one in answers if one.outcome in _DECIDED]
    if outcomes:
        _add_ratio(sums, "answers", len(outcomes), outcomes.count(Outcome.PASSED))


def _add_ratio(sums: Sums, name: str, x: int, y: int) -> None:
    parts = {"n": 1, "x": x, "y": y, "xx": x * x, "xy": x * y, "yy": y * y}
    sums.numbers.update({f"{name}.{part}": value for part, value in parts.items()})


def _seconds(duration_ms: int) -> int:
    return (duration_ms + 999) // 1000
