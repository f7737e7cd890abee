"""How a process is told to end."""

from __future__ import annotations

import os
import signal


def told_to_go() -> int:
    """A pipe that can be read from once the process is told to go, however busy its threads are."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return told
