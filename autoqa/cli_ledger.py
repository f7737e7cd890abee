"""``autoqa ledger`` and ``autoqa alerts``: what has to be seen to, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from autoqa.console import (
    DataOption,
    LangOption,
    RulesOption,
    StoreOption,
    account,
    stderr,
    stored,
)
from autoqa.errors import UsageError
from autoqa.i18n import _
from autoqa.settings import Settings
from autoqa.types import IssueState, Level

if TYPE_CHECKING:
    from autoqa.store import Database
    from autoqa.types import Alert

ledger_app = typer.Typer(no_args_is_help=True, help="The ledger of problems.")

_DAYS = ["%Y-%m-%d"]
FileOption = Annotated[Path, typer.Argument(metavar="FILE.xlsx", show_default=False)]


@ledger_app.command("list")
def list_issues(
    state: Annotated[
        list[IssueState] | None, typer.Option(help="Any of these; without it, all.")
    ] = None,
    owner: Annotated[str, typer.Option(help="Only his.", show_default=False)] = "",
    department: Annotated[str, typer.Option(help="Only its.", show_default=False)] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those overdue.")] = False,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """List problems, what is due soonest first; overdue ones are named."""
    with stored(lang, data_dir=data, store=store) as settings, _opened(settings) as kept:
        from autoqa.ledger.effect import effect
        from autoqa.ledger.workbook import STATE_NAMES
        from autoqa.store.issues import IssueFilter, Issues

        today = _today(settings)
        wanted = IssueFilter(
            tuple(state or ()), department, owner, overdue_on=today if overdue else None
        )
        rows = [
            (
                str(issue.number),
                issue.plan.title,
                issue.plan.department,
                issue.plan.owner,
                f"{issue.plan.due or ''}" + (_(" overdue") if issue.is_overdue(today) else ""),
                _(STATE_NAMES[issue.plan.state]),
                str(effect(kept, issue.plan, today) or ""),
            )
            for issue in Issues(kept).chosen(wanted)
        ]
    titles = ("No.", "Problem", "Department", "Owner", "Due", "State", "Effect")
    _print([_(title) for title in titles], rows)


@ledger_app.command("add")
def add_issue(
    title: Annotated[str, typer.Argument(show_default=False)],
    department: Annotated[str, typer.Option(show_default=False)] = "",
    owner: Annotated[str, typer.Option(show_default=False)] = "",
    measure: Annotated[str, typer.Option(show_default=False)] = "",
    measured_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=_DAYS, metavar="DAY", help="Of the measure."),
    ] = None,
    due: Annotated[datetime | None, typer.Option(formats=_DAYS, metavar="DAY")] = None,
    rule: Annotated[str, typer.Option(help="Id of the rule.", show_default=False)] = "",
    team: Annotated[str, typer.Option(help="Without it, all.", show_default=False)] = "",
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Open a problem by hand; prints its number."""
    with stored(lang, data_dir=data, store=store) as settings, _opened(settings) as kept:
        from autoqa.store import Audit
        from autoqa.store.issues import Issues
        from autoqa.types import Action, Plan

        first, last = (day.date() if day else None for day in (measured_from, due))
        plan = Plan(title, department, owner, measure, first, last, rule_id=rule, team=team)
        issue = Issues(kept).open(plan, account())
        Audit(kept).add(account(), Action.ISSUE_OPEN, str(issue.number))
        print(issue.number)


@ledger_app.command("export")
def export_issues(
    file: FileOption,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Write the ledger as a workbook that can be edited and read back."""
    with stored(lang, data_dir=data, store=store) as settings, _opened(settings) as kept:
        from autoqa.files import write_whole
        from autoqa.ledger.workbook import ledger_book
        from autoqa.store import Audit
        from autoqa.store.issues import EVERY
        from autoqa.types import Action

        if file.suffix.lower() != ".xlsx":
            raise UsageError("{file} does not end in .xlsx; give a name that does", file=file.name)
        content = ledger_book(kept, EVERY, _today(settings))
        Audit(kept).add(account(), Action.EXPORT, "ledger")
        write_whole(file, content)
        stderr.print(_("written: {path}").format(path=file), markup=False)


@ledger_app.command("import")
def import_issues(
    file: FileOption,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Read an edited workbook back: all of it, or nothing where a cell has a fault.

    What somebody changed in the ledger meanwhile is told and stays. Exit code 1: something did.
    """
    with stored(lang, data_dir=data, store=store) as settings, _opened(settings) as kept:
        from autoqa.ledger.workbook import read_into, told
        from autoqa.store import Audit
        from autoqa.types import Action

        try:
            content = file.read_bytes()
        except OSError as error:
            raise UsageError(
                "{file} cannot be opened ({reason})", file=file.name, reason=error.strerror or "?"
            ) from None
        now = datetime.now(ZoneInfo(settings.time_zone))
        done = read_into(kept, content, account(), now, file.name)
        for action, numbers in (
            (Action.ISSUE_OPEN, done.added),
            (Action.ISSUE_CHANGE, done.changed),
        ):
            for number in numbers:
                Audit(kept).add(account(), action, str(number), detail={"how": "workbook"})
        for line in told(done):
            stderr.print(line, markup=False)
    if done.conflicts:
        raise typer.Exit(1)


def alerts(
    rules: RulesOption,
    level: Annotated[Level | None, typer.Option(help="Only of this level.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those done, too.")] = False,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Raise the alerts that are due, and list those not yet done; overdue ones are named.

    The service does so by itself; this is for folders scored without one. Exit code 1: some are
    not done.
    """
    with stored(lang, data_dir=data, store=store) as settings, _opened(settings) as kept:
        from autoqa.scoring.load import load_rules
        from autoqa.store import Alerts
        from autoqa.types import AlertState

        now = datetime.now(ZoneInfo(settings.time_zone))
        Alerts(kept).look(load_rules(rules).watch, now, tell=settings.alerts_to)
        states = () if every else (AlertState.OPEN, AlertState.ACKNOWLEDGED)
        found = Alerts(kept).chosen(states, level)
        zone = ZoneInfo(settings.time_zone)
        rows = [_alert_row(one, now, zone) for one in found]
    titles = ("No.", "Level", "Alert", "About", "Call back until", "By", "State")
    _print([_(title) for title in titles], rows)
    if any(one.done_at is None for one in found):
        raise typer.Exit(1)


def _alert_row(one: Alert, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    from autoqa.ledger.alerts import LEVEL_NAMES, about, name_of, state_of

    until = f"{one.due_at.astimezone(zone):%m-%d %H:%M}" if one.due_at else ""
    if one.is_overdue(now):
        until += _(" overdue")
    level = _(LEVEL_NAMES[one.level])
    return (str(one.number), level, name_of(one), about(one), until, one.by, state_of(one))


def _opened(settings: Settings) -> Database:
    from autoqa.store import Store, store_url

    return Store(store_url(settings.store))


def _today(settings: Settings) -> date:
    return datetime.now(ZoneInfo(settings.time_zone)).date()


def _print(titles: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 200
    table: Any = Table()
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)
