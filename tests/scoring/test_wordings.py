"""The pack's phrases on sentences as agents and customers word them: see ``bench/phrases``."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoqa.scoring.finder import Finder
from autoqa.scoring.load import load_rules
from autoqa.scoring.phrases import Matcher
from bench.phrases import Counts, is_named, measure_lists, read_phrases
from bench.wordings import lines

PACK = Path(__file__).parents[2] / "rules" / "retail-bank"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(read_phrases(PACK / "phrases.yaml"))


@pytest.mark.parametrize(
    ("condition", "precision", "recall"), [("clean", 0.99, 0.97), ("by sound", 0.97, 0.93)]
)
def test_classes_are_found_and_nothing_else(
    matcher: Matcher, condition: str, precision: float, recall: float
) -> None:
    chosen = [line for line in lines() if line["condition"] == condition]
    counts = measure_lists(chosen, matcher, {line["about"] for line in chosen} - {""})
    together = Counts()
    for one in counts.values():
        together.right += one.right
        together.wrong += one.wrong
        together.missed += one.missed
    assert together.precision >= precision
    assert together.recall >= recall


def test_nothing_is_invented_in_ordinary_sentences(matcher: Matcher) -> None:
    classes = {line["about"] for line in lines()} - {"", "product_asked"}
    ordinary = [line["text"] for line in lines() if not line["about"]]
    assert len(ordinary) >= 400
    found = dict(zip(ordinary, matcher.find_all(ordinary), strict=True))
    assert [
        (name, text) for text, hits in found.items() for name in classes if is_named(hits, name)
    ] == []


def test_what_is_listened_for_is_of_its_own_set() -> None:
    sets = load_rules(PACK).phrases
    wanted = [
        (one.name, sentence)
        for one in sets
        if one.name != "staff_id"  # those leave out the number, which is another each time
        for sentence in one.listen_for
        if "{" not in sentence
    ]
    found = Finder(sets).find_all([sentence for _, sentence in wanted])
    assert [
        one for one, hits in zip(wanted, found, strict=True) if not is_named(hits, one[0])
    ] == []
