"""The six problems of bank hotlines, of a set of calls.

The committee for customer service of the China Association of Trade in Services dialled the
hotlines of banks and named six problems. Its figures are shares of banks; these are shares of
calls, so they stand beside each other and are not subtracted.

A problem without a rule in the form, or that no call was listened to for, is not measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from autoqa.i18n import _
from autoqa.reports.figures import Rate, rate
from autoqa.reports.row import Row
from autoqa.reports.wording import percent
from autoqa.survey.sums import COURTESY
from autoqa.types import EventKind, Outcome


@dataclass(frozen=True, slots=True)
class Problem:
    """``measured`` is None where nothing was; ``detail``: more figures, as a sentence.

    ``is_good``: whether the rate is of what goes well (higher is better).
    ``rule_id``: the rule whose failures are behind it, if it is one.
    """

    name: str
    measure: str
    measured: Rate | None
    is_good: bool
    detail: str
    surveyed: str
    rule_id: str = ""


def problems(rows: Sequence[Row]) -> tuple[Problem, ...]:
    """All six, in the survey's order."""
    scored = [row for row in rows if row.scorecard]
    outcomes = Counter(
        (finding.rule_id, finding.outcome)
        for row in scored
        if row.scorecard
        for finding in row.scorecard.counted
    )
    right = _decided(outcomes, ("right-answers",), Outcome.PASSED)
    return (
        Problem(
            _("Hard to get through"),
            _("answered within 20 s"),
            _decided(outcomes, ("answer-time",), Outcome.PASSED),
            True,
            "",
            _("25 per cent of banks reach 80 per cent within 20 s"),
            "answer-time",
        ),
        Problem(
            _("Menus like mazes"),
            _("an agent within two keys"),
            _decided(outcomes, ("menu-depth",), Outcome.PASSED),
            True,
            "",
            _("25 per cent of banks take a loss report on the first level"),
            "menu-depth",
        ),
        _advertisements(scored, outcomes),
        _holds(scored),
        Problem(
            _("Courtesy"),
            _("courtesy rules kept"),
            _decided(outcomes, COURTESY, Outcome.PASSED),
            True,
            "",
            _("56.25 per cent of banks reach the standard"),
        ),
        Problem(
            _("Wrong answers"),
            _("answered right, of those decided")
            if right
            else _("needs a knowledge base of the bank"),
            right,
            True,
            "",
            _("77.16 per cent right; 7 of 16 banks reach the standard"),
        ),
    )


def _decided(
    outcomes: Counter[tuple[str, Outcome]], rule_ids: Sequence[str], wanted: Outcome
) -> Rate | None:
    """The share of ``wanted`` among findings that passed or failed."""
    count = sum(outcomes[rule, o] for rule in rule_ids for o in (Outcome.PASSED, Outcome.FAILED))
    return rate(sum(outcomes[rule, wanted] for rule in rule_ids), count) if count else None


def _advertisements(rows: Sequence[Row], outcomes: Counter[tuple[str, Outcome]]) -> Problem:
    played = [row.ads.total_ms for row in rows if row.ads and row.ads.count]
    return Problem(
        _("Forced advertisements"),
        _("calls with an advertisement before the agent"),
        _decided(outcomes, ("forced-ad",), Outcome.FAILED),
        False,
        _("mean {seconds} s where one played").format(seconds=_whole(mean(played)))
        if played
        else "",
        _("12.5 per cent of banks play them"),
        "forced-ad",
    )


def _holds(rows: Sequence[Row]) -> Problem:
    heard = [row.tallies[EventKind.HOLD] for row in rows if EventKind.HOLD in row.tallies]
    holding = [tally for tally in heard if tally.count]
    detail = ""
    if holding:
        count = sum(tally.count for tally in holding)
        detail = _(
            "mean {mean} s a hold; longest of a call: median {median} s; over 60 s in {share}"
        ).format(
            mean=_whole(sum(tally.total_ms for tally in holding) / count),
            median=_whole(median(tally.longest_ms for tally in holding)),
            share=percent(sum(tally.longest_ms > 60_000 for tally in holding), len(holding)),
        )
    return Problem(
        _("Waiting on hold"),
        _("calls with a hold"),
        rate(len(holding), len(heard)) if heard else None,
        False,
        detail,
        _("56.25 per cent of banks miss the standard; mean 47.39 s"),
        "hold-length",
    )


def _whole(duration_ms: float) -> str:
    """Whole seconds."""
    return f"{duration_ms / 1000:.0f}"
