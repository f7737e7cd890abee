"""``fairness``: whether failures follow the line instead of the agent, of the calls of a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from autoqa.i18n import _
from autoqa.reports.fairness import Count, Report, report
from autoqa.store import Filter, Store
from autoqa.store.fairness import CERTAINTY, NOISE_DB, Cell, Factor, Fairness
from autoqa.store.overview import ALL

_MOST_CODECS = 6
"""Each is compared with the others; a hotline has few."""


def fairness(store: Store, chosen: Filter = ALL) -> Report:
    """Of the chosen calls."""
    asked = Fairness(store)
    counts: dict[str, list[Count]] = {}
    levels: dict[str, list[str]] = {}
    for factor in Factor:
        cells = asked.cells(factor, chosen)
        if factor is Factor.CODEC:
            for codec in _codecs(cells):
                order = [_("others"), codec]
                counts[f"{factor}:{codec}"] = _counts(cells, {codec: 1})
                levels[f"{factor}:{codec}"] = order
        else:
            places, names = _levels(factor, {one.level for one in cells})
            counts[factor.value] = _counts(cells, places)
            levels[factor.value] = names
    return report({one.rule_id: one.name for one in asked.rules()}, counts, levels)


def _counts(cells: Sequence[Cell], places: dict[str, int]) -> list[Count]:
    """``places``: of levels, best first; a level that is not there is the best."""
    failed: Counter[tuple[str, str, int]] = Counter()
    counts: Counter[tuple[str, str, int]] = Counter()
    for one in cells:
        key = one.rule_id, one.agent_id, places.get(one.level, 0)
        failed[key] += one.failed
        counts[key] += one.count
    return [Count(*key, failed[key], counts[key]) for key in sorted(counts)]


def _codecs(cells: Sequence[Cell]) -> list[str]:
    """The most frequent; of two only one, since it is held against the other."""
    seen: Counter[str] = Counter()
    for one in cells:
        seen[one.level] += one.count
    found = [codec for codec, _count in seen.most_common(_MOST_CODECS)]
    return found[1:] if len(found) <= 2 else found


def _levels(factor: Factor, known: set[str]) -> tuple[dict[str, int], list[str]]:
    """The place of each level that there is, best first, and their names."""
    numbers = sorted((int(one) for one in known), reverse=factor is not Factor.LINES)
    if factor is Factor.LINES:
        numbers = numbers[::-1]  # two lines are better than one
    return {str(one): at for at, one in enumerate(numbers)}, [_name(factor, n) for n in numbers]


def _name(factor: Factor, level: int) -> str:
    match factor:
        case Factor.NOISE if level < 0:
            return f"< {NOISE_DB[-1]} dB"
        case Factor.NOISE:
            return f"≥ {level} dB"
        case Factor.CERTAINTY if level < 0:
            return f"< {CERTAINTY[-1]:.0%}"
        case Factor.CERTAINTY:
            return f"≥ {level} %"
        case Factor.LINES:
            return (
                _("both parties on one") if level == 1 else _("{count} lines").format(count=level)
            )
        case _:
            return f"{level} Hz"
