"""How well phrases are found in what a recogniser wrote::

    python -m bench.phrases --rules rules/retail-bank [--half "held out"] [--lists FOLDER]
    python -m bench.phrases TRANSCRIPTS --rules rules/retail-bank [--half tuned]

Without ``TRANSCRIPTS`` the lists of ``bench/phrases`` are measured, clean and spoilt as recognisers
do (see ``bench.wordings``), with what would cost points. ``TRANSCRIPTS`` is a file of lines
``{"role", "truth", "classes", "text", "condition", "call"}``: what was said, the phrase classes in
it, and what the recogniser wrote (``bench.heard_lines`` makes it). Printed for each class and over
all: precision and recall of the matcher, beside exact keywords and rapidfuzz's ``partial_ratio`` at
whichever threshold gives it the best F1 here (which flatters it). Halves of the transcripts are of
calls: what is mended is looked for in the tuned half, what is told is measured on the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from autoqa.scoring.finder import LEARNED, UNLIKE, Finder
from autoqa.scoring.load import load_rules
from autoqa.scoring.phrases import Hit, Phrase
from autoqa.scoring.spoken import FLOOR
from autoqa.text import normalise
from bench import wordings

PROHIBITION_FLOOR = 0.85
LEAST_RATIO = 60
"""Of ``partial_ratio``: below it anything is like anything."""
PROHIBITED = frozenset({"guarantee", "forbidden", "agent_pitch"})
ASKED_OF_CUSTOMER = frozenset({"agent_pitch"})
LISTED_AS = {"invest_offer": "invest_pitch", "product_asked": "topic_"}
"""Classes of the lists by the (first letters of the) names of their phrase sets."""

Line = dict[str, Any]
Names = Callable[[str], set[str]]


@dataclass
class Counts:
    """Lines in which a class was rightly found, wrongly found, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        found = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / found if found else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("::", maxsplit=1)[0])
    parser.add_argument("transcripts", type=Path, nargs="?")
    parser.add_argument("--half", choices=(wordings.TUNED, wordings.HELD_OUT), help="only this one")
    parser.add_argument("--lists", type=Path, default=wordings.FOLDER, help="other lists")
    parser.add_argument("--rules", type=Path, default=Path("rules/retail-bank"))
    parser.add_argument("--classes", nargs="*", default=[], help="only these classes")
    parser.add_argument("--phrases-alone", action="store_true", help="nothing that was learned")
    parser.add_argument("--mistakes", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    if options.transcripts is None:
        _print_lists(options)
        return
    lines = [json.loads(line) for line in options.transcripts.read_text("utf-8").splitlines()]
    lines = [
        line
        for line in lines
        if line["role"] != "recorded" and options.half in (None, wordings.half(line["call"]))
    ]
    phrases = read_phrases(options.rules / "phrases.yaml")
    classes = set(options.classes) or {name for line in lines for name in line["classes"]}
    phrases = [(name, phrase) for name, phrase in phrases if name in classes]

    sets = [one for one in load_rules(options.rules).phrases if one.name in classes]
    matched = measure(lines, as_found(Finder(sets), classes), classes)
    for name in sorted(classes):
        _print(name, matched[name], mistakes=options.mistakes)
    _print("matcher", _sum(matched.values()))
    _print("exact keywords", _sum(measure(lines, by_keywords(phrases), classes).values()))
    ratios = partial_ratios(phrases, dict.fromkeys(line["text"] for line in lines))
    thresholds = (
        (_sum(measure(lines, partial(at_least, ratios, at), classes).values()), at)
        for at in range(LEAST_RATIO, 100, 5)
    )
    best, threshold = max(thresholds, key=lambda pair: pair[0].f1)
    _print(f"partial_ratio >= {threshold}", best)


def _print_lists(options: argparse.Namespace) -> None:
    lines = [line for line in wordings.lines(options.lists) if options.half in (None, line["half"])]
    sets = load_rules(options.rules).phrases
    if options.phrases_alone:
        sets = tuple(replace(one, taught=None) for one in sets)
    finder = Finder(sets)
    asked = set(options.classes) or {line["about"] for line in lines if line["about"]}
    for condition in wordings.CONDITIONS:
        print(f"--- {condition}")
        there = [line for line in lines if line["condition"] == condition]
        found = measure_lists(there, finder, asked)
        for name in sorted(asked):
            _print(name, found[name], mistakes=options.mistakes)
        _print("all", _sum(found.values()))
        _print(
            "costs points", _sum(measure_lists(there, finder, asked & PROHIBITED, costs).values())
        )


def measure_lists(
    lines: Iterable[Line],
    finder: Finder,
    asked: set[str],
    judge: Callable[[Iterable[Hit], str], bool] | None = None,
) -> dict[str, Counts]:
    """A class's sentences measured for it; ordinary ones for all classes of what agents say.
    ``judge``: whether hits are of a class, ``is_named`` unless told."""
    judge = judge or is_named
    counts = {name: Counts() for name in asked}
    chosen = list(lines)
    found = finder.find_all([line["text"] for line in chosen])
    for line, hits in zip(chosen, found, strict=True):
        for name in {line["about"]} & asked if line["about"] else asked - {"product_asked"}:
            _count(counts[name], line, name in line["classes"], judge(hits, name))
    return counts


def costs(hits: Iterable[Hit], name: str) -> bool:
    """Whether a rule would take points for it, and leave it to no person, if it was heard well."""
    return any(
        hit.key == name
        and hit.how == "exact"
        and not (hit.negated or hit.quoted or hit.doubted or hit.phrase.perhaps)
        and not (hit.question and name not in ASKED_OF_CUSTOMER)
        for hit in hits
    )


def is_named(hits: Iterable[Hit], name: str) -> bool:
    """Whether a rule would name a phrase of the class as said, as the view and operators judge."""
    prefix = LISTED_AS.get(name, name)
    for hit in hits:
        if not hit.key.startswith(prefix) or hit.negated or hit.quoted:
            continue
        if hit.phrase.perhaps and not (name in PROHIBITED and hit.how == LEARNED):
            continue
        if name in PROHIBITED:
            if (hit.question or hit.doubted) and name not in ASKED_OF_CUSTOMER:
                continue
            if hit.how == UNLIKE:
                continue
            if hit.how != "exact" and hit.certainty < PROHIBITION_FLOOR:
                continue
        if hit.certainty >= FLOOR:
            return True
    return False


def _count(count: Counts, line: Line, is_said: bool, is_found: bool) -> None:
    if is_said and is_found:
        count.right += 1
    elif is_said or is_found:
        count.missed += is_said
        count.wrong += is_found
        word = "missed" if is_said else "wrong"
        count.mistakes.append(f"{word}: {line['truth']} -> {line['text']}")


def read_phrases(path: Path) -> list[tuple[str, Phrase]]:
    """The phrase sets of a pack, without looking at anything else in it."""
    from ruamel.yaml import YAML

    sets = YAML(typ="safe").load(path)["phrases"]
    given: list[tuple[str, Phrase]] = []
    for name, one in sets.items():
        written = one if isinstance(one, dict) else {"phrases": one}
        unless = tuple(written.get("unless", ()))
        given += [(name, _phrase(phrase, unless)) for phrase in written["phrases"]]
    return given


def _phrase(written: Any, unless: tuple[str, ...]) -> Phrase:
    if isinstance(written, str):
        return Phrase(written, unless=unless)
    own = tuple(written.get("unless", ()))
    return Phrase(written["text"], bool(written.get("exact", False)), unless + own)


def as_found(finder: Finder, names: set[str]) -> Names:
    """As rules see it: what is denied, quoted or too unsure is not said."""

    def find(text: str) -> set[str]:
        hits = finder.find(text)
        return {name for name in names if is_named(hits, name)}

    return find


def by_keywords(phrases: list[tuple[str, Phrase]]) -> Names:
    """Each way of saying each phrase, looked up as it is written."""
    wanted = [(name, way) for name, phrase in phrases for way in plain_ways(phrase)]

    def find(text: str) -> set[str]:
        plain = normalise(text).text
        return {name for name, way in wanted if way in plain}

    return find


def partial_ratios(
    phrases: Iterable[tuple[str, Phrase]], texts: Iterable[str]
) -> dict[str, dict[str, float]]:
    """For each text and class, the best ``partial_ratio`` of any way of saying any of its phrases;
    nothing below ``LEAST_RATIO``. Once for all thresholds: it takes minutes."""
    from rapidfuzz import fuzz

    wanted = [(name, way) for name, phrase in phrases for way in plain_ways(phrase)]
    found: dict[str, dict[str, float]] = {}
    for text in texts:
        plain = normalise(text).text
        best = found.setdefault(text, {})
        for name, way in wanted:
            if len(plain) >= len(way):
                least = best.get(name, LEAST_RATIO)
                best_here = fuzz.partial_ratio(way, plain, score_cutoff=least)
                if best_here:
                    best[name] = best_here
    return found


def at_least(ratios: dict[str, dict[str, float]], threshold: float, text: str) -> set[str]:
    return {name for name, ratio in ratios[text].items() if ratio >= threshold}


def plain_ways(phrase: Phrase, limit: int = 64) -> list[str]:
    """Up to ``limit`` plain sentences for a pattern; none for one with slots."""
    from autoqa.scoring.pattern import START, parse

    pattern = parse(phrase.text)
    if not all(node.is_literal for node in pattern.nodes):
        return []
    unfinished = [(end, "") for end in pattern.ends]
    ways: list[str] = []
    while unfinished and len(ways) < limit:
        index, tail = unfinished.pop()
        if index == START:
            ways.append(tail)
            continue
        node = pattern.nodes[index]
        unfinished += [(earlier, node.char + tail) for earlier in node.before]
    return ways


def measure(lines: Iterable[Line], find: Names, classes: set[str]) -> dict[str, Counts]:
    counts = {name: Counts() for name in classes}
    for line in lines:
        said, found = set(line["classes"]), find(line["text"])
        for name, count in counts.items():
            if line["role"] != ("customer" if name == "complaint" else "agent"):
                continue
            _count(count, line, name in said, name in found)
    return counts


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for count in counts:
        total.right += count.right
        total.wrong += count.wrong
        total.missed += count.missed
    return total


def _print(name: str, counts: Counts, *, mistakes: bool = False) -> None:
    print(
        f"{name:22} precision {counts.precision:.3f} recall {counts.recall:.3f} "
        f"({counts.right} right, {counts.wrong} wrong, {counts.missed} missed)"
    )
    for mistake in counts.mistakes if mistakes else ():
        print("   ", mistake)


if __name__ == "__main__":
    main()
