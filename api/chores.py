"""Work that is slow, or that chews what others sent: in processes of its own, with limits.

The event loop answers; it neither scores, nor decodes, nor reads rule files. What is handed over
is a function of a module and its arguments, such as can be pickled::

    document = await service.chores.do(score_text, text, rules)

A process that takes too long or too much memory is replaced; that costs the one request.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from api.problems import Problem, busy, of_error
from autoqa.errors import AutoqaError
from autoqa.i18n import N_, current_language, language
from autoqa.limits import limit_memory
from autoqa.settings import Settings
from autoqa.types import Message

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING = 64
CHORES_A_PROCESS = 200
"""After so many a process is replaced, so that nothing can grow."""
RETRY_AFTER_S = 5

_BUSY = N_("too much is being worked on; try again in {seconds} s")
_ONE_AT_A_TIME = N_("one of these at a time: wait for the answer to the one before")
_TOO_LONG = N_("it took longer than {seconds} s and was stopped; send less")
_DIED = N_("it took more memory than is allowed, or broke its process; send less")


class Chores:
    """Its processes start with the first chore and end with ``close``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: ProcessPool | None = None
        self._lock = threading.Lock()
        self._waiting = 0
        self._at_it: set[str] = set()

    async def do(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What ``work`` returns, in the language of whoever asks.

        Raises what ``work`` raises, an ``AutoqaError`` as its ``Problem``; ``Problem`` 429 where
        too much waits, 422 where it took too long or too much memory.
        """
        if self._waiting >= MOST_WAITING:
            raise busy(Message(_BUSY, {"seconds": RETRY_AFTER_S}), RETRY_AFTER_S)
        limit_s = self._settings.chore_timeout_s
        self._waiting += 1
        try:
            future: Future[T] = self._started().schedule(
                _run, args=[current_language(), work, args, options], timeout=limit_s
            )
            return await asyncio.wrap_future(future)
        except TimeoutError:
            message = Message(_TOO_LONG, {"seconds": limit_s})
            raise Problem(422, "too_long", message) from None
        except (ProcessExpired, MemoryError):
            raise Problem(422, "too_much", Message(_DIED)) from None
        finally:
            self._waiting -= 1

    @contextmanager
    def alone(self, who: str) -> Iterator[None]:
        """One of these at a time for each caller: ``Problem`` 429 for the second."""
        with self._lock:
            if who in self._at_it:
                raise busy(Message(_ONE_AT_A_TIME), RETRY_AFTER_S)
            self._at_it.add(who)
        try:
            yield
        finally:
            with self._lock:
                self._at_it.discard(who)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._settings.chore_processes,
                    max_tasks=CHORES_A_PROCESS,
                    context=multiprocessing.get_context("spawn"),
                    initializer=limit_memory,
                    initargs=(self._settings.chore_memory_mb,),
                )
            return self._pool


# ---------------------------------------------------------------- in a process of its own


def _run(lang: str, work: Callable[..., T], args: tuple[Any, ...], options: dict[str, Any]) -> T:
    with language(lang):
        try:
            return work(*args, **options)
        except AutoqaError as error:
            # Errors have constructors of their own, which pickle does not know; a problem has not.
            raise of_error(error) from None
