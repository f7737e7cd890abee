"""Sudden rises: on which day more of something was counted than chance explains.

A day's share is compared with that of the days before by Fisher's exact test, one-sided. Days
differ by more than calls drawn by lot would; how much more the days before show (Pearson's χ² by
its degrees of freedom), and counts are divided by that. So is the answer to several questions
asked at once: ``LEVEL`` holds for all that is compared on a day together (Bonferroni), so that
where nothing changed a day alerts wrongly once in a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, floor, lgamma
from typing import TypeAlias

LEVEL = 0.001
"""Chance that a day on which nothing rose has an alert all the same."""
BEFORE_DAYS = 28
"""Compared with so many days: four of each day of the week."""
LEAST_DAYS = 5
"""With fewer days with calls before it, nothing is said of a day."""
LEAST_HITS = 5
"""Fewer are looked at one by one."""
LEAST_FACTOR = 1.5
"""A lesser rise, however certain, is for reports, not for an alert."""
CALM_DAYS = 3
"""A rise is over when so many days together are nearer to what was usual."""

Count: TypeAlias = tuple[int, int]
"""Hits, and of how many."""
Series: TypeAlias = Mapping[date, Count]
"""By day; days without any are missing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A day's count against that of the days before. ``chance``: of as many where nothing rose."""

    now: Count
    usual: Count
    chance: float

    def is_rise(self, comparisons: int) -> bool:
        """Whether it is one, among so many comparisons of the day."""
        hits, count = self.now
        usual = self.usual[0] / self.usual[1]
        is_large = hits >= LEAST_HITS and hits / count >= LEAST_FACTOR * usual
        return is_large and self.chance * max(comparisons, 1) < LEVEL


def compared(series: Series, day: date) -> Compared | None:
    """A day against the days before it; None where there are too few of either."""
    now = series.get(day, (0, 0))
    since = day - timedelta(days=BEFORE_DAYS)
    before = [count for of, count in series.items() if since <= of < day and count[1]]
    if not now[1] or len(before) < LEAST_DAYS:
        return None
    usual = total(before)
    return Compared(now, usual, _chance(now, usual, _spread(before, usual)))


def is_over(series: Series, since: date, day: date, now: Count, usual: Count) -> bool:
    """Whether a rise that began with ``now`` against ``usual`` has gone down again by a day."""
    days = sorted(of for of, count in series.items() if since < of <= day and count[1])
    if len(days) < CALM_DAYS:
        return False
    hits, count = total(series[of] for of in days[-CALM_DAYS:])
    return hits / count < (now[0] / now[1] + usual[0] / usual[1]) / 2


def total(counts: Iterable[Count]) -> Count:
    pairs = list(counts)
    return sum(hits for hits, _ in pairs), sum(count for _, count in pairs)


def _spread(before: list[Count], usual: Count) -> float:
    """How many times as far the days lie apart as calls drawn by lot would; at least 1."""
    share = usual[0] / usual[1]
    if share in (0, 1):
        return 1.0
    squares = sum((hits - n * share) ** 2 / (n * share * (1 - share)) for hits, n in before)
    return max(squares / (len(before) - 1), 1.0)


def _chance(now: Count, usual: Count, spread: float) -> float:
    """One-sided, by the hypergeometric distribution."""
    hits, count = floor(now[0] / spread), max(round(now[1] / spread), 1)
    more, others = round(usual[0] / spread), max(round(usual[1] / spread), 1)
    hits, more = min(hits, count), min(more, others)
    marked, whole = hits + more, count + others
    ways = _log_choose(whole, count)
    most = min(count, marked)
    least = max(hits, count - (whole - marked))
    chances = (
        exp(_log_choose(marked, k) + _log_choose(whole - marked, count - k) - ways)
        for k in range(least, most + 1)
    )
    return min(sum(chances), 1.0)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
