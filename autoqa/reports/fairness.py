"""Whether failures follow the line instead of the agent.

A rule follows the line where it fails more on worse lines among the calls of the same agents: the
extension of Cochran and Armitage's test for a trend by Mantel (1963), with agents as strata, so
that somebody who fails a rule and happens to sit at a noisy line proves nothing about lines. Levels
are scored 0, 1, 2 … from the best. Of what has no order (codecs) each kind is held against the
others. The level of significance is corrected for all that is compared (Bonferroni).

An agent's failures follow his line where he fails a rule that follows the line surely more often
than the others together, and the others' own rates on lines like his explain at least half of what
he fails more, and leave nothing that could not be chance.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import NormalDist
from typing import Any

from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.figures import Rate, rate
from autoqa.reports.intervals import FEW
from autoqa.reports.pages import COMMON, page
from autoqa.reports.result import plain

SURE = 0.05
"""After correction."""
EXPLAINED = 0.5
"""Of what an agent fails more than others, so much has to come with his lines."""
ALWAYS = "all"
"""Stands for the others where a kind of line is held against them."""

NAMES = {
    "noise": N_("Noise of the agent's line (speech above noise)"),
    "certainty": N_("Certainty of recognition"),
    "lines": N_("Lines of the recording"),
    "rate": N_("Sample rate"),
    "codec": N_("Codec"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """``failed`` of ``count`` findings. ``level``: 0 for the best lines; see ``Factor``."""

    rule_id: str
    agent_id: str
    level: int
    failed: int
    count: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A rule on lines of one kind. ``rates``: by level, best first. ``z``: above 0 it fails more on
    worse lines; ``p``: corrected. ``follows``: for sure."""

    rule_id: str
    name: str
    factor: str
    rates: tuple[Rate, ...]
    z: float
    p: float

    @property
    def follows(self) -> bool:
        return self.p < SURE and (self.z > 0 or self.factor == "codec")


@dataclass(frozen=True, slots=True)
class Warned:
    """An agent who fails a rule as his lines do: ``failed`` of his calls; ``others``: the share in
    which all others fail it; ``expected``: the share in which they fail it on lines like his."""

    agent_id: str
    rule_id: str
    name: str
    factor: str
    failed: Rate
    others: float
    expected: float


@dataclass(frozen=True, slots=True)
class Table:
    """Of one kind of lines. ``levels``: their names, best first."""

    factor: str
    name: str
    levels: tuple[str, ...]
    trends: tuple[Trend, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """``comparisons``: how many were made, for which all levels are corrected."""

    tables: tuple[Table, ...]
    warnings: tuple[Warned, ...]
    comparisons: int


def report(
    names: Mapping[str, str],
    counts: Mapping[str, Sequence[Count]],
    levels: Mapping[str, Sequence[str]],
) -> Report:
    """``names``: of rules. ``counts``, ``levels``: by kind of lines."""
    tests = [
        (factor, rule_id, own)
        for factor, all_of in counts.items()
        for rule_id, own in sorted(_by_rule(all_of).items())
        if rule_id in names and trend_z(own) is not None
    ]
    made = {
        (factor, rule_id): _trend(factor, rule_id, names[rule_id], own, levels[factor], len(tests))
        for factor, rule_id, own in tests
    }
    tables = tuple(
        Table(
            factor,
            _(NAMES[factor.partition(":")[0]]),
            tuple(levels[factor]),
            tuple(sorted((one for key, one in made.items() if key[0] == factor), key=_order)),
        )
        for factor in counts
    )
    followed = [((factor, rule), own) for factor, rule, own in tests if made[factor, rule].follows]
    warnings = [
        warned
        for (factor, rule_id), own in followed
        for warned in _warned(factor, rule_id, names[rule_id], own, len(followed))
    ]
    return Report(tuple(one for one in tables if one.trends), _once(warnings), len(tests))


def _order(one: Trend) -> tuple[bool, float, str]:
    return not one.follows, one.p, one.rule_id


def _by_rule(counts: Iterable[Count]) -> dict[str, list[Count]]:
    found: dict[str, list[Count]] = defaultdict(list)
    for one in counts:
        found[one.rule_id].append(one)
    return found


def trend_z(counts: Sequence[Count]) -> float | None:
    """Mantel's statistic with agents as strata; None where nobody has lines of two levels, or
    nothing or everything failed."""
    strata: dict[str, list[Count]] = defaultdict(list)
    for one in counts:
        strata[one.agent_id].append(one)
    excess = variance = 0.0
    for own in strata.values():
        n = sum(one.count for one in own)
        failed = sum(one.failed for one in own)
        if n < 2:
            continue
        share = failed / n
        mean = sum(one.level * one.count for one in own) / n
        spread = sum(one.count * (one.level - mean) ** 2 for one in own)
        excess += sum(one.level * (one.failed - one.count * share) for one in own)
        variance += share * (1 - share) * spread * n / (n - 1)
    return excess / sqrt(variance) if variance > 0 else None


def _trend(
    factor: str,
    rule_id: str,
    name: str,
    counts: Sequence[Count],
    levels: Sequence[str],
    comparisons: int,
) -> Trend:
    z = trend_z(counts) or 0.0
    p = min(2 * (1 - NormalDist().cdf(abs(z))) * comparisons, 1.0)
    rates = tuple(
        rate(
            sum(one.failed for one in counts if one.level == level),
            sum(one.count for one in counts if one.level == level),
        )
        for level in range(len(levels))
    )
    return Trend(rule_id, name, factor, rates, z, p)


# ---------------------------------------------------------------- agents


def _warned(
    factor: str, rule_id: str, name: str, counts: Sequence[Count], rules: int
) -> list[Warned]:
    agents = sorted({one.agent_id for one in counts if one.agent_id})
    strict = NormalDist().inv_cdf(1 - SURE / (2 * max(rules * len(agents), 1)))
    found = []
    for agent in agents:
        own = [one for one in counts if one.agent_id == agent]
        rest = [one for one in counts if one.agent_id != agent]
        failed = rate(sum(one.failed for one in own), sum(one.count for one in own))
        shares = _shares(own, rest, strict)
        if failed.count >= FEW and shares is not None:
            found.append(Warned(agent, rule_id, name, factor, failed, *shares))
    return found


def _shares(
    own: Sequence[Count], rest: Sequence[Count], strict: float
) -> tuple[float, float] | None:
    """(others, expected), where the agent's failures follow his lines; else None."""
    n, failed = sum(one.count for one in own), sum(one.failed for one in own)
    others_n, others_failed = sum(one.count for one in rest), sum(one.failed for one in rest)
    if not n or not others_n:
        return None
    others = others_failed / others_n
    spread = sqrt(n * others * (1 - others) * (1 + n / others_n))
    if not spread or (failed - n * others) / spread < strict:
        return None
    expected = variance = 0.0
    for one in own:
        alike = [each for each in rest if each.level == one.level]
        count = sum(each.count for each in alike)
        if not count:
            return None  # nobody else has such a line: it cannot be told
        share = sum(each.failed for each in alike) / count
        expected += one.count * share
        variance += one.count * share * (1 - share) * (1 + one.count / count)
    more, by_line = failed - n * others, expected - n * others
    if by_line < EXPLAINED * more or failed - expected > strict * sqrt(variance):
        return None
    return others, expected / n


def _once(warnings: Iterable[Warned]) -> tuple[Warned, ...]:
    """Of an agent and a rule only the kind of lines that explains most."""
    best: dict[tuple[str, str], Warned] = {}
    for one in warnings:
        key = one.agent_id, one.rule_id
        if key not in best or one.expected > best[key].expected:
            best[key] = one
    return tuple(best[key] for key in sorted(best))


# ---------------------------------------------------------------- as a page and for programs


@dataclass(frozen=True, slots=True)
class Row:
    """A rule on lines of one level, for a table."""

    rule_id: str
    name: str
    factor: str
    level: str
    failed: int
    calls: int
    share: float
    low: float
    high: float
    p: float


def rows(found: Report) -> tuple[Row, ...]:
    return tuple(
        Row(
            one.rule_id,
            one.name,
            table.factor,
            level,
            cell.hits,
            cell.count,
            cell.share,
            cell.low,
            cell.high,
            one.p,
        )
        for table in found.tables
        for one in table.trends
        for level, cell in zip(table.levels, one.rates, strict=True)
    )


def drawn(found: Report) -> dict[str, Any]:
    """What ``fairness_board.html`` needs, in whatever page it is part of."""
    return {"found": found, "names": NAMES, "few": FEW, "shade": shade, "share": share}


def shade(one: Rate, all_of: Sequence[Rate]) -> int:
    """How dark a cell is, 0 to 5: by the largest share of the row that is not of few calls."""
    most = max((each.share for each in all_of if each.count >= FEW), default=0.0)
    return round(5 * min(one.share / most, 1.0)) if most and one.count >= FEW else 0


def share(value: float) -> str:
    return wording.percent(value, 1)


def fairness_html(found: Report, *, title: str = "", made_at: datetime | None = None) -> str:
    """The page. ``title``: which days."""
    return page(
        "fairness.html",
        (*COMMON, "fairness.css"),
        "",
        title=title,
        made_at=wording.moment(made_at) if made_at else "",
        **drawn(found),
    )


def fairness_json(found: Report) -> str:
    return json.dumps(plain(found), ensure_ascii=False, indent=2)
