"""The ledger of problems, kept: each with its plan and every change of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from autoqa.codec import decode, encode
from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.store.database import Database
from autoqa.store.issue_rows import changes, issues
from autoqa.types import FIELDS, UNFINISHED, Change, Issue, IssueState, Plan

MOST_TITLE, MOST_NAME, MOST_MEASURE = 120, 60, 2000
"""Characters of a title, a name and a measure."""

FIELD_NAMES: Mapping[str, str] = {
    "title": N_("Problem"),
    "department": N_("Department"),
    "owner": N_("Owner"),
    "measure": N_("Measure"),
    "measured_from": N_("Measure from"),
    "due": N_("Due"),
    "state": N_("State"),
    "rule_id": N_("Rule"),
    "team": N_("Team"),
}
_LIMITS = {
    "title": MOST_TITLE,
    "department": MOST_NAME,
    "owner": MOST_NAME,
    "measure": MOST_MEASURE,
    "rule_id": MOST_NAME,
    "team": MOST_NAME,
}
_NO_TITLE = N_("a problem needs a title")
_TOO_LONG = N_("“{field}” has more than {most} characters")


@dataclass(frozen=True, slots=True)
class _Text:
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which problems; what is left as it is lets every one through. ``overdue_on``: those that
    are overdue on this day. ``text``: a part of title or measure."""

    states: Collection[IssueState] = ()
    department: str = ""
    owner: str = ""
    rule_id: str = ""
    team: str = ""
    text: str = ""
    overdue_on: date | None = None


EVERY = IssueFilter()


class Issues:
    """``Issues(store).open(Plan("…"), by="王芳")``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        plan: Plan,
        by: str,
        *,
        call_id: str = "",
        alert: int = 0,
        at: datetime | None = None,
    ) -> Issue:
        """A new problem. Raises ``UsageError`` where the plan has no title or too long a text."""
        plan, at = checked(plan), at or datetime.now(UTC)
        row = {
            "version": 1,
            "state": plan.state.value,
            "due": plan.due,
            "opened_by": by,
            "opened_at": at,
            "found_in": call_id,
            "alert": alert,
            "plan": encode(plan),
        }
        with self._database.begin() as connection:
            key = connection.execute(issues.insert().values(**row)).inserted_primary_key
            number = int(key[0]) if key else 0
            after = {name: text for name, text in as_texts(plan).items() if text}
            self._note(connection, number, Change(1, at, by, {}, after))
        return Issue(number, 1, plan, by, at, call_id, alert)

    def change(
        self, number: int, plan: Plan, by: str, *, version: int, at: datetime | None = None
    ) -> Issue | None:
        """The plan from now on; None where the issue is not any more of this ``version``. Raises
        ``UsageError`` as ``open``; ``KeyError`` where there is no such issue."""
        plan, at = checked(plan), at or datetime.now(UTC)
        with self._database.begin() as connection:
            found = connection.execute(_SELECTED.where(issues.c.number == number)).first()
            if found is None:
                raise KeyError(number)
            issue = _issue(found._mapping)
            if issue.version != version:
                return None
            old, new = as_texts(issue.plan), as_texts(plan)
            fields = [name for name in FIELDS if old[name] != new[name]]
            if not fields:
                return issue
            same = sa.and_(issues.c.number == number, issues.c.version == version)
            values = {"state": plan.state.value, "due": plan.due, "plan": encode(plan)}
            done = issues.update().where(same).values(version=version + 1, **values)
            if not connection.execute(done).rowcount:
                return None
            before, after = ({name: those[name] for name in fields} for those in (old, new))
            self._note(connection, number, Change(version + 1, at, by, before, after))
        return replace(issue, plan=plan, version=version + 1)

    def find(self, number: int) -> Issue | None:
        found = self._found(_SELECTED.where(issues.c.number == number))
        return found[0] if found else None

    def chosen(self, chosen: IssueFilter = EVERY) -> list[Issue]:
        """Unfinished ones first, what is due soonest before all; then the latest."""
        query = _SELECTED
        if chosen.states:
            query = query.where(issues.c.state.in_([state.value for state in chosen.states]))
        if chosen.overdue_on is not None:
            query = query.where(
                issues.c.due < chosen.overdue_on,
                issues.c.state.in_([state.value for state in UNFINISHED]),
            )
        found = [issue for issue in self._found(query) if _is_like(issue.plan, chosen)]
        return sorted(found, key=_urgency)

    def history(self, number: int) -> list[Change]:
        """Every change, the first one first."""
        query = sa.select(changes).where(changes.c.issue_number == number)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(changes.c.version)).all()
        return [_change(row) for row in rows]

    def plan_at(self, number: int, version: int) -> Plan | None:
        """The plan as it was in a version; None where there never was one."""
        history = [one for one in self.history(number) if one.version <= version]
        if not history or history[-1].version != version:
            return None
        texts = dict.fromkeys(FIELDS, "")
        for one in history:
            texts.update(one.after)
        return from_texts(texts)

    def _note(self, connection: sa.Connection, number: int, change: Change) -> None:
        row = {
            "issue_number": number,
            "version": change.version,
            "at": change.at,
            "who": change.who,
            "change": encode(_Text(change.before, change.after)),
        }
        connection.execute(changes.insert().values(**row))

    def _found(self, query: sa.Select[Any]) -> list[Issue]:
        with self._database.reading() as connection:
            return [_issue(row._mapping) for row in connection.execute(query)]


def checked(plan: Plan) -> Plan:
    """Without blanks around its texts. Raises ``UsageError`` where one is missing or too long."""
    texts = {name: " ".join(getattr(plan, name).split()) for name in _LIMITS if name != "measure"}
    texts["measure"] = plan.measure.strip()
    if not texts["title"]:
        raise UsageError(_NO_TITLE)
    for name, text in texts.items():
        if len(text) > _LIMITS[name]:
            raise UsageError(_TOO_LONG, field=_(FIELD_NAMES[name]), most=_LIMITS[name])
    return replace(plan, **texts)  # type: ignore[arg-type]


def as_texts(plan: Plan) -> dict[str, str]:
    """The fields of a plan as history keeps them; empty where there is nothing."""
    return {name: str(getattr(plan, name) or "") for name in FIELDS}


def from_texts(texts: Mapping[str, str]) -> Plan:
    """The plan that ``as_texts`` was given. ``ValueError`` for a day or a state that is none."""
    values: dict[str, Any] = dict(texts)
    for name in ("measured_from", "due"):
        values[name] = date.fromisoformat(texts[name]) if texts[name] else None
    values["state"] = IssueState(texts["state"])
    return Plan(**values)


def _is_like(plan: Plan, chosen: IssueFilter) -> bool:
    """Plans are encrypted where the bank wishes, so their texts are compared here."""
    same = ("department", "owner", "rule_id", "team")
    text = chosen.text.lower()
    return all(getattr(chosen, n) in ("", getattr(plan, n)) for n in same) and (
        not text or text in plan.title.lower() or text in plan.measure.lower()
    )


def _urgency(issue: Issue) -> tuple[bool, date, int]:
    return issue.plan.state not in UNFINISHED, issue.plan.due or date.max, -issue.number


def _issue(row: Mapping[Any, Any]) -> Issue:
    return Issue(
        row["number"],
        row["version"],
        decode(Plan, row["plan"]),
        row["opened_by"],
        row["opened_at"],
        row["found_in"],
        row["alert"],
    )


def _change(row: Any) -> Change:
    text = decode(_Text, row.change)
    return Change(row.version, row.at, row.who, text.before, text.after)


_SELECTED = sa.select(issues)
