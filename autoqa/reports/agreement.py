"""How far machine and people agree, rule by rule, and which rules may be trusted alone.

What people said before they saw the machine's outcome, on calls drawn by lot, tells how often the
machine is right. What they said in the queue does not: the queue holds what looks wrong, and people
who see an outcome lean to it. Both are counted, apart; only the first is trusted.

*Precision*: of what the machine failed, how much people fail too. *Recall*: of what people fail,
how much the machine failed. *Kappa* (Cohen, 1960): agreement on passed, failed and not applicable
beyond what chance would give. What either left undetermined is in none of them and counted by
itself.

Intervals are at 95 %: Wilson's for the shares, for kappa its large-sample standard error (Fleiss,
Cohen and Everitt, 1969). Judgements of stratified samples weigh as many calls as they stand for;
the intervals then rest on the effective number of judgements (Kish, 1965).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from autoqa.reports.figures import Z_95, wilson
from autoqa.types import Outcome, Pair

PRECISION = 0.9
"""A rule that may be trusted alone costs points wrongly in less than one case of ten, for sure."""
KAPPA = 0.6
"""And agrees "substantially", as Landis and Koch (1977) call it, for sure."""

_DECIDED = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` in [``low``, ``high``], from ``count`` judgements; all None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one version of a rule. ``is_blind``: by judgements before the machine's outcome was seen.

    ``count``: what both decided. ``undetermined``: what the machine left to people. ``is_trusted``:
    the rule may be trusted alone; never from what is not blind.
    """

    rule_id: str
    rule_version: str
    is_blind: bool
    count: int
    undetermined: int
    precision: Estimate
    recall: Estimate
    kappa: Estimate
    is_trusted: bool


def agreements(pairs: Iterable[Pair]) -> list[Agreement]:
    """By rule, the blind ones first."""
    groups: dict[tuple[str, str, bool], list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.person in _DECIDED:
            groups[pair.rule_id, pair.rule_version, pair.is_blind].append(pair)
    return [
        _agreement(*key, groups[key])
        for key in sorted(groups, key=lambda key: (key[0], key[1], not key[2]))
    ]


def _agreement(rule_id: str, version: str, is_blind: bool, pairs: Sequence[Pair]) -> Agreement:
    decided = [pair for pair in pairs if pair.machine in _DECIDED]
    precision = _share(decided, lambda pair: pair.machine, lambda pair: pair.person)
    recall = _share(decided, lambda pair: pair.person, lambda pair: pair.machine)
    kappa = _kappa(decided)
    is_sure = (precision.low or 0.0) >= PRECISION and (kappa.low or 0.0) >= KAPPA
    return Agreement(
        rule_id,
        version,
        is_blind,
        len(decided),
        len(pairs) - len(decided),
        precision,
        recall,
        kappa,
        is_blind and is_sure,
    )


def _share(
    pairs: Sequence[Pair], given: Callable[[Pair], Outcome], then: Callable[[Pair], Outcome]
) -> Estimate:
    """Of those that one failed, how much the other failed."""
    failed = [pair for pair in pairs if given(pair) == Outcome.FAILED]
    if not failed:
        return Estimate(None, None, None, 0)
    hits = sum(pair.weight for pair in failed if then(pair) == Outcome.FAILED)
    share = hits / sum(pair.weight for pair in failed)
    return Estimate(share, *wilson(share, _effective(failed)), len(failed))


def _kappa(pairs: Sequence[Pair]) -> Estimate:
    count = len(pairs)
    if not pairs:
        return Estimate(None, None, None, 0)
    total = sum(pair.weight for pair in pairs)
    both: dict[tuple[Outcome, Outcome], float] = defaultdict(float)
    for pair in pairs:
        both[pair.machine, pair.person] += pair.weight / total
    machine = {one: sum(both[one, other] for other in _DECIDED) for one in _DECIDED}
    person = {one: sum(both[other, one] for other in _DECIDED) for one in _DECIDED}
    observed = sum(both[one, one] for one in _DECIDED)
    chance = sum(machine[one] * person[one] for one in _DECIDED)
    if chance > 1 - 1e-12:  # both always say the same one thing, so nothing can be told
        return Estimate(None, None, None, count)
    kappa = (observed - chance) / (1 - chance)
    rest = 1 - kappa
    alike = sum(both[one, one] * (1 - (machine[one] + person[one]) * rest) ** 2 for one in _DECIDED)
    apart = rest**2 * sum(
        share * (person[one] + machine[other]) ** 2
        for (one, other), share in both.items()
        if one != other
    )
    variance = (alike + apart - (kappa - chance * rest) ** 2) / (1 - chance) ** 2
    half = Z_95 * sqrt(max(variance, 0.0) / _effective(pairs))
    return Estimate(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0), count)


def _effective(pairs: Sequence[Pair]) -> float:
    """How many judgements of equal weight would tell as much."""
    weights = [pair.weight for pair in pairs]
    return sum(weights) ** 2 / sum(weight**2 for weight in weights)
