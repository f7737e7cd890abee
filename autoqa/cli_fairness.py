"""``autoqa fairness``: whether failures follow the line instead of the agent."""

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
from autoqa.i18n import _

if TYPE_CHECKING:
    from autoqa.reports.fairness import Report


def fairness(
    since: SinceOption = None,
    until: UntilOption = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to print and to show.", metavar="FILE")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Print which rules fail more on worse lines, and whose failures follow his line."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.fairness import fairness as found_in
        from autoqa.reports.fairness import fairness_html, fairness_json
        from autoqa.store import Filter, Store, store_url

        chosen = Filter(first_day=since and since.date(), last_day=until and until.date())
        with Store(store_url(settings.store)) as kept:
            found = found_in(kept, chosen)
        if html:
            title = days_named(since, until)
            write_file(html, fairness_html(found, title=title, made_at=datetime.now()))
        if json:
            print(fairness_json(found))
        elif not html:
            _print(found)


def _print(found: Report) -> None:
    from autoqa.reports.fairness import share

    about = _("{rule} fails more on worse lines: {first} on {best}, {last} on {worst} ({factor})")
    for table in found.tables:
        for one in table.trends:
            if one.follows:
                print(
                    about.format(
                        rule=one.name,
                        factor=table.name,
                        best=table.levels[0],
                        first=share(one.rates[0].share),
                        worst=table.levels[-1],
                        last=share(one.rates[-1].share),
                    )
                )
    line = _(
        "agent {agent}, {rule}: failed in {failed} of {count} calls ({share}); all others "
        "{others}, on lines like his {expected}: the failures follow the line"
    )
    for agent in found.warnings:
        print(
            line.format(
                agent=agent.agent_id,
                rule=agent.name,
                failed=agent.failed.hits,
                count=agent.failed.count,
                share=share(agent.failed.share),
                others=share(agent.others),
                expected=share(agent.expected),
            )
        )
    if not found.warnings:
        print(_("no agent's failures follow the line instead of him"))
    print(_("{count} comparisons, for which levels are corrected").format(count=found.comparisons))
