"""``autoqa coach``: the three rules that would raise an agent's score most."""

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

if TYPE_CHECKING:
    from autoqa.reports.coaching import Coaching
    from autoqa.settings import Settings
    from autoqa.store import Store


def coach(
    agent: Annotated[str, typer.Argument(help="The agent's id.", metavar="AGENT")],
    since: SinceOption = None,
    until: UntilOption = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to print and to hear.", metavar="FILE")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    rules: Annotated[
        Path | None,
        typer.Option(help="Folder of rule files, for why each rule is.", show_default=False),
    ] = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Print the three rules that would raise an agent's score most, with places to hear."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.coaching import coaching
        from autoqa.reports.coaching import coaching_html, coaching_json
        from autoqa.store import Filter, Store, store_url

        chosen = Filter(first_day=since and since.date(), last_day=until and until.date())
        with Store(store_url(settings.store)) as kept:
            found = coaching(
                kept,
                agent,
                chosen,
                rationales=_rationales(rules),
                name_colleagues=settings.name_colleagues,
            )
            if found is None:
                raise UsageError("no stored call of {agent} is of these days", agent=agent)
            sounds = _sounds(kept, found, settings) if html else {}
        if html:
            title = days_named(since, until)
            page = coaching_html(found, title=title, made_at=datetime.now(), sounds=sounds)
            write_file(html, page)
        if json:
            print(coaching_json(found))
        elif not html:
            _print(found)


def _rationales(rules: Path | None) -> dict[str, str]:
    if rules is None:
        return {}
    from datetime import date

    from autoqa.scoring.load import load_rules

    return load_rules(rules).rationales(date.today())


def _sounds(store: Store, found: Coaching, settings: Settings) -> dict[tuple[str, int], str]:
    """Clips of the places, for as far as there are recordings."""
    from autoqa.reports.coaching import sound_uri
    from autoqa.sounding import clips_of_moments

    moments = [
        moment
        for one in found.advice
        for moment in (*one.moments, *(example.moment for example in one.examples))
    ]
    clips = clips_of_moments(store, moments, settings)
    return {place: sound_uri(*clip) for place, clip in clips.items()}


def _print(found: Coaching) -> None:
    from rich.console import Console

    from autoqa.reports import wording
    from autoqa.reports.coaching import number, told

    console = Console(highlight=False, markup=False, soft_wrap=True)
    name = " ".join(part for part in (found.name, found.agent_id) if part)
    head = _("{agent}: mean score {score} in {count} calls")
    console.print(head.format(agent=name, score=number(found.score), count=found.calls))
    if found.is_few:
        console.print(_("few calls: a direction, no more"))
    if found.appealed:
        waits = _("{count} findings are left out: an appeal about them waits to be decided")
        console.print(waits.format(count=found.appealed))
    if not found.advice:
        console.print(_("no rule cost him points"))
    for place, one in enumerate(found.advice, 1):
        ends = "" if one.low is None else f" ({number(one.low)}–{number(one.high)})"
        line = _("{place}. {rule}: +{gain} points{ends}; failed in {failed} of {count} calls")
        console.print(
            line.format(
                place=place,
                rule=one.name,
                gain=number(one.gain),
                ends=ends,
                failed=one.failed.hits,
                count=one.failed.count,
            )
        )
        if one.rationale:
            console.print(f"   {one.rationale}")
        for moment in one.moments:
            instead = _("; said: ") + f"“{moment.instead}”" if moment.instead else ""
            place_of = f"{moment.call_id} {wording.clock(moment.start_ms)}"
            console.print(f"   ✕ {place_of} {told(moment)}{instead}")
        for example in one.examples:
            by = f" ({example.agent})" if example.agent else ""
            note = f" — {example.note}" if example.note else ""
            console.print(f"   ✓ {told(example.moment)}{by}{note}")
