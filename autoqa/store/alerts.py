"""Alerts: raised for what calls failed and for what rises, told once, acknowledged, called back.

``Alerts(store).look(watch, now)`` raises what is due, however the calls were scored. Who looks
twice, or two who look at once, raise nothing twice: each alert has a key of what it is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from autoqa.rises import Compared, Series
from autoqa.store.alert_rows import alerts as table
from autoqa.store.database import Database, hold, insert_new
from autoqa.store.deliveries import Deliveries
from autoqa.store.rises import Cells, Counted, Episode, Subject, counts_by_day, days_before
from autoqa.store.rule_names import overview_rules
from autoqa.store.standing import overview, overview_findings
from autoqa.store.topic_rises import topic_series
from autoqa.types import (
    RANKS,
    Alert,
    AlertRule,
    AlertState,
    DeliveryKind,
    Level,
    Outcome,
    Watch,
)

LOOKED_BACK = timedelta(days=7)
"""Calls that began longer ago raise no alert: nobody could do much about it."""
DAYS_LOOKED_AT = 2
"""Whole days before this one in which rises are looked for: calls may be scored a day late."""

_RISE = "rise"


class Alerts:
    """``Alerts(store).look(rule_set.watch, now)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------ raised

    def look(
        self,
        watch: Watch,
        now: datetime,
        *,
        tell: str = "",
        rises: bool = True,
    ) -> list[Alert]:
        """Raises what is due and was not raised before, and tells what is not put off.

        ``now``: with the bank's zone. ``tell``: URL that is told; empty: nobody. ``rises``: whether
        they are looked for, too, which takes longer.
        """
        sought = [rule for rule in watch.alerts if rule.rises and rises]
        watched = frozenset(rule_id for one in watch.alerts for rule_id in one.rule_ids)
        cells = self._cells(watched, now.date()) if sought else {}
        topics = self._topics(now.date()) if sought else {}
        with self._database.begin() as connection:
            hold(connection, "alerts")
            last = connection.scalar(sa.select(sa.func.max(table.c.number))) or 0
            for rule in watch.alerts:
                if not rule.rises:
                    self._of_calls(connection, watch, rule, now)
            for rule in sought:
                self._rises(connection, watch, rule, now, Counted(cells, (), watched, topics))
            self._tell(connection, now, tell)
        return self._found(_SELECTED.where(table.c.number > last).order_by(table.c.number))

    def _of_calls(
        self, connection: sa.Connection, watch: Watch, rule: AlertRule, now: datetime
    ) -> None:
        """Of calls that failed one of the rules, or a fatal one."""
        finding = overview_findings.c
        occasions: list[sa.ColumnElement[bool]] = []
        if rule.rule_ids:
            occasions.append(finding.rule_id.in_(rule.rule_ids))
        if rule.fatal:
            known = sa.select(overview_rules.c.rule_id).where(overview_rules.c.fatal.is_(True))
            occasions.append(sa.and_(finding.rule_id.in_(known), overview.c.fatal.is_(True)))
        raised = table.alias()
        query = (
            sa.select(overview.c.call_id, overview.c.team, finding.rule_id, finding.day)
            .join(overview, overview.c.id == finding.overview_id)
            .where(
                finding.outcome == Outcome.FAILED.value,
                finding.day >= (now - LOOKED_BACK).date(),
                sa.or_(*occasions),
                ~sa.exists().where(
                    raised.c.alert == rule.id,
                    raised.c.call_id == overview.c.call_id,
                    raised.c.rule_id == finding.rule_id,
                ),
            )
            .order_by(finding.day, overview.c.call_id)
        )
        for call_id, team, rule_id, day in connection.execute(query).all():
            about = {"call_id": call_id, "rule_id": rule_id, "team": team or "", "day": day}
            key = f"call {rule.id} {rule_id} {call_id}"
            insert_new(connection, table, _row(watch, rule, now, key, about))
            same = sa.and_(overview.c.call_id == call_id, overview.c.alert < RANKS[rule.level])
            connection.execute(overview.update().where(same).values(alert=RANKS[rule.level]))

    def _rises(
        self,
        connection: sa.Connection,
        watch: Watch,
        rule: AlertRule,
        now: datetime,
        counted: Counted,
    ) -> None:
        for back in range(DAYS_LOOKED_AT, 0, -1):
            day = now.date() - timedelta(days=back)
            counted = replace(counted, episodes=tuple(self._episodes(connection)))
            for over in counted.ended(day):
                same = _of_subject(over.subject), table.c.day == over.since
                connection.execute(table.update().where(*same).values(ended=day))
            counted = replace(counted, episodes=tuple(self._episodes(connection)))
            for subject, how in counted.rises(day):
                key = f"{_RISE} {subject.rule_id} {subject.team} {subject.topic} {day}"
                about = {**subject._asdict(), "day": day, **_counts(how)}
                insert_new(connection, table, _row(watch, rule, now, key, about))

    def _cells(self, watched: frozenset[str], today: date) -> Cells:
        """The days before, counted before anybody has to wait for the transaction."""
        first = days_before(today - timedelta(days=DAYS_LOOKED_AT))
        return counts_by_day(self._database, first, today - timedelta(days=1), watched)

    def _topics(self, today: date) -> dict[str, Series]:
        """What people talk of more, or were told to do so lately."""
        days = [today - timedelta(days=back) for back in range(DAYS_LOOKED_AT, 0, -1)]
        lately = table.c.topic != "", table.c.day >= days_before(days[0])
        with self._database.reading() as connection:
            told = connection.scalars(sa.select(table.c.topic).where(*lately).distinct()).all()
        return topic_series(self._database, days, sorted(told))

    def _episodes(self, connection: sa.Connection) -> list[Episode]:
        columns = [table.c[name] for name in _OF_RISE]
        query = sa.select(*columns, table.c["count"].label("of"))
        query = query.where(table.c.call_id.is_(None))
        return [
            Episode(
                Subject(row.rule_id, row.team, row.topic),
                row.day,
                row.ended,
                (row.hits, row.of),
                (row.usual_hits, row.usual_count),
            )
            for row in connection.execute(query).all()
        ]

    def _tell(self, connection: sa.Connection, now: datetime, url: str) -> None:
        """Alerts whose time has come are told; where nobody is to be, lists show them."""
        due = sa.and_(table.c.is_told.is_(False), table.c.told_at <= now)
        for alert in self._found(_SELECTED.where(due).order_by(table.c.number)):
            if url:
                Deliveries(self._database).add(DeliveryKind.ALERT, url, told(alert))
        connection.execute(table.update().where(due).values(is_told=True))

    # ------------------------------------------------------------ seen to

    def find(self, number: int) -> Alert | None:
        found = self._found(_SELECTED.where(table.c.number == number))
        return found[0] if found else None

    def chosen(
        self,
        states: Collection[AlertState] = (),
        level: Level | None = None,
        *,
        overdue_at: datetime | None = None,
        limit: int = 200,
    ) -> list[Alert]:
        """The latest first. ``states``: any of these; ``overdue_at``: only those overdue then."""
        query = _SELECTED.order_by(table.c.number.desc()).limit(limit)
        if states:
            query = query.where(sa.or_(*(_IN_STATE[state] for state in states)))
        if level is not None:
            query = query.where(table.c.level == level.value)
        if overdue_at is not None:
            query = query.where(_STANDS, table.c.done_at.is_(None), table.c.due_at < overdue_at)
        return self._found(query)

    def acknowledge(self, number: int, by: str, at: datetime) -> bool:
        """Whether nobody had before."""
        fresh = sa.and_(table.c.acknowledged_at.is_(None), table.c.done_at.is_(None))
        return self._set(number, fresh, acknowledged_by=by, acknowledged_at=at)

    def done(self, number: int, by: str, at: datetime) -> bool:
        """The customer was called back, or it was looked into; whether it was open until now."""
        return self._set(number, table.c.done_at.is_(None), done_by=by, done_at=at)

    def _set(self, number: int, fresh: sa.ColumnElement[bool], **values: Any) -> bool:
        change = table.update().where(table.c.number == number, fresh).values(**values)
        with self._database.begin() as connection:
            return bool(connection.execute(change).rowcount)

    def _found(self, query: sa.Select[Any]) -> list[Alert]:
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [_alert(row) for row in rows]


def told(alert: Alert) -> dict[str, Any]:
    """What other systems are told of it: ids, names that staff gave, counts; of what was said
    nothing but the words of a topic, masked, that many said."""
    body: dict[str, Any] = {
        "alert": alert.alert,
        "number": alert.number,
        "level": alert.level.value,
        "name": alert.name,
        "by": alert.by,
        "call_back_until": alert.due_at.isoformat(timespec="seconds") if alert.due_at else None,
    }
    if alert.call_id is not None:
        return body | {"call_id": alert.call_id, "rules": [alert.rule_id]}
    return body | {
        "rules": [alert.rule_id] if alert.rule_id else [],
        "team": alert.team,
        "topic": alert.topic,
        "day": alert.day.isoformat(),
        "found": [alert.hits, alert.count],
        "usual": [alert.usual_hits, alert.usual_count],
    }


_STANDS = sa.or_(
    table.c.call_id.is_(None),
    sa.exists()
    .where(overview.c.call_id == table.c.call_id)
    .where(overview_findings.c.overview_id == overview.c.id)
    .where(overview_findings.c.rule_id == table.c.rule_id)
    .where(overview_findings.c.outcome == Outcome.FAILED.value),
)
_SELECTED = sa.select(
    table, overview_rules.c.name.label("rule_name"), _STANDS.label("stands")
).select_from(table.outerjoin(overview_rules, overview_rules.c.rule_id == table.c.rule_id))
_IN_STATE = {
    AlertState.OPEN: sa.and_(table.c.done_at.is_(None), table.c.acknowledged_at.is_(None)),
    AlertState.ACKNOWLEDGED: sa.and_(
        table.c.done_at.is_(None), table.c.acknowledged_at.isnot(None)
    ),
    AlertState.DONE: table.c.done_at.isnot(None),
}
_OF_RISE = "rule_id", "team", "topic", "day", "ended", "hits", "usual_hits", "usual_count"
_KEPT = ("key", "is_told")
"""Of a row, that an alert does not say."""


def _row(
    watch: Watch, rule: AlertRule, now: datetime, key: str, about: Mapping[str, Any]
) -> dict[str, Any]:
    told_at = watch.told_at(rule.level, now)
    within = rule.within_minutes
    return {
        "rule_id": "",
        "team": "",
        "topic": "",
        "call_id": None,
        "hits": 0,
        "count": 0,
        "usual_hits": 0,
        "usual_count": 0,
        **about,
        "key": key,
        "alert": rule.id,
        "name": rule.name,
        "level": rule.level.value,
        "by": rule.by,
        "raised_at": now,
        "told_at": told_at,
        "is_told": False,
        "due_at": None if within is None else told_at + timedelta(minutes=within),
        "acknowledged_by": "",
        "done_by": "",
    }


def _counts(how: Compared) -> dict[str, int]:
    hits, count = how.now
    usual_hits, usual_count = how.usual
    return {
        "hits": hits,
        "count": count,
        "usual_hits": usual_hits,
        "usual_count": usual_count,
    }


def _of_subject(subject: Subject) -> sa.ColumnElement[bool]:
    same = (table.c[name] == value for name, value in subject._asdict().items())
    return sa.and_(table.c.call_id.is_(None), *same)


def _alert(row: Mapping[Any, Any]) -> Alert:
    values = {name: value for name, value in row.items() if name not in _KEPT}
    values |= {"level": Level(values["level"]), "rule_name": values["rule_name"] or ""}
    values["stands"] = bool(values["stands"])
    return Alert(**values)
