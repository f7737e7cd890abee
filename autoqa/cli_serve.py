"""``autoqa serve`` and ``autoqa worker``: the service, its pages, and who hears for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from autoqa.console import Lang, LangOption, RulesOption, speaking
from autoqa.settings import Settings

StoreOption = Annotated[
    str | None,
    typer.Option(
        help="SQLAlchemy URL or a file. (default: autoqa.db in --data)", show_default=False
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the store and of posted recordings. (default: qa)", show_default=False
    ),
]


def serve(
    rules: RulesOption,
    data: DataOption = None,
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0, help="Processes that hear; 0: others run autoqa worker. (default: one a core)"
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Serve scorecards over HTTP, and pages for QA staff, on the store of past calls."""
    with _stored(lang, data_dir=data, store=store, host=host, port=port) as settings:
        from api.serving import serve as run

        run(settings, rules, (os.cpu_count() or 1) if workers is None else workers)


def worker(
    rules: RulesOption,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
    name: Annotated[str, typer.Option(hidden=True)] = "",
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Hear and score the calls that were posted to a service, until told to stop.

    Run as many as there are processors, on any machine that reaches the service's store and its
    folder of recordings. ``autoqa serve`` starts its own unless told otherwise.
    """
    with _stored(lang, data_dir=data, store=store) as settings:
        from autoqa.jobs_worker import run_worker

        run_worker(settings, rules, name=name, parent=parent)


@contextmanager
def _stored(lang: Lang | None, **options: Any) -> Iterator[Settings]:
    """Settings with a store."""
    with speaking(lang, **options) as settings:
        from autoqa.store import STORE

        yield replace(settings, store=settings.store or str(settings.data_dir / STORE))
