"""Reports of a day, a week or a month, counted from a store; ``reports.period`` shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from autoqa.coaching import coaching
from autoqa.errors import NothingThere, UsageError
from autoqa.events import interpret
from autoqa.i18n import _
from autoqa.reports import wording
from autoqa.reports.coaching import Coaching
from autoqa.reports.intervals import mean_interval
from autoqa.reports.period import (
    MORE_OFTEN,
    MOST_CALLS,
    MOST_OPENED,
    Complained,
    Complaints,
    Count,
    Day,
    Group,
    Mean,
    Outstanding,
    Report,
    Rule,
    Word,
    figure_change,
    group_row,
    mean_change,
    rule_row,
    share_change,
    topics,
)
from autoqa.reports.problems import Figure, problems
from autoqa.reports.span import Length, Of, Period, period
from autoqa.reports.survey_board import HEADS
from autoqa.store import Filter, Overview, Sort, Standing, Store
from autoqa.store.complaints import Complaint
from autoqa.store.complaints import Complaints as Complaining
from autoqa.store.figures import By, Figures, GroupFigures, RuleFigures
from autoqa.store.overview import MOST_ROWS, Trouble
from autoqa.store.spoken_words import SpokenWords, words_of
from autoqa.store.survey import Survey
from autoqa.survey.sums import By as SurveyBy
from autoqa.types import Party, Role

MOST_RULES = 12
USUAL = timedelta(days=28)
"""Before the period: what is said so long in most calls is no topic of it."""
_CUSTOMERS = Role.CUSTOMER, Role.UNKNOWN
_READ = 100
"""Calls at a time."""
MOST_HELD = 2
"""Calls that stand out by a hold alone."""


def report(
    store: Store,
    of: Of,
    length: Length,
    day: date,
    *,
    chosen: Filter | None = None,
    zone: str,
    name_colleagues: bool = False,
    complaint_rules: Collection[str] = (),
) -> Report:
    """What ``of`` is told of the period that ``day`` is in.

    ``chosen``: whose calls; of one team for a team's report, of one agent for an agent's.
    ``name_colleagues``: in what coaches an agent. ``zone``: of the bank. ``complaint_rules``: ids
    of rules that are decided only in calls in which the customer complained. Raises
    ``NothingThere`` where there is no call, ``UsageError`` where it is not said of whom.
    """
    chosen = chosen or Filter()
    now, before = period(length, day)
    here, there = _within(chosen, now), _within(chosen, before)
    name = _whose(of, chosen)
    figures = Figures(store)
    total = next(iter(figures.by(By.ALL, here)), None)
    if total is None:
        raise NothingThere("no stored call is of {period}; score some first", period=now.name)
    was = next(iter(figures.by(By.ALL, there)), None)
    low, high = _ends(total)
    return Report(
        of=of,
        name=name,
        period=now,
        before=before,
        calls=total.calls,
        calls_before=was.calls if was else 0,
        score=mean_change(_mean(total), _mean(was)),
        low=low,
        high=high,
        passed=share_change(_passed(total), _passed(was)),
        fatal=total.fatal,
        waiting=total.waiting,
        days=tuple(_day(one) for one in figures.by(By.DAY, here)),
        problems=tuple(_problems(store, here, there)) if of is Of.MANAGEMENT else (),
        groups=() if of is Of.AGENT else tuple(_groups(figures, of, here, there, total)),
        rules=tuple(_rules(store, figures, of, here, there)),
        words=_words(store, now, before) if chosen == Filter() else (),
        outstanding=tuple(_outstanding(store, here, ZoneInfo(zone))),
        coaching=_advice(store, here, name_colleagues) if of is Of.AGENT else None,
        complaints=_complaints(store, complaint_rules, here, there)
        if of is Of.MANAGEMENT and complaint_rules
        else None,
    )


def _within(chosen: Filter, days: Period) -> Filter:
    return replace(chosen, first_day=days.first, last_day=days.last)


def _whose(of: Of, chosen: Filter) -> str:
    if of is Of.TEAM:
        if len(chosen.teams) != 1:
            raise UsageError("a team's report is about one team; name it (--team)")
        return next(iter(chosen.teams))
    if of is Of.AGENT:
        if len(chosen.agent_ids or ()) != 1:
            raise UsageError("an agent's report is about one agent; give the id (--agent)")
        return next(iter(chosen.agent_ids or ()))
    return ""


def _mean(group: GroupFigures | None) -> Mean:
    return Mean(group.score, group.spread, group.scored) if group else Mean(None, None, 0)


def _passed(group: GroupFigures | None) -> Count:
    return Count(group.passed, group.passed + group.failed) if group else Count(0, 0)


def _ends(group: GroupFigures) -> tuple[float | None, float | None]:
    if group.score is None or group.spread is None:
        return None, None
    return mean_interval(group.score, group.spread, group.scored) or (None, None)


def _day(group: GroupFigures) -> Day:
    return Day(date.fromisoformat(group.key), group.calls, group.score, *_ends(group))


def _problems(
    store: Store, here: Filter, there: Filter
) -> Iterable[tuple[str, Figure, Figure | None, str]]:
    """The survey's figures, now and before."""
    now, before = _heads(store, here), _heads(store, there)
    for key in HEADS:
        if key in now:
            name, figure = now[key]
            other = before.get(key, ("", None))[1]
            yield name, figure, other, figure_change(figure, other, len(HEADS))


def _heads(store: Store, chosen: Filter) -> dict[str, tuple[str, Figure]]:
    sums = next(iter(Survey(store).sums(SurveyBy.ALL, chosen)), None)
    found = problems(sums) if sums else ()
    return {figure.key: (one.name, figure) for one in found for figure in one.figures}


def _groups(
    figures: Figures, of: Of, here: Filter, there: Filter, whole: GroupFigures
) -> list[Group]:
    """Those with few calls last, since they are not ranked; then the lowest score first."""
    by = By.TEAM if of is Of.MANAGEMENT else By.AGENT
    now = [one for one in figures.by(by, here) if one.key]
    before = {one.key: one for one in figures.by(by, there)}
    rows = [
        group_row(
            one.key,
            one.name if one.name == one.key else f"{one.name} {one.key}",
            one.calls,
            _mean(one),
            _mean(before.get(one.key)),
            whole.score,
            len(now),
        )
        for one in now
    ]
    return sorted(rows, key=lambda one: (one.stands == "few", one.score or 0.0, one.key))


def _rules(store: Store, figures: Figures, of: Of, here: Filter, there: Filter) -> Iterable[Rule]:
    now = [one for one in figures.rules(here) if one.failed]
    if of is not Of.MANAGEMENT:  # what the centre owes is nobody's of the team
        now = [one for one in now if one.counts_for == Party.AGENT]
    before = {one.rule_id: one for one in figures.rules(there)}
    beside = {}
    if of is Of.AGENT and (team := _team_of(store, here)):
        all_of = replace(here, agent_ids=None, teams=(team,))
        beside = {one.rule_id: one for one in figures.rules(all_of)}
    for one in now[:MOST_RULES]:
        was, other = before.get(one.rule_id), beside.get(one.rule_id)
        yield rule_row(
            one.rule_id,
            one.name,
            one.section,
            _failed(one),
            _failed(was),
            len(now),
            _failed(other) if other else None,
        )


def _failed(rule: RuleFigures | None) -> Count:
    return Count(rule.failed, rule.failed + rule.passed) if rule else Count(0, 0)


def _team_of(store: Store, chosen: Filter) -> str:
    """Of an agent, as his last call has it."""
    rows = Overview(store).page(chosen, limit=1).rows
    return (rows[0].team or "") if rows else ""


def _words(store: Store, now: Period, before: Period) -> tuple[Word, ...]:
    counted = SpokenWords(store)
    here, there = counted.of(now.first, now.last), counted.of(before.first, before.last)
    ever = counted.of(now.first - USUAL, now.last)
    if not here.calls:
        return ()
    return topics(here.counts, here.calls, there.counts, there.calls, ever.counts, ever.calls)


def _complaints(
    store: Store, rule_ids: Collection[str], here: Filter, there: Filter
) -> Complaints | None:
    """None where nobody complained in either period."""
    found = Complaining(store)
    now, before = found.of(rule_ids, here), found.of(rule_ids, there)
    if not (now or before):
        return None
    all_now, all_before = found.calls(here), found.calls(there)
    whole = Count(len(now), sum(all_now.values())), Count(len(before), sum(all_before.values()))
    hits, hits_before = (Counter(one.about for one in part) for part in (now, before))
    names = sorted(hits | hits_before, key=lambda name: (-hits[name], name))
    queues = []
    for name in names:
        one = Count(hits[name], all_now.get(name, 0))
        other = Count(hits_before[name], all_before.get(name, 0))
        opened = _opened(each.call_id for each in now if each.about == name)
        change = share_change(one, other, len(names))
        queues.append(Complained(name, one, other, change, "", opened))
    words = _complaint_words(store, here, now, before)
    return Complaints(*whole, share_change(*whole), tuple(queues), words)


def _complaint_words(
    store: Store, here: Filter, now: Sequence[Complaint], before: Sequence[Complaint]
) -> tuple[Complained, ...]:
    """What is said more often where somebody complains than in all calls of the period."""
    if not now or here.first_day is None or here.last_day is None:
        return ()
    all_calls = SpokenWords(store).of(here.first_day, here.last_day)
    said, said_before = _said(store, now), _said(store, before)
    counts = Counter(word for words in said.values() for word in words)
    counts_before = Counter(word for words in said_before.values() for word in words)
    usual = MORE_OFTEN * len(now) / max(all_calls.calls, 1)
    hot = {word: n for word, n in counts.items() if n > usual * all_calls.counts[word]}
    found = topics(hot, len(now), counts_before, len(before), all_calls.counts, all_calls.calls)
    return tuple(
        Complained(
            one.word,
            one.now,
            one.before,
            share_change(one.now, one.before, len(found)),
            one.kind,
            _opened(call_id for call_id, words in said.items() if one.word in words),
        )
        for one in found
    )


def _said(store: Store, complaints: Sequence[Complaint]) -> dict[str, set[str]]:
    """The words of each call that are the customer's, or that nobody knows whose they are."""
    found: dict[str, set[str]] = {}
    for first in range(0, len(complaints), _READ):
        call_ids = [one.call_id for one in complaints[first : first + _READ]]
        read = {one.contact.call_id: one for one in store.stored(call_ids)}
        for one in (read[call_id] for call_id in call_ids if call_id in read):
            heard = interpret(one.call, one.contact).utterances
            texts = [each.text for each in heard if each.role in _CUSTOMERS]
            found[one.contact.call_id] = set[str]().union(*map(words_of, texts))
    return found


def _opened(call_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(call_ids, MOST_OPENED))


def _outstanding(store: Store, here: Filter, zone: ZoneInfo) -> list[Outstanding]:
    """Fatal ones, the longest holds, then the lowest scores; a call once."""
    overview = Overview(store)
    fatal = overview.page(replace(here, fatal=True), limit=MOST_CALLS).rows
    lowest = overview.page(
        replace(here, passed=False), sort=Sort.SCORE, descending=False, limit=MOST_CALLS
    ).rows
    held = overview.page(replace(here, problem=Trouble.LONG), limit=MOST_ROWS).rows
    longest = sorted(held, key=lambda one: -(one.longest_hold_ms or 0))[:MOST_HELD]
    found = {one.call_id: _call(one, zone) for one in (*fatal, *longest, *lowest)}
    return list(found.values())[:MOST_CALLS]


def _call(one: Standing, zone: ZoneInfo) -> Outstanding:
    agent = " ".join(part for part in (one.agent_name, one.agent_id) if part)
    why = _("a fatal rule failed") if one.fatal else _("passed") if one.passed else _("not passed")
    if one.failed:
        why += _(", {count} rules failed").format(count=one.failed)
    if one.longest_hold_ms:
        why += _(", longest hold {length}").format(length=wording.seconds(one.longest_hold_ms))
    return Outstanding(one.call_id, agent, one.at.astimezone(zone), one.score, why)


def _advice(store: Store, here: Filter, name_colleagues: bool) -> Coaching | None:
    agent = next(iter(here.agent_ids or ()), "")
    return coaching(store, agent, replace(here, agent_ids=None), name_colleagues=name_colleagues)
