"""The service under load: many clients post calls while others read, beside one reader alone.

::

    python -m bench.load                    # 20 minutes, 50 clients that post, 200 that read
    python -m bench.load --minutes 1 --posters 5 --readers 20

Starts ``autoqa serve`` with one worker on a store of its own, and asks it from this process, over
the loopback only. First one reader alone, then all of them together. Printed: how many requests
there were and how they ended, the readers' median and 99th percentile in both phases with their
ratio, the service's memory before the load and after each quarter of it, and how many of the calls
that were accepted are known afterwards (all must be). A 429 with Retry-After is an answer, not a
loss: the client waits and posts again. Exit code 1 where anything was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
import wave
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "balance-good.wav"
SECONDS = 6
"""Of each recording that is posted."""
ALONE_S = 30
BETWEEN_POSTS_S, BETWEEN_READS_S = 5.0, 5.0
"""Pauses of a client on average: nearly 10 posts and 40 reads a second, all together."""
MB = 1_000_000


@dataclass(slots=True)
class Seen:
    """What the clients saw. ``waits_s``: of answers to reads. ``accepted``: ids of posted calls."""

    waits_s: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description="Load on the service, from a second process.")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--posters", type=int, default=50)
    parser.add_argument("--readers", type=int, default=200)
    options = parser.parse_args()
    os.nice(5)
    with TemporaryDirectory() as folder:
        port = _free_port()
        service = _serve(Path(folder), port)
        try:
            good = asyncio.run(_measure(f"http://127.0.0.1:{port}", service.pid, options))
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=60)
    sys.exit(0 if good else 1)


async def _measure(url: str, pid: int, options: argparse.Namespace) -> bool:
    no_tls = ssl.SSLContext(
        ssl.PROTOCOL_TLS_CLIENT
    )  # nothing here needs one, and making it for each client takes long

    async def connected(opened: AsyncExitStack) -> httpx.AsyncClient:
        """Each client has a connection of its own, as if it were another machine."""
        client = httpx.AsyncClient(base_url=url, timeout=60, verify=no_tls)
        return await opened.enter_async_context(client)

    async with AsyncExitStack() as opened:
        first = await connected(opened)
        posters = [await connected(opened) for _ in range(options.posters)]
        readers = [await connected(opened) for _ in range(options.readers)]
        await _ready(first)
        alone, together = Seen(), Seen()
        for _ in range(3):  # something to read
            await _post(first, alone)
        await _during(min(ALONE_S, 60 * options.minutes), [partial(_read, first, alone, 0.2)])
        before = _memory_bytes(pid)
        clients: list[Callable[[], Awaitable[None]]] = [
            *(partial(_post, client, together) for client in posters),
            *(partial(_read, client, together, BETWEEN_READS_S) for client in readers),
        ]
        memory = await _during(60 * options.minutes, clients, lambda: _memory_bytes(pid))
        known = 0
        for call_id in together.accepted:
            answer = await first.get(f"/v1/calls/{call_id}")
            known += answer.status_code == 200
    _print(alone, together, before, memory, known)
    refused = [kind for kind in together.answers if kind.split()[1] not in ("200", "202", "429")]
    return known == len(together.accepted) and not refused


async def _during(
    seconds: float,
    clients: list[Callable[[], Awaitable[None]]],
    look: Callable[[], int] = lambda: 0,
) -> list[int]:
    """Each client does its thing again and again; what ``look`` gave every so often."""
    ends_s = time.monotonic() + seconds

    async def again(client: Callable[[], Awaitable[None]]) -> None:
        while time.monotonic() < ends_s:
            await client()

    running = [asyncio.create_task(again(client)) for client in clients]
    looks = []
    while time.monotonic() < ends_s:
        await asyncio.sleep(min(10.0, seconds / 10))
        looks.append(look())
    await asyncio.gather(*running)
    return looks


async def _post(client: httpx.AsyncClient, seen: Seen) -> None:
    """One call, posted until it is taken."""
    files = {"recording": ("call.wav", _recording(), "audio/wav")}
    while True:
        answer = await _asked(client.post("/v1/calls", files=files), "POST", seen)
        if answer is None:
            return
        if answer.status_code != 429:
            break
        await asyncio.sleep(float(answer.headers["Retry-After"]) * random.uniform(0.5, 1))
    if answer.is_success:
        seen.accepted.append(answer.headers["Location"].rsplit("/", 1)[1])
    await asyncio.sleep(random.uniform(0, 2 * BETWEEN_POSTS_S))


async def _read(client: httpx.AsyncClient, seen: Seen, pause_s: float) -> None:
    """The list, a page of it by another order, or a call."""
    paths = ["/v1/calls", "/v1/calls?sort=score&descending=false&undetermined=true"]
    paths += [f"/v1/calls/{call_id}" for call_id in seen.accepted[-3:]]
    began_s = time.perf_counter()
    if await _asked(client.get(random.choice(paths)), "GET", seen):
        seen.waits_s.append(time.perf_counter() - began_s)
    await asyncio.sleep(random.uniform(0, 2 * pause_s))


async def _asked(
    request: Awaitable[httpx.Response], method: str, seen: Seen
) -> httpx.Response | None:
    """The answer, counted; ``None`` where the request was lost."""
    try:
        answer = await request
    except httpx.TransportError as error:
        seen.answers[f"{method} lost ({type(error).__name__})"] += 1
        return None
    seen.answers[f"{method} {answer.status_code}"] += 1
    return answer


def _recording() -> bytes:
    """Six seconds of the example from anywhere in it: no two are the same."""
    with wave.open(str(EXAMPLE), "rb") as example:
        count = SECONDS * example.getframerate()
        example.setpos(random.randrange(example.getnframes() - count))
        frames = example.readframes(count)
        made = io.BytesIO()
        with wave.open(made, "wb") as out:
            out.setparams(example.getparams())
            out.writeframes(frames + random.randbytes(example.getsampwidth()) * 2)
    return made.getvalue()


def _serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "autoqa", "serve", "--rules", str(ROOT / "rules/retail-bank")]
    command += ["--data", str(folder), "--port", str(port), "--workers", "1"]
    limits = {"AUTOQA_MAX_WAITING": "100000", "AUTOQA_REQUESTS_A_MINUTE": "1000000"}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | limits, stdout=log, stderr=log)


async def _ready(client: httpx.AsyncClient) -> None:
    for _ in range(240):
        try:
            if (await client.get("/health/ready")).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.5)
    sys.exit("the service did not become ready")


def _memory_bytes(pid: int) -> int:
    """What the service itself holds, without its workers."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _print(alone: Seen, together: Seen, before: int, memory: list[int], known: int) -> None:
    table = Table("measure", "one reader alone", "all together", title="load")
    p50, p99 = zip(*((median(s.waits_s), _p99(s.waits_s)) for s in (alone, together)), strict=True)
    table.add_row("reads", *(str(len(seen.waits_s)) for seen in (alone, together)))
    for name, values in (("median of reads", p50), ("99th percentile of reads", p99)):
        table.add_row(name, *(f"{1000 * value:.0f} ms" for value in values))
    table.add_row("99th percentile, ratio", "1", f"{p99[1] / p99[0]:.1f}")
    for kind in sorted({*alone.answers, *together.answers}):
        table.add_row(kind, *(str(seen.answers[kind]) for seen in (alone, together)))
    table.add_row("calls accepted", str(len(alone.accepted)), str(len(together.accepted)))
    table.add_row("of these known afterwards", "", str(known))
    quarters = [memory[(len(memory) - 1) * quarter // 4] for quarter in (1, 2, 3, 4)]
    table.add_row(
        "memory of the service, at each quarter",
        f"{before / MB:.0f} MB",
        ", ".join(f"{value / MB:.0f}" for value in quarters) + " MB",
    )
    Console().print(table)


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[-1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    main()
