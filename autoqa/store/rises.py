"""What rises suddenly: of a rule, in all teams or in one, and of a team over its other rules.

One thing is told once. Where a rule rises in one team only, it is that team's; where in several,
it is the rule's. What rose is left out of all other comparisons until it has gone down again.
Whatever is counted by day can be given along (``more``), such as topics.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from autoqa.rises import BEFORE_DAYS, Compared, Count, Series, compared, is_over, total
from autoqa.store.database import Database
from autoqa.store.days import rows_by_day
from autoqa.store.standing import overview, overview_findings
from autoqa.types import Outcome

LIKELY = 0.05
"""Where as much of a rise in the other teams is less likely by chance, it is not one team's."""


class Subject(NamedTuple):
    """What a rise is of; a ``rule_id`` or ``team`` that is empty stands for all of them."""

    rule_id: str = ""
    team: str = ""
    topic: str = ""


class Episode(NamedTuple):
    """A rise that was told: from its first day to that on which it had gone down (None: yet up),
    with the counts that it was told for."""

    subject: Subject
    since: date
    ended: date | None
    now: Count
    usual: Count

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.ended is None or day <= self.ended)


Cells = Mapping[tuple[str, str], Series]
"""By rule and team."""


def counts_by_day(
    database: Database, first: date, last: date, watched: Collection[str]
) -> dict[tuple[str, str], dict[date, Count]]:
    """Failed, of passed or failed, by rule, team and day. ``watched``: rules without points that
    are counted all the same."""
    finding = overview_findings.c
    failed = sa.case((finding.outcome == Outcome.FAILED.value, 1), else_=0)
    query: sa.Select[tuple[str, str | None, int, int]] = (
        sa.select(finding.rule_id, overview.c.team, sa.func.sum(failed), sa.func.count())
        .join(overview, overview.c.id == finding.overview_id)
        .where(
            finding.outcome.in_([Outcome.PASSED.value, Outcome.FAILED.value]),
            sa.or_(finding.trial.is_(False), finding.rule_id.in_(sorted(watched))),
        )
        .group_by(finding.rule_id, overview.c.team)
    )
    found: dict[tuple[str, str], dict[date, Count]] = {}
    for day, (rule_id, team, hits, count) in rows_by_day(database, query, finding.day, first, last):
        found.setdefault((rule_id, team or ""), {})[day] = (int(hits), int(count))
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that is counted by day, and the rises told so far. ``watched``: rules whose
    failures are nobody's; they count for no team."""

    cells: Cells
    episodes: tuple[Episode, ...] = ()
    watched: frozenset[str] = frozenset()
    more: Mapping[str, Series] = field(default_factory=dict)

    def ended(self, day: date) -> Iterator[Episode]:
        """Rises that have gone down again by a day."""
        for one in self.episodes:
            if one.ended is None and one.since < day:
                series = self._series(one.subject, but=one)
                if is_over(series, one.since, day, one.now, one.usual):
                    yield one._replace(ended=day)

    def rises(self, day: date) -> Iterator[tuple[Subject, Compared]]:
        """What rose on a day and was not told before."""
        rules = sorted({rule_id for rule_id, _ in self.cells})
        teams = sorted({team for _, team in self.cells if team})
        subjects = [
            *(Subject(rule_id, team) for rule_id, team in self.cells if team),
            *map(Subject, rules),
            *(Subject(team=team) for team in teams),
            *(Subject(topic=topic) for topic in self.more),
        ]
        found = {
            one: how for one in subjects if (how := compared(self._series(one), day)) is not None
        }
        comparisons = len(found)
        up = {one: how for one, how in found.items() if how.is_rise(comparisons)}
        told: set[str] = set()
        for rule_id in rules:
            for subject, how in self._of_rule(rule_id, up, day, comparisons):
                told.add(rule_id)
                yield subject, how
        for team in teams:
            rest = compared(self._series(Subject(team=team), without_rules=told), day)
            if rest is not None and rest.is_rise(comparisons):
                yield Subject(team=team), rest
        for topic in self.more:
            if Subject(topic=topic) in up:
                yield Subject(topic=topic), up[Subject(topic=topic)]

    def _of_rule(
        self, rule_id: str, up: Mapping[Subject, Compared], day: date, comparisons: int
    ) -> Iterator[tuple[Subject, Compared]]:
        whole = Subject(rule_id)
        teams = [one for one in up if one.rule_id == rule_id and one.team]
        if len(teams) == 1:
            rest = compared(self._series(whole, without_team=teams[0].team), day)
            if rest is None or rest.chance > LIKELY or whole not in up:
                yield teams[0], up[teams[0]]
                return
        if whole in up:
            yield whole, up[whole]
        elif teams:
            yield from ((one, up[one]) for one in teams)

    def _series(
        self,
        subject: Subject,
        *,
        but: Episode | None = None,
        without_team: str | None = None,
        without_rules: Collection[str] = (),
    ) -> Series:
        """The counts of a subject but for days on which what was told was up. ``but``: except for
        this one. ``without_…``: left out, too."""
        others = [one for one in self.episodes if one is not but]
        if subject.topic:
            days = self.more.get(subject.topic, {})
            up = [one for one in others if one.subject == subject]
            return {day: n for day, n in days.items() if not any(one.holds(day) for one in up)}
        found: dict[date, list[Count]] = {}
        for (rule_id, team), series in self.cells.items():
            if team == without_team or rule_id in without_rules:
                continue
            if not self._is_of(subject, rule_id, team):
                continue
            up = [one for one in others if _covers(one.subject, rule_id, team)]
            if subject.team and not subject.rule_id:
                up += [one for one in others if one.subject == subject]
            for day, count in series.items():
                if not any(one.holds(day) for one in up):
                    found.setdefault(day, []).append(count)
        return {day: total(counts) for day, counts in found.items()}

    def _is_of(self, subject: Subject, rule_id: str, team: str) -> bool:
        if subject.rule_id:
            return subject.rule_id == rule_id and subject.team in ("", team)
        return subject.team == team and rule_id not in self.watched


def _covers(subject: Subject, rule_id: str, team: str) -> bool:
    """Whether a rise of this subject is one of the rule in the team."""
    return bool(subject.rule_id) and subject.rule_id == rule_id and subject.team in ("", team)


def days_before(day: date) -> date:
    """From when on counts matter for a day."""
    return day - timedelta(days=BEFORE_DAYS)
