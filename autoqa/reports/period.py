"""A day, a week or a month of calls beside the one before: for management, a team or an agent.

What is said to have changed has changed for sure: the interval of the difference (Newcombe's for
shares, 1998, method 10; Welch's for means, in its normal approximation) leaves out zero at a level
corrected for how many differences a table shows (Bonferroni).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import hypot, log, sqrt
from typing import Any

from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.coaching import Coaching
from autoqa.reports.coaching import drawn as coaching_drawn
from autoqa.reports.figures import Z_95, rate, wilson
from autoqa.reports.intervals import FEW, mean_interval
from autoqa.reports.pages import COMMON, page
from autoqa.reports.problems import Figure, level
from autoqa.reports.result import plain
from autoqa.reports.span import Of, Period
from autoqa.reports.survey_board import interval, shown

MOST_WORDS = 20
MOST_CALLS = 8
COMMON_SHARE = 0.5
"""A word of more calls than that is no topic but the way people talk."""
LEAST_CALLS = 5
"""In which a word was said, for it to be a topic."""
MORE_OFTEN = 1.5
"""So much more often than in all calls a word is said in those that it is a topic of."""
MOST_OPENED = 5
"""Calls that a topic opens."""


@dataclass(frozen=True, slots=True)
class Count:
    """``hits`` of ``calls``."""

    hits: int
    calls: int


@dataclass(frozen=True, slots=True)
class Mean:
    """Of ``calls`` scores; ``value`` and ``spread`` None without any."""

    value: float | None
    spread: float | None
    calls: int


@dataclass(frozen=True, slots=True)
class Change:
    """``told``: ``up``, ``down``, ``like`` (no difference can be told) or ``few`` calls."""

    told: str
    now: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """A team or an agent. ``stands``: to the mean of all: above, below, like or few."""

    key: str
    name: str
    calls: int
    score: float | None
    low: float | None
    high: float | None
    stands: str
    change: Change


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by how often it failed among the calls in which it was decided."""

    rule_id: str
    name: str
    section: str
    failed: Count
    low: float
    high: float
    change: Change
    beside: Change | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word in ``now`` of the calls. ``kind``: new, up, down or usual; ``weight``: how much it
    tells these calls from others (TF-IDF over calls)."""

    word: str
    now: Count
    before: Count
    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Complained:
    """A queue with its calls in which the customer complained, or a word with those of them in
    which it was said. ``kind``: of a word, as of ``Word``. ``calls``: some of them, the latest
    first."""

    name: str
    now: Count
    before: Count
    change: Change
    kind: str
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Complaints:
    """Calls in which the customer complained: of all calls, by queue, and their words."""

    now: Count
    before: Count
    change: Change
    queues: tuple[Complained, ...]
    words: tuple[Complained, ...]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A call to look at first, and why."""

    call_id: str
    agent: str
    at: datetime
    score: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    calls: int
    score: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """``name``: of the team or agent. ``score``, ``passed``: with how they changed. ``problems``:
    figures of the survey now and before. ``groups``: teams, or a team's agents."""

    of: Of
    name: str
    period: Period
    before: Period
    calls: int
    calls_before: int
    score: Change
    low: float | None
    high: float | None
    passed: Change
    fatal: int
    waiting: int
    days: tuple[Day, ...]
    problems: tuple[tuple[str, Figure, Figure | None, str], ...]
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]
    words: tuple[Word, ...]
    outstanding: tuple[Outstanding, ...]
    coaching: Coaching | None = None
    complaints: Complaints | None = None


# ---------------------------------------------------------------- what has changed


def share_change(now: Count, before: Count, comparisons: int = 1) -> Change:
    """Of a share, both with enough calls to say anything."""
    one, other = (part.hits / part.calls if part.calls else None for part in (now, before))
    if one is None or other is None or min(now.calls, before.calls) < FEW:
        return Change("few", one, other)
    z = level(comparisons) if comparisons > 1 else Z_95
    low, high = _wilson(now, z)
    low_before, high_before = _wilson(before, z)
    difference = one - other
    least = difference - sqrt((one - low) ** 2 + (high_before - other) ** 2)
    most = difference + sqrt((high - one) ** 2 + (other - low_before) ** 2)
    return Change(_sign(least, most), one, other)


def mean_change(now: Mean, before: Mean, comparisons: int = 1) -> Change:
    """Of a mean score."""
    if (
        now.value is None
        or before.value is None
        or now.spread is None
        or before.spread is None
        or min(now.calls, before.calls) < FEW
    ):
        return Change("few", now.value, before.value)
    z = level(comparisons) if comparisons > 1 else Z_95
    half = z * sqrt(now.spread**2 / (now.calls - 1) + before.spread**2 / (before.calls - 1))
    difference = now.value - before.value
    return Change(_sign(difference - half, difference + half), now.value, before.value)


def figure_change(now: Figure, before: Figure | None, comparisons: int = 1) -> str:
    """``worse`` or ``better`` where the interval of the difference, from those of both (Zou and
    Donner, 2008), does not hold 0 at the level of so many comparisons; ``like``; ``few``."""
    if before is None or before.value is None or min(now.count, before.count) < FEW:
        return "few"
    ends = _ends(now), _ends(before)
    if ends[0] is None or ends[1] is None:
        return "like"
    (low, value, high), (was_low, was, was_high) = ends[0], ends[1]
    wider, moved = level(comparisons) / Z_95, value - was
    least = moved - wider * hypot(value - low, was_high - was)
    most = moved + wider * hypot(high - value, was - was_low)
    if least <= 0 <= most:
        return "like"
    return "better" if (moved > 0) is bool(now.is_good) else "worse"


def _ends(figure: Figure) -> tuple[float, float, float] | None:
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return figure.low, figure.value, figure.high


def _wilson(part: Count, z: float) -> tuple[float, float]:
    return wilson(part.hits / part.calls, part.calls, z)


def _sign(least: float, most: float) -> str:
    return "up" if least > 0 else "down" if most < 0 else "like"


# ---------------------------------------------------------------- topics


def topics(
    now: Mapping[str, int],
    calls: int,
    before: Mapping[str, int],
    calls_before: int,
    ever: Mapping[str, int],
    calls_ever: int,
) -> tuple[Word, ...]:
    """Words that rose or are new, then those that tell these calls from all that were ever heard.

    Each: word → calls in which it was said, of so many calls.
    """
    known = [word for word, count in now.items() if count >= LEAST_CALLS]
    found = []
    for word in known:
        one, other = Count(now[word], calls), Count(before.get(word, 0), calls_before)
        told = share_change(one, other, len(known)).told
        kind = "usual" if told in ("like", "few") else told
        if kind == "up" and not other.hits:
            kind = "new"
        weight = now[word] / calls * log((1 + calls_ever) / (1 + ever.get(word, now[word])))
        found.append(Word(word, one, other, kind, weight))
    changed = sorted(
        (one for one in found if one.kind in ("new", "up")),
        key=lambda one: (-_rise(one), one.word),
    )
    common = COMMON_SHARE * calls_ever
    usual = sorted(
        (one for one in found if one.kind == "usual" and ever.get(one.word, 0) < common),
        key=lambda one: (-one.weight, one.word),
    )
    return (*changed, *usual)[:MOST_WORDS]


def _rise(one: Word) -> float:
    return one.now.hits / one.now.calls - one.before.hits / max(one.before.calls, 1)


# ---------------------------------------------------------------- rows


def rule_row(
    rule_id: str,
    name: str,
    section: str,
    now: Count,
    before: Count,
    comparisons: int,
    beside: Count | None = None,
) -> Rule:
    """``beside``: the same rule in the calls of the agent's whole team."""
    found = rate(now.hits, now.calls)
    change = share_change(now, before, comparisons)
    other = None if beside is None else share_change(now, beside, comparisons)
    return Rule(rule_id, name, section, now, found.low, found.high, change, other)


def group_row(
    key: str, name: str, calls: int, now: Mean, before: Mean, whole: float | None, many: int
) -> Group:
    ends = (
        None
        if now.value is None or now.spread is None
        else mean_interval(now.value, now.spread, now.calls)
    )
    low, high = ends or (None, None)
    stands = "few"
    if now.calls >= FEW and low is not None and high is not None and whole is not None:
        stands = "above" if low > whole else "below" if high < whole else "like"
    change = mean_change(now, before, many)
    return Group(key, name, calls, now.value, low, high, stands, change)


# ---------------------------------------------------------------- as a page, as JSON

TITLES = {
    Of.MANAGEMENT: N_("Service quality"),
    Of.TEAM: N_("Service quality of a team"),
    Of.AGENT: N_("Service quality of an agent"),
}
TOLD = {
    "up": N_("▲ up for sure"),
    "down": N_("▼ down for sure"),
    "better": N_("▲ better for sure"),
    "worse": N_("▼ worse for sure"),
    "like": N_("= no difference can be told"),
    "few": N_("few calls"),
    "above": N_("▲ above the mean"),
    "below": N_("▼ below the mean"),
}
WORDS = {"new": N_("new"), "up": N_("risen"), "usual": N_("frequent")}


def period_html(found: Report, *, made_at: datetime | None = None, link: str = "") -> str:
    """One page to print or to send. ``link``: address of the service, for the calls it names."""
    advice = {} if found.coaching is None else coaching_drawn(found.coaching)
    return page(
        "period.html",
        (*COMMON, "coaching.css", "period.css"),
        "",
        report=found,
        title=_(TITLES[found.of]),
        changes={key: _(text) for key, text in TOLD.items()},
        kinds={key: _(text) for key, text in WORDS.items()},
        course=_course(found.days),
        shown=shown,
        interval=interval,
        link=link.rstrip("/"),
        made_at=wording.moment(made_at) if made_at else "",
        **advice,
    )


def period_json(found: Report) -> str:
    return json.dumps(plain(found), ensure_ascii=False, indent=2)


WIDTH, HEIGHT = 1000, 160


def _course(days: Sequence[Day]) -> dict[str, Any] | None:
    """The line of mean scores, drawn from the least that it needs up to 100."""
    known = [day for day in days if day.score is not None]
    if len(known) < 2:
        return None
    least = min(80, *(int((day.low or day.score or 0) // 10 * 10) for day in known))
    step = WIDTH / len(days)

    def y(score: float) -> float:
        return round(HEIGHT * (100 - score) / (100 - least), 1)

    points = [
        (round(step * (place + 0.5), 1), y(day.score), day)
        for place, day in enumerate(days)
        if day.score is not None
    ]
    ends = [(x, day) for x, _y, day in points if day.low is not None and day.high is not None]
    upper = [(x, y(day.high or 0)) for x, day in ends]
    lower = [(x, y(day.low or 0)) for x, day in reversed(ends)]
    every = max(1, len(points) // 8)
    return {
        "line": " ".join(f"{x},{at}" for x, at, _day in points),
        "band": " ".join(f"{x},{at}" for x, at in (*upper, *lower)),
        "points": points,
        "labels": [one for place, one in enumerate(points) if place % every == 0],
        "marks": [(score, y(score)) for score in range(least, 101, 10 if least < 80 else 5)],
        "width": WIDTH,
        "height": HEIGHT,
    }
