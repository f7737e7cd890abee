"""Whether anything is lost or doubled when the service and its workers are killed.

    python -m bench.kills [--calls 200] [--kills 30] [--workers 2] [--real] [--seed 1]

Short calls are posted over HTTP to a service of its own, again and again until each is taken, while
the service or one of its workers is killed (``kill -9``) at random moments; a killed service is
started again, as an init system does. Then it waits for the last call and counts in the store:

* ``scorecards``: should be one for each call; ``doubled``, ``lost``: calls with more, or none;
* ``set aside``: calls whose workers were killed so often that they are blamed for it;
* ``stuck``: jobs that neither ended nor do so within the patience.

Without ``--real`` the ears are those of the tests, which need a second for a call, and the
rules a single one; what is kept, claimed and killed is the real thing either way. Exit code 1 where
anything was lost, doubled or stuck.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections import Counter
from pathlib import Path

import httpx
import numpy as np

from autoqa.audio import load
from autoqa.settings import Settings

ROOT = Path(__file__).parents[1]
RETAIL_BANK = ROOT / "rules" / "retail-bank"
PATIENCE_S = 300.0
"""Without any job ending for so long, what is left is stuck."""
LONGEST_PAUSE_S = 3.0
"""From when so many calls were heard to the kill."""

RULES = """
phrases:
  greeting: [您好]
rules:
  - id: greeting
    name: 问候
    passes_if: {says: greeting}
form:
  id: short
  name: 短表
  pass_mark: 60
  sections:
    - name: 开头
      rules: {greeting: 10}
"""


class Service:
    """``autoqa serve`` in a process that may be killed and started again."""

    def __init__(self, folder: Path, rules: Path, workers: int, calls: int, *, real: bool) -> None:
        self.calls = calls
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        module = "autoqa" if real else "tests.builders_service"
        self._command = [sys.executable, "-m", module, "serve", "--rules", str(rules)]
        self._command += ["--data", str(folder / "qa"), "--port", str(port)]
        self._command += ["--workers", str(workers)]
        self._environment = os.environ | {"TEST_HEARING_S": "1", "PYTHONPATH": str(ROOT)}
        self._log = (folder / "service.log").open("ab")
        self.url = f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stderr=self._log, stdout=self._log
        )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self.start()

    def kill_worker(self, chance: random.Random) -> bool:
        workers = [
            int(stat.parent.name)
            for stat in Path("/proc").glob("[0-9]*/stat")
            if _is_worker(stat, self._process.pid)
        ]
        if not workers:
            return False
        os.kill(chance.choice(workers), signal.SIGKILL)
        return True

    def is_up(self) -> bool:
        try:
            return httpx.get(self.url + "/health/live", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(60)


def _is_worker(stat: Path, service: int) -> bool:
    try:
        parent = int(stat.read_text().rpartition(")")[2].split()[1])
        return parent == service and b"\0worker\0" in (stat.parent / "cmdline").read_bytes()
    except OSError:  # gone since it was listed
        return False


def make_calls(folder: Path, count: int) -> list[Path]:
    """Two seconds of an example each, no two the same."""
    folder.mkdir()
    sound = load([ROOT / "examples" / "balance-good.wav"], Settings())
    files = []
    for number in range(count):
        first = sound.rate_hz // 2 + 40 * number
        part = sound.samples[:, first : first + 2 * sound.rate_hz]
        files.append(folder / f"{number:04}.wav")
        with wave.open(str(files[-1]), "wb") as file:
            file.setnchannels(part.shape[0])
            file.setsampwidth(2)
            file.setframerate(sound.rate_hz)
            file.writeframes(np.ascontiguousarray(part.T).tobytes())
    return files


def post_all(service: Service, files: list[Path], refusals: Counter[str]) -> None:
    """Each until it is taken, as a telephone system does."""
    for file in files:
        while True:
            try:
                reply = httpx.post(
                    service.url + "/v1/calls",
                    files={"recording": (file.name, file.read_bytes(), "audio/wav")},
                    data={"call_id": file.stem},
                    headers={"Idempotency-Key": file.stem},
                    timeout=30,
                    trust_env=False,
                )
            except httpx.HTTPError:
                refusals["no answer"] += 1
            else:
                if reply.is_success:
                    break
                refusals[str(reply.status_code)] += 1
            time.sleep(0.2)


def kill_some(service: Service, kills: int, chance: random.Random, store: Path) -> Counter[str]:
    """Kills at random moments of the run; how often whom, and how often in the midst of a call.

    A moment is so many calls that were heard and a random pause: by the clock alone a slow machine
    would have each call killed three times, which it is blamed for.
    """
    killed: Counter[str] = Counter(service=0, worker=0, midst=0)
    for ended in sorted(chance.randrange(service.calls) for _ in range(kills)):
        _wait_until(service, store, ended)
        time.sleep(chance.uniform(0, LONGEST_PAUSE_S))
        in_midst = states(store)["running"] > 0
        if chance.random() < 0.4 or not service.kill_worker(chance):
            service.kill()
            killed["service"] += 1
        else:
            killed["worker"] += 1
        killed["midst"] += in_midst
    return killed


def _wait_until(service: Service, store: Path, ended: int) -> None:
    """The service answers, and so many calls were heard or given up."""
    last_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < last_s:
        if service.is_up():
            found = states(store)
            if found["done"] + found["failed"] >= ended:
                return
        time.sleep(0.1)


def states(store: Path) -> Counter[str]:
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=60) as connection:
        return Counter(dict(connection.execute("SELECT state, count(*) FROM jobs GROUP BY state")))


def wait_for_all(store: Path) -> None:
    before, last_s = -1, 0.0
    while True:
        found = states(store)
        left = found["waiting"] + found["running"]
        if left != before:
            before, last_s = left, time.monotonic() + PATIENCE_S
        if not left or time.monotonic() > last_s:
            return
        time.sleep(1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, usual in (("calls", 200), ("kills", 30), ("workers", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--real", action="store_true", help="the real model and rules")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = make_calls(folder / "calls", options.calls)
        rules = RETAIL_BANK
        if not options.real:
            rules = folder / "rules"
            rules.mkdir()
            (rules / "rules.yaml").write_text(RULES, "utf-8")
        began_s = time.monotonic()
        service = Service(folder, rules, options.workers, options.calls, real=options.real)
        refusals: Counter[str] = Counter()
        poster = threading.Thread(target=post_all, args=(service, files, refusals))
        poster.start()
        store = folder / "qa" / "autoqa.db"
        killed = kill_some(service, options.kills, random.Random(options.seed), store)
        poster.join()
        wait_for_all(store)
        took_s = time.monotonic() - began_s
        code = service.stop()
        return report(store, files, killed, refusals, took_s, code)


def report(
    store: Path,
    files: list[Path],
    killed: Counter[str],
    refusals: Counter[str],
    took_s: float,
    code: int,
) -> int:
    with sqlite3.connect(store) as connection:
        cards = Counter(dict(connection.execute(_CARDS)))
        versions = connection.execute("SELECT count(DISTINCT rule_set_version) FROM scorecards")
        (version_count,) = versions.fetchone()
        attempts = dict(connection.execute("SELECT attempts, count(*) FROM jobs GROUP BY attempts"))
        (intact,) = connection.execute("PRAGMA integrity_check").fetchone()
    found = states(store)
    names = [file.stem for file in files]
    lost = [name for name in names if not cards[name]]
    doubled = [name for name in cards if cards[name] != 1]
    stuck = found["waiting"] + found["running"]
    print(f"calls         {len(files)}, in {took_s:.0f} s")
    print(
        f"killed        the service {killed['service']} times, a worker {killed['worker']}; "
        f"{killed['midst']} times while calls were heard"
    )
    print(f"posts refused {dict(refusals)}")
    print(f"jobs          {dict(found)}; by attempts {attempts}")
    print(f"scorecards    {cards.total()} of {version_count} version(s) of the rules")
    print(f"doubled       {len(doubled)}")
    print(f"lost          {len(lost)}, of them set aside {found['failed']}")
    print(f"stuck         {stuck}")
    print(f"store         {intact}; the service ended with {code} when it was told to")
    return 1 if doubled or stuck or len(lost) > found["failed"] else 0


_CARDS = "SELECT call_id, count(*) FROM scorecards GROUP BY call_id"


if __name__ == "__main__":
    sys.exit(main())
