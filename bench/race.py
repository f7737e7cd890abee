"""One run of one ear over a folder, in so many processes of one thread each.

The clock runs from the moment at which all of them have loaded what they need and have heard one
short recording, until the last of them is done: starting up is told apart.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import Empty
from typing import Any

from autoqa.batch import GROUP_RECORDINGS
from autoqa.machine import ONE_THREAD
from autoqa.settings import Settings
from bench.ears import EARS, Documents
from bench.material import Material

_DIED = "a process of the bench died; what it said stands above"


@dataclass(frozen=True, slots=True)
class Run:
    """``wall_s``: as a clock on the wall sees it; ``cpu_s``: of all processes; ``start_s``: before
    the clock ran; ``stages``: seconds by stage, of all processes; ``peak_mb``: of the largest."""

    wall_s: float
    cpu_s: float
    start_s: float
    peak_mb: float
    stages: Mapping[str, float]
    documents: Documents


@dataclass(frozen=True, slots=True)
class _Part:
    ended_at_s: float
    cpu_s: float
    peak_mb: float
    stages: dict[str, float]
    documents: Documents


def run(
    ear: str,
    settings: Settings,
    heard: Material,
    *,
    out: Path,
    workers: int = 1,
    together: int = GROUP_RECORDINGS,
) -> Run:
    """``out``: an empty folder of its own. ``together``: so many recordings, at most, an ear is
    handed at once."""
    context = multiprocessing.get_context("spawn")
    tasks, parts = context.Queue(), context.Queue()
    for at in range(0, len(heard.files), together):
        tasks.put(heard.files[at : at + together])
    for _ in range(workers):
        tasks.put(None)
    go = context.Event()
    given = (ear, settings, heard.folder, heard.warm_up, out, go, tasks, parts)
    os.environ.update(ONE_THREAD)
    processes: list[SpawnProcess] = [
        context.Process(target=_work, args=given) for _ in range(workers)
    ]
    for process in processes:
        process.start()
    try:
        start_s = max(_next(parts, processes) for _ in processes)
        began_s = time.monotonic()
        go.set()
        done = [_next(parts, processes) for _ in processes]
    finally:
        for process in processes:
            process.join(10)
            process.kill()
            process.join()
    return _joined(done, start_s, began_s)


def _next(parts: Any, processes: Sequence[SpawnProcess]) -> Any:
    """What the next of them has to say."""
    while True:
        try:
            return parts.get(timeout=5)
        except Empty:
            if any(process.exitcode for process in processes):
                raise RuntimeError(_DIED) from None


def _joined(parts: Sequence[_Part], start_s: float, began_s: float) -> Run:
    stages: dict[str, float] = defaultdict(float)
    documents: Documents = {}
    for part in parts:
        documents |= part.documents
        for stage, seconds in part.stages.items():
            stages[stage] += seconds
    return Run(
        wall_s=max(part.ended_at_s for part in parts) - began_s,
        cpu_s=sum(part.cpu_s for part in parts),
        start_s=start_s,
        peak_mb=max(part.peak_mb for part in parts),
        stages=stages,
        documents=documents,
    )


def _work(
    name: str,
    settings: Settings,
    folder: Path,
    warm_up: str,
    out: Path,
    go: Any,
    tasks: Any,
    parts: Any,
) -> None:
    began_s = time.monotonic()
    ear = EARS[name](settings, folder, out)
    ear.hear([warm_up])
    parts.put(time.monotonic() - began_s)
    go.wait()
    ear.forget()
    began_cpu_s = time.process_time()
    while (files := tasks.get()) is not None:
        ear.hear(files)
    ended_at_s, cpu_s = time.monotonic(), time.process_time() - began_cpu_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts.put(_Part(ended_at_s, cpu_s, peak_mb, ear.seconds(), ear.documents()))
