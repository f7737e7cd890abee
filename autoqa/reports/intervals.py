"""How far a mean can be trusted: its interval at 95 %, and when calls are too few to say anything.

Student's t, by the first terms of its expansion around the normal distribution (Cornish and Fisher,
1937), which is right to 0.3 % from 4 degrees of freedom on. The calls are taken for a sample of the
ones that the same people would have.
"""

from __future__ import annotations

from math import sqrt

from autoqa.reports.figures import Z_95

FEWEST = 5
"""Calls that a mean needs to have an interval at all; fewer say nothing of their own spread."""
FEW = 30
"""Below so many the mean of scores, which are far from a normal distribution, ranks nobody (the
usual rule of thumb for the central limit theorem)."""


def mean_interval(mean: float, spread: float, count: int) -> tuple[float, float] | None:
    """Of a mean score (0 to 100), which its ends do not leave; None for fewer than ``FEWEST``.

    ``spread``: standard deviation among the ``count`` scores.
    """
    if count < FEWEST:
        return None
    half = t_95(count - 1) * spread / sqrt(count - 1)
    return max(mean - half, 0.0), min(mean + half, 100.0)


def t_95(freedom: int, z: float = Z_95) -> float:
    """Two-sided 95 % of Student's t, or what ``z`` is of the normal distribution. ``freedom``:
    degrees of freedom, 4 or more."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + ((third / freedom + second) / freedom + first) / freedom
