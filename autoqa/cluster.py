"""Workers on a Ray cluster: Ray finds places for them and tells which are lost, nothing more.

A *place* is an actor with a share of a machine, in which a ``Crew`` of one keeps ``autoqa worker``
alive, as ``autoqa serve`` does on one machine. What they do, and what is left to do, is known to
the store alone: whatever is lost of the cluster, up to its head and to whoever asked for the
workers, is found again there.

Ray is asked for tokens by all who talk to it, and tells nobody of its use, unless the environment
says otherwise.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autoqa import crew, logs
from autoqa.ending import told_to_go
from autoqa.errors import UsageError
from autoqa.machine import WORKER_MB
from autoqa.prompts import beside
from autoqa.settings import Settings
from autoqa.store import STORE as STORE_FILE
from autoqa.store import Jobs, Store, store_url
from autoqa.types import JobState

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""So often it is looked how many places there should be, and which are lost."""

IDLE_S = 60.0
"""Nothing waits or is heard for so long: all places but one are given up, for others to use."""

STORE = "AUTOQA_STORE"
"""Where a machine of the cluster has it in its environment, that is the store, and its password
does not go from one to the other."""

ANSWER_S = 5.0
"""Whoever does not answer within this time is not there."""

_ENVIRONMENT = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}


def check(address: str, settings: Settings) -> None:
    """Raises ``UsageError`` where nobody answers there, or its machines do not reach the store."""
    if store_url(settings.store).startswith("sqlite"):
        raise UsageError(
            "the machines of a cluster do not reach the store {store}, which is a file of this "
            "one; give one on PostgreSQL with --store postgresql://…",
            store=settings.store or STORE_FILE,
        )
    host, _, port = address.rpartition(":")
    if not (host and port.isdigit()):
        raise UsageError(
            "--cluster {address} should be HOST:PORT, such as 10.0.0.1:6379", address=address
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_S).close()
    except OSError as error:
        raise _not_reached(address, error) from None


def crew_on(address: str, settings: Settings, rules: Path, jobs: Jobs) -> crew.Crew:
    """Keeps a process alive that keeps workers on the cluster, whatever becomes of the cluster."""
    return crew.Crew(1, settings, rules, jobs, options=("--cluster", address))


@contextmanager
def heard_by(address: str, settings: Settings, rules: Path) -> Iterator[None]:
    """The cluster hears meanwhile what is posted to the store. Raises as ``check``."""
    check(address, settings)
    with Store(store_url(settings.store)) as store, crew_on(address, settings, rules, Jobs(store)):
        yield


def keep_workers(
    address: str, settings: Settings, rules: Path, *, parent: int | None = None
) -> None:
    """Keeps workers on the cluster at ``address`` until it is told to go (SIGTERM).

    As many as there is work and room for, at most ``settings.workers`` if that is not 0.
    ``parent``: the process without which they shall not go on. Raises ``UsageError`` where the
    cluster is not reached, and ``AutoqaError`` where there is no store.
    """
    logs.set_up()
    check(address, settings)
    settings = _anywhere(beside(rules, settings))
    with Store(store_url(settings.store), wait_s=settings.store_wait_s) as store:
        _connect(address)
        told = told_to_go()  # Ray had its own idea of it
        places = Places(settings, rules.absolute())
        counts = Jobs(store).counts
        try:
            while not select.select([told], [], [], LOOK_S)[0] and parent in {None, os.getppid()}:
                found = counts()
                places.look(found[JobState.WAITING], found[JobState.RUNNING])
        finally:
            places.leave()


def _connect(address: str) -> None:
    """Raises ``UsageError`` where there is no cluster, or it does not let us in."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ModuleNotFoundError:
        raise UsageError("--cluster needs the library ray; pip install 'autoqa[cluster]'") from None
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # noqa: BLE001 (Ray has no one kind for what goes wrong here)
        raise _not_reached(address, error) from None


def _not_reached(address: str, error: Exception) -> UsageError:
    return UsageError(
        "the cluster {address} is not reached ({reason}); this machine has to be one of it "
        "(ray start --address={address}) and to have its token (RAY_AUTH_TOKEN_PATH)",
        address=address,
        reason=next(iter(str(error).splitlines()), type(error).__name__),
    )


def _anywhere(settings: Settings) -> Settings:
    """With folders that mean the same on all machines."""
    folders = {
        name: getattr(settings, name).absolute()
        for name in ("data_dir", "prompts", "cache_dir")
        if getattr(settings, name) != Path()
    }
    is_folder = Path(settings.model).is_dir()
    model = str(Path(settings.model).absolute()) if is_folder else settings.model
    return replace(settings, model=model, **folders)


class Place:
    """In a process of Ray's: a worker, which is replaced when it ends."""

    def __init__(self, settings: Settings, rules: Path, command: Sequence[str]) -> None:
        settings = replace(settings, store=os.environ.get(STORE, settings.store))
        self._store = Store(store_url(settings.store), wait_s=settings.store_wait_s)
        self._crew = crew.Crew(
            1, settings, rules, Jobs(self._store, retries=settings.retries), command
        )
        self._leaving = threading.Event()

    def live(self) -> None:
        """Returns when it was told to leave."""
        with self._store, self._crew:
            self._leaving.wait()

    def leave(self) -> None:
        self._leaving.set()


@dataclass(frozen=True, slots=True)
class _Taken:
    """``life``: what Ray tells of when the place is no more."""

    actor: Any
    life: Any


class Places:
    """Those that are taken on the cluster; ``clock``: monotonic, in seconds."""

    def __init__(
        self, settings: Settings, rules: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        import ray

        self._ray: Any = ray
        self._settings = settings
        self._rules = rules
        self._clock = clock
        self._taken: list[_Taken] = []
        self._busy_s = clock()
        self._next_s, self._pause_s = clock(), crew.FIRST_PAUSE_S
        gpu = settings.gpu_share if settings.device == "cuda" else 0.0
        self._needs = {"GPU": gpu} if gpu else {"CPU": float(settings.threads)}
        self._kind = self._ray.remote(
            num_cpus=settings.threads,
            num_gpus=gpu,
            memory=WORKER_MB << 20,
            max_concurrency=2,
            max_restarts=0,  # we do it, on whichever machine there is room
        )(Place)

    def look(self, waiting: int, running: int) -> None:
        """Forgets those that are lost, and takes or gives up as many as the work asks for."""
        now_s = self._clock()
        self._forget(self._over(), now_s)
        if waiting or running:
            self._busy_s = now_s
        if now_s >= self._next_s:
            for _ in range(self._wanted(waiting + running) - len(self._taken)):
                actor = self._kind.remote(self._settings, self._rules, crew.COMMAND)
                self._taken.append(_Taken(actor, actor.live.remote()))
        if now_s - self._busy_s >= IDLE_S:
            for one in self._taken[1:]:
                one.actor.leave.remote()

    def leave(self) -> None:
        """Returns when all have given back what they had in hand."""
        for one in self._taken:
            with suppress(self._ray.exceptions.RayError):
                one.actor.leave.remote()
        if lives := [one.life for one in self._taken]:
            with suppress(self._ray.exceptions.RayError):
                self._ray.wait(lives, num_returns=len(lives), timeout=crew.PATIENCE_S)
        self._ray.shutdown()

    def _wanted(self, calls: int) -> int:
        most = self._settings.workers or self._room()
        return max(1, min(most, calls))

    def _room(self) -> int:
        """For so many there is room on the machines that are there now."""
        there = self._ray.cluster_resources()
        needs = self._needs | {"memory": float(WORKER_MB << 20)}
        return int(min(there.get(name, 0.0) // share for name, share in needs.items()))

    def _over(self) -> list[_Taken]:
        lives = [one.life for one in self._taken]
        if not lives:
            return []
        over, _ = self._ray.wait(lives, num_returns=len(lives), timeout=0)
        return [one for one in self._taken if one.life in over]

    def _forget(self, over: list[_Taken], now_s: float) -> None:
        """Their followers wait, and the longer the sooner these were lost."""
        for one in over:
            self._taken.remove(one)
            try:
                self._ray.get(one.life)
            except self._ray.exceptions.RayError as error:
                log.warning("a place on the cluster was lost: %s", type(error).__name__)
        if over:
            self._next_s = now_s + self._pause_s
            self._pause_s = min(2 * self._pause_s, crew.LONGEST_PAUSE_S)
        elif now_s - self._next_s >= crew.OLD_S:
            self._pause_s = crew.FIRST_PAUSE_S
