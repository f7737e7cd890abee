"""``Solved``: whose customers called again, what they keyed at the end, and how long it took.

A call is judged by the week after it, so calls of the last week that the store knows are not yet.
Sums are not kept by day: a later call changes what an earlier one was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import ALL, Filter, conditions
from autoqa.store.standing import overview
from autoqa.store.trait_rows import traits
from autoqa.survey.solved import Part

WEEK_S = 7 * 24 * 3600


class Solved:
    """``Solved(store).sums(Filter(first_day=…))``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sums(self, chosen: Filter = ALL) -> list[Part]:
        """The chosen calls, those alike together."""
        with self._database.reading() as connection:
            last_s = connection.scalar(sa.select(sa.func.max(traits.c.began_s))) or 0
            query = _query(last_s - WEEK_S, chosen)
            return [_part(row) for row in connection.execute(query)]

    def seconds(self, chosen: Filter = ALL) -> list[tuple[int, int]]:
        """(whole seconds of handling, calls), the shortest first."""
        length = ((traits.c.handled_ms + 999) // 1000).label("length")
        query = (
            sa.select(length, sa.func.count())
            .join(overview, overview.c.id == traits.c.overview_id)
            .where(traits.c.handled_ms.is_not(None), *conditions(chosen))
            .group_by("length")
            .order_by("length")
        )
        with self._database.reading() as connection:
            return [(int(one), int(count)) for one, count in connection.execute(query)]


def _query(until_s: int, chosen: Filter) -> sa.Select[Any]:
    one, later = traits.c, traits.alias().c
    is_again = sa.exists().where(
        later.caller == one.caller,
        later.began_s > one.began_s,
        later.began_s <= one.began_s + WEEK_S,
        sa.or_(one.topic == "", later.topic == one.topic),
    )
    is_known = sa.and_(one.caller != "", one.began_s.is_not(None))
    keys = (
        sa.func.coalesce(overview.c.team, "").label("team"),
        one.topic.label("topic"),
        _any(overview.c.hold_count).label("held"),
        _any(overview.c.talk_over_count).label("talked_over"),
        sa.case(
            (sa.and_(is_known, one.began_s <= until_s), sa.case((is_again, 1), else_=0)),
            else_=None,
        ).label("again"),
        sa.case((sa.and_(is_known, one.began_s > until_s), 1), else_=0).label("is_young"),
        one.satisfaction.label("satisfaction"),
        one.handled_ms.label("handled_ms"),
    )
    chosen_calls = (
        sa.select(*keys)
        .select_from(overview.join(traits, one.overview_id == overview.c.id))
        .where(*conditions(chosen))
        .subquery()
    )
    *names, handled = chosen_calls.c
    seconds = sa.cast(handled, sa.Float) / 1000
    sums = (sa.func.count(), sa.func.count(handled), sa.func.sum(seconds))
    return sa.select(*names, *sums, sa.func.sum(seconds * seconds)).group_by(*names)


def _any(count: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.case((count.is_(None), None), (count > 0, 1), else_=0)


def _part(row: Sequence[Any]) -> Part:
    team, topic, held, talked_over, again, is_young, satisfaction, calls, handled, *sums = row
    return Part(
        str(team),
        str(topic),
        _yes(held),
        _yes(talked_over),
        _yes(again),
        bool(is_young),
        str(satisfaction),
        int(calls),
        int(handled),
        *(float(one or 0.0) for one in sums),
    )


def _yes(value: int | None) -> bool | None:
    return None if value is None else bool(value)
