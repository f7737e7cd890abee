"""The command: find the recordings of a folder, say how far it is and what was found."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autoqa import pipeline
from autoqa.audio import RawFormat
from autoqa.discovery import Discovered, discover
from autoqa.folder import find_sources
from autoqa.i18n import _, render
from autoqa.prompts import TABLE
from autoqa.settings import Settings
from autoqa.types import Message


def discover_folder(
    recordings: Path,
    out: Path,
    *,
    settings: Settings,
    pair: str,
    raw: RawFormat | None,
    least_calls: int,
    most: int,
    console: Console,
) -> Discovered:
    """Runs ``discover`` on a folder. Raises ``AutoqaError`` where nothing can be done."""
    sources, warnings = find_sources(recordings, settings, pair=pair, leave_out=out)
    models = pipeline.load_models(settings)
    for warning in warnings:
        console.print(render(warning), style="yellow", markup=False)

    def tell(message: Message) -> None:
        console.print(render(message), style="yellow", markup=False)

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task(_("listening"), total=None)
        found = discover(
            sources,
            out,
            settings,
            models,
            raw=raw,
            least_calls=least_calls,
            most=most,
            on_step=lambda done, total: progress.update(task, completed=done, total=total),
            on_fault=tell,
        )
    told = _("{count} recordings, {new} of them new; label them in {table}")
    console.print(
        told.format(count=len(found.entries), new=len(found.new), table=out / TABLE), markup=False
    )
    return found
