"""The six problems of bank hotlines, in figures, of any set of calls (``survey.sums``).

The customer service committee of the China Association of Trade in Services dialled the hotlines of
banks by hand and named six problems. Most of its findings are shares of banks, these are shares of
calls: they stand beside each other and are not subtracted.

Intervals are at 95 %: Wilson's for a share of calls; for what is counted several times in a call
(holds, courtesy rules) by the variance of a ratio over calls (Cochran, Sampling Techniques, 1977,
6.3), since two holds of one call are not two calls; for a mean, Student's. Fewer than ``FEWEST``
calls have none. Groups are compared with all calls at a level corrected for how many comparisons
there are (Bonferroni), so that of forty agents none stands out by chance alone more often than once
in twenty reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from autoqa.i18n import N_, _
from autoqa.reports.figures import Z_95, wilson
from autoqa.reports.intervals import FEW, FEWEST, t_95
from autoqa.survey.menus import AGENT, LOSS, Level, level_of
from autoqa.survey.sums import COURTESY, PITCH, Sums, quantile
from autoqa.types import Outcome

IN_TIME = 0.8
"""Of calls within 20 s: the usual standard of call centres, and the survey's."""
MEAN_HOLD_S = 47.39
"""The survey's mean."""
RIGHT = 0.7716
"""Of answers: the survey's finding."""
_WRONG = ("wrong", "outdated", "forbidden")
MANY = 0.05
"""How often any group at all may stand out by chance."""


class Unit(StrEnum):
    SHARE = "share"
    SECONDS = "seconds"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` in [``low``, ``high``] (None: cannot be told), from ``count`` calls.

    ``key``: for programs. ``is_good``: whether more is better; None for neither. ``link``: which
    calls are behind it, as fields of the calls' list. ``standard``: what it is held against.
    """

    key: str
    label: str
    unit: Unit
    value: float | None
    low: float | None
    high: float | None
    count: int
    is_good: bool | None = None
    link: Mapping[str, str] = field(default_factory=dict)
    standard: float | None = None

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, ``open`` (the interval holds the standard), or empty without one."""
        if self.standard is None or self.low is None or self.high is None:
            return ""
        if self.low <= self.standard <= self.high:
            return "open"
        return "met" if (self.low > self.standard) is bool(self.is_good) else "missed"


@dataclass(frozen=True, slots=True)
class Problem:
    """``figures``: the first is the one to show alone. ``surveyed``: what the survey found.
    ``missing``: why nothing is measured, or empty. ``notes``: what else there is to say."""

    key: str
    name: str
    surveyed: str
    figures: tuple[Figure, ...]
    missing: str = ""
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> Figure | None:
        return self.figures[0] if self.figures and not self.missing else None


def problems(sums: Sums, tree: Sequence[Level] = (), z: float = Z_95) -> tuple[Problem, ...]:
    """All six, in the survey's order. ``tree``: the menus of these calls. ``z``: of intervals."""
    made = _Made(sums, z)
    found = (_through(made), _menus(made, tree), _ads(made), _holds(made), _courtesy(made))
    return (*found, _answers(made))


def level(comparisons: int) -> float:
    """``z`` at which so many comparisons together err by chance once in twenty times."""
    return NormalDist().inv_cdf(1 - MANY / (2 * max(comparisons, 1)))


def standing(figure: Figure | None, whole: Figure | None) -> str:
    """``worse``, ``better``, ``like`` (no difference can be told) than all calls, or ``few``."""
    if figure is None or whole is None or figure.count < FEW or whole.value is None:
        return "few"
    if figure.low is None or figure.high is None or figure.low <= whole.value <= figure.high:
        return "like"
    return "better" if (figure.low > whole.value) is bool(figure.is_good) else "worse"


class _Made:
    """Makes figures of sums."""

    def __init__(self, sums: Sums, z: float) -> None:
        self.sums, self._numbers, self._z = sums, sums.numbers, z

    def share(self, key: str, label: str, name: str) -> Figure:
        """Of calls."""
        count = int(self._numbers[f"{name}.n"])
        return self._share(key, label, int(self._numbers[f"{name}.x"]), count)

    def rule(self, key: str, label: str, rule_id: str, wanted: Outcome) -> Figure:
        """Of the calls in which a rule was decided."""
        rules = self.sums.rules
        count = sum(rules[rule_id, one.value] for one in (Outcome.PASSED, Outcome.FAILED))
        hits = rules[rule_id, wanted.value]
        figure = self._share(key, label, hits, count)
        return replace(figure, is_good=wanted is Outcome.PASSED, link={"rule": rule_id})

    def _share(self, key: str, label: str, hits: int, count: int) -> Figure:
        if not count:
            return Figure(key, label, Unit.SHARE, None, None, None, 0)
        share = hits / count
        low, high = wilson(share, count, self._z)
        return Figure(key, label, Unit.SHARE, share, low, high, count)

    def mean(self, key: str, label: str, name: str, unit: Unit) -> Figure:
        """Of a number that each call has once."""
        count = int(self._numbers[f"{name}.n"])
        sums = (count, self._numbers[f"{name}.y"], count, self._numbers[f"{name}.y"])
        return self._ratio(key, label, count, (*sums, self._numbers[f"{name}.yy"]), unit)

    def ratio(self, key: str, label: str, name: str, unit: Unit) -> Figure:
        """Of sums over calls."""
        sums = tuple(float(self._numbers[f"{name}.{one}"]) for one in ("x", "y", "xx", "xy", "yy"))
        return self._ratio(key, label, int(self._numbers[f"{name}.n"]), sums, unit)

    def _ratio(self, key: str, label: str, count: int, sums: Sequence[float], unit: Unit) -> Figure:
        x, y, xx, xy, yy = sums
        if not x:
            return Figure(key, label, unit, None, None, None, 0)
        value, scale = y / x, 1000 if unit is Unit.SECONDS else 1
        low = high = None
        if count >= FEWEST:
            rest = max(yy - 2 * value * xy + value**2 * xx, 0.0)
            variance = rest * count / (count - 1) / x**2
            if unit is Unit.SHARE:
                spread = value * (1 - value)
                counts_for = min(spread / variance, x) if variance and spread else count
                low, high = wilson(value, counts_for, self._z)
            else:
                half = t_95(count - 1, self._z) * sqrt(variance)
                low, high = max(value - half, 0.0) / scale, (value + half) / scale
        return Figure(key, label, unit, value / scale, low, high, count)


def _plain(key: str, label: str, unit: Unit, value: float | None, count: int) -> Figure:
    """One without an interval."""
    return Figure(key, label, unit, value, None, None, count)


def _through(made: _Made) -> Problem:
    answers = made.sums.answers
    count = answers.total()
    return Problem(
        "through",
        _("Hard to get through"),
        _("25 per cent of banks reach 80 per cent within 20 s"),
        (
            replace(
                made.share("in-time", _("answered within 20 s"), "in_time"),
                is_good=True,
                standard=IN_TIME,
                link={"problem": "late"},
            ),
            made.mean("answer-mean", _("mean wait for an agent"), "answer", Unit.SECONDS),
            _plain(
                *("answer-median", _("half wait at most"), Unit.SECONDS),
                quantile(answers, 0.5),
                count,
            ),
            _plain(
                *("answer-p90", _("nine of ten wait at most"), Unit.SECONDS),
                quantile(answers, 0.9),
                count,
            ),
        ),
        missing="" if count else _("no call tells when the waiting began"),
    )


def _menus(made: _Made, tree: Sequence[Level]) -> Problem:
    loss, agent = level_of(tree, LOSS), level_of(tree, AGENT)
    figures = (
        replace(
            made.share("within-two-keys", _("an agent within two keys"), "shallow"),
            is_good=True,
            link={"problem": "deep"},
        ),
        made.mean("keys-mean", _("mean keys to an agent"), "keys", Unit.NUMBER),
        made.mean("menu-mean", _("mean time in menus"), "menu", Unit.SECONDS),
        _plain(
            *("loss-level", _("loss report offered on level"), Unit.NUMBER),
            loss.number if loss else None,
            loss.calls if loss else 0,
        ),
        _plain(
            *("agent-level", _("agent offered on level"), Unit.NUMBER),
            agent.number if agent else None,
            agent.calls if agent else 0,
        ),
    )
    is_known = any(one.value is not None for one in figures)
    return Problem(
        "menus",
        _("Menus like mazes"),
        _("25 per cent of banks take a loss report on the first level"),
        figures,
        missing="" if is_known else _("no menu was heard"),
    )


def _ads(made: _Made) -> Problem:
    names = [(name, count) for name, count in made.sums.ads.most_common(3) if name]
    played = _("{name}: {count} times")
    return Problem(
        "ads",
        _("Forced advertisements"),
        _("12.5 per cent of banks play them"),
        (
            replace(
                made.share("ad", _("calls with an advertisement before the agent"), "ad"),
                is_good=False,
                link={"problem": "ad"},
            ),
            made.mean("ad-mean", _("mean length where one played"), "ad_ms", Unit.SECONDS),
            made.rule("pitch", _("calls in which an agent pitched"), PITCH, Outcome.FAILED),
        ),
        missing="" if made.sums.numbers["ad.n"] else _("no call was recorded before the agent"),
        notes=tuple(played.format(name=name, count=count) for name, count in names),
    )


def _holds(made: _Made) -> Problem:
    holds, causes = made.sums.holds, made.sums.causes
    count = holds.total()
    seen = [(_(CAUSES[cause]), causes[cause]) for cause in CAUSES if causes[cause]]
    why = _("{cause}: {count} of {all} holds")
    return Problem(
        "holds",
        _("Waiting on hold"),
        _("56.25 per cent of banks miss the standard; mean 47.39 s"),
        (
            replace(
                made.ratio("hold-mean", _("mean length of a hold"), "hold", Unit.SECONDS),
                is_good=False,
                standard=MEAN_HOLD_S,
                link={"problem": "long"},
            ),
            replace(
                made.share("held", _("calls with a hold"), "held"),
                is_good=False,
                link={"problem": "held"},
            ),
            _plain(
                "hold-median", _("half last at most"), Unit.SECONDS, quantile(holds, 0.5), count
            ),
            _plain(
                *("hold-p90", _("nine of ten last at most"), Unit.SECONDS),
                quantile(holds, 0.9),
                count,
            ),
            replace(
                made.ratio("hold-long", _("holds over 60 s"), "long", Unit.SHARE),
                is_good=False,
                link={"problem": "long"},
            ),
            made.rule("hold-asked", _("asked for"), "hold-requested", Outcome.PASSED),
            made.rule("hold-thanked", _("thanked for"), "hold-thanked", Outcome.PASSED),
        ),
        missing="" if made.sums.numbers["held.n"] else _("holds were not listened for"),
        notes=tuple(why.format(cause=cause, count=n, all=count) for cause, n in seen),
    )


CAUSES = {
    "look_up": N_("to look something up"),
    "work": N_("to do something at the screen"),
    "": N_("without a reason given"),
}
"""Of holds, by what the agent said before."""
RULE_NAMES = {
    "greeting": N_("greeting"),
    "staff-id": N_("staff number given"),
    "hold-requested": N_("hold asked for"),
    "hold-thanked": N_("thanked after a hold"),
    "offer-help": N_("asked whether there is more"),
    "closing": N_("closing"),
    "apology": N_("apology for a complaint"),
}


def _courtesy(made: _Made) -> Problem:
    rules = (
        made.rule(rule_id, _(RULE_NAMES[rule_id]), rule_id, Outcome.PASSED) for rule_id in COURTESY
    )
    return Problem(
        "courtesy",
        _("Courtesy"),
        _("56.25 per cent of banks reach the standard"),
        (
            replace(
                made.ratio("courtesy", _("courtesy rules kept"), "courtesy", Unit.SHARE),
                is_good=True,
            ),
            *rules,
        ),
        missing="" if made.sums.numbers["courtesy.x"] else _("no courtesy rule was decided"),
    )


def _answers(made: _Made) -> Problem:
    told, away_ms = made.sums.told, made.sums.away_ms
    asked = told.total()
    kinds: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for (topic, kind), count in told.items():
        kinds[kind] += count
        if kind in _WRONG:
            wrong[topic] += count
    missed = _("{topic}: {count} wrong answers")
    away = _("most looked up: {topic}, {seconds} s")
    notes = [missed.format(topic=topic, count=count) for topic, count in wrong.most_common(3)]
    notes += [
        away.format(topic=topic, seconds=round(spent / 1000))
        for topic, spent in away_ms.most_common(3)
        if spent
    ]
    return Problem(
        "answers",
        _("Wrong answers"),
        _("77.16 per cent right; 7 of 16 banks reach the standard"),
        (
            replace(
                made.ratio("right", _("answered right, of those decided"), "answers", Unit.SHARE),
                is_good=True,
                standard=RIGHT,
                link={"problem": "wrong"},
            ),
            _plain("asked", _("questions the knowledge base has"), Unit.NUMBER, asked, asked),
            _plain("outdated", _("out of date"), Unit.NUMBER, kinds["outdated"], asked),
            _plain("left", _("not told in full"), Unit.NUMBER, kinds["missing"], asked),
        ),
        missing="" if asked else _("needs a knowledge base of the bank"),
        notes=tuple(notes),
    )
