"""Solved at once: the share of customers who did not call again within a week, how satisfied they
said they were, and how long a call took; and what goes with each.

What goes together need not be cause and effect: who calls about something hard is put on hold and
calls again. Groups are compared with the rest of the calls at a level corrected for how many
comparisons there are (Bonferroni); intervals of shares are Wilson's, of a mean Student's, of a
difference of shares Newcombe's (1998, method 10), of means Welch's, all at 95 % as shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TypeAlias

from autoqa.i18n import _
from autoqa.reports.figures import Z_95, wilson
from autoqa.reports.intervals import FEW, FEWEST, t_95
from autoqa.reports.problems import Figure, Unit, level
from autoqa.survey.solved import Part
from autoqa.survey.sums import quantile
from autoqa.survey.traits import SATISFIED

MOST_TOPICS = 12
"""Of those that most calls are about."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of calls with something, beside that of the calls without: ``less`` to ``more`` is
    the interval of the difference. ``standing``: ``worse``, ``better``, ``like`` or ``few``."""

    figure: Figure
    rest: Figure
    less: float | None
    more: float | None
    standing: str


@dataclass(frozen=True, slots=True)
class With:
    """What goes with ``key``: ``held``, ``talked_over``, ``topic:NAME``, ``team:NAME``."""

    key: str
    name: str
    calls: int
    beside: tuple[Beside, ...]

    @property
    def is_telling(self) -> bool:
        """Whether any difference can be told."""
        return any(one.standing in ("worse", "better") for one in self.beside)


@dataclass(frozen=True, slots=True)
class Board:
    """``figures``: of all calls. ``judged``: calls whose week is over and whose customer is known;
    ``young``: known, and not judged yet. ``by_topic``: of those judged, how many by their topic;
    the rest by any further call."""

    calls: int
    judged: int
    young: int
    by_topic: int
    figures: tuple[Figure, ...]
    sides: tuple[With, ...]


_Side: TypeAlias = tuple[str, str, Callable[[Part], bool | None]]
"""A key of ``With``, its name, and whether calls have it."""


@dataclass(slots=True)
class _Sums:
    calls: int = 0
    solved: int = 0
    judged: int = 0
    satisfied: int = 0
    rated: int = 0
    handled: int = 0
    handled_s: float = 0.0
    squares: float = 0.0
    lengths: Counter[int] = field(default_factory=Counter)


def board(
    parts: Sequence[Part], seconds: Iterable[tuple[int, int]] = (), keys: Iterable[str] = ()
) -> Board:
    """``seconds``: (length, calls) of all. ``keys``: that say that a customer was satisfied."""
    words = {*SATISFIED, *keys}
    total = _sums(parts, words)
    total.lengths = Counter(dict(seconds))
    sides = list(_sides(parts))
    strict = level(3 * len(sides))
    made = []
    for key, name, has_it in sides:
        ones, others = [p for p in parts if has_it(p)], [p for p in parts if has_it(p) is False]
        own, rest = _sums(ones, words), _sums(others, words)
        if own.calls and rest.calls:
            pairs = zip(_figures(own), _figures(rest), strict=True)
            beside = tuple(_beside(one, other, own, rest, strict) for one, other in pairs)
            made.append(With(key, name, own.calls, beside))
    judged = [one for one in parts if one.again is not None]
    return Board(
        total.calls,
        total.judged,
        sum(one.calls for one in parts if one.is_young),
        sum(one.calls for one in judged if one.topic),
        (*_figures(total), *_quantiles(total)),
        tuple(made),
    )


def _sides(parts: Sequence[Part]) -> Iterator[_Side]:
    yield "held", _("with a hold"), lambda part: part.held
    yield "talked_over", _("with a talk-over"), lambda part: part.talked_over
    topics: Counter[str] = Counter()
    for part in parts:
        topics[part.topic] += part.calls if part.topic else 0
    for topic, count in topics.most_common(MOST_TOPICS):
        if count >= FEW:
            yield f"topic:{topic}", _("topic {name}").format(name=topic), _has("topic", topic)
    for team in sorted({part.team for part in parts if part.team}):
        yield f"team:{team}", _("team {name}").format(name=team), _has("team", team)


def _has(what: str, name: str) -> Callable[[Part], bool]:
    return lambda part: getattr(part, what) == name


def _sums(parts: Iterable[Part], words: set[str]) -> _Sums:
    sums = _Sums()
    for one in parts:
        sums.calls += one.calls
        sums.handled += one.handled
        sums.handled_s += one.handled_s
        sums.squares += one.squares
        if one.again is not None:
            sums.judged += one.calls
            sums.solved += 0 if one.again else one.calls
        if (said := is_satisfied(one.satisfaction, words)) is not None:
            sums.rated += one.calls
            sums.satisfied += one.calls if said else 0
    return sums


def is_satisfied(keyed: str, words: set[str]) -> bool | None:
    """What the customer said; None where it says nothing to who does not know the keys."""
    keyed = keyed.strip().lower()
    if not keyed:
        return None
    if keyed in words:
        return True
    return None if keyed.isdigit() and not any(one.isdigit() for one in words) else False


def _figures(sums: _Sums) -> tuple[Figure, ...]:
    return (
        _share(
            "solved", _("solved at once: no further call within 7 days"), sums.solved, sums.judged
        ),
        _share(
            "satisfied",
            _("customers who keyed that they were satisfied"),
            sums.satisfied,
            sums.rated,
        ),
        _mean(sums),
    )


def _share(key: str, label: str, hits: int, count: int) -> Figure:
    if not count:
        return Figure(key, label, Unit.SHARE, None, None, None, 0, True)
    return Figure(key, label, Unit.SHARE, hits / count, *wilson(hits / count, count), count, True)


def _mean(sums: _Sums) -> Figure:
    label, count = _("mean handling time"), sums.handled
    if not count:
        return Figure("handled", label, Unit.SECONDS, None, None, None, 0, False)
    mean = sums.handled_s / count
    if count < FEWEST:
        return Figure("handled", label, Unit.SECONDS, mean, None, None, count, False)
    half = t_95(count - 1) * sqrt(_variance(sums))
    return Figure(
        "handled", label, Unit.SECONDS, mean, max(mean - half, 0), mean + half, count, False
    )


def _variance(sums: _Sums) -> float:
    """Of the mean."""
    count = sums.handled
    rest = max(sums.squares - sums.handled_s**2 / count, 0.0)
    return rest / (count - 1) / count


def _quantiles(sums: _Sums) -> tuple[Figure, ...]:
    count = sums.lengths.total()
    names = (
        ("handled-median", _("half take at most"), 0.5),
        ("handled-p90", _("nine of ten take at most"), 0.9),
    )
    return tuple(
        Figure(key, label, Unit.SECONDS, quantile(sums.lengths, part), None, None, count)
        for key, label, part in names
    )


def _beside(one: Figure, other: Figure, own: _Sums, rest: _Sums, strict: float) -> Beside:
    if one.value is None or other.value is None or min(one.count, other.count) < FEW:
        return Beside(one, other, None, None, "few")
    shown, sure = (_difference(one, other, own, rest, z) for z in (Z_95, strict))
    is_more = sure[0] > 0
    standing = (
        "like" if sure[0] <= 0 <= sure[1] else "better" if is_more is one.is_good else "worse"
    )
    return Beside(one, other, *shown, standing)


def _difference(
    one: Figure, other: Figure, own: _Sums, rest: _Sums, z: float
) -> tuple[float, float]:
    """The interval of how much more the one is than the other."""
    assert one.value is not None and other.value is not None
    by = one.value - other.value
    if one.unit is Unit.SHARE:
        low, high = wilson(one.value, one.count, z)
        other_low, other_high = wilson(other.value, other.count, z)
        down = sqrt((one.value - low) ** 2 + (other_high - other.value) ** 2)
        return by - down, by + sqrt((high - one.value) ** 2 + (other.value - other_low) ** 2)
    half = z * sqrt(_variance(own) + _variance(rest))
    return by - half, by + half


# ---------------------------------------------------------------- as a table


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of some calls, for a table; ``rest``: of the other calls."""

    of: str
    figure: str
    mean: float | None
    low: float | None
    high: float | None
    calls: int
    rest: float | None
    standing: str


def rows(found: Board) -> tuple[Row, ...]:
    """All calls first."""
    total = (_row(_("all calls"), one, None, "") for one in found.figures)
    sides = (
        _row(side.name, one.figure, one.rest.value, one.standing)
        for side in found.sides
        for one in side.beside
    )
    return (*total, *sides)


def _row(of: str, one: Figure, rest: float | None, standing: str) -> Row:
    return Row(of, one.label, one.value, one.low, one.high, one.count, rest, standing)
