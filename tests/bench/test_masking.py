"""The bench of masking: its truth, and that what it measures is good enough."""

from collections import Counter

import pytest

from autoqa.privacy import Kind
from bench import masking


@pytest.mark.parametrize("half", masking.HALVES)
def test_nearly_all_personal_data_is_masked_and_little_else(half):
    counts = Counter[tuple[str, bool]]()
    for calls in masking.dialogues(half, draws=1).values():
        counts += masking.measured(calls)
    personal = sum(count for (kind, _), count in counts.items() if kind)
    missed = sum(count for (kind, found), count in counts.items() if kind and not found)
    assert missed / personal <= 0.02
    assert counts["", True] / (counts["", True] + counts["", False]) <= 0.02


def test_the_truth_marks_what_was_filled_in():
    (first, *_) = masking.dialogues("tuned", draws=1)["written"]
    card = next(line for line in first if Kind.CARD in line.kinds)
    assert all(kind == Kind.CARD for kind in card.kinds)
    greeting = first[0]
    assert any(char.isdigit() for char in greeting.text)
    assert set(greeting.kinds) == {None}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (14680, "一万四千六百八十"),
        (3005, "三千零五"),
        (12, "十二"),
        (70_000, "七万"),
        (160, "一百六十"),
    ],
)
def test_numbers_are_read_out(number, text):
    assert masking.read_out(number) == text
