"""``autoqa bundle`` and ``autoqa verify``: the evidence of a score in one file, for a dispute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoqa.console import (
    DataOption,
    LangOption,
    StoreOption,
    account,
    speaking,
    stderr,
    stored,
    write_file,
)
from autoqa.i18n import _
from autoqa.types import Action


def bundle(
    call: Annotated[str, typer.Argument(help="The call's id.", metavar="CALL")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write, FILE.html.")],
    rules: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the rules that it was scored by, where they were not published.",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Write what a call's score follows from as one page: masked words, bleeped clips, the rules as
    they were, and hashes of all."""
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.bundle.making import bundle_of
        from autoqa.store import Audit, Store, store_url

        made = bundle_of(call, settings, rules)
        with Store(store_url(settings.store)) as kept:
            Audit(kept).add(account(), Action.BUNDLE, call)
        write_file(out, made.page)
        if not made.is_heard:
            stderr.print(_("without clips: the recording is gone or cannot be read"))


def verify(
    file: Annotated[Path, typer.Argument(help="The bundle.", metavar="BUNDLE")],
    recording: Annotated[
        list[Path] | None,
        typer.Option(help="The recording; twice for the two files of a pair.", show_default=False),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(help="The store that it is from, to compare with.", show_default=False),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Make the score of a bundle again, and say in one sentence whether it stands.

    Nothing in the file is run. Exit code 0: it stands; 1: it does not; 2: the file is no bundle.
    """
    with speaking(lang) as settings:
        from autoqa.bundle.verifying import verify as verified
        from autoqa.rulebook.past_calls import store_url_of

        url = None if store is None else store_url_of(store)
        verdict = verified(file, settings, url, tuple(recording or ()))
        print(verdict.sentence)
        for note in verdict.notes:
            print("    " + note)
    raise typer.Exit(0 if verdict.stands else 1)
