"""A Ray cluster of this machine's own, out of reach of all others.

Ray listens on all interfaces and cannot be told not to: it runs in a network of its own
(``own_network``). A node has its own processes, which end with it.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ADDRESS = "127.0.0.1:6379"
TRIES = 3
_NEW_NETWORK = 0x40000000


@contextmanager
def own_network() -> Iterator[None]:
    """What is started meanwhile has a loopback of its own, and reaches nobody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open("rb") as before:
        if libc.unshare(_NEW_NETWORK):
            pytest.fail("tests of the cluster run as root: they make a network of their own")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            assert not libc.setns(before.fileno(), _NEW_NETWORK)


class Nodes:
    """By number; 0 is the head. ``environment``: of whoever is let in."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.environment = os.environ | {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(16),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
            "RAY_gcs_rpc_server_reconnect_timeout_s": "5",
            **environment,
        }
        self._folder = folder
        # Its sockets lie in it, whose paths may have 107 characters.
        self._sessions = Path(tempfile.mkdtemp(prefix="ray-"))
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, number: int) -> None:
        """Returns when it is there; Ray gives up where a busy machine is slow to start it."""
        for _ in range(TRIES):
            self._start(number)
            while self._running[number].poll() is None:
                if "Ray runtime started" in self._log(number):
                    return
                time.sleep(0.2)
        pytest.fail(self._log(number))

    def _start(self, number: int) -> None:
        where = ["--address", ADDRESS]
        if number == 0:
            where = ["--head", "--port", ADDRESS.split(":")[1], "--no-monitor"]
            where += ["--include-dashboard", "false", "--temp-dir", str(self._sessions)]
        with (self._folder / f"node-{number}.log").open("ab") as log:
            self._running[number] = subprocess.Popen(
                [
                    *("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"),
                    *(sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *where),
                    *("--node-ip-address", f"127.0.0.{number + 1}", "--num-cpus", "1"),
                    *("--object-store-memory", "80000000", "--include-log-monitor", "False"),
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, number: int) -> None:
        """As a machine that loses its power."""
        node = self._running.pop(number)
        node.kill()
        node.wait()
        (self._folder / f"node-{number}.log").unlink()

    def close(self) -> None:
        for number in sorted(self._running, reverse=True):
            self.kill(number)
        shutil.rmtree(self._sessions, ignore_errors=True)

    def kill_place(self) -> None:
        """A process of Ray's that keeps a worker."""
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            if b"ray::Place" in _read(file) and self._is_ours(file.parent):
                os.kill(int(file.parent.name), signal.SIGKILL)
                return
        pytest.fail("no place is there to be killed")

    def _is_ours(self, process: Path) -> bool:
        return self.environment["RAY_AUTH_TOKEN"].encode() in _read(process / "environ")

    def _log(self, number: int) -> str:
        return (self._folder / f"node-{number}.log").read_text("utf-8", "replace")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # gone since it was listed
        return b""
