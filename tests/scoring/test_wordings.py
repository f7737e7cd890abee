"""The pack's phrases on sentences as agents and customers word them: see ``bench/phrases``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autoqa.scoring.finder import Finder
from autoqa.scoring.load import load_rules
from bench.phrases import Counts, is_named, measure_lists
from bench.wordings import FOLDER, lines

PACK = Path(__file__).parents[2] / "rules" / "retail-bank"


@pytest.fixture(scope="module")
def finder() -> Finder:
    """Of the phrases alone: the sentences here are among those that teach."""
    return Finder([replace(one, taught=None) for one in load_rules(PACK).phrases])


@pytest.mark.parametrize(
    ("condition", "precision", "recall"), [("clean", 0.99, 0.97), ("by sound", 0.97, 0.93)]
)
def test_classes_are_found_and_nothing_else(
    finder: Finder, condition: str, precision: float, recall: float
) -> None:
    chosen = [line for line in lines() if line["condition"] == condition]
    together = counted(chosen, finder)
    assert together.precision >= precision
    assert together.recall >= recall


def counted(chosen: list[dict[str, Any]], finder: Finder) -> Counts:
    together = Counts()
    for one in measure_lists(chosen, finder, {line["about"] for line in chosen} - {""}).values():
        together.right += one.right
        together.wrong += one.wrong
        together.missed += one.missed
    return together


def test_what_teaches_is_told_apart_again() -> None:
    together = counted(
        [line for line in lines() if line["condition"] == "clean"], Finder(load_rules(PACK).phrases)
    )
    assert together.precision >= 0.98
    assert together.recall >= 0.98


def test_sentences_of_others_teach_what_strangers_say() -> None:
    """On authors whom nobody has read."""
    sets = load_rules(PACK).phrases
    taught = [one.taught for one in sets if one.taught is not None]
    known = {text for one in taught for text in (*one.sentences, *one.others)}
    unread = [
        line
        for line in lines(FOLDER / "unread")
        if line["condition"] == "clean" and line["truth"] not in known
    ]
    assert len(unread) >= 2_900
    with_them = counted(unread, Finder(sets))
    without = counted(unread, Finder([replace(one, taught=None) for one in sets]))
    assert with_them.precision > without.precision >= 0.9
    assert with_them.recall > without.recall + 0.05


def test_nothing_is_invented_in_ordinary_sentences(finder: Finder) -> None:
    classes = {line["about"] for line in lines()} - {"", "product_asked"}
    ordinary = [line["text"] for line in lines() if not line["about"]]
    assert len(ordinary) >= 400
    found = dict(zip(ordinary, finder.find_all(ordinary), strict=True))
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
