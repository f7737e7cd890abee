"""How well the product hears and scores recordings with ground truth.

    python -m bench.quality FOLDER [--rules DIR] [--json] [--mistakes] [--no-baselines]

Beside each ``NAME.EXT`` in FOLDER lies ``NAME.truth.json``. Recordings are scored as ``autoqa
score`` does it, each sub-folder is a condition, and the measures of ``bench.measures`` are printed
for each condition and overall, beside two baselines heard in the same run (``bench.baselines``).
``--mistakes`` also names every single one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from autoqa.folder import find_sources
from autoqa.night import score_night
from autoqa.settings import read_settings
from bench.baselines import BASELINES, Baseline
from bench.measures import COURTESY, Counts, Measures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules/retail-bank"))
    parser.add_argument("--out", type=Path, help="keep the product's output here")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--mistakes", action="store_true", help="name every mistake")
    parser.add_argument("--no-baselines", action="store_true", help="measure the product alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        # What was heard is compared with the truth, personal data and all.
        settings = replace(read_settings(), language="en", mask=False)
        console = Console(stderr=True)
        score_night(options.folder, options.rules, out, settings=settings, console=console)
        heard = {"autoqa": measure(options.folder, out)}
    if not options.no_baselines:
        heard |= {name: compare(options.folder, baseline) for name, baseline in BASELINES.items()}
    if options.json:
        json.dump(
            {name: {one: _plain(of) for one, of in by.items()} for name, by in heard.items()},
            sys.stdout,
            indent=1,
        )
        return 0
    for name, conditions in heard.items():
        shown = BASELINES[name].rows if name in BASELINES else ("",)
        _print(name, conditions, shown, mistakes=options.mistakes and name == "autoqa")
    return 0


def measure(folder: Path, out: Path) -> dict[str, Measures]:
    """Measures by condition (sub-folder), and of all under ``overall``."""
    results = (
        (file, json.loads((out / (file + ".json")).read_text("utf-8")), truth)
        for file, truth in _truths(folder, out)
    )
    return _by_condition(results)


def compare(folder: Path, baseline: Baseline) -> dict[str, Measures]:
    """The same for a baseline, which decides no rule."""
    results = (
        (file, baseline.hear(folder / file, truth), {**truth, "outcomes": {}})
        for file, truth in _truths(folder)
    )
    return _by_condition(results)


def _truths(folder: Path, out: Path | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The recordings under a folder that have a ground truth, with it."""
    for source in find_sources(folder, read_settings(), leave_out=out)[0]:
        recording = folder / source.file
        truth_path = recording.with_name(recording.stem + ".truth.json")
        if truth_path.is_file():
            yield source.file, json.loads(truth_path.read_text("utf-8"))


def _by_condition(
    results: Iterable[tuple[str, dict[str, Any], dict[str, Any]]],
) -> dict[str, Measures]:
    conditions: dict[str, Measures] = {}
    for file, result, truth in results:
        for name in {Path(file).parent.as_posix(), "overall"}:
            conditions.setdefault(name, Measures()).add(file, result, truth)
    overall = conditions.pop("overall", Measures())
    return {**({} if len(conditions) == 1 else conditions), "overall": overall}


def total(counts: Mapping[str, Counts], names: tuple[str, ...] = ()) -> Counts:
    """Counts added up, of all names or of some."""
    added = Counts()
    for name in names or counts:
        added += counts.get(name, Counts())
    return added


def _plain(measures: Measures) -> dict[str, Any]:
    return asdict(measures)


def _print(
    heard_by: str, conditions: Mapping[str, Measures], shown: tuple[str, ...], *, mistakes: bool
) -> None:
    console = Console(width=max(100, 30 + 14 * len(conditions)))
    table = Table("measure", *conditions, title=heard_by)
    rows = {name: _rows(measures) for name, measures in conditions.items()}
    labels = dict.fromkeys(label for one in rows.values() for label in one)
    for label in filter(lambda one: one.startswith(shown), labels):
        table.add_row(label, *(one.get(label, "–") for one in rows.values()))
    console.print(table)
    for name, measures in conditions.items():
        if mistakes and name == "overall":
            for mistake in measures.mistakes:
                print(mistake)


def _rows(measures: Measures) -> dict[str, str]:
    rows = {"calls": str(measures.calls), "recordings failed": str(measures.failed_recordings)}
    for kind, counts in measures.events.items():
        if counts.right or counts.invented or counts.missed:
            rows[f"event {kind}: F1 (P, R)"] = _f1(counts)
            ours, theirs = measures.event_ms[kind]
            rows[f"event {kind}: seconds"] = f"{ours / 1000:.1f} of {theirs / 1000:.1f}"
    for phrase, counts in measures.phrases.items():
        rows[f"phrase {phrase}: F1 (P, R)"] = _f1(counts)
    rows["courtesy phrases: F1 (P, R)"] = _f1(total(measures.phrases, COURTESY))
    rows["all phrases: F1 (P, R)"] = _f1(total(measures.phrases))
    for rule, counts in measures.outcomes.items():
        rows[f"outcome {rule}"] = f"{counts.right} of {counts.right + counts.missed}"
    outcomes = total(measures.outcomes)
    rows["outcomes as expected"] = _percent(outcomes.recall)
    rows["wrongly failed"] = str(len(measures.wrongly_failed))
    for outcome in ("undetermined", "not_applicable", "passed"):
        rows[f"wrongly {outcome.replace('_', ' ')}"] = str(measures.otherwise.get(outcome, 0))
    for role, (edits, characters) in measures.edits.items():
        rows[f"character error rate, {role}"] = _percent(edits / characters if characters else None)
    rows["who speaks: F1"] = _percent(measures.frames.f1)
    return rows


def _f1(counts: Counts) -> str:
    figures = (counts.f1, counts.precision, counts.recall)
    f1, precision, recall = ("–" if x is None else f"{x:.2f}" for x in figures)
    return f"{f1} ({precision}, {recall})"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


if __name__ == "__main__":
    sys.exit(main())
