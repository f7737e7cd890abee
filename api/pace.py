"""How often a caller may ask: so many requests a minute, of which all may come at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

WINDOW_S = 60.0


class Pace:
    """Safe for several threads. It remembers one moment for each caller that is known by name.

    ``a_minute``: 0: as often as they like. ``clock``: seconds, never set back.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each_s = WINDOW_S / a_minute if a_minute else 0.0
        self._clock = clock
        self._lock = Lock()
        self._spent_until: dict[str, float] = {}

    def wait_s(self, name: str) -> float:
        """Counts a request; 0 if it may be answered, else the seconds until one may."""
        with self._lock:
            now = self._clock()
            spent_until = max(self._spent_until.get(name, now), now) + self._each_s
            too_much_s = spent_until - now - WINDOW_S
            if too_much_s > 1e-6:
                return too_much_s
            self._spent_until[name] = spent_until
            return 0.0
