"""What the service looks for all the time: alerts that are due, however calls were scored."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from autoqa.errors import AutoqaError
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.settings import Settings
from autoqa.store import Alerts, Database

log = logging.getLogger(__name__)

EVERY_S = 20.0
RISES_EVERY = timedelta(hours=1)
"""Whole days are compared, so that nothing is new sooner."""


class Watching:
    """``with Watching(store, rules, settings): …``. Of several services each looks; what one has
    raised the others do not raise again."""

    def __init__(
        self, store: Database, rules: RuleKeeper, settings: Settings, *, every_s: float = EVERY_S
    ) -> None:
        self._alerts = Alerts(store)
        self._rules = rules
        self._settings = settings
        self._every_s = every_s
        self._rises_at: datetime | None = None
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(1.0)  # what is broken off is raised next time

    def step(self, now: datetime | None = None) -> None:
        """Raises and tells what is due."""
        moment = now or datetime.now(ZoneInfo(self._settings.time_zone))
        try:
            watch = self._rules.rule_set.watch
            is_time = self._rises_at is None or moment >= self._rises_at
            tell = self._settings.alerts_to
            # What a call failed waits for no counting of many.
            raised = self._alerts.look(watch, moment, tell=tell, rises=False)
            if is_time:
                raised += self._alerts.look(watch, moment, tell=tell)
        except AutoqaError as error:
            log.warning("alerts could not be looked for: %s", error)
            return
        if is_time:
            self._rises_at = moment + RISES_EVERY
        if raised:
            log.info("alerts raised: %d", len(raised))

    def _run(self) -> None:
        while not self._leaving.wait(self._every_s):
            self.step()
