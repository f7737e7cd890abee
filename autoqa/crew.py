"""The worker processes of a service: started with it, replaced when they die, gone with it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self
from uuid import uuid4

from autoqa.errors import StoreError
from autoqa.machine import ONE_THREAD
from autoqa.sealing import KEY, KEY_FILE
from autoqa.settings import Settings, as_environment
from autoqa.store import Jobs

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "autoqa")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
"""Before a worker that died is replaced; the pause doubles as long as its followers die young."""

OLD_S = 30.0
"""A worker that died at this age or later did not die because it could not start."""

PATIENCE_S = 20.0
"""Workers that were told to go are waited for so long; longer than they take to give back a job."""


class Crew:
    """``with Crew(count, settings, rules, jobs): …`` keeps ``count`` workers alive meanwhile.

    ``options``: of their command, for workers of another kind.
    """

    def __init__(
        self,
        count: int,
        settings: Settings,
        rules: Path,
        jobs: Jobs,
        command: Sequence[str] = (),
        options: Sequence[str] = (),
    ) -> None:
        self._command = [
            *(command or COMMAND),
            "worker",
            "--rules",
            str(rules),
            "--parent",
            str(os.getpid()),
            *options,
        ]
        others = {
            name: value
            for name, value in os.environ.items()
            if name[:7] != "AUTOQA_" or name in (KEY, KEY_FILE)
        }
        self._environment = others | ONE_THREAD | as_environment(settings)
        self._jobs = jobs
        self._leaving = threading.Event()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._keepers = [
            threading.Thread(target=self._keep, name=f"crew-{number}", daemon=True)
            for number in range(count)
        ]

    def __enter__(self) -> Self:
        for keeper in self._keepers:
            keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._signal(signal.SIGTERM)
        last_s = time.monotonic() + PATIENCE_S
        for keeper in self._keepers:
            keeper.join(max(0.0, last_s - time.monotonic()))
        self._signal(signal.SIGKILL)
        for keeper in self._keepers:
            keeper.join()

    def _signal(self, number: signal.Signals) -> None:
        for process in list(self._processes):
            process.send_signal(number)

    def _keep(self) -> None:
        """One place of the crew, taken by one worker after the other."""
        pause_s = FIRST_PAUSE_S
        while not self._leaving.is_set():
            began_s = time.monotonic()
            code = self._one()
            if code == 0:
                continue
            if time.monotonic() - began_s >= OLD_S:
                pause_s = FIRST_PAUSE_S
            log.warning("a worker ended with %d; the next starts in %g s", code, pause_s)
            self._leaving.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _one(self) -> int:
        """A worker's whole life; how it ended."""
        name = f"{os.uname().nodename[:64]}/{os.getpid()}/{uuid4().hex[:8]}"
        process = subprocess.Popen(
            [*self._command, "--name", name], env=self._environment, stdin=subprocess.DEVNULL
        )
        self._processes.add(process)
        if self._leaving.is_set():  # it was not there yet when the others were told
            process.terminate()
        code = process.wait()
        self._processes.discard(process)
        with suppress(StoreError):  # then its lease says so, later
            self._jobs.bury(name)
        return code
