"""One run over a folder: find the recordings, score them all, write the summary and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autoqa.audio import RawFormat
from autoqa.batch import score_all
from autoqa.dispatch import score_elsewhere
from autoqa.errors import UsageError
from autoqa.events.channel_roles import usual_odds
from autoqa.files import write_whole
from autoqa.folder import Source, find_sources
from autoqa.i18n import N_, _, render
from autoqa.models import resolve
from autoqa.prompts import beside, known_prompts
from autoqa.reports.night import night_html
from autoqa.reports.row import Row
from autoqa.reports.summary import SummaryWriter
from autoqa.scoring.load import load_rules
from autoqa.settings import Settings
from autoqa.store import STORE, Store, Workers, shown, store_url
from autoqa.types import Message, Role
from autoqa.worker import Plan, Scored

Score = Callable[[Sequence[Source]], Iterator[Scored]]

LEAST_ODDS = 1.0
"""What tells less of a recorder's order is not worth scoring a call again: fewer than three calls
of one order, or two orders."""

_NOBODY = N_(
    "nobody hears for the store {store} yet; the run waits for autoqa worker with the same store, "
    "on any machine that reaches it and the recordings"
)

REPORT, SUMMARY = "report.html", "summary.csv"


def score_night(
    recordings: Path,
    rules: Path,
    out: Path,
    *,
    settings: Settings,
    console: Console,
    store: str = "",
    pair: str = "",
    raw: RawFormat | None = None,
    on_document: Callable[[str], None] | None = None,
    elsewhere: bool = False,
) -> int:
    """Scores what lies in ``recordings`` into ``out``; returns how many recordings failed.

    ``elsewhere``: workers of the same store hear it, not processes of this run's own.
    ``on_document`` is handed each call's document, one line, as it is done. Progress and warnings
    go to ``console``. Known recordings: those of the settings, else of the folder ``prompts``
    beside the folder of rules, if it has a table of them. Raises ``AutoqaError`` where nothing can
    be done: wrong usage, faults in the rules or the known recordings, no model, no store. All that
    is found out before the first recording is heard.
    """
    load_rules(rules)
    settings = beside(rules, settings)
    known_prompts(settings)
    sources, warnings = find_sources(recordings, settings, pair=pair, leave_out=out)
    if not elsewhere:
        resolve(settings.model, settings.cache_dir)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "the output folder {path} cannot be made ({reason}); choose another with --out",
            path=str(out),
            reason=error.strerror or type(error).__name__,
        ) from None
    url = store_url(store or settings.store or str(out / STORE))
    with Store(url) as opened:
        nobody = elsewhere and not Workers(opened).living()
    for warning in (*warnings, *[Message(_NOBODY, {"store": shown(url)})] * nobody):
        console.print(render(warning), style="yellow", markup=False)
    plan = Plan(settings, rules, url, out, raw, want_json=on_document is not None)
    score = score_elsewhere if elsewhere else score_all
    with _telling_of_the_disk(out):
        done = scored_once(sources, partial(score, plan=plan))
        rows = _written(done, len(sources), plan, console, on_document)
        write_whole(out / REPORT, night_html(rows, title=recordings.name, made_at=_now()))
    failed = [row for row in rows if row.error is not None]
    _say_end(rows, failed, out, console)
    return len(failed)


@contextmanager
def _telling_of_the_disk(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            "the run broke off ({reason}); check the disk of {path} and its rights, and run the "
            "command again: what was heard is kept",
            reason=error.strerror or type(error).__name__,
            path=str(out),
        ) from None


def _written(
    done: Iterable[Scored],
    total: int,
    plan: Plan,
    console: Console,
    on_document: Callable[[str], None] | None,
) -> list[Row]:
    rows: list[Row] = []
    with (
        SummaryWriter(plan.out / SUMMARY) as summary,
        Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Pace(),
            TextColumn(_("time left")),
            TimeRemainingColumn(),
            console=console,
        ) as progress,
    ):
        task = progress.add_task(_("scoring"), total=total)
        for scored in done:
            for one in (scored, *scored.others):
                rows.append(one.row)
                summary.add(one.row)
                if on_document is not None:
                    on_document(one.document)
            if scored.row.error is not None:
                progress.console.print(_told(scored.row, scored.row.error), markup=False)
            progress.advance(task)
    return sorted(rows, key=lambda row: (row.contact.file, row.contact.leg))


def scored_once(sources: list[Source], score: Score) -> Iterator[Scored]:
    """Every recording once. One whose words do not tell who is on which channel waits until the
    others have shown how the recorder does it, and is scored again with that known."""
    firsts: list[Role] = []
    waiting: dict[str, Scored] = {}
    for scored in score(sources):
        if scored.row.first_role is Role.UNKNOWN:
            waiting[scored.row.contact.file] = scored
            continue
        firsts += [] if scored.row.first_role is None else [scored.row.first_role]
        yield scored
    odds = usual_odds(firsts)
    if abs(odds) < LEAST_ODDS:
        yield from waiting.values()
        return
    again = [
        replace(source, contact=replace(source.contact, usual_odds=odds))
        for source in sources
        if source.file in waiting
    ]
    if again:
        yield from score(again)


def _told(row: Row, error: Message) -> str:
    """The reason, with the recording's path where it does not name it itself."""
    reason, file = render(error), row.contact.file
    return reason if reason.startswith(file) else f"{file}: {reason}"


def _say_end(rows: list[Row], failed: list[Row], out: Path, console: Console) -> None:
    console.print(
        _("{scored} scored, {failed} failed; open {report}").format(
            scored=sum(row.contact.leg < 2 for row in rows) - len(failed),
            failed=len(failed),
            report=out / REPORT,
        ),
        markup=False,
    )


def _now() -> datetime:
    return datetime.now().astimezone()


class _Pace(ProgressColumn):
    """Recordings a minute since the beginning: rich's own speed looks at the last ones only, which
    may all come at once."""

    def render(self, task: Task) -> Text:
        elapsed_s = task.finished_time or task.elapsed
        pace = f"{60 * task.completed / elapsed_s:.1f}" if elapsed_s and task.completed else "–"
        return Text(_("{pace}/min").format(pace=pace))
