"""``autoqa serve``: the HTTP service and the workbench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoqa.console import LangOption, RulesOption, speaking


def serve(
    rules: RulesOption,
    store: Annotated[
        Path, typer.Option(envvar="AUTOQA_STORE", help="SQLAlchemy URL or a file.")
    ] = Path("qa/autoqa.db"),
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    lang: LangOption = None,
) -> None:
    """Serve scorecards over HTTP, and pages for QA staff, on the store of past calls."""
    with speaking(lang, store=str(store), host=host, port=port) as settings:
        from api.serving import serve as run

        run(settings, rules)
