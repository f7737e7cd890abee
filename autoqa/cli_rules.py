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
        from autoqa.scoring.load import check_rules

        faults = check_rules(rules)
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
        from autoqa.rulebook.past_calls import library_of, past_calls
        from autoqa.rulebook.trying import told, try_rule
        from autoqa.scoring.load import load_rules

        rule_set = load_rules(rules)
        calls = past_calls(on, library_of(rules, settings))
        for line in told(try_rule(rule_set, rule, calls, limit)):
            print(line)
