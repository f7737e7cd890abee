"""How long it takes to score stored calls by other rules::

    python -m bench.rescore [--calls 400] [--rules 60] [--workers 1,2]

Makes a store of calls of 2,000 characters in a temporary folder (``bench.made_calls``) and scores
them all by so many rules (``bench.made_rules``) again and again: when nothing is known of the calls
but what was heard; then for each number of worker processes after one phrase of one rule was
edited, as staff do, and by another version of the same rules. Prints seconds, calls a second, what
a call took of a processor (which a busy machine blurs less), and the most memory that a process
took after a tenth of the calls and at the end. Reading and writing the store and starting the
processes, which takes seconds, is counted; making the store and reading the rules is not.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from autoqa.rescore import rescore
from autoqa.scoring.rule import RuleSet
from autoqa.store import Store
from bench.made_calls import made_call
from bench.made_rules import made_rules


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("::", maxsplit=1)[0])
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rules", default="60", help="how many, with commas between")
    parser.add_argument("--workers", default="1,2", help="processes, with commas between")
    options = parser.parse_args()
    workers = [int(number) for number in options.workers.split(",")]
    for count in map(int, options.rules.split(",")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            url = f"sqlite:///{folder / 'autoqa.db'}"
            make_store(url, options.calls)
            print(f"{count} rules, nothing known: ", end="", flush=True)
            measure(url, made_rules(count, folder / "0"), options.calls, workers[-1])
            for edits, processes in enumerate(workers, start=1):
                rules = made_rules(count, folder / str(edits), edits=edits)
                again = replace(rules, version=f"{rules.version} again")
                for told, rule_set in (("one phrase edited", rules), ("nothing edited", again)):
                    print(f"{count} rules, {told}: ", end="", flush=True)
                    measure(url, rule_set, options.calls, processes)


def make_store(url: str, count: int) -> None:
    """``count`` calls, heard and never scored."""
    with Store(url) as store:
        for number in range(count):
            call, contact = made_call(number)
            store.put_call(call)
            store.put_contact(contact, call)


def measure(url: str, rule_set: RuleSet, calls: int, workers: int) -> float:
    """Scores them all, prints what it took, and returns the seconds."""
    began, began_cpu = time.perf_counter(), _cpu_s()
    early_mb = 0.0
    most_mb = 0.0
    for number, _ in enumerate(rescore(url, rule_set, workers=workers), start=1):
        if number in (max(1, calls // 10), calls):
            early_mb, most_mb = early_mb or _most_mb(), _most_mb()
    seconds, cpu_s = time.perf_counter() - began, _cpu_s() - began_cpu
    print(
        f"{calls} calls in {seconds:.1f} s on {workers} processes, {calls / seconds:.0f} calls/s, "
        f"{1000 * cpu_s / calls:.1f} ms of a processor a call, "
        f"{early_mb:.0f} MB at a tenth, {most_mb:.0f} MB at the end",
        flush=True,
    )
    return seconds


def _cpu_s() -> float:
    """Processor seconds of this process and of those that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _most_mb() -> float:
    """The most memory that this process or one of its workers ever took."""
    here = (child.pid for child in multiprocessing.active_children())
    return max(_peak_kb(pid) for pid in ("self", *here)) / 1024


def _peak_kb(pid: int | str | None) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
