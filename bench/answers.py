"""How right the word on answers is: of those called wrong, how many are; of wrong ones, how many.

::

    python -m bench.answers                 # the half that nothing was tuned on
    python -m bench.answers --half tuned --show     # those that come out otherwise

Dialogues of bench/answered are held against rules/example-bank; both halves are by one author.
Each is judged as it is written, and as a recogniser might have heard it (``bench.corruption``), as
exact as if it were typed: on recordings a wrong answer has to be heard twice, too. ``open``: nobody
may call it wrong; ``none``: the knowledge has no such question, or nothing was asked.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.types import Outcome
from bench import corruption

FOLDER = Path(__file__).parent / "answered"
HALVES = "tuned", "reported"
RULES = Path(__file__).parents[1] / "rules" / "example-bank"
_SAID = re.compile(r"^(\w+: )(.*)$", re.MULTILINE)
_NAMES = {
    Outcome.PASSED: "right",
    Outcome.FAILED: "wrong",
    Outcome.UNDETERMINED: "open",
    Outcome.NOT_APPLICABLE: "none",
}


def dialogues(half: str) -> Iterator[tuple[str, str]]:
    """What each is, and the dialogue."""
    for block in (FOLDER / f"{half}.txt").read_text("utf-8").split("# ")[1:]:
        kind, _newline, text = block.partition("\n")
        yield kind.strip(), text.strip()


def _heard(text: str) -> str:
    return _SAID.sub(lambda match: match[1] + corruption.by_sound(match[2]), text)


def _judged(rules: RuleSet, text: str) -> str:
    call, contact = read_dialogue(text)
    card, _questions = score(call, contact, rules)
    return _NAMES[card.findings[0].outcome]


def measure(
    half: str, show: bool, as_heard: Callable[[str], str], rules: RuleSet
) -> Counter[tuple[str, str]]:
    """How many of each kind come out as each."""
    found: Counter[tuple[str, str]] = Counter()
    for kind, text in dialogues(half):
        shown = as_heard(text)
        said = _judged(rules, shown)
        found[kind, said] += 1
        if show and kind != said:
            print(f"[{kind} → {said}]\n{shown}\n")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--half", choices=HALVES, default="reported")
    given = parser.parse_args()
    rules = load_rules(RULES)
    ways: dict[str, Callable[[str], str]] = {"written": lambda text: text, "heard": _heard}
    for way, as_heard in ways.items():
        found = measure(given.half, given.show, as_heard, rules)
        wrong = found["wrong", "wrong"]
        called = sum(count for (_, said), count in found.items() if said == "wrong")
        print(f"{way}: {found.total()} answers")
        print(f"  called wrong that are: {wrong} of {called}")
        for kind in ("wrong", "right"):
            whole = sum(count for (given, _), count in found.items() if given == kind)
            print(f"  {kind} answers called {kind}: {found[kind, kind]} of {whole}")


if __name__ == "__main__":
    main()
