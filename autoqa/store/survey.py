"""``Survey``: what many calls come to in the six problems, by SQL on a few facts of each call, a
day at a time (``store.days``).

The facts are written with where the call stands (``standing.put_calls``) and go with it. Squares
and products are summed beside the numbers, so that intervals can be told without the calls.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import ALL, Filter, conditions, of_any_day, rows_of
from autoqa.store.standing import overview, overview_findings
from autoqa.store.survey_rows import answers, facts, holds, played
from autoqa.survey.menus import Heard
from autoqa.survey.sums import COURTESY, RULES, By, Sums, week_of
from autoqa.types import Outcome

Added: TypeAlias = tuple[sa.Select[Any], sa.ColumnElement[date]]
"""Sums over calls, and the day of the calls."""

MOST_MENUS = 5000
"""Ways in which menus were heard, the most frequent first; what few heard is misheard."""


class Survey:
    """``Survey(store).sums(By.TEAM, Filter(first_day=…))``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sums(self, grouping: By = By.ALL, chosen: Filter = ALL) -> list[Sums]:
        """The chosen calls in groups, by key; for ``By.ALL`` one, or none without calls."""
        key = _KEYS[grouping].label("key")
        wide = of_any_day(chosen)
        found: dict[str, Sums] = {}
        query = _numbers(key, grouping, wide)
        names = query.selected_columns.keys()[3:]
        for by, name, calls, *values in self._rows(query, chosen):
            one = found.setdefault(_text(by), Sums(_text(by), ""))
            one.name = max(one.name, str(name or ""))
            one.calls += calls
            one.numbers.update({n: v for n, v in zip(names, values, strict=True) if v})
        for kind, asked in _COUNTED.items():
            for by, what, count in self._rows(asked(key, wide), chosen):
                if _text(by) in found:
                    getattr(found[_text(by)], kind)[what] += count
        for by, rule, outcome, count in self._rows(_rules(key, wide), chosen):
            if _text(by) in found:
                found[_text(by)].rules[rule, outcome] += count
        for by, topic, told, count, away_ms in self._rows(_topics(key, wide), chosen):
            if _text(by) in found:
                found[_text(by)].told[topic, told] += count
                found[_text(by)].away_ms[topic] += away_ms
        for of, calls_of in (("courtesy", _courtesy), ("answers", _right)):
            added, day = calls_of(key, wide)
            for by, *sums in self._rows(added, chosen, day):
                if _text(by) in found:
                    named = zip(("n", "x", "y", "xx", "xy", "yy"), sums, strict=True)
                    found[_text(by)].numbers.update({f"{of}.{n}": v or 0 for n, v in named})
        return _weeks(found.values()) if grouping is By.WEEK else sorted(found.values(), key=_order)

    def _rows(
        self, query: sa.Select[Any], chosen: Filter, day: sa.ColumnElement[date] = overview.c.day
    ) -> Iterator[Sequence[Any]]:
        return (row for _, row in rows_of(self._database, query, day, chosen))

    def heard(self, chosen: Filter = ALL) -> list[Heard]:
        """The menus that calls heard, as ``menus.levels`` wants them. None where calls are of
        several hotlines: their menus are not one tree."""
        wide = conditions(of_any_day(chosen))
        query = (
            sa.select(played.c.path, played.c.options, sa.func.count())
            .add_columns(sa.func.sum(played.c.duration_ms))
            .join(overview, overview.c.id == played.c.overview_id)
            .where(played.c.label == "menu", *wide)
            .group_by(played.c.path, played.c.options)
        )
        banks = sa.select(facts.c.bank).select_from(_BOTH).where(*wide).group_by(facts.c.bank)
        if len({bank for (bank,) in self._rows(banks, chosen)}) > 1:
            return []
        calls: Counter[tuple[str, str]] = Counter()
        spent: Counter[tuple[str, str]] = Counter()
        for path, options, count, duration_ms in self._rows(query, chosen):
            calls[path, options] += count
            spent[path, options] += duration_ms
        most = sorted(calls, key=lambda one: (-calls[one], one))[:MOST_MENUS]
        return [Heard(one[0], _options(one[1]), calls[one], spent[one]) for one in most]

    def banks(self) -> list[str]:
        """Every bank or hotline that calls name."""
        query = sa.select(facts.c.bank).select_from(_BOTH).group_by(facts.c.bank)
        return sorted({bank for (bank,) in self._rows(query, ALL) if bank})


_KEYS: Mapping[By, sa.ColumnElement[Any]] = {
    By.ALL: sa.literal(""),
    By.BANK: facts.c.bank,
    By.TEAM: overview.c.team,
    By.AGENT: overview.c.agent_id,
    By.WEEK: overview.c.day,
}
_BOTH = overview.join(facts, facts.c.overview_id == overview.c.id)


def _options(said: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, what) for key, what in json.loads(said or "[]"))


def _text(key: Any) -> str:
    return "" if key is None else str(key)


def _order(one: Sums) -> tuple[bool, str]:
    """Those that nobody named come last."""
    return not one.key, one.key


def _weeks(days: Iterable[Sums]) -> list[Sums]:
    weeks: dict[str, Sums] = {}
    for day in sorted(days, key=_order):
        week = week_of(date.fromisoformat(day.key))
        weeks.setdefault(week, Sums(week, "")).add(day)
    return list(weeks.values())


def _numbers(key: sa.Label[Any], grouping: By, chosen: Filter) -> sa.Select[Any]:
    one = facts.c
    name = sa.func.max(overview.c.agent_name) if grouping is By.AGENT else sa.literal("")
    played_ad = sa.case((one.ad_count > 0, one.ad_ms), else_=None)
    shares = {
        "in_time": one.in_time.is_(True),
        "shallow": one.shallow.is_(True),
        "ad": one.ad_count > 0,
        "held": one.hold_count > 0,
    }
    known = {"in_time": one.in_time, "shallow": one.shallow} | {
        "ad": one.ad_count,
        "held": one.hold_count,
    }
    means = {
        "answer": one.answer_ms,
        "keys": one.key_count,
        "menu": one.menu_ms,
        "ad_ms": played_ad,
    }
    columns: list[sa.ColumnElement[Any]] = []
    for share, condition in shares.items():
        columns += [
            sa.func.count(known[share]).label(f"{share}.n"),
            sa.func.sum(sa.case((condition, 1), else_=0)).label(f"{share}.x"),
        ]
    for mean, value in means.items():
        columns += [
            sa.func.count(value).label(f"{mean}.n"),
            *_squares(mean, sa.literal(1.0), value, only_y=True),
        ]
    held = sa.case((one.hold_count > 0, one.hold_count), else_=None)
    for ratio, value in (("hold", one.hold_ms), ("long", one.long_holds)):
        columns += [sa.func.count(held).label(f"{ratio}.n"), *_squares(ratio, held, value)]
    return (
        sa.select(key, name.label("name"), sa.func.count().label("calls"), *columns)
        .select_from(_BOTH)
        .where(*conditions(chosen))
        .group_by("key")
    )


def _squares(
    name: str, x: sa.ColumnElement[Any], y: sa.ColumnElement[Any], only_y: bool = False
) -> list[sa.ColumnElement[Any]]:
    """Sums and sums of products; as floating point, for squares outgrow an integer column."""
    x, y = sa.cast(x, sa.Float), sa.cast(y, sa.Float)
    sums = {"y": y, "yy": y * y}
    if not only_y:
        sums |= {"x": x, "xx": x * x, "xy": x * y}
    return [sa.func.sum(value).label(f"{name}.{part}") for part, value in sums.items()]


def _answers(key: sa.Label[Any], chosen: Filter) -> sa.Select[Any]:
    seconds = ((facts.c.answer_ms + 999) // 1000).label("what")
    return (
        sa.select(key, seconds, sa.func.count())
        .select_from(_BOTH)
        .where(facts.c.answer_ms.is_not(None), *conditions(chosen))
        .group_by("key", "what")
    )


def _of(
    table: sa.Table, what: sa.ColumnElement[Any], key: sa.Label[Any], chosen: Filter, *more: Any
) -> sa.Select[Any]:
    return (
        sa.select(key, what.label("what"), sa.func.count())
        .select_from(_BOTH.join(table, table.c.overview_id == overview.c.id))
        .where(*conditions(chosen), *more)
        .group_by("key", "what")
    )


_COUNTED: Mapping[str, Callable[[sa.Label[Any], Filter], sa.Select[Any]]] = {
    "answers": _answers,
    "holds": lambda key, chosen: _of(holds, (holds.c.duration_ms + 999) // 1000, key, chosen),
    "causes": lambda key, chosen: _of(holds, holds.c.cause, key, chosen),
    "ads": lambda key, chosen: _of(played, played.c.name, key, chosen, played.c.label == "ad"),
}
_DECIDED = (Outcome.PASSED.value, Outcome.FAILED.value)


def _rules(key: sa.Label[Any], chosen: Filter) -> sa.Select[Any]:
    finding = overview_findings.c
    return (
        sa.select(key, finding.rule_id, finding.outcome, sa.func.count())
        .select_from(_BOTH.join(overview_findings, finding.overview_id == overview.c.id))
        .where(finding.rule_id.in_(RULES), finding.outcome.in_(_DECIDED))
        .where(finding.trial.is_(False), *conditions(chosen))
        .group_by("key", finding.rule_id, finding.outcome)
    )


def _courtesy(key: sa.Label[Any], chosen: Filter) -> Added:
    """Courtesy rules kept of those decided."""
    finding = overview_findings.c
    own = finding.rule_id.in_(COURTESY), finding.trial.is_(False)
    return _passed(overview_findings, key, *own, *conditions(chosen))


def _right(key: sa.Label[Any], chosen: Filter) -> Added:
    """Questions answered right of those decided."""
    return _passed(answers, key, *conditions(chosen))


def _passed(table: sa.Table, key: sa.Label[Any], *chosen: sa.ColumnElement[bool]) -> Added:
    """The sums of which a ratio over calls is made: passed rows of those decided. Several of one
    call go together, so calls are counted."""
    passed = sa.case((table.c.outcome == Outcome.PASSED.value, 1.0), else_=0.0)
    of_call = (
        sa.select(
            key,
            overview.c.id.label("call"),
            overview.c.day.label("day"),
            sa.cast(sa.func.count(), sa.Float).label("x"),
            sa.func.sum(passed).label("y"),
        )
        .select_from(_BOTH.join(table, table.c.overview_id == overview.c.id))
        .where(table.c.outcome.in_(_DECIDED), *chosen)
        .group_by("key", overview.c.id, overview.c.day)
        .subquery()
    )
    x, y = of_call.c.x, of_call.c.y
    sums = (sa.func.sum(one) for one in (x, y, x * x, x * y, y * y))
    query = sa.select(of_call.c.key, sa.func.count(), *sums).group_by(of_call.c.key)
    return query, of_call.c.day


def _topics(key: sa.Label[Any], chosen: Filter) -> sa.Select[Any]:
    """Questions by topic and by what became of them; what people decided goes before the kind."""
    is_wrong = answers.c.kind.in_(("wrong", "outdated", "forbidden"))
    told = sa.case(
        (answers.c.outcome == Outcome.PASSED.value, "right"),
        (
            answers.c.outcome == Outcome.FAILED.value,
            sa.case((is_wrong, answers.c.kind), else_="wrong"),
        ),
        else_=answers.c.kind,
    ).label("told")
    return (
        sa.select(key, answers.c.topic, told, sa.func.count(), sa.func.sum(answers.c.away_ms))
        .select_from(_BOTH.join(answers, answers.c.overview_id == overview.c.id))
        .where(*conditions(chosen))
        .group_by("key", answers.c.topic, "told")
    )
