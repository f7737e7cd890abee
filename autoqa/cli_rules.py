"""The commands about rule files: ``autoqa rules …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoqa.console import LangOption, RulesOption, print_faults, speaking, stderr
from autoqa.i18n import _

rules_app = typer.Typer(help="Check, test, try and publish the rule files.", no_args_is_help=True)

OnOption = Annotated[
    str,
    typer.Option(
        "--on",
        help="Past calls: a folder of results, a store, or a folder of result documents.",
        show_default=False,
    ),
]
StoreOption = Annotated[
    str,
    typer.Option(
        envvar="AUTOQA_STORE",
        help="SQLAlchemy URL, a file, or a folder of results.",
        show_default=False,
    ),
]
PromptsOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of known recordings. (default: prompts beside the rules)", show_default=False
    ),
]


@rules_app.command("check")
def rules_check(
    rules: Annotated[Path, typer.Argument(help="Folder of rule files.")], lang: LangOption = None
) -> None:
    """Name every fault of the rule files at once, as FILE:LINE:COLUMN: what is wrong.

    Exit code 0: none, or warnings only; 2: the rules cannot be used.
    """
    with speaking(lang):
        from autoqa.rulebook.checking import check_folder

        faults = check_folder(rules)
        print_faults(faults)
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


@rules_app.command("schema")
def rules_schema() -> None:
    """Print the JSON Schema of rule files, by which editors complete and check while one types."""
    from autoqa.scoring.schema import schema_text

    print(schema_text(), end="")


@rules_app.command("test")
def rules_test(
    rules: Annotated[Path, typer.Argument(help="Folder of rule files.")], lang: LangOption = None
) -> None:
    """Run the examples that stand beside each rule.

    Exit code 0: every rule says what its examples say; 1: some do not; 2: the rules cannot be used.
    """
    with speaking(lang):
        from autoqa.scoring.check import try_examples
        from autoqa.scoring.load import load_rules

        trial = try_examples(load_rules(rules))
        print_faults(trial.faults)
        told = _("{count} examples, {failed} are not as they should be")
        stderr.print(told.format(count=trial.count, failed=len(trial.faults)))
        if trial.untried:
            told = _("rules without examples: {rules}")
            stderr.print(told.format(rules=" ".join(trial.untried)))
    raise typer.Exit(1 if trial.faults else 0)


@rules_app.command("try")
def rules_try(
    rule: Annotated[str, typer.Argument(help="The rule's id.", metavar="RULE")],
    rules: RulesOption,
    on: OnOption,
    limit: Annotated[int, typer.Option(min=0, help="Calls shown of each outcome.")] = 10,
    prompts: PromptsOption = None,
    lang: LangOption = None,
) -> None:
    """Show which past calls a rule passes and fails, and the words it goes by.

    Nothing is heard again and nothing is stored.
    """
    with speaking(lang, prompts=prompts) as settings:
        from autoqa.rulebook.past_calls import PastCalls, library_of
        from autoqa.rulebook.trying import told, try_rule
        from autoqa.scoring.load import load_rules

        rule_set = load_rules(rules)
        calls = PastCalls(on, library_of(rules, settings), settings.workers)
        for line in told(try_rule(rule_set, rule, calls, limit)):
            print(line)


@rules_app.command("diff")
def rules_diff(
    old: Annotated[str, typer.Argument(help="Folder of rule files, or a published version.")],
    new: Annotated[str, typer.Argument(help="Folder of rule files, or a published version.")],
    on: OnOption,
    html: Annotated[
        Path | None, typer.Option(help="Write a page for the supervisor to sign.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Calls shown one by one.")] = 10,
    prompts: PromptsOption = None,
    lang: LangOption = None,
) -> None:
    """Show which past calls another rule set would judge otherwise, and by how much.

    Exit code 0: none; 1: some calls change; 2: the rules or the calls cannot be used.
    """
    with speaking(lang, prompts=prompts) as settings:
        from datetime import datetime

        from autoqa.files import write_whole
        from autoqa.reports.changes import changes_html
        from autoqa.rulebook.differing import compare, told
        from autoqa.rulebook.past_calls import PastCalls, library_of
        from autoqa.rulebook.rulebook import open_rulebook

        before, after = open_rulebook(old, on), open_rulebook(new, on)
        library = library_of(Path(new), settings)
        changes = compare(before, after, PastCalls(on, library, settings.workers))
        for line in told(changes, limit):
            print(line)
        if html is not None:
            write_whole(html, changes_html(changes, made_at=datetime.now().astimezone()))
    raise typer.Exit(1 if changes.calls else 0)


@rules_app.command("suggest")
def rules_suggest(
    rules: RulesOption,
    on: OnOption,
    rule: Annotated[str, typer.Option(help="Only this rule, by its id.")] = "",
    prompts: PromptsOption = None,
    lang: LangOption = None,
) -> None:
    """List what is like a phrase and was not taken for it, with where to hear it.

    Then phrases that were never found, and those found mostly in recordings.
    """
    with speaking(lang, prompts=prompts) as settings:
        from autoqa.rulebook.past_calls import PastCalls, library_of
        from autoqa.rulebook.rulebook import of_folder
        from autoqa.rulebook.suggesting import suggest, told

        rulebook = of_folder(rules)
        calls = PastCalls(on, library_of(rules, settings), settings.workers)
        for line in told(suggest(rulebook, calls, rule), rulebook):
            print(line)


@rules_app.command("questions")
def rules_questions(
    rules: RulesOption,
    on: OnOption,
    meaning: Annotated[
        Path | None,
        typer.Option(
            envvar="AUTOQA_MEANING",
            help="Folder of a sentence model (model.onnx, tokenizer.json): puts questions "
            "together by what they mean; without, by how they sound.",
            show_default=False,
        ),
    ] = None,
    prompts: PromptsOption = None,
    lang: LangOption = None,
) -> None:
    """List what customers ask that the knowledge has no entry for, the commonest first.

    Each with how long agents were away over it, the nearest entry, and where to hear it.
    """
    with speaking(lang, prompts=prompts, meaning=meaning) as settings:
        from autoqa.rulebook.asking import model_of, questions, told
        from autoqa.rulebook.past_calls import PastCalls, library_of
        from autoqa.scoring.load import load_rules

        rule_set = load_rules(rules)
        calls = PastCalls(on, library_of(rules, settings), settings.workers)
        for line in told(questions(rule_set, calls, model_of(settings))):
            print(line)


@rules_app.command("publish")
def rules_publish(
    rules: Annotated[Path, typer.Argument(help="Folder of rule files.")],
    store: StoreOption,
    author: Annotated[str, typer.Option(help="Who wrote the change.", show_default=False)],
    approved_by: Annotated[
        str, typer.Option(help="Who approves it: somebody else.", show_default=False)
    ],
    reason: Annotated[str, typer.Option(help="Why, in a few words.", show_default=False)],
    lang: LangOption = None,
) -> None:
    """Record a version of the rules with two names, a reason, and all of its files.

    Refused: one person alone, rules with faults, examples that are not as they should be. Nothing
    is scored again by this.
    """
    with speaking(lang):
        from autoqa.rulebook.publishing import publish

        made = publish(rules, store, author=author, approver=approved_by, reason=reason)
        stderr.print(_("published as {version}").format(version=made.version))


@rules_app.command("history")
def rules_history(store: StoreOption, lang: LangOption = None) -> None:
    """List what was published, the latest first: version, time, names, reason."""
    with speaking(lang):
        from autoqa.rulebook.publishing import history

        for line in history(store):
            print(line)


@rules_app.command("restore")
def rules_restore(
    version: Annotated[str, typer.Argument(help="Or its first characters.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    store: StoreOption,
    lang: LangOption = None,
) -> None:
    """Write the files of a published version into a folder of their own."""
    with speaking(lang):
        from autoqa.rulebook.publishing import restore

        made = restore(version, store, folder)
        told = _("{version} restored to {folder}")
        stderr.print(told.format(version=made.version, folder=folder), markup=False)


@rules_app.command("rescore")
def rules_rescore(
    rules: Annotated[str, typer.Argument(help="Folder of rule files, or a published version.")],
    store: StoreOption,
    prompts: PromptsOption = None,
    lang: LangOption = None,
) -> None:
    """Score every stored call again and keep the new scorecards beside the old ones.

    No scorecard is overwritten and nothing is heard again. Pages and summaries stay as they are:
    autoqa score makes new ones.
    """
    with speaking(lang, prompts=prompts) as settings:
        from autoqa.rescore import rescore
        from autoqa.rulebook.past_calls import library_of, store_url_of
        from autoqa.rulebook.rulebook import open_rulebook

        rule_set = open_rulebook(rules, store).rule_set
        library = library_of(Path(rules), settings)
        url = store_url_of(store)
        made = [
            one.provisional
            for one in rescore(url, rule_set, workers=settings.workers, library=library)
        ]
        told = _("{count} calls scored by version {version}; {open} of them are provisional")
        stderr.print(told.format(count=len(made), version=rule_set.version, open=sum(made)))


@rules_app.command("export")
def rules_export(
    rules: Annotated[Path, typer.Argument(help="Folder of rule files.")],
    file: Annotated[Path, typer.Argument(help="Workbook to write, FILE.xlsx.")],
    lang: LangOption = None,
) -> None:
    """Write the rules as an Excel workbook, a sheet a dimension, to be edited and imported."""
    with speaking(lang):
        from autoqa.rulebook.workbook.exchange import export_rules

        count = export_rules(rules, file)
        stderr.print(_("{count} rows written to {file}").format(count=count, file=file))


@rules_app.command("import")
def rules_import(
    file: Annotated[
        Path, typer.Argument(help="Workbook that was exported, FILE.xlsx, or knowledge, FILE.md.")
    ],
    rules: Annotated[Path, typer.Argument(help="Folder that it was exported from, or a new one.")],
    lang: LangOption = None,
) -> None:
    """Change the rule files as the workbook was changed; comments and order stay.

    Knowledge in Markdown becomes a rule file of its own, anew each time. Exit code 2 where anything
    is wrong: then nothing is written, and each fault is told by its sheet and cell, or its line.
    """
    with speaking(lang):
        if file.suffix.lower() == ".md":
            from autoqa.rulebook.markdown import imported

            stderr.print(_("written: {files}").format(files=imported(file, rules)), markup=False)
            return
        from autoqa.rulebook.workbook.exchange import import_rules

        done = import_rules(file, rules)
        for line in (*done.warnings, *done.told()):
            print(line)
        if done.files:
            stderr.print(_("written: {files}").format(files=" ".join(done.files)), markup=False)
        else:
            stderr.print(_("nothing was changed in the workbook; nothing was written"))
