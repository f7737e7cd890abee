"""The night in numbers: totals, the distribution of scores, each rule, team and agent.

Rates say of how many; a rate's interval is Wilson's at 95 % (E. B. Wilson, 1927), which holds for
few calls and for rates near 0 and 1, as agents have them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from autoqa.reports.row import Row
from autoqa.reports.wording import verdict
from autoqa.types import Outcome, Party, Scorecard, Total

BIN = 5
"""Width of a bar in the distribution, in points of the score; the last holds 100 too."""
Z_95 = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``count``; ``low`` and ``high`` are its 95 % interval, 0 to 1."""

    hits: int
    count: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Calls with a score: mean, and the means of their lowest and highest; None without calls."""

    count: int
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """``failed``: of the calls it was decided for; ``undetermined``, ``not_applicable``: calls."""

    rule_id: str
    name: str
    section: str
    party: Party
    is_fatal: bool
    failed: Rate
    undetermined: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A team's or an agent's calls. ``weakest``: the agent's rule failed in most calls."""

    key: str
    name: str
    calls: int
    scores: Scores
    passed: Rate
    fatal: int
    open: int
    weakest: str


@dataclass(frozen=True, slots=True)
class Figures:
    """``bins``: calls from ``BIN * i`` points up by verdict. ``to_review``: calls with something
    undetermined; ``findings_to_review``: how many such findings in all."""

    recordings: int
    scored: int
    scores: Scores
    centre: Scores
    passed: Rate
    verdicts: Counter[str]
    to_review: int
    findings_to_review: int
    bins: tuple[Counter[str], ...]
    rules: tuple[RuleFigures, ...]
    forms: tuple[GroupFigures, ...]
    teams: tuple[GroupFigures, ...]
    agents: tuple[GroupFigures, ...]
    failures: tuple[tuple[str, tuple[Row, ...]], ...]


def figures(rows: Sequence[Row], reason: Callable[[Row], str]) -> Figures:
    """Everything ``report.html`` counts. ``reason``: why a recording failed, to group by."""
    scored = [row for row in rows if row.scorecard]
    cards = [row.scorecard for row in rows if row.scorecard]
    verdicts = Counter(verdict(card) for card in cards)
    failures: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.scorecard is None:
            failures[reason(row)].append(row)
    return Figures(
        recordings=sum(row.contact.leg < 2 for row in rows),
        scored=len(cards),
        scores=_scores(card.agent for card in cards),
        centre=_scores(card.centre for card in cards),
        passed=pass_rate(verdicts),
        verdicts=verdicts,
        to_review=sum(card.provisional for card in cards),
        findings_to_review=sum(
            finding.outcome == Outcome.UNDETERMINED for card in cards for finding in card.counted
        ),
        bins=_bins(cards),
        rules=_rules(cards),
        forms=_groups(scored, _form),
        teams=_groups(scored, lambda row: (row.contact.team or "", row.contact.team or "")),
        agents=_groups(scored, _agent),
        failures=tuple(
            (why, tuple(those))
            for why, those in sorted(failures.items(), key=lambda item: -len(item[1]))
        ),
    )


def rate(hits: int, count: int) -> Rate:
    """``hits`` of ``count`` with Wilson's interval; nothing is known of none: 0 to 1."""
    if not count:
        return Rate(0, 0, 0.0, 1.0)
    return Rate(hits, count, *wilson(hits / count, count))


def wilson(share: float, count: float, z: float = Z_95) -> tuple[float, float]:
    """The interval of a share of so many, which are more than none. ``z``: 95 % unless given."""
    z2 = z**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = z / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def pass_rate(verdicts: Counter[str]) -> Rate:
    """Of the calls that are decided; those open until reviewed count neither way."""
    failed = verdicts["failed"] + verdicts["fatal"]
    return rate(verdicts["passed"], verdicts["passed"] + failed)


def _scores(totals: Iterable[Total]) -> Scores:
    known = [
        (float(total.score), float(total.low), float(total.high))
        for total in totals
        if total.score is not None and total.low is not None and total.high is not None
    ]
    if not known:
        return Scores(0, None, None, None)
    mean, low, high = (sum(column) / len(known) for column in zip(*known, strict=True))
    return Scores(len(known), mean, low, high)


def _bins(cards: Iterable[Scorecard]) -> tuple[Counter[str], ...]:
    bins: list[Counter[str]] = [Counter() for _ in range(100 // BIN)]
    for card in cards:
        if card.agent.score is not None:
            bins[min(int(card.agent.score) // BIN, len(bins) - 1)][verdict(card)] += 1
    return tuple(bins)


def _rules(cards: Iterable[Scorecard]) -> tuple[RuleFigures, ...]:
    """Most failed first."""
    counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
    findings = {}
    for card in cards:
        for finding in card.counted:
            counts[finding.rule_id][finding.outcome] += 1
            findings[finding.rule_id] = finding
    rules = [
        RuleFigures(
            rule_id,
            finding.name,
            finding.section,
            finding.counts_for,
            finding.fatal,
            rate(
                counts[rule_id][Outcome.FAILED],
                counts[rule_id][Outcome.FAILED] + counts[rule_id][Outcome.PASSED],
            ),
            counts[rule_id][Outcome.UNDETERMINED],
            counts[rule_id][Outcome.NOT_APPLICABLE],
        )
        for rule_id, finding in findings.items()
    ]
    return tuple(sorted(rules, key=lambda rule: (-rule.failed.share, rule.rule_id)))


def _form(row: Row) -> tuple[str, str]:
    card = row.scorecard
    return (card.form, card.form_name or card.form) if card else ("", "")


def _agent(row: Row) -> tuple[str, str]:
    contact = row.contact
    key = contact.agent_id or contact.agent_name or ""
    return key, " ".join(part for part in (contact.agent_name, contact.agent_id) if part)


def _groups(
    rows: Iterable[Row], key_and_name: Callable[[Row], tuple[str, str]]
) -> tuple[GroupFigures, ...]:
    """Lowest mean score first; calls whose group is not known are left out."""
    members: dict[str, list[Scorecard]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in rows:
        key, name = key_and_name(row)
        if key and row.scorecard:
            names[key] = name
            members[key].append(row.scorecard)
    groups = [_group(key, names[key], cards) for key, cards in members.items()]
    return tuple(
        sorted(groups, key=lambda group: (group.scores.mean is None, group.scores.mean, group.key))
    )


def _group(key: str, name: str, cards: Sequence[Scorecard]) -> GroupFigures:
    verdicts = Counter(verdict(card) for card in cards)
    failed = Counter(
        finding.name
        for card in cards
        for finding in card.counted
        if finding.outcome == Outcome.FAILED and finding.counts_for == Party.AGENT
    )
    return GroupFigures(
        key,
        name,
        len(cards),
        _scores(card.agent for card in cards),
        pass_rate(verdicts),
        sum(bool(card.fatal_rule_ids) for card in cards),
        verdicts["open"],
        failed.most_common(1)[0][0] if failed else "",
    )
