"""``autoqa survey``: the six problems of bank hotlines, of the calls of a store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autoqa.console import (
    DataOption,
    LangOption,
    SinceOption,
    StoreOption,
    UntilOption,
    days_named,
    stored,
    write_file,
)
from autoqa.errors import UsageError
from autoqa.i18n import _
from autoqa.survey.sums import By

if TYPE_CHECKING:
    from autoqa.reports.solved import Board as SolvedBoard
    from autoqa.reports.survey_board import Board


def survey(
    by: Annotated[By, typer.Option(help="What calls are put together by.")] = By.ALL,
    since: SinceOption = None,
    until: UntilOption = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to print and to show.", metavar="FILE")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a table for Excel.", metavar="FILE")] = (
        None
    ),
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Print the six problems of bank hotlines as the stored calls have them, beside the survey."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.reports.solved import board as solved_board
        from autoqa.reports.survey_board import board, survey_csv, survey_html, survey_json
        from autoqa.store import Filter, Store, store_url
        from autoqa.store.solved import Solved
        from autoqa.store.survey import Survey
        from autoqa.survey.menus import levels

        chosen = Filter(first_day=since and since.date(), last_day=until and until.date())
        with Store(store_url(settings.store)) as kept:
            asked = Survey(kept)
            total = next(iter(asked.sums(By.ALL, chosen)), None)
            if total is None:
                raise UsageError("no stored call is of these days; score some first")
            groups = () if by is By.ALL else asked.sums(by, chosen)
            found = board(total, levels(asked.heard(chosen)), by, groups)
            helped = Solved(kept)
            solved = solved_board(
                helped.sums(chosen), helped.seconds(chosen), settings.satisfied_keys
            )
        if html:
            title = days_named(since, until)
            write_file(html, survey_html(found, solved, title=title, made_at=datetime.now()))
        if csv:
            write_file(csv, "\ufeff" + survey_csv(found, solved))
        if json:
            print(survey_json(found, solved))
        elif not html and not csv:
            _print(found)
            _print_solved(solved)


def _print(found: Board) -> None:
    from rich.console import Console
    from rich.table import Table

    from autoqa.reports.survey_board import interval, shown

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 200
    table = Table(title=_("{count} calls").format(count=f"{found.calls:,}"))
    for heading in (_("Problem"), _("Figure"), _("Value"), _("95 %"), _("Calls"), _("Survey")):
        table.add_column(heading, overflow="fold")
    for problem in found.problems:
        if problem.missing:
            table.add_row(problem.name, problem.missing, "–", "", "", problem.surveyed)
        for at, figure in enumerate(problem.figures if not problem.missing else ()):
            first = (problem.name, problem.surveyed) if not at else ("", "")
            value, ends = shown(figure, figure.value), interval(figure)
            table.add_row(first[0], figure.label, value, ends, f"{figure.count:,}", first[1])
        table.add_section()
    console.print(table)
    if found.groups:
        signs = {"worse": " ▼", "better": " ▲", "like": "", "few": " ?"}
        table = Table()
        for heading in (_("Group"), _("Calls"), *found.headings):
            table.add_column(heading, overflow="fold")
        for group in found.groups:
            cells = (shown(c.figure, c.figure.value) + signs[c.standing] for c in group.cells)
            table.add_row(group.name, f"{group.calls:,}", *cells)
        console.print(table)
        console.print(_("▼ worse, ▲ better than all calls for sure; ? few calls"))


def _print_solved(found: SolvedBoard) -> None:
    from autoqa.reports.survey_board import interval, shown

    about = _("Solved at once: {judged} calls are judged, {young} of the last 7 days not yet")
    print(about.format(judged=f"{found.judged:,}", young=f"{found.young:,}"))
    for figure in found.figures:
        ends = f" ({interval(figure)})" if interval(figure) else ""
        print(f"  {figure.label}: {shown(figure, figure.value)}{ends}, n = {figure.count:,}")
    goes = _("  {calls}: {figure} {value}, others {rest}")
    for side in found.sides:
        for one in side.beside:
            if one.standing in ("worse", "better"):
                value, rest = (shown(one.figure, each.value) for each in (one.figure, one.rest))
                line = goes.format(calls=side.name, figure=one.figure.label, value=value, rest=rest)
                print(line)
