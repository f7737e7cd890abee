"""What the service does once a day: it removes what is older than it is to be kept."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Self

from autoqa.errors import AutoqaError
from autoqa.retention import Retention, ages_of
from autoqa.settings import Settings

log = logging.getLogger(__name__)

DAY_S = 24 * 3600.0
WHO = "service"
"""In the audit log."""


class Housekeeping:
    """``with Housekeeping(retention, settings): …``: when it begins, and every day after.

    Of several services each does so; what one has removed the others do not find.
    """

    def __init__(self, retention: Retention, settings: Settings, *, every_s: float = DAY_S) -> None:
        self._retention = retention
        self._ages = ages_of(settings)
        self._every_s = every_s
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def __enter__(self) -> Self:
        if self._ages:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        if self._ages:
            self._thread.join(1.0)  # a batch that is broken off is done next time

    def step(self) -> None:
        """Removes what is due."""
        try:
            done = self._retention.purge(self._ages, datetime.now(UTC), WHO)
        except AutoqaError as error:
            log.warning("not all that is due could be removed: %s", error)
            return
        for kind, count in done.items():
            log.info("removed for its age: %s %d", kind, count)

    def _run(self) -> None:
        self.step()
        while not self._leaving.wait(self._every_s):
            self.step()
