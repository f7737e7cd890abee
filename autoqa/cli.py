"""The command line: a thin skin; what takes time to import is imported inside the commands.

Exit codes: 0 all is well, 1 some recordings failed or an example of a rule did, 2 usage, metadata,
model, store or rule-file errors. Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from autoqa import __version__
from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import _, language, render
from autoqa.settings import Settings, read_settings

if TYPE_CHECKING:
    from autoqa.audio import RawFormat
    from autoqa.scoring.faults import Fault

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


rules_app = typer.Typer(help="Check and test the rule files.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
prompts_app = typer.Typer(
    help="Find the recordings that play in calls, for staff to label.", no_args_is_help=True
)
app.add_typer(prompts_app, name="prompts")

stderr = Console(stderr=True, highlight=False, soft_wrap=True)


class Format(StrEnum):
    """Of what goes to stdout."""

    NONE = "none"
    JSON = "json"


class Lang(StrEnum):
    """Of what people read."""

    ZH = "zh_CN"
    EN = "en"


RulesOption = Annotated[
    Path, typer.Option("--rules", help="Folder of rule files.", show_default=False)
]
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
LangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Of reports and messages. (default: zh_CN)")
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
        int | None, typer.Option(min=1, help="Processes that hear. (default: one a core)")
    ] = None,
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
    with _speaking(
        lang,
        model=model,
        device=device,
        compute_type=compute_type,
        workers=workers,
        prompts=prompts,
    ) as settings:
        from autoqa.night import score_night

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
    with _speaking(
        lang, model=model, device=device, compute_type=compute_type, prompts=prompts
    ) as settings:
        from autoqa import pipeline
        from autoqa.audio import load
        from autoqa.events import interpret
        from autoqa.folder import find_sources
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
        print(call_json(interpret(call, contact), contact))


@rules_app.command("check")
def rules_check(
    rules: Annotated[Path, typer.Argument(help="Folder of rule files.")], lang: LangOption = None
) -> None:
    """Name every fault of the rule files at once, as FILE:LINE:COLUMN: what is wrong.

    Exit code 0: none, or warnings only; 2: the rules cannot be used.
    """
    with _speaking(lang):
        from autoqa.scoring.load import check_rules

        faults = check_rules(rules)
        _print_faults(faults)
        warnings = sum(fault.severity == "warning" for fault in faults)
        errors = len(faults) - warnings
        if not faults:
            stderr.print(_("no faults"))
        elif errors:
            told = _("{errors} faults, {warnings} warnings; the rules cannot be used yet")
            stderr.print(told.format(errors=errors, warnings=warnings))
        else:
            told = _("no faults, {warnings} warnings; the rules can be used")
            stderr.print(told.format(warnings=warnings))
    raise typer.Exit(2 if errors else 0)


@rules_app.command("test")
def rules_test(
    rules: Annotated[Path, typer.Argument(help="Folder of rule files.")], lang: LangOption = None
) -> None:
    """Run the examples that stand beside each rule.

    Exit code 0: every rule says what its examples say; 1: some do not; 2: the rules cannot be used.
    """
    with _speaking(lang):
        from autoqa.scoring.check import try_examples
        from autoqa.scoring.load import load_rules

        trial = try_examples(load_rules(rules))
        _print_faults(trial.faults)
        told = _("{count} examples, {failed} are not as they should be")
        stderr.print(told.format(count=trial.count, failed=len(trial.faults)))
        if trial.untried:
            told = _("rules without examples: {rules}")
            stderr.print(told.format(rules=" ".join(trial.untried)))
    raise typer.Exit(1 if trial.faults else 0)


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
    with _speaking(lang, model=model, device=device, compute_type=compute_type) as settings:
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
    with _speaking(lang) as settings:
        from autoqa.prompts import listing, load_library

        for line in listing(load_library(folder, settings)):
            print(line)


def main() -> None:
    """The console script. Ctrl-C ends with 130, as a shell expects, and loses nothing heard."""
    try:
        app()
    except KeyboardInterrupt:
        stderr.print(_("stopped; run the same command again to go on where it was"))
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)


@contextmanager
def _speaking(lang: Lang | None, **options: Any) -> Iterator[Settings]:
    """Settings from the environment and the options given, errors in the user's language."""
    spoken = lang or Lang.ZH
    try:
        settings = read_settings()
        given = options | {"language": lang and lang.value}
        changes = {name: value for name, value in given.items() if value is not None}
        settings = replace(settings, **changes)
        spoken = Lang(settings.language)
        with language(spoken):
            yield settings
    except AutoqaError as error:
        with language(spoken):
            for fault in getattr(error, "faults", ()):
                stderr.print(str(fault), markup=False)
            for message in error.messages:
                stderr.print(render(message), markup=False)
        raise typer.Exit(2) from None


def _raw(text: str) -> RawFormat | None:
    if not text:
        return None
    from autoqa.audio import RawFormat

    return RawFormat.parse(text)


def _print_faults(faults: Iterable[Fault]) -> None:
    """Faults to stdout, one a line, what there is to know about them indented below."""
    for fault in faults:
        print(fault)
        for note in fault.notes:
            print("    " + _("; ").join(render(message) for message in note))
