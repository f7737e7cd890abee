"""What a cluster costs beside the processes of one machine::

    python -m bench.cluster [FOLDER] --cluster HOST:PORT --store postgresql://…
                            [--calls 40] [--workers 2] [--repeat 1]

Calls made of those of FOLDER, no two with the same bytes, are scored by ``autoqa score`` with its
own processes and with as many workers of the cluster, in turn, on the same store; the cluster is
best this machine alone, with as many processors as ``--workers``. Printed for each round: seconds
from start to end, seconds a call from the first result to the last (what a long run costs: starting
is left out), and the ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.material import copies, material

ROOT = Path(__file__).parents[1]
RULES = ROOT / "rules" / "retail-bank"


@dataclass(frozen=True, slots=True)
class Took:
    """``whole_s``: from start to end; ``call_s``: a call, from the first result to the last."""

    whole_s: float
    call_s: float


def score(calls: Path, out: Path, options: list[str]) -> Took:
    began_s = time.monotonic()
    command = [sys.executable, "-m", "autoqa", "score", str(calls), "--rules", str(RULES)]
    subprocess.run([*command, "--out", str(out), *options], check=True, stderr=subprocess.DEVNULL)
    whole_s = time.monotonic() - began_s
    ends_s = [file.stat().st_mtime for file in out.glob("*.wav.json")]
    return Took(whole_s, (max(ends_s) - min(ends_s)) / (len(ends_s) - 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "examples")
    parser.add_argument("--cluster", required=True, metavar="HOST:PORT")
    parser.add_argument("--store", required=True, metavar="URL")
    for name, usual in (("calls", 40), ("workers", 2), ("repeat", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    pool = ["--store", options.store, "--workers", str(options.workers)]
    ways = {"processes": pool, "cluster": [*pool, "--cluster", options.cluster]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        heard = material(options.folder, folder / "material")
        made = copies(heard, folder / "calls", options.calls * options.repeat * len(ways))
        rounds = []
        files = iter(made.files)
        for number in range(options.repeat):
            took = {}
            for way, more in ways.items():
                calls = folder / f"{way}-{number}"
                calls.mkdir()
                for _ in range(options.calls):
                    file = made.folder / next(files)
                    file.rename(calls / file.name)
                took[way] = score(calls, folder / f"{way}-{number}-qa", more)
            rounds.append(took)
    report(rounds, options.calls)


def report(rounds: list[dict[str, Took]], calls: int) -> None:
    print(f"{machine.described()}; {calls} calls each")
    table = Table("round", "processes s", "cluster s", "ratio", "s a call", "s a call", "ratio")
    ratios = []
    for number, took in enumerate(rounds, 1):
        local, far = took["processes"], took["cluster"]
        ratios.append(far.call_s / local.call_s)
        whole = f"{far.whole_s / local.whole_s:.2f}"
        cells = [f"{local.whole_s:.0f}", f"{far.whole_s:.0f}", whole]
        cells += [f"{local.call_s:.2f}", f"{far.call_s:.2f}", f"{ratios[-1]:.2f}"]
        table.add_row(str(number), *cells)
    Console().print(table)
    print(f"a call on the cluster takes {median(ratios):.2f} of what it takes here")


if __name__ == "__main__":
    main()
