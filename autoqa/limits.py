"""What one recording may cost a process: time and memory."""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from autoqa.settings import Settings

BYTES_A_SECOND = 1_000
"""A file of unknown length is taken for 8 kbit/s, about the least that any telephone codec makes,
when the time that its worker may take is set."""

ARENAS = 2
_M_ARENA_MAX = -8
"""Of glibc's ``malloc.h``."""


def time_limit_s(paths: Iterable[Path], settings: Settings, *, recordings: int = 1) -> float:
    """How long it may take to hear these files of so many recordings."""
    longest_s = settings.max_duration_s * recordings
    seconds = min(longest_s, byte_count(paths) / BYTES_A_SECOND)
    return max(settings.shortest_timeout_s, settings.timeout_factor * seconds)


def byte_count(paths: Iterable[Path]) -> int:
    try:
        return sum(path.stat().st_size for path in paths)
    except OSError:
        return 0  # gone since it was listed: whoever opens it will say so


def limit_memory(most_mb: int) -> None:
    """From now on this process gets no more memory, for good. 0: no limit.

    What is counted is private memory that can be written to (``RLIMIT_DATA``): address space that
    is only reserved, and weights that are mapped from their file, are free.
    """
    if most_mb:
        most = most_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def share_memory() -> None:
    """From now on the threads of this process share ``ARENAS`` heaps.

    glibc gives a thread one of its own, up to eight a processor, and what it frees stays there for
    it: a service of 40 threads grew by 64 MB in five minutes of load, and by 13 MB with two. Other
    C libraries have no such setting.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)
