"""What a recogniser wrote for each thing that was said, as lines for ``bench.phrases``::

    python -m bench.heard_lines RESULTS CALLS > FILE

``CALLS/PART/CONDITION/NAME.truth.json`` says what was said when and which phrase classes are in it
(``bench.synthesize``); ``RESULTS/PART/CONDITION/NAME.*.json`` is what ``autoqa score`` heard there.
What was heard belongs to what was said on the same line at the same time, so the matcher has no
part in it. Left out is what no words were written for: there is nothing to find.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("::", maxsplit=1)[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("calls", type=Path)
    options = parser.parse_args()
    for path in sorted(options.calls.glob("*/*/*.truth.json")):
        folder = options.results / path.parent.relative_to(options.calls)
        name = path.name.removesuffix(".truth.json")
        for result in sorted(folder.glob(f"{name}.*.json")):
            document = json.loads(result.read_text("utf-8"))
            if document["call"] is not None:
                truth = json.loads(path.read_text("utf-8"))
                for line in lines(truth, document["call"], name, path.parent.name):
                    print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def lines(truth: Line, call: Line, name: str, condition: str) -> Iterator[Line]:
    """A line for each live turn of the truth for which something was written."""
    turns = [turn for turn in truth["turns"] if turn["role"] in ("agent", "customer")]
    written: list[list[Line]] = [[] for _ in turns]
    for utterance in call["utterances"]:
        shares = [_shared_ms(turn, utterance, truth["channel_roles"]) for turn in truth["turns"]]
        best = max(range(len(shares)), key=shares.__getitem__, default=None)
        if best is not None and shares[best] > 0 and truth["turns"][best] in turns:
            written[turns.index(truth["turns"][best])].append(utterance)
    for turn, utterances in zip(turns, written, strict=True):
        text = "\n".join(one["text"] for one in sorted(utterances, key=lambda u: u["start_ms"]))
        if text.strip():
            classes = {one["phrase"] for one in truth["phrases"] if _is_in(one, turn)}
            yield {
                "role": turn["role"],
                "truth": turn["text"],
                "classes": sorted(classes),
                "text": text,
                "condition": condition,
                "call": name,
            }


def _shared_ms(turn: Line, utterance: Line, roles: list[str]) -> int:
    """How long both last together, where the turn is on the utterance's line."""
    line = "agent" if turn["role"] == "recorded" else turn["role"]
    if len(roles) > 1 and roles[utterance["channel"]] != line:
        return 0
    start: int = max(turn["start_ms"], utterance["start_ms"])
    end: int = min(turn["end_ms"], utterance["end_ms"])
    return max(0, end - start)


def _is_in(phrase: Line, turn: Line) -> bool:
    middle: int = (phrase["start_ms"] + phrase["end_ms"]) // 2
    same: bool = phrase["role"] == turn["role"]
    return same and bool(turn["start_ms"] <= middle < turn["end_ms"])


if __name__ == "__main__":
    main()
