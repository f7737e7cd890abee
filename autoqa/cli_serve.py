"""``autoqa serve`` and ``autoqa worker``: the service, its pages, and who hears for them."""

from __future__ import annotations

from typing import Annotated

import typer

from autoqa.console import ClusterOption, DataOption, LangOption, RulesOption, StoreOption, stored


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
    cluster: ClusterOption = "",
    lang: LangOption = None,
) -> None:
    """Serve scorecards over HTTP, and pages for QA staff, on the store of past calls."""
    with stored(
        lang, data_dir=data, store=store, host=host, port=port, workers=workers
    ) as settings:
        from api.serving import serve as run
        from autoqa.machine import worker_count

        if cluster:
            from autoqa.cluster import check

            check(cluster, settings)
        run(settings, rules, 0 if workers == 0 else worker_count(settings), cluster)


def worker(
    rules: RulesOption,
    data: DataOption = None,
    store: StoreOption = None,
    cluster: ClusterOption = "",
    workers: Annotated[
        int | None, typer.Option(min=1, help="On a cluster at most. (default: as many as fit)")
    ] = None,
    lang: LangOption = None,
    name: Annotated[str, typer.Option(hidden=True)] = "",
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Hear and score the calls that were posted to a service, until told to stop.

    Run as many as there are processors, on any machine that reaches the service's store and its
    folder of recordings. ``autoqa serve`` starts its own unless told otherwise. With
    ``--cluster`` this one keeps workers on its machines.
    """
    with stored(lang, data_dir=data, store=store, workers=workers) as settings:
        if cluster:
            from autoqa.cluster import keep_workers

            keep_workers(cluster, settings, rules, parent=parent)
            return
        from autoqa.jobs_worker import run_worker

        run_worker(settings, rules, name=name, parent=parent)
