"""How fast the product hears, beside others and beside what is possible::

    python -m bench.speed [FOLDER] [--repeat 3] [--workers 2] [--peer COMMAND] [--short]

Same recordings, model, arithmetic and threads for all (``bench.ears``), in turn and repeatedly: a
ratio is of two runs that came one after the other, so that a machine whose speed drifts blurs it
less. Printed:

* for each ear, in one process and in ``--workers``: the share of real time that hearing took, how
  much longer it took than the product in the same round, processor seconds for an hour of
  recording, memory, and how well it heard, where recordings have a ground truth beside them
  (``NAME.truth.json``): character error rate, and the F1 of phrases (the product's by its rules,
  the others' by exact keywords, with the roles of the ground truth);
* where the product's time goes, and how far hearing is from the limit;
* what a minute of recording costs by the length of a call, and by how many calls there are.

``--peer``: the command ``whisper-ctranslate2`` of an environment of its own; without it that peer
is left out. ``--short``: one round over one short recording, to see that all this runs.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from autoqa.settings import read_settings
from bench import machine
from bench.material import Material, copies, joined, material
from bench.measures import Measures
from bench.peer import run_peer
from bench.quality import total
from bench.race import Run, run
from bench.stopwatch import MODEL, SECOND

LENGTHS_S = 60, 300, 1200
CALLS = 10, 50, 200
LIMIT, PRODUCT = "limit", "autoqa"
ARITHMETIC = "int8"


@dataclass(slots=True)
class Ear:
    """One row: how to run it, and its runs."""

    name: str
    workers: int
    hear: Callable[[Path], Run]
    runs: list[Run] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("::", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("examples"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peer", default="", help="the command whisper-ctranslate2")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--lengths", action="store_true", help="also by length and number of calls")
    options = parser.parse_args()
    console = Console(width=120)
    console.print(machine.described(), markup=False, highlight=False)
    if not options.peer:
        console.print("whisper-ctranslate2 is left out: --peer COMMAND names it")
    with tempfile.TemporaryDirectory() as scratch:
        heard = material(options.folder, Path(scratch) / "material", short=options.short)
        counts = (1,) if options.short else sorted({1, options.workers})
        ears = [*_ears(heard, counts), *_peers(heard, counts, options.peer)]
        race(ears, 1 if options.short else options.repeat, Path(scratch))
        console.print(_compared(ears, heard), _spent(ears))
        if options.lengths:
            console.print(_by_length(heard, Path(scratch)), _by_number(heard, Path(scratch)))


def _ears(heard: Material, counts: Sequence[int]) -> Iterable[Ear]:
    settings = replace(read_settings(), language="en", compute_type=ARITHMETIC, mask=False)

    def ear(name: str, workers: int) -> Ear:
        together = {"together": len(heard.files)} if name == LIMIT else {}
        return Ear(
            name,
            workers,
            lambda out: run(name, settings, heard, out=out, workers=workers, **together),
        )

    for workers in counts:
        yield ear(PRODUCT, workers)
        yield ear("batched", workers)
    yield ear(LIMIT, 1)


def _peers(heard: Material, counts: Sequence[int], command: str) -> Iterable[Ear]:
    for workers in counts if command else ():
        yield Ear(
            "whisper-ctranslate2",
            workers,
            partial(run_peer, command, heard, workers),
        )


def race(ears: Sequence[Ear], rounds: int, scratch: Path) -> None:
    """All of them in turn, so many times."""
    for number in range(rounds):
        for ear in ears:
            out = scratch / f"{ear.name}-{ear.workers}-{number}"
            out.mkdir()
            ear.runs.append(ear.hear(out))


def _compared(ears: Sequence[Ear], heard: Material) -> Table:
    table = Table(
        *("ear", "processes", "of real time", "times autoqa's", "CPU s an hour", "MB"),
        *("errors in characters", "phrases, F1"),
        title=f"{len(heard.files)} recordings, {heard.seconds / 60:.1f} minutes",
    )
    for ear in ears:
        if ear.name == LIMIT:
            continue
        [product] = (one for one in ears if (one.name, one.workers) == (PRODUCT, ear.workers))
        pairs = zip(ear.runs, product.runs, strict=True)
        ratios = [run.wall_s / other.wall_s for run, other in pairs]
        wall_s, cpu_s = (
            median(getattr(run, name) for run in ear.runs) for name in ("wall_s", "cpu_s")
        )
        errors, phrases = _quality(ear.runs[-1], heard)
        table.add_row(
            ear.name,
            str(ear.workers),
            f"{wall_s / heard.seconds:.4f}",
            f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
            f"{3600 * cpu_s / heard.seconds:.0f}",
            f"{max(run.peak_mb for run in ear.runs):.0f}",
            errors,
            phrases,
        )
    return table


def _quality(run: Run, heard: Material) -> tuple[str, str]:
    measures = Measures()
    for file, truth in heard.truths.items():
        if file in run.documents:
            measures.add(file, heard.with_roles(file, run.documents[file]), truth)
    edits, characters = measures.edits.get("everyone", (0, 0))
    f1 = total(measures.phrases).f1
    errors = f"{100 * edits / characters:.1f} %" if characters else "–"
    return errors, "–" if f1 is None else f"{f1:.2f}"


def _spent(ears: Sequence[Ear]) -> Table:
    """Where the product's seconds go in one process, and how many the limit takes."""
    [product] = (one for one in ears if (one.name, one.workers) == (PRODUCT, 1))
    [limit] = (one for one in ears if one.name == LIMIT)
    stages = {
        stage: median(run.stages.get(stage, 0.0) for run in product.runs)
        for stage in sorted({stage for run in product.runs for stage in run.stages})
    }
    hearing_s = sum(stages.values()) - stages.get(SECOND, 0.0)
    model_s = sum(seconds for stage, seconds in stages.items() if stage.startswith(MODEL))
    pairs = zip(product.runs, limit.runs, strict=True)
    ratios = [_first(run) / other.stages[MODEL] for run, other in pairs]
    table = Table("stage", "CPU s", "share", title="Where the product's time goes")
    for stage, seconds in sorted(stages.items(), key=lambda one: -one[1]):
        if stage != SECOND:
            table.add_row(stage, f"{seconds:.2f}", f"{100 * seconds / hearing_s:.1f} %")
    table.add_section()
    table.add_row("all but second listens", f"{hearing_s:.2f}", "100 %")
    table.add_row("everything but the model", *_part(hearing_s - model_s, hearing_s))
    table.add_row(SECOND, *_part(stages.get(SECOND, 0.0), hearing_s))
    limit_s = median(run.stages[MODEL] for run in limit.runs)
    table.add_row("the limit", *_part(limit_s, hearing_s))
    table.add_row(
        "all but second listens, times the limit",
        f"{median(ratios):.2f}",
        f"{min(ratios):.2f}–{max(ratios):.2f}",
    )
    return table


def _first(run: Run) -> float:
    return sum(seconds for stage, seconds in run.stages.items() if stage != SECOND)


def _part(seconds: float, of_s: float) -> tuple[str, str]:
    return f"{seconds:.2f}", f"{100 * seconds / of_s:.1f} %"


def _by_length(heard: Material, scratch: Path) -> Table:
    """One call of each length, by itself."""
    table = Table("length of a call", "CPU s a minute", "MB", title="By length")
    for seconds in LENGTHS_S:
        made = joined(heard, scratch / f"length-{seconds}", seconds)
        race([ear := next(iter(_ears(made, (1,))))], 1, made.folder.parent / f"out-{seconds}")
        table.add_row(f"{seconds // 60} min", *_cost(ear, made))
    return table


def _by_number(heard: Material, scratch: Path) -> Table:
    """So many calls, none like another."""
    table = Table("calls", "CPU s a minute", "MB", title="By number")
    for count in CALLS:
        made = copies(heard, scratch / f"number-{count}", count)
        race([ear := next(iter(_ears(made, (1,))))], 1, made.folder.parent / f"outs-{count}")
        table.add_row(str(count), *_cost(ear, made))
    return table


def _cost(ear: Ear, heard: Material) -> tuple[str, str]:
    [run] = ear.runs
    return f"{60 * run.cpu_s / heard.seconds:.2f}", f"{run.peak_mb:.0f}"


if __name__ == "__main__":
    main()
