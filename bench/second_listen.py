"""How well the second listen tells a phrase that was said from one that was not.

    python -m bench.second_listen FOLDER [--rules DIR] [--mistakes]

Beside each ``NAME.EXT`` in FOLDER lies ``NAME.truth.json``; each sub-folder is a condition. Of
each class of courtesy, as if the first listen had missed it everywhere:

* *said*: the stretch from 3 s before to 3 s after the turn in which the agent said it;
* *unsaid*: the whole call where he never did, else what comes before his first and after his last
  such turn, where that is 10 s or more.

Answers: True (heard), None (goes to a person), False (failed: costs points). A said phrase that is
False takes pay from an agent, an unsaid one that is True is invented.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from autoqa import pipeline
from autoqa.audio import load
from autoqa.events import interpret
from autoqa.folder import find_sources
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.settings import read_settings
from autoqa.types import Answer, Contact, Question, Role
from bench.measures import COURTESY

CLASSES = (*COURTESY, "risk_notice")
AROUND_MS, LONG_MS = 3_000, 10_000
EDGE_MS = 1_000
"""Between the turn and a stretch without it: speech that reaches into a stretch is heard whole."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and whether the phrase was said in its stretch."""

    said: bool
    question: Question


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules/retail-bank"))
    parser.add_argument("--mistakes", action="store_true", help="name what was not answered right")
    options = parser.parse_args()
    settings, rules = read_settings(), load_rules(options.rules)
    models = pipeline.load_models(settings)
    counts: dict[str, Counter[tuple[bool, bool | None]]] = {}
    seconds = 0.0
    for source in find_sources(options.folder, settings, leave_out=None)[0]:
        recording = options.folder / source.file
        truth_path = recording.with_name(recording.stem + ".truth.json")
        if not truth_path.is_file():
            continue
        truth = json.loads(truth_path.read_text("utf-8"))
        cases = list(cases_of(truth, rules))
        audio = load([recording], settings)
        roles = tuple(Role(role) for role in truth["channel_roles"] if role != "mixed")
        [call] = pipeline.analyze([audio], models)
        contact = Contact(recording.stem, recording.name, channel_roles=roles)
        call = interpret(call, contact)
        view = CallView(call, contact, rules)
        began = time.process_time()
        answers = pipeline.hear_again(audio, call, [case.question for case in cases], models)
        seconds += time.process_time() - began
        condition = counts.setdefault(Path(source.file).parent.as_posix(), Counter())
        for case, answer in zip(cases, answers, strict=True):
            seen = _as_rules_see(answer, view, case)
            condition[case.said, seen.said] += 1
            if options.mistakes and seen.said is not case.said:
                print(_mistake(source.file, case, seen), flush=True)
    _print(counts, seconds)


def cases_of(truth: dict[str, Any], rules: RuleSet) -> Iterator[Case]:
    """Every case of a recording; none where nobody knows who speaks."""
    if "mixed" in truth["channel_roles"]:
        return
    for name in CLASSES:
        phrases = rules.phrase_set(name).listen_for
        hits = [hit for hit in truth["phrases"] if hit["phrase"] == name and hit["role"] == "agent"]
        for hit in hits:
            start_ms, end_ms = hit["start_ms"] - AROUND_MS, hit["end_ms"] + AROUND_MS
            yield Case(True, Question(name, phrases, Role.AGENT, max(0, start_ms), end_ms))
        if not hits:
            yield Case(False, Question(name, phrases, Role.AGENT, 0, truth["duration_ms"]))
            continue
        first_ms = min(hit["start_ms"] for hit in hits)
        last_ms = max(hit["end_ms"] for hit in hits)
        for start_ms, end_ms in (
            (0, first_ms - EDGE_MS),
            (last_ms + EDGE_MS, truth["duration_ms"]),
        ):
            if end_ms - start_ms >= LONG_MS:
                yield Case(False, Question(name, phrases, Role.AGENT, start_ms, end_ms))


def _as_rules_see(answer: Answer, view: CallView, case: Case) -> Answer:
    """A no is none where other words of the phrase set may have been written."""
    doubted = answer.said is False and view.may_hold([case.question.rule_id], answer.heard)
    return replace(answer, said=None) if doubted else answer


def _mistake(file: str, case: Case, answer: Answer) -> str:
    asked = case.question
    where = f"{asked.start_ms / 1000:.0f}-{asked.end_ms / 1000:.0f} s"
    told = f"{answer.said} {answer.margin_nats:.1f} {answer.phrase} {answer.quote}"
    return f"{file} {asked.rule_id} {where} {'said' if case.said else 'unsaid'}: {told}"


def _print(counts: dict[str, Counter[tuple[bool, bool | None]]], seconds: float) -> None:
    table = Table("condition", "", "True", "None", "False")
    overall: Counter[tuple[bool, bool | None]] = Counter()
    for count in counts.values():
        overall.update(count)
    for name, count in {**counts, "overall": overall}.items():
        for said in (True, False):
            row = [str(count[said, answer]) for answer in (True, None, False)]
            table.add_row(name, "said" if said else "unsaid", *row)
    console = Console()
    console.print(table)
    console.print(f"{seconds / max(1, overall.total()):.2f} CPU s a question")


if __name__ == "__main__":
    main()
