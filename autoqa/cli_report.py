"""``autoqa report``: a day, a week or a month for management, a team or an agent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from autoqa.addresses import is_below
from autoqa.console import DataOption, LangOption, StoreOption, stderr, stored, write_file
from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.reports.span import Length, Of
from autoqa.types import DeliveryKind

if TYPE_CHECKING:
    from autoqa.reports.period import Report
    from autoqa.settings import Settings

YESTERDAY = "yesterday"

_NOT_BELOW = N_("{url} is below no prefix of AUTOQA_CALLBACKS_TO; reports are posted only there")


def report(
    of: Annotated[Of, typer.Option(help="Whom it is for.")] = Of.MANAGEMENT,
    period: Annotated[
        Length, typer.Option(help="The day, week or month that --since is in.")
    ] = Length.DAY,
    since: Annotated[
        str, typer.Option(help="A day, 2026-11-22, or yesterday.", metavar="DAY")
    ] = YESTERDAY,
    team: Annotated[str, typer.Option(help="Whose calls.", show_default=False)] = "",
    agent: Annotated[str, typer.Option(help="Whose calls, by id.", show_default=False)] = "",
    html: Annotated[
        Path | None, typer.Option(help="Write a page to print and to send.", metavar="FILE")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option(help="Write a workbook for Excel.", metavar="FILE")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    link: Annotated[
        str,
        typer.Option(
            help="Address of the service, which calls on the page lead to.", metavar="URL"
        ),
    ] = "",
    mail_to: Annotated[
        str,
        typer.Option(
            help="Send page and workbook by AUTOQA_SMTP; addresses with commas between.",
            metavar="ADDRESSES",
            show_default=False,
        ),
    ] = "",
    post_to: Annotated[
        str,
        typer.Option(
            help="Have the service post it there, signed: a URL below AUTOQA_CALLBACKS_TO.",
            metavar="URL",
            show_default=False,
        ),
    ] = "",
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Say how a day, a week or a month of calls was, beside the one before."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.reporting import report as make
        from autoqa.reports.period import period_html, period_json
        from autoqa.reports.period_workbook import period_xlsx
        from autoqa.store import Deliveries, Filter, Store, store_url

        whose = Filter(
            teams=(team,) if team else (), agent_ids=frozenset({agent}) if agent else None
        )
        if post_to and not is_below(post_to, settings.callbacks_to):
            raise UsageError(_NOT_BELOW, url=post_to)
        zone = ZoneInfo(settings.time_zone)
        day = _day(since, datetime.now(zone).date())
        with Store(store_url(settings.store)) as kept:
            found = make(
                kept,
                of,
                period,
                day,
                chosen=whose,
                name_colleagues=settings.name_colleagues,
                zone=settings.time_zone,
                complaint_rules=settings.complaint_rule_ids,
            )
            if post_to:
                told = {"report": loads(period_json(found))}
                Deliveries(kept).add(DeliveryKind.REPORT, post_to, told)
        if html:
            write_file(html, period_html(found, made_at=datetime.now(zone), link=link))
        if xlsx:
            write_file(xlsx, period_xlsx(found))
        if mail_to:
            _send(settings, mail_to, found, link)
        if json:
            print(period_json(found))
        elif not (html or xlsx or mail_to or post_to):
            _print(found)


def _day(text: str, today: date) -> date:
    if text == YESTERDAY:
        return today - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("{text} is no day; write 2026-11-22 or yesterday", text=text) from None


def _send(settings: Settings, mail_to: str, found: Report, link: str) -> None:
    from autoqa.mailing import Attachment, send
    from autoqa.reports.period import TITLES, period_html
    from autoqa.reports.period_workbook import XLSX, period_xlsx

    to = [address.strip() for address in mail_to.split(",") if address.strip()]
    # Who it is about is for those alone who open it.
    subject = f"{_(TITLES[found.of])} {found.period.name}"
    name = f"report-{found.period.first}"
    now = datetime.now(ZoneInfo(settings.time_zone))
    page = period_html(found, made_at=now, link=link).encode()
    files = [
        Attachment(f"{name}.html", "text/html", page),
        Attachment(f"{name}.xlsx", XLSX, period_xlsx(found)),
    ]
    text = _("The report of {period} is attached: {count} calls.")
    told = text.format(period=found.period.name, count=f"{found.calls:,}")
    send(settings, to, subject, told, files)
    stderr.print(_("sent to {addresses}").format(addresses=", ".join(to)), markup=False)


def _print(found: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    from autoqa.reports import wording
    from autoqa.reports.period import TOLD, WORDS

    console = Console(highlight=False, markup=False, soft_wrap=True)
    head = _("{period}: {count} calls, mean score {score} ({change})")
    score = "–" if found.score.now is None else f"{found.score.now:.1f}"
    name = f"{found.name} " if found.name else ""
    console.print(
        name
        + head.format(
            period=found.period.name,
            count=f"{found.calls:,}",
            score=score,
            change=_(TOLD[found.score.told]),
        )
    )
    table = Table()
    for heading in (_("Rule"), _("Share failed"), _("Decided"), _("How it changed")):
        table.add_column(heading, overflow="fold")
    for one in found.rules:
        failed = wording.percent(one.failed.hits, one.failed.calls)
        table.add_row(one.name, failed, f"{one.failed.calls:,}", _(TOLD[one.change.told]))
    console.print(table)
    for word in found.words:
        if word.kind != "usual":
            console.print(
                f"{_(WORDS[word.kind])}: {word.word} ({word.before.hits} → {word.now.hits})"
            )
    for call in found.outstanding:
        console.print(f"{call.call_id}  {call.why}")
