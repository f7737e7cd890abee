"""The command line: a thin skin; what takes time to import is imported inside the commands.

Exit codes: 0 all is well, 1 some recordings failed or an example of a rule did, 2 usage, metadata,
model, store or rule-file errors. Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autoqa import __version__
from autoqa.cli_access import audit_app, keys_app, people_app
from autoqa.cli_backup import backup, restore
from autoqa.cli_bundle import bundle, verify
from autoqa.cli_coach import coach
from autoqa.cli_fairness import fairness
from autoqa.cli_help import run
from autoqa.cli_ledger import alerts, ledger_app
from autoqa.cli_purge import purge
from autoqa.cli_report import report
from autoqa.cli_rules import rules_app
from autoqa.cli_serve import serve, worker
from autoqa.cli_survey import survey
from autoqa.console import ClusterOption, LangOption, RulesOption, speaking, stderr
from autoqa.errors import UsageError
from autoqa.i18n import _

if TYPE_CHECKING:
    from autoqa.audio import RawFormat

app = typer.Typer(
    name="autoqa",
    help="Quality assurance for bank telephone service: hears every call and scores it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Quality assurance for bank telephone service: hears every call and scores it."""


app.add_typer(rules_app, name="rules")
app.add_typer(keys_app, name="keys")
app.add_typer(people_app, name="people")
app.add_typer(audit_app, name="audit")
app.command()(serve)
app.command()(worker)
app.command()(survey)
app.command()(report)
app.command()(coach)
app.command()(fairness)
app.command()(alerts)
app.add_typer(ledger_app, name="ledger")
app.command()(purge)
app.command()(bundle)
app.command()(verify)
app.command()(backup)
app.command()(restore)
prompts_app = typer.Typer(
    help="Find the recordings that play in calls, for staff to label.", no_args_is_help=True
)
app.add_typer(prompts_app, name="prompts")


class Format(StrEnum):
    """Of what goes to stdout."""

    NONE = "none"
    JSON = "json"


ModelOption = Annotated[
    str | None,
    typer.Option(help="Whisper model: a name (base, large-v3-turbo) or a folder.", metavar="NAME"),
]
DeviceOption = Annotated[str | None, typer.Option(help="cpu or cuda.")]
ComputeOption = Annotated[
    str | None, typer.Option(help="Of the model: int8 on a processor, float16 on a GPU.")
]
RawOption = Annotated[
    str,
    typer.Option(
        help="How files without a header are coded, CODEC:HZ:CHANNELS, such as alaw:8000:1."
    ),
]
PairOption = Annotated[
    str,
    typer.Option(
        help="Two file names with one * each, the agent's first, for calls in two files: "
        "'*.agent.wav,*.caller.wav'."
    ),
]
PromptsOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of known recordings. (default: prompts beside the rules)", show_default=False
    ),
]


@app.command()
def score(
    recordings: Annotated[Path, typer.Argument(help="A folder of recordings, or one file.")],
    rules: RulesOption,
    out: Annotated[Path, typer.Option(help="Folder for scorecards, summary and pages.")] = Path(
        "qa"
    ),
    store: Annotated[
        str,
        typer.Option(
            envvar="AUTOQA_STORE",
            help="SQLAlchemy URL or a file for what was heard. (default: autoqa.db in --out)",
        ),
    ] = "",
    format_: Annotated[
        Format, typer.Option("--format", help="json: one line a call on stdout.")
    ] = Format.NONE,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0, help="Processes that hear; 0: others run autoqa worker. (default: one a core)"
        ),
    ] = None,
    cluster: ClusterOption = "",
    prompts: PromptsOption = None,
    pair: PairOption = "",
    raw: RawOption = "",
    model: ModelOption = None,
    device: DeviceOption = None,
    compute_type: ComputeOption = None,
    lang: LangOption = None,
) -> None:
    """Score a folder of recordings: a scorecard and a page for each call, and a summary.

    Exit code 0: all scored; 1: some recordings failed, each is named with its reason in the
    summary; 2: nothing could be done.
    """
    with speaking(
        lang,
        model=model,
        device=device,
        compute_type=compute_type,
        workers=workers,
        prompts=prompts,
    ) as settings:
        from autoqa.night import score_night

        others: AbstractContextManager[object] = nullcontext()
        if cluster:
            from autoqa.cluster import heard_by

            others = heard_by(cluster, replace(settings, store=store or settings.store), rules)
        with others:
            failed = score_night(
                recordings,
                rules,
                out,
                settings=settings,
                store=store,
                pair=pair,
                raw=_raw(raw),
                on_document=print if format_ is Format.JSON else None,
                console=stderr,
                elsewhere=workers == 0 or bool(cluster),
            )
    raise typer.Exit(1 if failed else 0)


@app.command()
def analyze(
    file: Annotated[list[Path], typer.Argument(help="A recording; or agent's and customer's.")],
    prompts: Annotated[
        Path | None, typer.Option(help="Folder of known recordings.", show_default=False)
    ] = None,
    raw: RawOption = "",
    model: ModelOption = None,
    device: DeviceOption = None,
    compute_type: ComputeOption = None,
    lang: LangOption = None,
) -> None:
    """Print what is heard in one call as JSON, without scoring it."""
    with speaking(
        lang, model=model, device=device, compute_type=compute_type, prompts=prompts
    ) as settings:
        from autoqa import pipeline
        from autoqa.audio import load
        from autoqa.events import interpret
        from autoqa.folder import find_sources
        from autoqa.privacy import masked
        from autoqa.prompts import known_prompts, with_prompts
        from autoqa.reports.result import call_json
        from autoqa.types import Role

        if len(file) > 2:
            raise UsageError("one call is one file, or two: the agent's and the customer's")
        sources, _warnings = find_sources(file[0], settings)
        contact = sources[0].contact
        if len(file) == 2:
            contact = replace(contact, channel_roles=(Role.AGENT, Role.CUSTOMER))
        audio = load(file, settings, _raw(raw))
        library = known_prompts(settings)
        call = pipeline.analyze([audio], pipeline.load_models(settings, library))[0]
        if library is not None:
            call = with_prompts(call, library)
        call = interpret(call, contact)
        print(call_json(masked(call) if settings.mask else call, contact))


@prompts_app.command("discover")
def prompts_discover(
    recordings: Annotated[Path, typer.Argument(help="A folder of recordings.")],
    out: Annotated[
        Path, typer.Option(help="Folder of known recordings: made, or gone on with.")
    ] = Path("prompts"),
    calls: Annotated[int, typer.Option(min=2, help="A recording plays in so many calls.")] = 3,
    most: Annotated[
        int, typer.Option(min=2, help="Of a larger folder, so many recordings are drawn.")
    ] = 300,
    pair: PairOption = "",
    raw: RawOption = "",
    model: ModelOption = None,
    device: DeviceOption = None,
    compute_type: ComputeOption = None,
    lang: LangOption = None,
) -> None:
    """Find sound that repeats across calls and list it for staff to label: OUT/prompts.csv.

    Run again, it keeps every label and adds what is new.
    """
    with speaking(lang, model=model, device=device, compute_type=compute_type) as settings:
        from autoqa.discovery.command import discover_folder

        discover_folder(
            recordings,
            out,
            settings=settings,
            pair=pair,
            raw=_raw(raw),
            least_calls=calls,
            most=most,
            console=stderr,
        )


@prompts_app.command("list")
def prompts_list(
    folder: Annotated[Path, typer.Argument(help="Folder of known recordings.")] = Path("prompts"),
    lang: LangOption = None,
) -> None:
    """Print the known recordings, a line each; exit code 2 where the table has a fault."""
    with speaking(lang) as settings:
        from autoqa.prompts import listing, load_library

        for line in listing(load_library(folder, settings)):
            print(line)


def main() -> None:
    """The console script. Ctrl-C ends with 130, as a shell expects, and loses nothing heard."""
    try:
        run(app, sys.argv[1:])
    except KeyboardInterrupt:
        stderr.print(_("stopped; run the same command again to go on where it was"))
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)


def _raw(text: str) -> RawFormat | None:
    if not text:
        return None
    from autoqa.audio import RawFormat

    return RawFormat.parse(text)
